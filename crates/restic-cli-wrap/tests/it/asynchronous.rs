use std::time::{Duration, Instant};

use restic_cli_wrap::commands::{Backup, Snapshots};
use restic_cli_wrap::types::BackupMessage;
use restic_cli_wrap::{ErrorKind, Exit, Stop};

use restic_test_support::fake::{Fake, STATUS, SUMMARY, lingering};

fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_multi_thread()
        .enable_time()
        .build()
        .unwrap()
        .block_on(future)
}

#[test]
fn events_and_the_result_arrive() {
    let fake = Fake::new(&format!("echo '{STATUS}'; echo '{SUMMARY}'"));
    block_on(async {
        let mut run = fake.restic().start_async(Backup::new(["/data"]));
        let first = run.next().await.unwrap().unwrap();
        assert!(matches!(first, BackupMessage::Status(_)));
        assert!(matches!(
            run.next().await.unwrap().unwrap(),
            BackupMessage::Summary(_)
        ));
        assert!(run.next().await.is_none());
        assert!(run.next().await.is_none());
        assert!(run.finish().await.unwrap().is_complete());
    });
}

#[test]
fn a_future_is_owned_and_starts_nothing_before_it_is_polled() {
    let fake = Fake::new("echo '[]'");
    let future = fake.restic().run_async(Snapshots::new());
    assert_eq!(fake.calls().len(), 0);
    block_on(async { tokio::spawn(future).await.unwrap().unwrap() });
    assert_eq!(fake.calls().len(), 1);
}

#[test]
fn failures_arrive_as_they_are() {
    let fake = Fake::new("echo 'Fatal: wrong password or no key found' >&2; exit 1");
    let restic = fake.restic();
    let error = block_on(restic.run_async(Snapshots::new())).unwrap_err();
    assert_eq!(
        (error.kind(), error.exit()),
        (ErrorKind::WrongPassword, Some(Exit::Code(1)))
    );

    let missing = restic_cli_wrap::Restic::builder()
        .binary("/no/such/restic")
        .build();
    let error = block_on(missing.run_async(Snapshots::new())).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::BinaryNotFound);
    block_on(async {
        let mut run = missing.start_async(Snapshots::new());
        let error = run.next().await.unwrap().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::BinaryNotFound);
        assert!(run.next().await.is_none());
        assert!(run.finish().await.is_err());
    });
}

#[test]
fn a_dropped_future_stops_restic_in_the_background() {
    let fake = Fake::new(&lingering());
    let restic = fake.restic();
    block_on(async {
        let run = restic.run_async(Backup::new(["/data"]));
        let timeout = tokio::time::timeout(Duration::from_secs(20), async {
            tokio::select! {
                _ = run => panic!("it never ends by itself"),
                () = async { while !fake.path("started").exists() {
                    tokio::time::sleep(Duration::from_millis(5)).await;
                } } => Instant::now(),
            }
        });
        let dropped = timeout.await.unwrap();
        assert!(
            dropped.elapsed() < Duration::from_millis(250),
            "the drop itself blocks nobody"
        );
        restic.settle_async().await;
    });
    let signals = std::fs::read_to_string(fake.path("signals")).unwrap();
    assert_eq!(signals, "interrupted\n");
    assert!(restic.settle(Duration::ZERO), "nothing goes on any more");
}

#[test]
fn settling_waits_and_gives_up() {
    let fake = Fake::new(
        "trap 'sleep 0.5; exit 130' INT; touch $here/started; while :; do sleep 0.02; done",
    );
    let restic = fake.restic();
    block_on(async {
        let mut run = restic.start_async(Backup::new(["/data"]));
        let waiting = tokio::time::timeout(Duration::from_millis(1), run.next()).await;
        assert!(waiting.is_err());
        fake.wait_for("started");
    });
    assert!(!restic.settle(Duration::from_millis(50)));
    assert!(restic.settle(Duration::from_secs(20)));
}

#[test]
fn a_stop_reaches_asynchronous_runs() {
    let fake = Fake::new(&lingering());
    let stop = Stop::new();
    let restic = fake.restic().with_stop(&stop);
    let error = block_on(async {
        let run = tokio::spawn(restic.run_async(Backup::new(["/data"])));
        while !fake.path("started").exists() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        stop.stop();
        run.await.unwrap().unwrap_err()
    });
    assert_eq!(error.kind(), ErrorKind::Cancelled);
}

#[test]
fn the_whole_output_arrives_however_slow_the_taker() {
    let fake = Fake::new(&format!(
        "i=0; while [ $i -lt 2000 ]; do echo '{STATUS}'; i=$((i+1)); done; echo '{SUMMARY}'"
    ));
    block_on(async {
        let mut run = fake.restic().start_async(Backup::new(["/data"]));
        let mut count = 0;
        while let Some(event) = run.next().await {
            event.unwrap();
            count += 1;
            if count % 500 == 0 {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        }
        assert_eq!(count, 2001);
        assert!(run.finish().await.unwrap().is_complete());
    });
}

#[test]
fn a_version_that_never_comes_is_stopped_with_its_run() {
    let fake = Fake::new("touch $here/asked; exec sleep 60");
    let restic = fake.builder().grace(Duration::from_millis(300)).build();
    block_on(async {
        // Only new ones have it.
        let backup = Backup::new(["/data"]).skip_if_unchanged(true);
        let asked = async {
            while !fake.path("asked").exists() {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::select! {
            _ = restic.run_async(backup) => panic!("it never ends by itself"),
            () = asked => {}
        }
    });
    assert!(restic.settle(Duration::from_secs(10)));
    assert_eq!(fake.calls(), ["--json version"]);
}
