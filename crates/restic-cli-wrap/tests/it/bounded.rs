//! Clients with a bound on how many runs there are at once.

use std::future::poll_fn;
use std::sync::Mutex;
use std::task::Poll;
use std::time::Duration;

use futures_util::future::{FutureExt as _, join_all};
use restic_cli_wrap::commands::*;
use restic_cli_wrap::{AsyncRun, ErrorKind, Replay, Restic, ResticBuilder, Scripted, Stop};
use restic_test_support::fake::{Fake, STATUS, lingering};

fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .unwrap()
        .block_on(future)
}

/// A restic that prints one event and then hangs until it is stopped, this number of times; then
/// it has no snapshots.
fn hanging(times: usize) -> ResticBuilder {
    let hang = Scripted::new().stdout(format!("{STATUS}\n")).hang();
    let good = Scripted::new().stdout("[]\n");
    let scripts = (0..times).map(|_| hang.clone());
    let scripts = scripts.chain((0..5).map(|_| good.clone()));
    Restic::builder().executor(Scripted::executor(scripts))
}

/// Polls a run once, so that it stands in the queue.
async fn queue(run: &mut AsyncRun<Snapshots>) {
    poll_fn(|context| {
        let mut next = Box::pin(run.next());
        assert!(next.poll_unpin(context).is_pending());
        Poll::Ready(())
    })
    .await;
}

/// One that has the only slot.
fn at_work(restic: &Restic) -> restic_cli_wrap::Run<Backup> {
    let mut run = restic.start(Backup::new(["/data"])).unwrap();
    run.next().unwrap().unwrap();
    run
}

#[test]
fn no_more_than_the_bound_run_at_once_and_the_first_comes_first() {
    let fake = Fake::new(
        "mkdir $here/running || echo 'two at once' >> $here/wrong\n\
         sleep 0.02; rmdir $here/running; echo '[]'",
    );
    let restic = fake.builder().max_running(1).build();
    let tags: Vec<_> = (0..20).map(|number| format!("{number:02}")).collect();
    let order = Mutex::new(Vec::new());
    let runs = tags.iter().map(|tag| {
        // Clients made from it count as well, whatever they differ in.
        let restic = restic.with(|it| it.binary(fake.path("restic")).quiet(true));
        let run = restic.run_async(Snapshots::new().tag(tag.as_str()));
        run.map(|result| order.lock().unwrap().push((tag.clone(), result.is_ok())))
    });
    block_on(join_all(runs));
    let expected: Vec<_> = tags.iter().map(|tag| (tag.clone(), true)).collect();
    assert_eq!(order.into_inner().unwrap(), expected);
    let started: Vec<_> = fake.calls();
    assert!(started.is_sorted() && started.len() == 20, "{started:?}");
    assert!(!fake.path("wrong").exists());
}

#[test]
fn a_run_that_waits_can_be_stopped() {
    let restic = hanging(1).max_running(1).build();
    let first = at_work(&restic);
    // A thread, by a stop that reaches its client.
    let stop = Stop::new();
    let waiting = restic.with_stop(&stop);
    let thread = std::thread::spawn(move || waiting.run(Snapshots::new()));
    std::thread::sleep(Duration::from_millis(40));
    assert!(!thread.is_finished());
    stop.stop();
    let error = thread.join().unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Cancelled);
    assert!(error.invocation().is_some() && !error.lock_may_remain());
    // One that comes after the stop does not even wait.
    let error = restic.with_stop(&stop).start(Snapshots::new()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Cancelled);

    block_on(async {
        // A future, by the same, and by its own.
        let stop = Stop::new();
        let mut by_client = restic.with_stop(&stop).start_async(Snapshots::new());
        let mut by_itself = restic.start_async(Snapshots::new());
        queue(&mut by_client).await;
        queue(&mut by_itself).await;
        let handle = by_itself.stop_handle();
        let ends = async { tokio::join!(by_client.finish(), by_itself.finish()) };
        let asks = async {
            tokio::time::sleep(Duration::from_millis(10)).await;
            stop.stop();
            handle.stop();
        };
        let ((one, other), ()) = tokio::join!(ends, asks);
        for error in [one.unwrap_err(), other.unwrap_err()] {
            assert_eq!(error.kind(), ErrorKind::Cancelled);
        }
    });
    // Nobody of them has run, nor keeps others from it.
    drop(first);
    assert!(restic.run(Snapshots::new()).is_ok());
}

#[test]
fn a_run_that_is_dropped_while_it_waits_leaves_the_queue() {
    let restic = hanging(1).max_running(1).build();
    let first = at_work(&restic);
    block_on(async {
        let mut runs: Vec<_> = (0..3)
            .map(|_| restic.start_async(Snapshots::new()))
            .collect();
        for run in &mut runs {
            queue(run).await;
        }
        drop(runs.remove(1));
        // Nothing goes on in the background for those that wait.
        assert!(restic.settle(Duration::ZERO));
        drop(first);
        // This one has the slot by now, and never took it.
        drop(runs.remove(0));
        assert!(runs.remove(0).finish().await.is_ok());
    });
    assert!(restic.run(Snapshots::new()).is_ok());
}

