//! Which recording answers when, and what a test learns when none does.

use restic_core::{
    Chunking, Event, Exit, Invocation, Order, PlaceholderKind, Process, RecordedWith, Replay,
    ScenarioWriter, Secret,
};

/// Two repositories whose lists of snapshots change when they are saved to.
fn scenario() -> (ScenarioWriter, tempfile::TempDir) {
    let mut writer = ScenarioWriter::new("", RecordedWith::here("0.19.1"));
    writer.placeholder("repo", PlaceholderKind::Path);
    writer.placeholder("other", PlaceholderKind::Path);
    for (command, repository, prints) in [
        ("init", "repo", ""),
        ("snapshots", "repo", "[]\n"),
        ("init", "other", ""),
        ("backup", "repo", ""),
        ("snapshots", "repo", "[{}]\n"),
        ("snapshots", "other", "[]\n"),
    ] {
        let argv = vec![
            "--json".into(),
            format!("--repo={{{{{repository}}}}}"),
            command.into(),
        ];
        let (printed, mutates) = (prints.as_bytes().to_vec(), command != "snapshots");
        writer.call(command, argv, mutates, printed, vec![], Exit::Code(0));
    }
    (writer, tempfile::tempdir().unwrap())
}

fn load() -> (Replay, tempfile::TempDir) {
    let (writer, directory) = scenario();
    writer.write(directory.path()).unwrap();
    (Replay::load(directory.path()).unwrap(), directory)
}

fn printed(mut process: Box<dyn Process>) -> (Vec<u8>, usize) {
    let (mut stdout, mut chunks) = (Vec::new(), 0);
    loop {
        match process.next_event(None).unwrap() {
            Event::Stdout(bytes) => {
                stdout.extend(bytes);
                chunks += 1;
            }
            Event::Exited(_) => return (stdout, chunks),
            _ => {}
        }
    }
}

/// What restic prints to this line of a shell.
fn run(replay: &Replay, line: &str) -> String {
    let invocation = Invocation::new(line.split(' '));
    let process = replay.executor().start(&invocation).unwrap();
    String::from_utf8(printed(process).0).unwrap()
}

#[test]
fn what_only_reads_is_answered_as_often_as_it_is_asked_for() {
    let (replay, _directory) = load();
    run(&replay, "init --json -r /a");
    assert_eq!(run(&replay, "snapshots --json --repo /a"), "[]\n");
    assert_eq!(run(&replay, "-r=/a --json snapshots"), "[]\n");
    run(&replay, "--json backup --repo=/a");
    assert_eq!(run(&replay, "snapshots --repo=/a --json"), "[{}]\n");
    // The other repository has its own life, whenever that begins.
    run(&replay, "init --repo=/b --json");
    assert_eq!(run(&replay, "snapshots --json --repo /b"), "[]\n");
    assert_eq!(run(&replay, "snapshots --json --repo /a"), "[{}]\n");
    replay.finish().unwrap();
}

#[test]
fn a_repository_may_be_named_in_the_environment() {
    let (replay, _directory) = load();
    let mut init = Invocation::new(["init", "--json"]);
    let name = "RESTIC_REPOSITORY".into();
    init.environment.insert(name, Secret::new("/a"));
    replay.executor().start(&init).unwrap();
    assert_eq!(run(&replay, "snapshots --json --repo=/a"), "[]\n");
    assert_eq!(
        replay.finish().unwrap_err().unused,
        ["03-init", "04-backup", "05-snapshots", "06-snapshots"]
    );
}

#[test]
fn a_change_is_made_once() {
    let (replay, _directory) = load();
    run(&replay, "init --json --repo=/a");
    let again = Invocation::new(["init", "--json", "--repo=/a"]);
    let error = replay.executor().start(&again).unwrap_err().to_string();
    assert!(error.contains("01-init, which was used already"), "{error}");
    replay.finish().unwrap_err();
}

#[test]
fn calls_may_be_left_out_where_that_is_allowed() {
    let (replay, _directory) = load();
    let replay = replay.allow_unused();
    run(&replay, "--json -r /r init");
    replay.finish().unwrap();

    let (replay, _directory) = load();
    let replay = replay.allow_unused();
    let other = Invocation::new(["-r", "/r", "stats"]);
    assert!(replay.executor().start(&other).is_err());
    let error = replay.finish().unwrap_err();
    assert_eq!((error.misses.len(), error.unused.len()), (1, 0), "{error}");
}

