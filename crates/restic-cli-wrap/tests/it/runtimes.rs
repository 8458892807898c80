//! Asynchronous runs on runtimes that know nothing of processes: two of tokio's, and two of
//! the futures crate's.

use std::sync::mpsc::channel;
use std::time::Duration;

use futures_executor::{LocalPool, ThreadPool};
use futures_util::future::join_all;
use restic_cli_wrap::commands::{Backup, Snapshots};
use restic_cli_wrap::{ErrorKind, Restic, Stop};

use restic_test_support::fake::{Fake, STATUS, SUMMARY, lingering};

/// Runs a future to its end on each runtime.
fn on_each<F>(future: impl Fn() -> F)
where
    F: Future<Output = ()> + Send + 'static,
{
    tokio::runtime::Builder::new_multi_thread()
        .build()
        .unwrap()
        .block_on(future());
    tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap()
        .block_on(future());
    LocalPool::new().run_until(future());
    let pool = ThreadPool::builder().pool_size(1).create().unwrap();
    let (sender, ended) = channel();
    let future = future();
    pool.spawn_ok(async move {
        future.await;
        sender.send(()).unwrap();
    });
    ended.recv().unwrap();
}

#[test]
fn events_and_results_arrive_on_every_runtime() {
    let fake = Fake::new(&format!("echo '{STATUS}'; sleep 0.05; echo '{SUMMARY}'"));
    on_each(|| {
        let restic = fake.restic();
        async move {
            let mut run = restic.start_async(Backup::new(["/data"]));
            assert!(run.next().await.unwrap().is_ok());
            assert!(run.next().await.unwrap().is_ok());
            assert!(run.next().await.is_none());
            assert!(run.finish().await.unwrap().is_complete());
        }
    });
}

/// One thread is enough for many runs: waiting for one does not keep another from going on.
#[test]
fn many_runs_share_a_thread() {
    // None ends before all have begun.
    let fake = Fake::new(
        "touch $here/run-$$; until [ $(ls $here | grep -c run-) -ge 8 ]; do sleep 0.02; done\n\
         echo '[]'",
    );
    on_each(|| {
        let restic = fake.restic();
        let here = fake.path("");
        async move {
            let runs = (0..8).map(|_| restic.run_async(Snapshots::new()));
            for result in join_all(runs).await {
                assert!(result.unwrap().is_empty());
            }
            for entry in std::fs::read_dir(here).unwrap() {
                let path = entry.unwrap().path();
                if path.to_string_lossy().contains("run-") {
                    std::fs::remove_file(path).unwrap();
                }
            }
        }
    });
}

#[test]
fn what_is_dropped_or_stopped_cleans_up_on_every_runtime() {
    let fake = Fake::new(&lingering());
    let restic: Restic = fake.restic();
    on_each(|| {
        let restic = restic.clone();
        async move {
            let mut run = restic.start_async(Backup::new(["/data"]));
            run.next().await.unwrap().unwrap();
            drop(run);
            restic.settle_async().await;
            assert!(restic.settle(Duration::ZERO));

            let stop = Stop::new();
            let mut run = restic.with_stop(&stop).start_async(Backup::new(["/data"]));
            run.next().await.unwrap().unwrap();
            stop.stop();
            let error = run.finish().await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Cancelled);
        }
    });
    let signals = std::fs::read_to_string(fake.path("signals")).unwrap();
    assert_eq!(signals.lines().count(), 8, "one each: {signals}");
}

#[cfg(feature = "stream")]
#[test]
fn a_run_is_a_stream_of_events() {
    use futures_util::StreamExt as _;

    let fake = Fake::new(&format!("yes '{STATUS}' | head -n 1000; echo '{SUMMARY}'"));
    on_each(|| {
        let restic = fake.restic();
        async move {
            let mut run = restic.start_async(Backup::new(["/data"]));
            let first: Vec<_> = run.by_ref().take(10).map(Result::unwrap).collect().await;
            assert_eq!(first.len(), 10);
            assert_eq!(run.by_ref().count().await, 991);
            assert!(run.by_ref().count().await == 0, "its end is the end");
            assert!(run.finish().await.unwrap().is_complete());
        }
    });
}

/// A stream that is dropped, inside of an adapter as well, is a run that is dropped.
#[cfg(feature = "stream")]
#[test]
fn a_stream_that_is_dropped_stops_restic() {
    use futures_util::StreamExt as _;

    let fake = Fake::new(&lingering());
    let restic = fake.restic();
    on_each(|| {
        let restic = restic.clone();
        async move {
            let run = restic.start_async(Backup::new(["/data"]));
            let mut events = run.map(Result::unwrap).take(1).boxed();
            assert!(events.next().await.is_some());
            drop(events);
            restic.settle_async().await;
        }
    });
    let signals = std::fs::read_to_string(fake.path("signals")).unwrap();
    assert_eq!(signals.lines().count(), 4, "one each: {signals}");
}