/// Whatever way a run ends in.
#[test]
fn the_slot_is_free_after_every_end() {
    // A handler that panics.
    let fake = Fake::new("echo '{\"x\":1}' >&2; echo 'a word' >&2; sleep 5; echo '[]'");
    let builder = fake.builder().max_running(1).on_notice(|_| panic!("no"));
    let restic = builder.grace(Duration::ZERO).build();
    let quiet = restic.with(|it| it.on_notice(|_| {}));
    let crash = std::thread::spawn({
        let restic = restic.clone();
        move || restic.run(Snapshots::new())
    });
    assert!(crash.join().is_err());
    fake.becomes("echo '[]'");
    assert!(quiet.run(Snapshots::new()).is_ok());

    // A start that fails, a usage error, a failure, a run that is dropped in mid-work.
    let missing = quiet.with(|it| it.binary("/no/such/restic"));
    let error = missing.run(Snapshots::new()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::BinaryNotFound);
    assert!(block_on(missing.run_async(Snapshots::new())).is_err());
    assert!(quiet.run(Backup::from_input()).is_err());
    fake.becomes("exit 1");
    assert!(quiet.run(Snapshots::new()).is_err());
    assert!(block_on(quiet.run_async(Snapshots::new())).is_err());
    fake.becomes(&lingering());
    drop(at_work(&quiet));
    block_on(async {
        let mut run = quiet.start_async(Backup::new(["/data"]));
        assert!(run.next().await.is_some());
        drop(run);
        // It waits for the one that is being stopped.
        fake.becomes("echo '[]'");
        assert!(quiet.run_async(Snapshots::new()).await.is_ok());
    });
    let writes = |writer: &mut Vec<u8>| quiet.dump_to(Dump::new("latest", "/a"), writer);
    assert!(writes(&mut Vec::new()).is_ok());
    let dump = quiet.dump_to_async(Dump::new("latest", "/a"), Vec::new());
    assert!(block_on(dump).is_ok());
    assert!(quiet.run(Snapshots::new()).is_ok());
}

/// The end of restic counts, not that of the value that followed it.
#[test]
fn a_run_whose_restic_has_ended_is_in_nobodys_way() {
    let restic = hanging(0).max_running(1).build();
    let mut run = restic.start(Snapshots::new()).unwrap();
    assert!(run.next().is_none());
    assert!(restic.run(Snapshots::new()).is_ok());
    assert!(run.finish().is_ok());
}

#[test]
fn a_mount_counts_while_it_is_mounted() {
    let mount = Scripted::new().stdout("Now serving the repository at /mnt\n");
    let executor = Scripted::executor([mount.hang(), Scripted::new().stdout("[]\n")]);
    let restic = Restic::builder().executor(executor).max_running(1).build();
    let mounted = block_on(restic.mount_async(Mount::new("/mnt"))).unwrap();
    let waits = restic.run_async(Snapshots::new());
    block_on(async {
        let mut waits = Box::pin(waits);
        let waited = tokio::time::timeout(Duration::from_millis(50), &mut waits).await;
        assert!(waited.is_err());
        // Unmounting needs no slot.
        mounted.unmount_async().await.unwrap();
        assert!(waits.await.is_ok());
    });
}

/// The question for the version and the run that wants to know need one slot, not two.
#[test]
fn the_question_for_the_version_is_asked_in_the_same_slot() {
    let script = r#"case "$*" in *version*) echo 'restic 0.19.1 compiled with go1.24 on linux/amd64';; *) echo '[]';; esac"#;
    let with = |fake: &Fake| fake.builder().max_running(1).build();
    let rewrite = || Snapshots::new().latest(1);
    let fake = Fake::new(script);
    assert!(with(&fake).run(rewrite()).is_ok());
    assert!(block_on(with(&fake).run_async(rewrite())).is_ok());
    assert!(with(&fake).supports("rewrite").is_ok());
    assert!(block_on(with(&fake).supports_async("rewrite")).is_ok());
    assert!(block_on(with(&fake).version_async()).is_ok());

    // Once it is known, it is known to those who have no slot.
    let restic = with(&fake);
    restic.version().unwrap();
    fake.becomes(&lingering());
    let restic = restic.with(|it| it.restic_version("0.19.1"));
    let _run = at_work(&restic);
    assert!(block_on(restic.version_async()).is_ok());
    assert!(block_on(restic.supports_async("rewrite")).is_ok());
}

#[test]
fn a_client_may_have_a_bound_of_its_own() {
    let restic = hanging(2).max_running(1).build();
    let _first = at_work(&restic);
    let own = restic.with(|it| it.max_running(0));
    drop(at_work(&own));
    assert!(own.run(Snapshots::new()).is_ok());
}

#[test]
fn a_replay_is_bounded_as_well() {
    let replay = Replay::load(restic_fixtures::path("first-backup", "0.19.1")).unwrap();
    let builder = Restic::builder().executor(replay.executor());
    let restic = builder.repository("/srv/repo").max_running(1).build();
    let run = restic.start(Init::new()).unwrap();
    let stop = Stop::new();
    let waiting = restic.with_stop(&stop);
    let thread = std::thread::spawn(move || waiting.run(Init::new()));
    std::thread::sleep(Duration::from_millis(40));
    assert!(!thread.is_finished());
    stop.stop();
    assert_eq!(
        thread.join().unwrap().unwrap_err().kind(),
        ErrorKind::Cancelled
    );
    assert_eq!(run.finish().unwrap().repository, "/srv/repo");
    // The rest of what was recorded is of no interest here.
    assert!(replay.finish().is_err());
}
