//! `cargo bench --bench replaying`: recorded answers in process, beside parsing what they are.
#![allow(clippy::expect_used, reason = "a benchmark that cannot run fails")]

use divan::Bencher;
use restic_bench::Replayed;
use restic_bench::timing::Task;

fn main() {
    divan::main();
}

#[divan::bench(args = Replayed::ALL)]
fn replay(bencher: Bencher<'_, '_>, what: &Replayed) {
    run(bencher, *what, |pair| pair.replay);
}

/// The baseline.
#[divan::bench(args = Replayed::ALL)]
fn parse(bencher: Bencher<'_, '_>, what: &Replayed) {
    run(bencher, *what, |pair| pair.parse);
}

fn run(
    bencher: Bencher<'_, '_>,
    what: Replayed,
    way: impl FnOnce(restic_bench::Pair) -> Task<'static>,
) {
    let directory = tempfile::tempdir().expect("there is room for a scenario");
    let mut task = way(what.pair(directory.path()).expect("it can be written"));
    bencher.bench_local(|| task().expect("it goes as it was recorded"));
}
