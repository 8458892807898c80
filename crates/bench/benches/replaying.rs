//! `cargo bench --bench replaying`: a recorded program in process, beside reading what it reads.
#![allow(clippy::expect_used, reason = "a benchmark that cannot run fails")]

use std::fs;
use std::path::{Path, PathBuf};

use divan::{Bencher, black_box};
use restic_cli_wrap::{Replay, Restic};
use restic_fixtures::Version;
use restic_test_support::first_backup;
use serde_json::Value;

fn main() {
    divan::main();
}

/// The whole program: eight calls, from loading the scenario to its typed results.
#[divan::bench(args = Version::ALL)]
fn replay(bencher: Bencher<'_, '_>, version: Version) {
    let (source, target) = (PathBuf::from("/data/mine"), PathBuf::from("/restored"));
    bencher.bench_local(|| {
        let replay = Replay::load(restic_fixtures::first_backup(version));
        let replay = replay.expect("a scenario of this package");
        let restic = Restic::builder()
            .executor(replay.executor())
            .repository("/srv/repo")
            .build();
        let report = first_backup::run(&restic, &source, &target, |_| {}, || {});
        replay.finish().expect("nothing is left");
        report.expect("it goes as it was recorded")
    });
}

/// The baseline: the files of the scenario, each line parsed as any JSON.
#[divan::bench(args = Version::ALL)]
fn parse(bencher: Bencher<'_, '_>, version: Version) {
    let directory = restic_fixtures::first_backup(version);
    bencher.bench_local(|| parse_all(&directory));
}

fn parse_all(directory: &Path) {
    for entry in fs::read_dir(directory).expect("a directory of this package") {
        let path = entry.expect("it can be listed").path();
        let bytes = fs::read(&path).expect("it can be read");
        if path.ends_with("scenario.json") {
            let _ = black_box(serde_json::from_slice::<Value>(&bytes));
            continue;
        }
        for line in bytes.split(|byte| *byte == b'\n') {
            // Not all of it is JSON.
            let _ = black_box(serde_json::from_slice::<Value>(line));
        }
    }
}