#[test]
fn a_strict_order_is_that_of_the_recording() {
    let (replay, _directory) = load();
    let replay = replay.order(Order::Strict);
    run(&replay, "init --json --repo=/a");
    assert_eq!(run(&replay, "snapshots --json --repo=/a"), "[]\n");
    let snapshots = Invocation::new(["snapshots", "--json", "--repo=/a"]);
    let error = replay.executor().start(&snapshots).unwrap_err().to_string();
    assert!(error.contains("05-snapshots"), "{error}");
    assert!(
        error.contains("The first that was not made is 03-init."),
        "{error}"
    );
    replay.finish().unwrap_err();
}

#[test]
fn a_report_compares_with_the_nearest_recording_flag_by_flag() {
    let (mut writer, directory) = scenario();
    writer.record_again("RESTIC_RECORD=1 cargo test");
    writer.write(directory.path()).unwrap();
    let replay = Replay::load(directory.path()).unwrap();
    run(&replay, "init --json --repo=/a");
    let wrong = Invocation::new([
        "--repo=/a",
        "backup",
        "--json",
        "--tag=x",
        "--dry-run",
        "/data",
    ]);
    let error = replay.executor().start(&wrong).unwrap_err().to_string();
    let directory = directory.path().display();
    assert_eq!(
        error,
        format!(
            "\
not recorded: `restic --repo=/a backup --json --tag=x --dry-run /data`
  in the scenario {directory}
  nearest is 04-backup:
      backup
    + --dry-run
      --json
      --repo=/a
    + --tag=x
    + /data
    (- recorded, + called)
  if the program's call is right, record the scenario again: RESTIC_RECORD=1 cargo test"
        )
    );
    replay.finish().unwrap_err();
}

#[test]
#[should_panic(expected = "+ --repo=/b")]
fn a_dropped_replay_reports_what_did_not_match() {
    let (replay, _directory) = load();
    run(&replay, "init --json --repo=/a");
    let wrong = Invocation::new(["--json", "--repo=/b", "backup"]);
    replay.executor().start(&wrong).unwrap_err();
}

#[test]
fn output_is_the_same_however_it_is_cut() {
    let (mut writer, directory) = scenario();
    let text = "grüße\r\n{\"a\":\"\\u00e4\"}\nno newline at the end".repeat(20);
    let argv = vec!["list".into(), "locks".into()];
    writer.call(
        "list",
        argv,
        false,
        text.clone().into_bytes(),
        vec![],
        Exit::Code(0),
    );
    writer.write(directory.path()).unwrap();
    let mut cuts = vec![
        (Chunking::Whole, 1),
        (Chunking::Pipe, 1),
        (Chunking::Lines, 41),
        (Chunking::Bytes(1), text.len()),
        (Chunking::Bytes(0), text.len()),
    ];
    cuts.extend((0..100).map(|seed| (Chunking::Torn(seed), 0)));
    for (chunking, expected) in cuts {
        let replay = Replay::load(directory.path()).unwrap().chunking(chunking);
        let list = Invocation::new(["list", "locks"]);
        let (bytes, chunks) = printed(replay.executor().start(&list).unwrap());
        assert_eq!(bytes, text.as_bytes(), "{chunking:?}");
        if expected == 0 {
            let most = text.len() / 4;
            assert!(
                (text.len() / 16..most).contains(&chunks),
                "{chunking:?}: {chunks}"
            );
        } else {
            assert_eq!(chunks, expected, "{chunking:?}");
        }
        replay.finish().unwrap_err();
    }
}

#[test]
fn what_writes_elsewhere_comes_once_and_changes_no_repository() {
    let directory = tempfile::tempdir().unwrap();
    let mut writer = ScenarioWriter::new("", RecordedWith::here("0.19.1"));
    for (line, mutates) in [
        ("restore latest --target=/a", true),
        ("restore latest --target=/b", true),
        ("snapshots", false),
    ] {
        let argv = line.split(' ').map(str::to_owned).collect();
        writer.call("x", argv, mutates, b"x".to_vec(), vec![], Exit::Code(0));
    }
    writer.write(directory.path()).unwrap();
    let replay = Replay::load(directory.path()).unwrap();
    for line in [
        "snapshots",
        "restore latest --target=/b",
        "snapshots",
        "restore latest --target=/a",
    ] {
        run(&replay, line);
    }
    let again = Invocation::new(["restore", "latest", "--target=/b"]);
    replay.executor().start(&again).unwrap_err();
    replay.finish().unwrap_err();
}
