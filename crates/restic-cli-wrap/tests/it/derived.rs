//! Clients made from clients, and what is known of a run.

use std::time::Duration;

use restic_cli_wrap::commands::*;
use restic_cli_wrap::{Error, ErrorKind, Repository, Restic, Stop};
use restic_test_support::fake::{Fake, STATUS, SUMMARY, lingering};

fn kind<T>(result: Result<T, Error>) -> Option<ErrorKind> {
    result.err().map(|error| error.kind())
}

/// A restic that says its version, or does nothing well.
fn versioned() -> Fake {
    Fake::new(
        r#"case "$*" in *version*) echo 'restic 0.19.1 compiled with go1.24 on linux/amd64';; *) echo '[]';; esac"#,
    )
}

fn questions(fake: &Fake) -> usize {
    let calls = fake.calls();
    calls.iter().filter(|call| call.contains("version")).count()
}

#[test]
fn stops_add_up() {
    for number in 0..2 {
        let fake = Fake::new("echo '[]'");
        let stops = [Stop::new(), Stop::new()];
        let restic = fake.restic().with_stop(&stops[0]).with_stop(&stops[1]);
        assert!(restic.run(Snapshots::new()).is_ok());
        stops[number].stop();
        assert_eq!(
            kind(restic.run(Snapshots::new())),
            Some(ErrorKind::Cancelled)
        );
        // Those made from it have them, too; the first has none.
        let derived = restic.with(|it| it.quiet(true)).with_repository("/other");
        assert_eq!(
            kind(derived.run(Snapshots::new())),
            Some(ErrorKind::Cancelled)
        );
        assert!(fake.restic().run(Snapshots::new()).is_ok());
    }
}

#[test]
fn the_version_is_shared_with_clients_made_from_one() {
    let fake = versioned();
    let restic = fake.restic();
    let derived = restic.with_repository("/srv/other");
    assert_eq!(restic.version().unwrap().to_string(), "0.19.1");
    let version = futures_executor::block_on(derived.clone().version_async());
    assert_eq!(version.unwrap().to_string(), "0.19.1");
    let quiet = restic.with(|it| it.quiet(true));
    assert!(quiet.supports("rewrite").is_ok());
    assert!(restic.to_builder().build().version().is_ok());
    assert_eq!(questions(&fake), 1);

    // Another program is asked, and a trusted version is nobody's but the client's.
    let other = versioned();
    let with_other = restic.with(|it| it.binary(other.path("restic")));
    assert!(with_other.version().is_ok());
    assert_eq!((questions(&fake), questions(&other)), (1, 1));
    let trusting = restic.with(|it| it.restic_version("0.14.0"));
    assert_eq!(trusting.version().unwrap().to_string(), "0.14.0");
    assert_eq!(restic.version().unwrap().to_string(), "0.19.1");
    let again = trusting.with_repository("/srv/other");
    assert_eq!(
        kind(again.supports("rewrite")),
        Some(ErrorKind::Unsupported)
    );
}

#[test]
fn a_run_of_version_is_an_answer_to_the_question() {
    let fake = versioned();
    let restic = fake.restic();
    restic.run(Version::new()).unwrap();
    assert!(restic.supports("rewrite").is_ok());
    assert_eq!(restic.version().unwrap().to_string(), "0.19.1");
    assert_eq!(questions(&fake), 1);

    let fake = versioned();
    let restic = fake.restic();
    futures_executor::block_on(restic.run_async(Version::new())).unwrap();
    assert!(restic.version().is_ok());
    assert_eq!(questions(&fake), 1);
}

#[test]
fn settings_of_one_call_are_those_of_one_call() {
    let restic = Restic::builder()
        .repository(Repository::new("/srv/repo").key_hint("1cfe4abd"))
        .password("hunter2")
        .total_deadline(Duration::from_secs(5))
        .build();
    let line = |restic: &Restic| restic.invocation(&Snapshots::new()).to_string();
    let before = line(&restic);
    let hour = Duration::from_secs(3600);
    let other = restic.with(|it| it.total_deadline(hour).limit_upload(500).env("A", "b"));
    let call = other.invocation(&Snapshots::new());
    assert_eq!(call.deadlines.total, Some(hour));
    assert_eq!(call.environment.len(), 1);
    assert!(call.to_string().contains("--limit-upload=500"));
    assert_eq!(line(&restic), before);

    let elsewhere = restic.with_repository("/srv/other");
    let text = line(&elsewhere);
    assert!(text.contains("--repo=/srv/other"), "{text}");
    assert!(text.contains("--password-file={{secret}}"), "{text}");
    assert!(!text.contains("key-hint"), "{text}");
    let own = restic.with_repository(Repository::new("/srv/other").no_password());
    assert!(line(&own).contains("--insecure-no-password"));
}

