//! Programs that spawn restic, in tests that are written once.

use std::error::Error;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::process::Command;

use restic_cli_wrap::{RecordedTest, TestRun};
use restic_core::{Replay, Scripted};
use restic_record::Recorder;
use restic_replay::TestStandIn;

use crate::Place;

/// Two calls of a restic of a few lines, recorded as those of the test `twice`.
fn recorded() -> Place {
    let place = Place::new();
    let restic = "#!/bin/sh\n[ \"$1\" = version ] && echo 'restic 0.19.1 x' && exit\necho \"$@\"\n";
    let restic = place.program("real", restic);
    std::fs::create_dir(place.path("twice")).unwrap();
    let mut record = place.restic_replay(&["record", "--scenario"]);
    let script = format!("r=$(mktemp -d); {}; rm -r $r", SCRIPT.replace("REPO", "$r"));
    record
        .arg(place.path("twice/0.19.1"))
        .arg("--restic")
        .arg(&restic)
        .args(["--", "sh", "-c", &script]);
    record.assert().success();
    place
}

const SCRIPT: &str = "restic --repo=REPO init && restic --repo=REPO backup /data";

/// Runs a script instead of a program, with a `restic` in its `PATH`.
fn run(test: &TestRun, script: &str) -> Result<String, Box<dyn Error>> {
    let restic = TestStandIn::new(test, env!("CARGO_BIN_EXE_restic-replay"))?;
    let script = script.replace("REPO", &test.repository().to_string_lossy());
    let mut command = Command::new("sh");
    let output = command
        .args(["-c", &script])
        .envs(restic.variables())
        .output()?;
    restic.finish()?;
    Ok(String::from_utf8(output.stdout)?)
}

#[test]
fn a_program_is_answered_in_a_test() {
    let place = recorded();
    let test = RecordedTest::new("twice").directory(place.path(""));
    test.run(|test| {
        let printed = run(test, SCRIPT)?;
        let repo = format!("--repo={}", test.repository().display());
        assert_eq!(printed, format!("{repo} init\n{repo} backup /data\n"));
        Ok(())
    });
}

#[test]
fn what_the_program_hides_fails_the_test() {
    let place = recorded();
    for (script, expected) in [
        ("restic --repo=REPO init", "never made: 02-backup"),
        (
            "restic --repo=REPO init; restic --repo=REPO backup /other; exit 0",
            "+ /other",
        ),
    ] {
        let test = RecordedTest::new("twice").directory(place.path(""));
        let test = || test.run(|test| run(test, script).map(drop));
        let panic = catch_unwind(AssertUnwindSafe(test)).unwrap_err();
        let text = panic.downcast_ref::<String>().unwrap();
        assert!(text.contains(expected), "{text}");
    }
}

#[test]
fn a_recorder_and_a_replay_are_tests_of_their_own() {
    let place = recorded();
    let script = |repository: &Path| SCRIPT.replace("REPO", &repository.to_string_lossy());
    let sh = |script: &str, restic: &TestStandIn<'_>| {
        let mut command = Command::new("sh");
        let command = command.args(["-c", script]).envs(restic.variables());
        String::from_utf8(command.output().unwrap().stdout).unwrap()
    };
    let stand_in = env!("CARGO_BIN_EXE_restic-replay");

    let recorder = Recorder::scratch("stand-in").unwrap();
    let recorder = recorder.binary(place.path("real"));
    let restic = TestStandIn::new(&recorder, stand_in).unwrap();
    let repository = recorder.repository();
    let expected = sh(&script(&repository), &restic);
    restic.finish().unwrap();
    assert_eq!(recorder.calls().len(), 2);
    drop(recorder);

    let replay = Replay::load(place.path("twice/0.19.1")).unwrap();
    let replay = replay.bind("tmp1", repository.to_string_lossy());
    let restic = TestStandIn::new(&replay, stand_in).unwrap();
    assert_eq!(sh(&script(&repository), &restic), expected);
    restic.finish().unwrap();
    replay.finish().unwrap();

    let recorder = Recorder::scratch("stand-in").unwrap();
    let recorder = recorder.around(Scripted::executor([]));
    let error = TestStandIn::new(&recorder, stand_in).unwrap_err();
    assert!(error.contains("records no program"), "{error}");
}
