//! What somebody reads whose test has failed, whole and in its own words.

use std::fs;
use std::path::Path;

use restic_core::{
    Exit, Invocation, PlaceholderKind, RecordedWith, Replay, Scenario, ScenarioWriter,
};

/// A recording of four calls, kept under a name that is the same on every machine.
fn recorded() -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    let mut writer = ScenarioWriter::new("nightly", RecordedWith::here("0.19.1"));
    writer.placeholder("repo", PlaceholderKind::Path);
    writer.record_again("RESTIC_RECORD=1 cargo test nightly");
    for (command, words, mutates) in [
        ("init", &["init"][..], true),
        (
            "backup",
            &["backup", "--tag=nightly", "--exclude=*.tmp", "/data"],
            true,
        ),
        ("snapshots", &["snapshots"], false),
        ("forget", &["forget", "--keep-daily=7", "--prune"], true),
    ] {
        let global = ["--json", "--repo={{repo}}", "--password-file={{secret}}"];
        let argv = global.iter().chain(words).map(|word| (*word).to_owned());
        let stdout = b"{}\n".to_vec();
        writer.call(
            command,
            argv.collect(),
            mutates,
            stdout,
            Vec::new(),
            Exit::Code(0),
        );
    }
    writer.write(directory.path()).unwrap();
    directory
}

/// The report after these calls.
fn report(calls: &[&[&str]]) -> String {
    let directory = recorded();
    let replay = Replay::load(directory.path()).unwrap();
    for words in calls {
        let global = [
            "--json",
            "--repo=/srv/repo",
            "--password-file=/etc/password",
        ];
        let words = global.iter().chain(*words).copied();
        // What a program makes of it is no matter here.
        let _ = replay.executor().start(&Invocation::new(words));
    }
    named(&replay.finish().unwrap_err().to_string(), directory.path())
}

fn named(text: &str, directory: &Path) -> String {
    text.replace(&directory.display().to_string(), "tests/recordings/nightly")
}