#[test]
fn a_client_made_from_one_waits_for_the_work_of_both() {
    let fake = Fake::new(&lingering());
    let restic = fake.restic();
    let derived = restic.with(|it| it.binary(fake.path("restic")));
    assert!(derived.settle(Duration::ZERO));
    let mut run = restic.start_async(Backup::new(["/data"]));
    assert!(futures_executor::block_on(run.next()).is_some());
    drop(run);
    assert!(derived.settle(Duration::from_secs(50)));
    assert!(fake.path("signals").exists());
}

#[test]
fn a_run_is_stopped_from_its_own_loop() {
    let fake = Fake::new(&lingering());
    let mut run = fake.restic().start(Backup::new(["/data"])).unwrap();
    assert!(run.invocation().to_string().contains("backup"));
    let stop = run.stop_handle();
    let mut events = 0;
    for event in &mut run {
        event.unwrap();
        events += 1;
        stop.stop();
    }
    assert!(events > 0);
    assert_eq!(kind(run.finish()), Some(ErrorKind::Cancelled));

    futures_executor::block_on(async {
        let mut run = fake.restic().start_async(Backup::new(["/data"]));
        assert!(run.invocation().is_none());
        let stop = run.stop_handle();
        while let Some(event) = run.next().await {
            event.unwrap();
            assert!(run.invocation().unwrap().to_string().contains("backup"));
            stop.stop();
        }
        assert_eq!(kind(run.finish().await), Some(ErrorKind::Cancelled));
    });
}

#[test]
fn the_last_item_is_the_error_of_the_end() {
    let good = Fake::new(&format!("echo '{STATUS}'; echo '{SUMMARY}'"));
    let bad = Fake::new(&format!("echo '{STATUS}'; echo 'Fatal: no' >&2; exit 1"));
    let backup = || Backup::new(["/data"]);

    let mut events = good.restic().start(backup()).unwrap().into_events();
    assert_eq!(events.by_ref().filter(Result::is_ok).count(), 2);
    assert!(events.next().is_none());
    assert!(events.into_output().unwrap().is_complete());
    let items: Vec<_> = bad
        .restic()
        .start(backup())
        .unwrap()
        .into_events()
        .collect();
    assert!(matches!(&items[..], [Ok(_), Err(error)] if error.kind() == ErrorKind::Failed));

    futures_executor::block_on(async {
        let mut events = good.restic().start_async(backup()).into_events();
        for _ in 0..2 {
            assert!(events.next().await.unwrap().is_ok());
        }
        assert!(events.next().await.is_none());
        assert!(events.next().await.is_none());
        assert!(events.into_output().unwrap().is_complete());
        let mut events = bad.restic().start_async(backup()).into_events();
        assert!(events.next().await.unwrap().is_ok());
        let error = events.next().await.unwrap().err().unwrap();
        assert_eq!(error.kind(), ErrorKind::Failed);
        assert!(events.next().await.is_none());
        assert!(events.into_output().is_none());
    });
}

#[test]
fn a_failure_to_read_is_reported_once() {
    use restic_cli_wrap::{Fault, Scripted};

    let executor = || {
        let script = Scripted::executor([Scripted::new().stdout("[]\n")]);
        Fault::read_error(1, std::io::ErrorKind::BrokenPipe).on(script)
    };
    let restic = || Restic::builder().executor(executor()).build();
    let run = restic().start(Snapshots::new()).unwrap();
    assert_eq!(run.into_events().count(), 1);
    futures_executor::block_on(async {
        let mut events = restic().start_async(Snapshots::new()).into_events();
        assert!(events.next().await.unwrap().is_err());
        assert!(events.next().await.is_none());
    });
}

