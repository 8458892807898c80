use std::fs;
use std::io;
use std::sync::Arc;
use std::thread;

use restic_core::{
    Argument, Control, Event, Executor, Exit, InputReader, Invocation, PlaceholderKind, Process,
    RecordedWith, Replay, Scenario, ScenarioWriter, StartErrorKind, Stdin,
};

use crate::scenario::writer;

/// A replay of the small scenario, and the directory it lies in.
fn replay() -> (Replay, tempfile::TempDir) {
    let directory = tempfile::tempdir().unwrap();
    writer().write(directory.path()).unwrap();
    (Replay::load(directory.path()).unwrap(), directory)
}

/// A call as a client makes it, with a password of its own.
fn call(words: &[&str]) -> Invocation {
    let mut invocation = Invocation::new(["--json", "--repo=/srv/my repo"])
        .argument(Argument::secret_file("--password-file", "of the test"))
        .argument("--no-cache");
    for word in words {
        invocation = invocation.argument(*word);
    }
    invocation
}

/// Both streams and the exit, or the kind of the failure and its words.
fn run(
    executor: &Arc<dyn Executor>,
    invocation: &Invocation,
) -> Result<(String, String, Exit), (StartErrorKind, String)> {
    let mut process = executor
        .start(invocation)
        .map_err(|error| (error.kind(), error.to_string()))?;
    Ok(drain(&mut *process))
}

fn drain(process: &mut dyn Process) -> (String, String, Exit) {
    let (mut stdout, mut stderr) = (String::new(), String::new());
    loop {
        match process.next_event(None).unwrap() {
            Event::Stdout(bytes) => stdout += &String::from_utf8(bytes).unwrap(),
            Event::Stderr(bytes) => stderr += &String::from_utf8(bytes).unwrap(),
            Event::Exited(exit) => return (stdout, stderr, exit),
            _ => {}
        }
    }
}

#[test]
fn calls_are_answered_in_order_with_the_paths_of_the_caller() {
    let (replay, _directory) = replay();
    let executor = replay.executor();
    let (stdout, ..) = run(&executor, &call(&["init"])).unwrap();
    assert_eq!(stdout, "created at /srv/my repo\n");
    let backup = call(&["backup", "--tag=a", "--", "C:\\data \"x\""]);
    let (stdout, stderr, exit) = run(&executor, &backup).unwrap();
    assert_eq!(stdout, "{\"item\":\"C:\\\\data \\\"x\\\"/x\"}\n");
    assert_eq!((stderr.as_str(), exit), ("oops\n", Exit::Code(3)));
    run(&executor, &call(&["snapshots"])).unwrap();
    assert_eq!(replay.calls().len(), 3);
    replay.finish().unwrap();
}

#[test]
fn what_was_never_called_is_an_error() {
    let (replay, _directory) = replay();
    run(&replay.executor(), &call(&["init"])).unwrap();
    let error = replay.finish().unwrap_err();
    assert_eq!(error.unused, ["02-backup", "03-snapshots"]);
    assert!(error.to_string().contains("02-backup, 03-snapshots"));
}

#[test]
fn another_call_is_an_error_that_shows_both_sides() {
    let (replay, directory) = replay();
    let executor = replay.executor();
    run(&executor, &call(&["init"])).unwrap();
    let wrong = call(&["backup", "--tag=b", "--", "/data"]);
    let (kind, text) = run(&executor, &wrong).unwrap_err();
    assert_eq!(kind, StartErrorKind::NotRecorded);
    let directory = directory.path().display().to_string();
    for part in [
        &directory,
        "02-backup",
        "- --tag=a",
        "+ --tag=b",
        "{{secret}}",
        "record",
    ] {
        assert!(text.contains(part), "{part} is not in:\n{text}");
    }
    let error = replay.finish().unwrap_err();
    assert_eq!(error.misses, [text]);
    assert_eq!(error.unused, ["02-backup", "03-snapshots"]);
}

#[test]
fn a_call_out_of_order_is_reported_as_that() {
    let (replay, _directory) = replay();
    let executor = replay.executor();
    let (_, early) = run(&executor, &call(&["snapshots"])).unwrap_err();
    assert!(
        early.contains("it equals 03-snapshots, which comes later"),
        "{early}"
    );
    run(&executor, &call(&["init"])).unwrap();
    let (_, again) = run(&executor, &call(&["init"])).unwrap_err();
    assert!(
        again.contains("it equals 01-init, which was used already"),
        "{again}"
    );
    assert_eq!(replay.finish().unwrap_err().misses.len(), 2);
}

