//! Many runs at once in a program that has next to nothing left, which end in every way that there
//! is: nothing is left of any of them.

use std::fs;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use restic_cli_wrap::commands::{Backup, Snapshots};
use restic_cli_wrap::{ErrorKind, Restic};

use crate::limits::{files, threads, with_descriptors};
use crate::support::{Alone, Bench, on_each};
use restic_test_support::fake::{Fake, STATUS, SUMMARY};
use restic_test_support::leftovers::{children, descriptors};

/// How many runs there are at once.
const CROWD: usize = 200;

/// How many descriptors the program has, in ten rounds.
const LIMITS: [u64; 10] = [16, 64, 21, 26, 32, 37, 42, 48, 53, 58];

/// How many rounds there are, each different from the one before: these, unless `STORM_ROUNDS`
/// says how many.
fn rounds(usual: usize) -> usize {
    let rounds = std::env::var("STORM_ROUNDS").ok();
    rounds.map_or(usual, |rounds| rounds.parse().unwrap())
}

/// A number below this one, which is another one each time and the same in every run of the test.
fn random(below: u64) -> u64 {
    static STATE: AtomicU64 = AtomicU64::new(0x7265_7374_6963_2121);
    let mut state = STATE.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::Relaxed);
    state = (state ^ state >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    state = (state ^ state >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    (state ^ state >> 31) % below
}

fn moment() {
    thread::sleep(Duration::from_millis(random(40)));
}

/// What ran to its end, what was stopped or dropped, and what could not be started.
#[derive(Debug, Default)]
struct Ends {
    well: AtomicUsize,
    early: AtomicUsize,
    never: AtomicUsize,
}

impl Ends {
    fn count(&self, error: Option<ErrorKind>) {
        let counter = match error {
            None => &self.well,
            Some(ErrorKind::Cancelled) => &self.early,
            Some(ErrorKind::CannotStart) => &self.never,
            Some(kind) => panic!("{kind:?}"),
        };
        counter.fetch_add(1, Ordering::Relaxed);
    }
}

/// One run, which ends in one of these ways.
fn run(restic: &Restic, backup: Backup, ends: &Ends) {
    let result = match random(6) {
        0 => restic.run(backup).map(drop),
        1 => futures_executor::block_on(restic.run_async(backup)).map(drop),
        2 => restic.start(backup).and_then(|run| {
            moment();
            run.stop();
            run.finish().map(drop)
        }),
        3 => match restic.start(backup) {
            Ok(run) => {
                moment();
                drop(run);
                ends.early.fetch_add(1, Ordering::Relaxed);
                return;
            }
            Err(error) => Err(error),
        },
        4 => {
            let mut run = restic.start_async(backup);
            let first = futures_executor::block_on(run.next());
            first.map_or(Ok(()), |event| event.map(drop))
        }
        _ => {
            // Nobody has asked for anything of it yet, or only just.
            let run = restic.start_async(backup);
            moment();
            drop(run);
            ends.early.fetch_add(1, Ordering::Relaxed);
            return;
        }
    };
    ends.count(result.err().map(|error| error.kind()));
}

/// What a program holds.
fn held() -> (Vec<u32>, usize, usize) {
    (children().unwrap(), descriptors().unwrap().len(), threads())
}

/// Waits until this program holds what it held before.
#[track_caller]
fn assert_nothing_is_left(restic: &Restic, before: &(Vec<u32>, usize, usize)) {
    assert!(restic.settle(Duration::from_secs(20)));
    let begin = Instant::now();
    while held() != *before {
        assert!(
            begin.elapsed() < Duration::from_secs(10),
            "{:?}, and {before:?} before",
            held()
        );
        thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn a_storm_leaves_nothing_behind() {
    const NAME: &str = "storm::a_storm_leaves_nothing_behind";
    let temporary = tempfile::tempdir().unwrap();
    let place = temporary.path().to_str().unwrap();
    Alone::new(NAME).env("TMPDIR", place).memory(256).run(|| {
        let fake = Fake::new(&format!(
            "trap 'exit 130' INT; echo '{STATUS}'; sleep 0.02; echo '{SUMMARY}'"
        ));
        let builder = || fake.builder().password("own-password");
        let restic = builder().build();
        let bounded = builder().max_running(2).build();
        let place = std::env::temp_dir();
        let (clean, before) = (files(&place), held());
        let ends = Ends::default();
        for round in 0..rounds(LIMITS.len()) {
            let limit = LIMITS[round % LIMITS.len()];
            with_descriptors(limit, || {
                thread::scope(|scope| {
                    for number in 0..CROWD {
                        let client = if number % 4 == 0 { &bounded } else { &restic };
                        let ends = &ends;
                        scope.spawn(move || run(client, Backup::new(["/data"]), ends));
                    }
                });
                assert!(bounded.settle(Duration::from_secs(20)));
                assert!(restic.settle(Duration::from_secs(20)));
            });
            assert_nothing_is_left(&restic, &before);
            let mut left = files(&place);
            left.retain(|path| !clean.contains(path) && !path.ends_with("calls"));
            assert!(left.is_empty(), "{limit} descriptors: {left:?}");
        }
        // All of it has happened.
        println!("{ends:?}");
        let Ends { well, early, never } = ends;
        for count in [well, early, never] {
            assert!(count.into_inner() > 0);
        }
    });
}

/// What a storm of real ones has; they have as many themselves.
const LIMIT: u64 = 64;

/// One round of listings, which end by themselves, and as many backups that would never end, and
/// are stopped or dropped when they are at work. Returns how many of these there were.
fn storm(restic: &Restic, bench: &Bench) -> usize {
    let at_work = AtomicUsize::new(0);
    let backup = || {
        let Ok(mut run) = restic.start(Backup::new([bench.path("huge")])) else {
            return;
        };
        if run.next().is_none_or(|event| event.is_err()) {
            return;
        }
        at_work.fetch_add(1, Ordering::Relaxed);
        moment();
        if random(2) == 0 {
            run.stop();
            drop(run.finish());
        }
    };
    thread::scope(|scope| {
        for _ in 0..CROWD / 2 {
            scope.spawn(|| drop(restic.run(Snapshots::new())));
            scope.spawn(backup);
        }
    });
    at_work.into_inner()
}

/// The same with real ones, whose locks are looked for: one round, and more where `STORM_ROUNDS`
/// says so.
#[test]
fn a_storm_of_real_restics_leaves_no_lock() {
    const NAME: &str = "storm::a_storm_of_real_restics_leaves_no_lock";
    Alone::new(NAME).memory(256).run(|| {
        on_each(NAME, |bench| {
            drop(bench.endless());
            let restic = bench.builder().grace(Duration::from_secs(60)).build();
            let before = held();
            for _ in 0..rounds(1) {
                let at_work = with_descriptors(LIMIT, || storm(&restic, bench));
                assert!(at_work > 0);
                assert_nothing_is_left(&restic, &before);
                assert!(bench.locks().is_empty(), "{:?}", bench.locks());
                let left = fs::read_dir(bench.path("repo/locks")).unwrap().count();
                assert_eq!(left, 0);
            }
        });
    });
}