#[test]
fn futures_do_not_borrow_the_client() {
    let fake = versioned();
    let run = fake.restic().run_async(Snapshots::new());
    let version = fake.restic().version_async();
    let supports = fake.restic().supports_async("rewrite");
    let settled = fake.restic().settle_async();
    futures_executor::block_on(async {
        assert!(run.await.is_ok() && version.await.is_ok() && supports.await.is_ok());
        settled.await;
    });
}

#[test]
fn input_and_output_of_asynchronous_runs() {
    let fake = Fake::new(&format!("cat > $here/input; echo '{SUMMARY}'"));
    let restic = fake.builder().password("secret").build();
    let reader = std::io::Cursor::new(vec![b'x'; 300_000]);
    let run = restic.start_with_input_async(Backup::from_input(), reader);
    let outcome = futures_executor::block_on(run.finish()).unwrap();
    assert!(outcome.is_complete());
    let saved = std::fs::read(fake.path("input")).unwrap();
    assert_eq!(saved.len(), 300_000);

    let fake = Fake::new("printf bytes");
    let dump = Dump::new("latest", "/a");
    let dumped = fake.restic().dump_to_async(dump.clone(), Vec::new());
    let (length, bytes) = futures_executor::block_on(dumped).unwrap();
    assert_eq!((length, &bytes[..]), (5, &b"bytes"[..]));
    fake.becomes("printf byt; exit 1");
    let failed = futures_executor::block_on(fake.restic().dump_to_async(dump, Vec::new()));
    assert!(failed.is_err());
}

/// What a future that is dropped has started is stopped, and waited for.
#[test]
fn a_dropped_dump_lets_restic_clean_up() {
    let fake = Fake::new(
        "trap 'echo > $here/cleaned; exit 130' INT; echo > $here/begun; while :; do sleep 0.01; done",
    );
    let restic = fake.restic();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .unwrap();
    runtime.block_on(async {
        let dump = restic.dump_to_async(Dump::new("latest", "/a"), Vec::new());
        let begun = async {
            while !fake.path("begun").exists() {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::select! {
            biased;
            _ = dump => panic!("it ends by itself"),
            () = begun => {}
        }
    });
    assert!(restic.settle(Duration::from_secs(50)));
    assert!(fake.path("cleaned").exists());
}

/// A window's thread must not wait for restic to clean up.
#[test]
fn a_run_is_stopped_without_waiting_for_it() {
    let fake = Fake::new(&format!(
        "trap 'while [ ! -e $here/go ]; do sleep 0.01; done; echo > $here/cleaned; exit 130' INT\n\
         echo '{STATUS}'; while :; do sleep 0.01; done"
    ));
    let restic = fake.builder().max_running(1).build();
    let mut run = restic.start(Backup::new(["/data"])).unwrap();
    run.next().unwrap().unwrap();
    run.stop_in_background();
    // It cannot end before it is allowed to.
    assert!(!restic.settle(Duration::from_millis(100)));
    std::fs::write(fake.path("go"), "").unwrap();
    assert!(restic.settle(Duration::from_secs(50)));
    assert!(fake.path("cleaned").exists());

    let begun = "echo 'Now serving the repository at /mnt'";
    fake.becomes(&format!(
        "trap 'while [ ! -e $here/gone ]; do sleep 0.01; done; exit 130' INT\n\
         {begun}; while :; do sleep 0.01; done"
    ));
    let mounted = restic.mount(Mount::new("/mnt")).unwrap();
    mounted.unmount_in_background();
    assert!(!restic.settle(Duration::from_millis(100)));
    std::fs::write(fake.path("gone"), "").unwrap();
    assert!(restic.settle(Duration::from_secs(50)));
}

#[test]
fn mounts_are_made_and_ended_asynchronously() {
    let fake = Fake::new(
        "trap 'exit 130' INT; echo 'Now serving the repository at /mnt'; while :; do sleep 0.01; done",
    );
    let restic = fake.restic();
    futures_executor::block_on(async {
        let mounted = restic.mount_async(Mount::new("/mnt")).await.unwrap();
        assert!(mounted.is_served());
        mounted.unmount_async().await.unwrap();
        fake.becomes("echo 'Fatal: no fuse' >&2; exit 1");
        assert!(restic.mount_async(Mount::new("/mnt")).await.is_err());
        restic.settle_async().await;
    });
}