#[test]
fn another_flag() {
    let report = report(&[
        &["init"],
        &[
            "backup",
            "--tag=weekly",
            "--exclude=*.tmp",
            "--one-file-system",
            "/data",
        ],
    ]);
    insta::assert_snapshot!(report, @"
    not recorded: `restic --json --repo=/srv/repo --password-file=/etc/password backup --tag=weekly '--exclude=*.tmp' --one-file-system /data`
      in the scenario tests/recordings/nightly
      nearest is 02-backup:
          backup
          --exclude=*.tmp
          --json
        + --one-file-system
          --repo=/srv/repo
        - --tag=nightly
        + --tag=weekly
          /data
        (- recorded, + called)
      if the program's call is right, record the scenario again: RESTIC_RECORD=1 cargo test nightly
    these recorded calls were never made: 02-backup, 03-snapshots, 04-forget
    ");
}

#[test]
fn once_too_often_and_too_early() {
    insta::assert_snapshot!(report(&[&["init"], &["init"], &["snapshots"]]), @"
    not recorded: `restic --json --repo=/srv/repo --password-file=/etc/password init`
      in the scenario tests/recordings/nightly
      it equals 01-init, which was used already: is it called once too often?
      if the program is right, record the scenario again: RESTIC_RECORD=1 cargo test nightly
    not recorded: `restic --json --repo=/srv/repo --password-file=/etc/password snapshots`
      in the scenario tests/recordings/nightly
      it equals 03-snapshots, which comes later: is a call before it missing? The first that was not made is 02-backup.
    these recorded calls were never made: 02-backup, 03-snapshots, 04-forget
    ");
}

#[test]
fn another_command() {
    insta::assert_snapshot!(report(&[&["init"], &["check", "--read-data"]]), @"
    not recorded: `restic --json --repo=/srv/repo --password-file=/etc/password check --read-data`
      in the scenario tests/recordings/nightly
      nearest is 03-snapshots:
        - snapshots
        + check
          --json
        + --read-data
          --repo=/srv/repo
        (- recorded, + called)
      if the program's call is right, record the scenario again: RESTIC_RECORD=1 cargo test nightly
    these recorded calls were never made: 02-backup, 03-snapshots, 04-forget
    ");
}

#[test]
fn a_change_that_was_never_made() {
    let calls: &[&[&str]] = &[
        &["init"],
        &["backup", "--tag=nightly", "--exclude=*.tmp", "/data"],
        &["snapshots"],
    ];
    insta::assert_snapshot!(report(calls), @"
    these recorded calls were never made: 04-forget
      in the scenario tests/recordings/nightly
      if the program is right without them, record the scenario again: RESTIC_RECORD=1 cargo test nightly
    ");
}

#[test]
fn a_recording_that_is_missing() {
    let directory = tempfile::tempdir().unwrap();
    let error = Replay::load(directory.path()).unwrap_err().to_string();
    insta::assert_snapshot!(named(&error, directory.path()), @"
    tests/recordings/nightly: there is no recording here: scenario.json is missing
      to make one: `restic-replay record --scenario tests/recordings/nightly -- COMMAND`, or `Recorder::keep` in Rust
    ");
}

#[test]
fn a_recording_of_a_newer_format() {
    let directory = recorded();
    let manifest = directory.path().join("scenario.json");
    let text = fs::read_to_string(&manifest).unwrap();
    let load = |from: &str, to: &str| {
        let newer = text.replacen(from, to, 1);
        let newer = newer.replacen(env!("CARGO_PKG_VERSION"), "0.9.1", 1);
        fs::write(&manifest, newer).unwrap();
        let error = Scenario::load(directory.path()).unwrap_err().to_string();
        named(&error, directory.path())
    };
    insta::assert_snapshot!(load("\"minor\": 0", "\"minor\": 3"), @"tests/recordings/nightly/scenario.json: is of format 1.3, and this reads up to 1.0: use the version 0.9.1 of restic-cli-wrap, restic-core or restic-replay that recorded it, or record it again");
    insta::assert_snapshot!(load("\"major\": 1", "\"major\": 2"), @"tests/recordings/nightly/scenario.json: is of format 2, and this reads format 1: use the version 0.9.1 of restic-cli-wrap, restic-core or restic-replay that recorded it, or record it again");
}

#[test]
fn a_file_that_was_changed() {
    let directory = recorded();
    fs::write(directory.path().join("01-init.stdout.jsonl"), "{}").unwrap();
    let replay = Replay::load(directory.path()).unwrap();
    let words = ["--json", "--repo=/srv/repo", "init"];
    let error = replay
        .executor()
        .start(&Invocation::new(words))
        .unwrap_err();
    let _ = replay.finish();
    insta::assert_snapshot!(named(&error.to_string(), directory.path()), @"tests/recordings/nightly/01-init.stdout.jsonl: has 2 bytes, 3 were recorded: restore it, or record the scenario again");
}

/// No part of a recording is one, and neither is a changed one: what is wrong is said, or every
/// byte that is answered was recorded.
#[test]
fn a_recording_that_is_cut_or_changed_is_no_success() {
    let directory = recorded();
    let answers = || -> Option<Vec<Vec<u8>>> {
        let replay = Replay::load(directory.path()).ok()?;
        let words: [&[&str]; 4] = [
            &["init"],
            &["backup", "--tag=nightly", "--exclude=*.tmp", "/data"],
            &["snapshots"],
            &["forget", "--keep-daily=7", "--prune"],
        ];
        let mut all = Vec::new();
        for words in words {
            let words = ["--json", "--repo=/srv/repo"].iter().chain(words);
            let started = replay.executor().start(&Invocation::new(words.copied()));
            let mut printed = Vec::new();
            if let Ok(mut process) = started {
                while let Ok(event) = process.next_event(None) {
                    printed.extend(format!("{event:?}").into_bytes());
                }
            }
            all.push(printed);
        }
        replay.finish().ok()?;
        Some(all)
    };
    let good = answers().unwrap();
    for file in fs::read_dir(directory.path()).unwrap() {
        let path = file.unwrap().path();
        let bytes = fs::read(&path).unwrap();
        let check = |changed: &[u8], what: &str| {
            fs::write(&path, changed).unwrap();
            let is_right = answers().is_none_or(|answers| answers == good);
            assert!(is_right, "{} with byte {what}", path.display());
        };
        for place in 0..bytes.len() {
            check(&bytes[..place], &format!("{place} cut off"));
            let mut changed = bytes.clone();
            // A digit is another one, and a letter too.
            changed[place] ^= 1;
            check(&changed, &format!("{place} changed"));
        }
        fs::write(&path, &bytes).unwrap();
    }
    assert_eq!(answers().unwrap(), good);
}