#[test]
fn a_placeholder_keeps_its_value() {
    let (replay, _directory) = replay();
    let executor = replay.executor();
    run(&executor, &call(&["init"])).unwrap();
    let elsewhere = Invocation::new([
        "--json",
        "--repo=/other",
        "backup",
        "--tag=a",
        "--",
        "/data",
    ]);
    let (_, text) = run(&executor, &elsewhere).unwrap_err();
    assert!(text.contains("+ --repo=/other"), "{text}");
    assert!(replay.finish().is_err());
}

#[test]
fn a_location_with_a_password_replays_without_showing_it() {
    let (replay, _directory) = replay();
    let hidden = Invocation::new(["--json"])
        .argument(Argument::secret_file(
            "--repository-file",
            "rest:http://a:pw@host/",
        ))
        .argument("init");
    let (stdout, ..) = run(&replay.executor(), &hidden).unwrap();
    assert_eq!(stdout, "created at ***\n");
    assert!(replay.finish().is_err());
}

#[test]
fn an_output_needs_its_placeholders() {
    let directory = tempfile::tempdir().unwrap();
    let mut small = ScenarioWriter::new("", RecordedWith::here("0.14.0"));
    small.placeholder("src", PlaceholderKind::Path);
    small.call(
        "list",
        vec!["list".into()],
        false,
        b"{{src}}\n".to_vec(),
        vec![],
        Exit::Code(0),
    );
    small.write(directory.path()).unwrap();
    let list = Invocation::new(["list"]);

    let replay = Replay::load(directory.path()).unwrap();
    let (_, text) = run(&replay.executor(), &list).unwrap_err();
    assert!(text.contains("replay.bind(\"src\""), "{text}");
    assert!(replay.finish().is_err());

    let replay = Replay::load(directory.path()).unwrap().bind("src", "/data");
    assert_eq!(run(&replay.executor(), &list).unwrap().0, "/data\n");
    replay.finish().unwrap();
}

#[test]
fn the_version_is_always_answered() {
    let (replay, directory) = replay();
    let executor = replay.executor();
    let version = call(&["version"]);
    let text = run(&executor, &version).unwrap().0;
    assert!(text.starts_with("restic 0.14.0 compiled with "), "{text}");
    run(&executor, &call(&["init"])).unwrap();
    assert!(replay.finish().unwrap_err().misses.is_empty());

    let manifest = directory.path().join("scenario.json");
    let text = fs::read(&manifest).unwrap();
    let mut newer: serde_json::Value = serde_json::from_slice(&text).unwrap();
    newer["recorded_with"]["restic"] = "0.18.0".into();
    // Changed on purpose.
    newer.as_object_mut().unwrap().remove("digest");
    fs::write(&manifest, newer.to_string()).unwrap();
    let replay = Replay::new(Scenario::load(directory.path()).unwrap());
    let json = run(&replay.executor(), &version).unwrap().0;
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(
        (&json["message_type"], &json["version"]),
        (&"version".into(), &"0.18.0".into())
    );
    assert!(replay.finish().is_err());
}

#[test]
fn a_changed_recording_is_not_played() {
    let (replay, directory) = replay();
    fs::write(
        directory.path().join("01-init.stdout.txt"),
        "something else\n",
    )
    .unwrap();
    let (_, text) = run(&replay.executor(), &call(&["init"])).unwrap_err();
    assert!(
        text.contains("01-init.stdout.txt") && text.contains("bytes"),
        "{text}"
    );
    assert!(replay.finish().is_err());
}

/// Whether a list of files is the recorded one, in each form in which a call can be given it.
#[track_caller]
fn lists(recorded: &str, given: &str) -> bool {
    let place = tempfile::tempdir().unwrap();
    let file = place.path().join("list");
    fs::write(&file, given).unwrap();
    let reader = io::Cursor::new(given.to_owned());
    let answered = [
        Stdin::Bytes(given.as_bytes().into()),
        Stdin::File(file),
        Stdin::Reader(InputReader::new(reader)),
    ]
    .map(|stdin| is_list(recorded, stdin));
    assert_eq!(answered, [answered[0]; 3]);
    answered[0]
}

fn is_list(recorded: &str, given: Stdin) -> bool {
    let directory = tempfile::tempdir().unwrap();
    let mut small = ScenarioWriter::new("", RecordedWith::here("0.19.1"));
    small.placeholder("tmp1", PlaceholderKind::Path);
    let argv = ["backup", "--files-from=-"].map(str::to_owned).to_vec();
    let done = Exit::Code(0);
    small.call("backup", argv, true, b"{{tmp1}}".to_vec(), vec![], done);
    small.stdin(recorded.as_bytes().to_vec());
    small.write(directory.path()).unwrap();
    let replay = Replay::load(directory.path()).unwrap();
    let mut backup = Invocation::new(["backup", "--files-from=-"]);
    assert!(replay.waits_for_input(&backup));
    backup.stdin = given;
    let process = replay.executor().start(&backup);
    let answered = process.is_ok_and(|mut process| {
        loop {
            match process.next_event(None) {
                Ok(Event::Stdout(bytes)) => assert_eq!(bytes, b"/new"),
                Ok(Event::Exited(_)) => break true,
                Ok(_) => {}
                Err(_) => break false,
            }
        }
    });
    assert_eq!(replay.finish().is_ok(), answered);
    answered
}

