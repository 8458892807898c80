//! Programs that have next to nothing left: what a run may cost, and what it may never leave.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use futures_util::future::{FutureExt as _, join_all};
use restic_cli_wrap::commands::{Backup, Snapshots};
use restic_cli_wrap::{ErrorKind, Restic};
use rustix::process::{
    DumpableBehavior, Resource, Rlimit, getrlimit, set_dumpable_behavior, setrlimit,
};

use crate::support::Alone;
use restic_test_support::fake::{Fake, lingering};

/// How many runs are started at once.
const CROWD: usize = 60;

/// Gives this process, and what it starts, no more descriptors than this.
pub(crate) fn with_descriptors<T>(count: u64, work: impl FnOnce() -> T) -> T {
    let before = getrlimit(Resource::Nofile);
    let few = Rlimit {
        current: Some(count),
        maximum: before.maximum,
    };
    setrlimit(Resource::Nofile, few).unwrap();
    let result = work();
    setrlimit(Resource::Nofile, before).unwrap();
    result
}

/// All files below a directory.
pub(crate) fn files(directory: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(directory).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    paths
        .flat_map(|path| match path.is_dir() {
            true => [vec![path.clone()], files(&path)].concat(),
            false => vec![path],
        })
        .collect()
}

fn crowd(restic: &Restic) {
    thread::scope(|scope| {
        for _ in 0..CROWD {
            scope.spawn(|| {
                let _ = restic.run(Snapshots::new());
            });
        }
    });
}

/// A program that waits for others to give descriptors back needs to know that it may.
#[test]
fn what_runs_out_can_be_tried_again() {
    const NAME: &str = "limits::what_runs_out_can_be_tried_again";
    Alone::new(NAME).run(|| {
        let fake = Fake::new("echo '[]'");
        let restic = fake.builder().password("own-password").build();
        let open = restic_test_support::leftovers::descriptors().unwrap().len() as u64;
        let error = with_descriptors(open, || restic.run(Snapshots::new())).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::CannotStart, "{error:?}");
        assert!(error.is_retryable(), "{error:?}");
        let cause = std::error::Error::source(&error).unwrap();
        let cause = cause.downcast_ref::<std::io::Error>().unwrap();
        assert_eq!(cause.raw_os_error(), Some(24));
        restic.run(Snapshots::new()).unwrap();
    });
}

/// What a run costs this process while it lasts, as `guide::hosts` says it.
const DESCRIPTORS: usize = 4;
const THREADS: usize = 1;

fn descriptors() -> usize {
    restic_test_support::leftovers::descriptors().unwrap().len()
}

pub(crate) fn threads() -> usize {
    fs::read_dir("/proc/self/task").unwrap().count()
}

/// The threads of this process.
fn tasks() -> BTreeSet<OsString> {
    let tasks = fs::read_dir("/proc/self/task").unwrap();
    tasks.map(|task| task.unwrap().file_name()).collect()
}

/// A thread that has done its work may not be gone yet, and one that was there before may be gone
/// now: those that have come since then are counted.
#[track_caller]
fn assert_comes_to(all_descriptors: usize, before: &BTreeSet<OsString>, more_threads: usize) {
    let more = || tasks().difference(before).count();
    let begin = Instant::now();
    while more() != more_threads && begin.elapsed() < Duration::from_secs(10) {
        thread::sleep(Duration::from_millis(5));
    }
    assert_eq!((descriptors(), more()), (all_descriptors, more_threads));
}

#[test]
fn a_run_costs_what_is_documented() {
    const NAME: &str = "limits::a_run_costs_what_is_documented";
    Alone::new(NAME).run(|| {
        let fake = Fake::new(&lingering());
        let secrets = fake.builder().password("own-password").build();
        let before = (descriptors(), tasks());
        for (restic, files) in [(fake.restic(), 0), (secrets, 1)] {
            let all = before.0 + 3 * (DESCRIPTORS + files);
            let run = || restic.start(Backup::new(["/data"])).unwrap();
            let runs: Vec<_> = (0..3).map(|_| run()).collect();
            assert_comes_to(all, &before.1, 0);
            drop(runs);
            let run = || restic.start_async(Backup::new(["/data"]));
            let mut runs: Vec<_> = (0..3).map(|_| run()).collect();
            for run in &mut runs {
                futures_executor::block_on(run.next()).unwrap().unwrap();
            }
            assert_comes_to(all, &before.1, 3 * THREADS);
            drop(runs);
            assert!(restic.settle(Duration::from_secs(50)));
        }
    });
}

/// Those that wait have neither.
#[test]
fn a_thousand_runs_need_few_descriptors_and_threads() {
    const NAME: &str = "limits::a_thousand_runs_need_few_descriptors_and_threads";
    const RUNS: usize = 1000;
    const AT_ONCE: usize = 16;
    let limited = ["sh", "-c", "ulimit -n 256 && exec \"$0\" \"$@\""];
    Alone::new(NAME).through(&limited).run(|| {
        let limit = getrlimit(Resource::Nofile);
        assert_eq!(limit.current, Some(256));
        let fake = Fake::new("echo '[]'");
        let builder = fake.builder().password("own-password");
        let restic = builder.max_running(AT_ONCE).build();
        let (few, most) = (threads(), AtomicUsize::new(0));
        let runs = (0..RUNS).map(|_| {
            restic.run_async(Snapshots::new()).map(|result| {
                most.fetch_max(threads(), Ordering::Relaxed);
                result
            })
        });
        let results = futures_executor::block_on(join_all(runs));
        let failed = results.into_iter().filter_map(Result::err);
        assert_eq!(failed.map(|it| it.to_string()).collect::<Vec<_>>(), [""; 0]);
        let most = most.into_inner();
        // One that has done its work may not be gone when the next is started.
        assert!(most <= few + 8 * AT_ONCE, "{most} threads");
    });
}

/// Removing needs nothing that may be gone, and a password goes to the disk only where memory
/// cannot be shared at all.
#[test]
fn no_secret_stays_when_descriptors_run_out() {
    const NAME: &str = "limits::no_secret_stays_when_descriptors_run_out";
    let temporary = tempfile::tempdir().unwrap();
    let place = temporary.path().to_str().unwrap();
    Alone::new(NAME).env("TMPDIR", place).run(|| {
        let place = std::env::temp_dir();
        let fake = Fake::new("echo '[]'");
        let restic = fake.builder().password("own-password").build();
        let before = files(&place);
        for dumpable in [DumpableBehavior::Dumpable, DumpableBehavior::NotDumpable] {
            for limit in (16..64).step_by(6) {
                set_dumpable_behavior(dumpable).unwrap();
                with_descriptors(limit, || crowd(&restic));
                set_dumpable_behavior(DumpableBehavior::Dumpable).unwrap();
                let mut after = files(&place);
                after.retain(|path| !before.contains(path) && !path.ends_with("calls"));
                assert!(after.is_empty(), "{limit} {dumpable:?}: {after:?}");
            }
        }
    });
}
