//! The program of the example, on every recording of it, and as its users run it.

use std::env;
use std::path::PathBuf;

use assert_cmd::Command;
use restic_cli_wrap::{Replay, Restic};
use restic_test_support::first_backup;

#[test]
fn every_recording_gives_the_same_program_its_typed_results() {
    for version in restic_fixtures::Version::ALL {
        let replay = Replay::load(restic_fixtures::first_backup(version)).unwrap();
        let restic = Restic::builder()
            .executor(replay.executor())
            .repository("/srv/repo")
            .build();
        let mut progress = 0;
        let (source, target) = (PathBuf::from("/data/mine"), PathBuf::from("/restored"));
        let report =
            first_backup::run(&restic, &source, &target, |_| progress += 1, || {}).unwrap();
        replay.finish().unwrap();
        insta::assert_debug_snapshot!(format!("first-backup-{version}"), (progress, report));
    }
}

/// The example as README runs it, with nothing but Rust in `PATH`.
fn example() -> Command {
    let mut command = Command::new(env!("CARGO"));
    command.args([
        "run",
        "--quiet",
        "--package",
        "restic-cli-wrap",
        "--example",
        "first_backup",
    ]);
    command
}

/// `PATH` without any directory that has a restic in it, and with this one in front.
fn path_with(first: Option<PathBuf>) -> std::ffi::OsString {
    let inherited = env::var_os("PATH").unwrap_or_default();
    let others =
        env::split_paths(&inherited).filter(|directory| !directory.join("restic").exists());
    env::join_paths(first.into_iter().chain(others)).unwrap()
}

#[test]
fn without_restic_the_example_says_that_it_replays() {
    let output = example().env("PATH", path_with(None)).assert().success();
    let stdout = String::from_utf8_lossy(&output.get_output().stdout).into_owned();
    assert!(
        stdout.contains("REPLAYS a recording of restic 0.19.1"),
        "{stdout}"
    );
    assert!(stdout.contains("restores no files"), "{stdout}");
    assert!(stdout.contains("What to look at next"), "{stdout}");
}

/// On a terminal of its own, which `script` of util-linux makes.
#[test]
#[cfg(target_os = "linux")]
fn without_restic_the_example_draws_a_bar_that_moves() {
    let there = std::process::Command::new("script")
        .arg("--version")
        .output();
    if there.is_err() {
        assert!(
            env::var_os("RESTIC_NO_SKIP").is_none(),
            "`script` is not installed"
        );
        println!("the example on a terminal: SKIPPED, since `script` is not installed");
        return;
    }
    let command = format!(
        "stty cols 100 rows 40; '{}' run --quiet --package restic-cli-wrap --example first_backup",
        env!("CARGO")
    );
    let mut script = Command::new("script");
    script.args(["--quiet", "--return", "--command", &command, "/dev/null"]);
    script.env("PATH", path_with(None)).env("TERM", "xterm");
    let output = script.assert().success();
    let screen = String::from_utf8_lossy(&output.get_output().stdout).into_owned();
    let between = (1..100).filter(|percent| screen.contains(&format!("{percent:>3} %  ")));
    assert!(between.count() >= 3, "{screen}");
}

#[test]
fn a_restic_that_is_asked_for_and_not_there_is_an_error() {
    let output = example()
        .args(["--", "--restic", "/no/such/restic"])
        .assert()
        .failure();
    let stderr = String::from_utf8_lossy(&output.get_output().stderr).into_owned();
    assert!(
        stderr.contains("/no/such/restic does not exist"),
        "{stderr}"
    );
}

#[test]
#[cfg(unix)]
fn with_real_restic_in_path_the_example_restores_every_byte() {
    for binary in restic_test_support::binaries::binaries("the example with real restic") {
        let directory = tempfile::tempdir().unwrap();
        std::os::unix::fs::symlink(&binary, directory.path().join("restic")).unwrap();
        let path = path_with(Some(directory.path().to_owned()));
        let output = example().env("PATH", path).assert().success();
        let stdout = String::from_utf8_lossy(&output.get_output().stdout).into_owned();
        assert!(
            stdout.contains("equal the sources, byte by byte"),
            "{stdout}"
        );
    }
}