#[test]
fn standard_input_may_name_directories_of_this_replay() {
    assert!(lists("{{tmp1}}/a\n{{tmp1}}/b\n", "/new/a\n/new/b\n"));
    assert!(!lists("{{tmp1}}/a\n{{tmp1}}/b\n", "/new/a\n/other/b\n"));
    assert!(!lists("{{tmp1}}/a\n", "/new/b\n"));
    // Nothing is guessed about what is no placeholder of the scenario.
    assert!(lists("{{tmp1}}/{{name}}\n", "/new/{{name}}\n"));
}

#[test]
fn a_name_that_was_changed_is_none_that_is_passed_over() {
    let directory = tempfile::tempdir().unwrap();
    let mut small = ScenarioWriter::new("", RecordedWith::here("0.19.1"));
    let argv = vec!["check".to_owned()];
    small.call("check", argv, false, vec![], vec![], Exit::Code(0));
    small.write(directory.path()).unwrap();
    let file = directory.path().join("scenario.json");
    let whole = fs::read_to_string(&file).unwrap();
    for name in ["digest", "calls", "exit", "recorded_with"] {
        let changed = whole.replace(&format!("\"{name}\""), "\"digesu\"");
        assert_ne!(changed, whole);
        fs::write(&file, changed).unwrap();
        Scenario::load(directory.path()).unwrap_err();
    }
}

/// How a replayed call of this version ends that is signalled first.
fn signalled(restic: &str, signal: fn(&dyn Control) -> io::Result<()>) -> (String, Exit) {
    let directory = tempfile::tempdir().unwrap();
    let mut small = ScenarioWriter::new("", RecordedWith::here(restic));
    small.call(
        "ls",
        vec!["ls".into()],
        false,
        b"x".to_vec(),
        vec![],
        Exit::Code(0),
    );
    small.write(directory.path()).unwrap();
    let replay = Replay::load(directory.path()).unwrap();
    let mut process = replay.executor().start(&Invocation::new(["ls"])).unwrap();
    signal(&*process.control()).unwrap();
    let (stdout, stderr, exit) = drain(&mut *process);
    assert_eq!(stdout, "", "it was signalled before it was read");
    replay.finish().unwrap();
    (stderr, exit)
}

#[test]
fn a_signalled_call_ends_as_that_version_does() {
    let interrupt = |restic| signalled(restic, |control| control.interrupt());
    let terminate = |restic| signalled(restic, |control| control.terminate());
    let old = "\x1b[2Ksignal interrupt received, cleaning up\n".to_owned();
    assert_eq!(interrupt("0.14.0"), (old, Exit::Code(130)));
    let new = "\rsignal interrupt received, cleaning up \n".to_owned();
    assert_eq!(interrupt("0.19.1"), (new, Exit::Code(130)));
    assert_eq!(terminate("0.16.5"), (String::new(), Exit::Signal(15)));
    let new = "\x1b[2Ksignal terminated received, cleaning up\n".to_owned();
    assert_eq!(terminate("0.17.0"), (new, Exit::Code(130)));
    let killed = signalled("0.19.1", |control| control.kill());
    assert_eq!(killed, (String::new(), Exit::Signal(9)));
}

#[test]
fn a_replay_is_shared_between_threads() {
    fn shared<T: Send + Sync>() {}
    shared::<Replay>();
    shared::<Arc<dyn Executor>>();
}

#[test]
fn several_threads_share_one_order() {
    let (replay, _directory) = replay();
    let executor = replay.executor();
    let init = call(&["init"]);
    let answered = thread::scope(|scope| {
        let threads: Vec<_> = (0..8)
            .map(|_| scope.spawn(|| run(&executor, &init).is_ok()))
            .collect();
        threads
            .into_iter()
            .filter_map(|thread| thread.join().ok())
            .filter(|ok| *ok)
            .count()
    });
    assert_eq!(answered, 1, "each recording is used once");
    assert_eq!(replay.finish().unwrap_err().misses.len(), 7);
}

#[test]
#[should_panic(expected = "without `finish()`")]
fn forgetting_to_finish_fails_the_test() {
    let (replay, _directory) = replay();
    drop(replay);
}
