//! What is kept of a recording, and what is refused.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use restic_core::{Argument, Event, Executor, Invocation, Replay, Scripted, Stdin};
use restic_record::{Kept, PendingRecording, RecordError, Recorder};

/// restic as it answers at this moment: times, ids and the size of trees differ each time.
fn restic(moment: u8, snapshots: &str, repository: &Path) -> Arc<dyn Executor> {
    let (id, day) = (format!("{moment:02x}").repeat(32), 10 + moment);
    let repository = repository.display();
    let created = format!("created restic repository {} at {repository}\n", &id[..10]);
    let summary = format!(
        "{{\"message_type\":\"summary\",\"data_added\":{moment},\"snapshot_id\":\"{id}\",\
         \"backup_start\":\"2026-11-{day}T05:45:48.873035873Z\"}}\n"
    );
    let short = &id[..8];
    let list = format!("[{{\"id\":\"{id}\",\"short_id\":\"{short}\",\"tags\":{snapshots}}}]\n");
    Scripted::executor([
        Scripted::new().stdout(created),
        Scripted::new().stdout(summary),
        Scripted::new().stdout(list),
    ])
}

fn call(executor: &Arc<dyn Executor>, recorder: &Recorder, words: &[&str]) -> String {
    let repo = format!("--repo={}", recorder.repository().display());
    let mut invocation = Invocation::new(["--json".to_owned(), repo]).argument(
        Argument::secret_file("--password-file", recorder.password()),
    );
    for word in words {
        invocation = invocation.argument(*word);
    }
    run(executor, &invocation)
}

fn run(executor: &Arc<dyn Executor>, invocation: &Invocation) -> String {
    let mut process = executor.start(invocation).unwrap();
    let mut printed = String::new();
    loop {
        match process.next_event(None).unwrap() {
            Event::Stdout(bytes) => printed += &String::from_utf8(bytes).unwrap(),
            Event::Exited(_) => return printed,
            _ => {}
        }
    }
}

/// A recorder of such a restic, by whose executor three calls were made.
fn recorded(name: &str, moment: u8, snapshots: &str) -> Recorder {
    let recorder = Recorder::scratch(name).unwrap().restic_version("0.19.1");
    let repository = recorder.repository();
    let recorder = recorder.around(restic(moment, snapshots, &repository));
    let (executor, source) = (recorder.executor(), recorder.path("src"));
    call(&executor, &recorder, &["init"]);
    call(
        &executor,
        &recorder,
        &["backup", "--", source.to_str().unwrap()],
    );
    call(&executor, &recorder, &["snapshots"]);
    recorder
}

#[test]
fn recording_again_gives_the_same_bytes() {
    let directory = tempfile::tempdir().unwrap();
    let directory = directory.path().join("0.19.1");
    assert_eq!(
        recorded("same", 1, "null").keep(&directory).unwrap(),
        Kept::New
    );
    let kept = recorded("same", 2, "null").keep(&directory).unwrap();
    assert_eq!(kept, Kept::Unchanged);

    let replay = Replay::load(&directory).unwrap();
    let executor = replay.executor();
    let printed = |words: &[&str]| run(&executor, &Invocation::new(words));
    assert_eq!(
        printed(&["-r", "/mine", "--json", "init"]),
        "created restic repository 0000000100 at /mine\n"
    );
    printed(&["-r", "/mine", "--json", "backup", "/data"]);
    let list = printed(&["-r", "/mine", "--json", "snapshots"]);
    assert!(list.contains("\"short_id\":\"00000001\""), "{list}");
    replay.finish().unwrap();
}

#[test]
fn what_somebody_saved_is_played_as_it_is() {
    let directory = tempfile::tempdir().unwrap();
    let directory = directory.path().join("0.19.1");
    let recorder = Recorder::scratch("data").unwrap().restic_version("0.19.1");
    let id = "5".repeat(64);
    let data = format!(
        "{{\"username\":\"alice\",\"id\":\"{id}\"}}\n{{{{repo}}}} {} of 2026-11-28 05:45:48\n",
        recorder.repository().display()
    );
    let recorder = recorder.around(Scripted::executor([Scripted::new().stdout(data.clone())]));
    let dump = ["dump", "--", "latest", "/users.json"];
    assert_eq!(call(&recorder.executor(), &recorder, &dump), data);
    assert_eq!(recorder.keep(&directory).unwrap(), Kept::New);

    let replay = Replay::load(&directory).unwrap();
    let words = [&["-r", "/mine", "--json"][..], &dump].concat();
    assert_eq!(run(&replay.executor(), &Invocation::new(words)), data);
    replay.finish().unwrap();
}

#[test]
fn who_recorded_it_and_how_is_no_difference() {
    let directory = tempfile::tempdir().unwrap();
    let directory = directory.path().join("0.19.1");
    let _ = recorded("header", 1, "null").keep(&directory).unwrap();
    // As an older version of the recorder on another machine would have written it.
    let manifest = directory.join("scenario.json");
    let text = fs::read_to_string(&manifest).unwrap();
    let mut old: serde_json::Value = serde_json::from_str(&text).unwrap();
    old["recorded_with"]["recorder"] = "0.0.1".into();
    old["recorded_with"]["os"] = "plan9".into();
    old.as_object_mut().unwrap().remove("digest");
    fs::write(&manifest, old.to_string()).unwrap();

    let again = recorded("header", 2, "null").note("renamed");
    let again = again.record_again("make recordings");
    assert_eq!(again.keep(&directory).unwrap(), Kept::Unchanged);
    let text = fs::read_to_string(&manifest).unwrap();
    assert!(text.contains("make recordings") && text.contains("renamed"));
    assert!(!text.contains("plan9"), "{text}");

    // The version of restic is a difference, and so is what it printed.
    old["recorded_with"]["restic"] = "0.18.0".into();
    fs::write(&manifest, old.to_string()).unwrap();
    let again = recorded("header", 3, "null").keep(&directory).unwrap();
    assert!(matches!(again, Kept::Pending(_)), "{again:?}");
}

#[test]
fn another_recording_waits_until_it_is_accepted_or_rejected() {
    let directory = tempfile::tempdir().unwrap();
    let directory = directory.path().join("0.19.1");
    assert_eq!(
        recorded("wait", 1, "null").keep(&directory).unwrap(),
        Kept::New
    );
    let old = fs::read(directory.join("03-snapshots.stdout.jsonl")).unwrap();

    let kept = recorded("wait", 2, "[\"new\"]").keep(&directory).unwrap();
    let Kept::Pending(pending) = kept else {
        panic!("{kept:?}");
    };
    assert_eq!(pending, directory.with_file_name("0.19.1.new"));
    let diff = PendingRecording::of(&directory).unwrap().diff().unwrap();
    assert!(
        diff.starts_with("03-snapshots.stdout.jsonl:1\n  - ["),
        "{diff}"
    );
    assert!(diff.contains("\"tags\":[\"new\"]"), "{diff}");
    PendingRecording::of(&directory).unwrap().reject().unwrap();
    assert!(!pending.exists());
    assert_eq!(
        fs::read(directory.join("03-snapshots.stdout.jsonl")).unwrap(),
        old
    );

    let _ = recorded("wait", 2, "[\"new\"]").keep(&directory).unwrap();
    PendingRecording::of(&directory).unwrap().accept().unwrap();
    assert!(!pending.exists());
    assert_ne!(
        fs::read(directory.join("03-snapshots.stdout.jsonl")).unwrap(),
        old
    );
    PendingRecording::of(&directory).unwrap_err();
}

#[test]
fn a_secret_in_the_output_is_refused_and_nothing_is_written() {
    let directory = tempfile::tempdir().unwrap();
    let directory = directory.path().join("0.19.1");
    let recorder = Recorder::scratch("leak").unwrap().restic_version("0.19.1");
    let password = String::from_utf8(recorder.password().expose().to_vec()).unwrap();
    // In two reads: it is looked for in the whole.
    let (one, two) = password.split_at(7);
    let leaking = Scripted::new().stdout(one).stdout(two);
    let recorder = recorder.around(Scripted::executor([leaking]));
    call(&recorder.executor(), &recorder, &["init"]);
    let error = recorder.keep(&directory).unwrap_err();
    assert!(
        matches!(&error, RecordError::Leak { file, offset: 0, form: "as it is", .. } if file == "01-init.stdout.txt"),
        "{error:?}"
    );
    assert!(!error.to_string().contains(&password));
    assert_eq!(
        fs::read_dir(directory.parent().unwrap()).unwrap().count(),
        0
    );
}

#[test]
fn other_repositories_need_a_permission() {
    let directory = tempfile::tempdir().unwrap();
    let directory = directory.path().join("0.19.1");
    let record = || {
        let recorder = Recorder::scratch("foreign")
            .unwrap()
            .restic_version("0.19.1");
        let recorder = recorder.around(Scripted::executor([Scripted::new()]));
        run(
            &recorder.executor(),
            &Invocation::new(["--repo=/srv/repo", "snapshots"]),
        );
        recorder
    };
    let error = record().keep(&directory).unwrap_err().to_string();
    assert!(error.contains("allow_foreign_repositories"), "{error}");
    let kept = record()
        .allow_foreign_repositories()
        .keep(&directory)
        .unwrap();
    assert_eq!(kept, Kept::New);
}

#[test]
fn what_prints_keys_is_not_recorded() {
    let directory = tempfile::tempdir().unwrap();
    let recorder = Recorder::scratch("masterkey")
        .unwrap()
        .restic_version("0.19.1");
    let recorder = recorder.around(Scripted::executor([Scripted::new().stdout("{}")]));
    call(&recorder.executor(), &recorder, &["cat", "masterkey"]);
    let error = recorder.keep(directory.path().join("x")).unwrap_err();
    assert_eq!(
        error.to_string(),
        "`cat masterkey` prints a key of the repository, and is never recorded: leave this call out \
         of the test, and answer it with `Scripted`"
    );
}

#[test]
fn a_recording_that_does_not_replay_is_not_kept() {
    let directory = tempfile::tempdir().unwrap();
    let directory = directory.path().join("x");
    let recorder = Recorder::scratch("unbound")
        .unwrap()
        .restic_version("0.19.1");
    let work = recorder.path("work");
    let says = Scripted::new().stdout(format!("in {}\n", work.display()));
    let recorder = recorder.around(Scripted::executor([says]));
    call(&recorder.executor(), &recorder, &["check"]);
    let error = recorder.keep(&directory).unwrap_err().in_full();
    assert!(error.contains("{{work}}"), "{error}");
    assert_eq!(
        fs::read_dir(directory.parent().unwrap()).unwrap().count(),
        0
    );
}

/// A backup that is interrupted in its middle, as often as asked for.
fn interrupted(recorder: Recorder, directory: &Path) {
    let status = |percent: f64| {
        format!(
            "{{\"message_type\":\"status\",\"percent_done\":{percent},\"total_files\":1,\
             \"total_bytes\":1000}}\n"
        )
    };
    let before: String = (1..=26)
        .map(|step| status(f64::from(step) / 100.0))
        .collect();
    let after = Scripted::new()
        .stdout(status(0.27))
        .stderr("signal interrupt received, cleaning up\n")
        .exit(130);
    let script = Scripted::new()
        .stderr("a warning\n")
        .stdout(before)
        .hang()
        .on_interrupt(after);
    let recorder = recorder.around(Scripted::executor([script]));
    let repo = format!("--repo={}", recorder.repository().display());
    let invocation = Invocation::new([&repo, "backup", "/data"]);
    let mut process = recorder.executor().start(&invocation).unwrap();
    loop {
        match process.next_event(None).unwrap() {
            Event::Stdout(_) => process.control().interrupt().unwrap(),
            Event::Exited(_) => break,
            _ => {}
        }
    }
    assert_eq!(recorder.keep(directory).unwrap(), Kept::New);
}

#[test]
fn a_call_that_was_interrupted_waits_to_be_interrupted_again() {
    let directory = tempfile::tempdir().unwrap();
    let directory = directory.path().join("0.19.1");
    let recorder = Recorder::scratch("interrupted").unwrap();
    interrupted(recorder.restic_version("0.19.1"), &directory);

    let start = |replay: &Replay| {
        let invocation = Invocation::new(["-r", "/mine", "backup", "/data"]);
        replay.executor().start(&invocation).unwrap()
    };
    let replay = Replay::load(&directory).unwrap();
    let mut process = start(&replay);
    let (mut stdout, mut stderr) = (String::new(), String::new());
    let exit = loop {
        match process.next_event(Some(Instant::now())).unwrap() {
            Event::Stdout(bytes) => stdout += &String::from_utf8(bytes).unwrap(),
            Event::Stderr(bytes) => stderr += &String::from_utf8(bytes).unwrap(),
            Event::Woken => {
                // Progress up to the place where it was stopped, and no further.
                assert_eq!(stdout.lines().count(), 16);
                assert!(stdout.contains("\"percent_done\":0.3,"), "{stdout}");
                assert_eq!(stderr, "a warning\n");
                process.control().interrupt().unwrap();
            }
            Event::Exited(exit) => break exit,
            _ => {}
        }
    };
    assert_eq!(exit.code(), Some(130));
    assert_eq!(stdout.lines().count(), 16, "{stdout}");
    assert_eq!(
        stderr,
        "a warning\nsignal interrupt received, cleaning up\n"
    );
    replay.finish().unwrap();

    // Nobody knows how it would have gone on.
    let replay = Replay::load(&directory).unwrap().patience(Duration::ZERO);
    let mut process = start(&replay);
    while !matches!(process.next_event(None).unwrap(), Event::Exited(_)) {}
    let report = replay.finish().unwrap_err().to_string();
    assert!(
        report.contains("how 01-backup goes on without a signal"),
        "{report}"
    );
}

#[test]
fn ids_and_times_that_the_program_knows_by_itself_stay() {
    let directory = tempfile::tempdir().unwrap();
    let directory = directory.path().join("0.19.1");
    let recorder = Recorder::scratch("literal")
        .unwrap()
        .restic_version("0.19.1");
    let id = "5c".repeat(32);
    let saved = format!("{{\"message_type\":\"summary\",\"snapshot_id\":\"{id}\"}}\n");
    let list = format!("[{{\"id\":\"{id}\",\"time\":\"2024-03-01T10:00:00Z\"}}]\n");
    let unknown = "Ignoring \"deadbeef\": no matching ID found\n";
    let recorder = recorder.around(Scripted::executor([
        Scripted::new().stdout(saved),
        Scripted::new().stdout(list).stderr(unknown),
    ]));
    let executor = recorder.executor();
    call(
        &executor,
        &recorder,
        &["backup", "--time=2024-03-01 10:00:00", "/data"],
    );
    call(&executor, &recorder, &["snapshots", "deadbeef", &id]);
    let _ = recorder.keep(&directory).unwrap();

    let manifest = fs::read_to_string(directory.join("scenario.json")).unwrap();
    for kept in ["--time=2024-03-01 10:00:00", "deadbeef"] {
        assert!(manifest.contains(kept), "{manifest}");
    }
    assert!(!manifest.contains(&id), "{manifest}");
    let list = fs::read_to_string(directory.join("02-snapshots.stdout.jsonl")).unwrap();
    assert!(list.contains("\"2024-03-01T10:00:00Z\""), "{list}");
    let unknown = fs::read_to_string(directory.join("02-snapshots.stderr.txt")).unwrap();
    assert!(unknown.contains("\"deadbeef\""), "{unknown}");
}

#[test]
fn what_a_program_says_is_kept_as_it_is() {
    let directory = tempfile::tempdir().unwrap();
    let directory = directory.path().join("0.19.1");
    let recorder = Recorder::scratch("said").unwrap().restic_version("0.19.1");
    let id = "5c".repeat(32);
    let list = format!("[{{\"id\":\"{id}\"}}]\n");
    let recorder = recorder.around(Scripted::executor([
        Scripted::new().stdout(list.clone()),
        Scripted::new().stdout("saved\n"),
    ]));
    let (executor, source) = (recorder.executor(), recorder.path("src"));
    call(&executor, &recorder, &["snapshots"]);
    // Like what depends on the moment when restic says it, and an id that restic has said.
    let said = "{\"inode\":77,\"mtime\":\"2026-01-01T00:00:00.5Z\"}\nPID 4711 in 1:23\n\
                {\"message_type\":\"status\",\"percent_done\":0.3}\n";
    let mut backup = Invocation::new(["backup", "--stdin"]).argument(source.to_str().unwrap());
    backup.environment.insert(
        "RESTIC_REPOSITORY".into(),
        recorder.repository().to_str().unwrap().into(),
    );
    backup.stdin = Stdin::Bytes(format!("{list}{said}").into_bytes().into());
    run(&executor, &backup);
    let _ = recorder.keep(&directory).unwrap();

    let mut kept = fs::read_dir(&directory)
        .unwrap()
        .map(|file| file.unwrap().path());
    let stdin = kept.find(|path| path.to_string_lossy().contains("stdin"));
    let stdin = fs::read_to_string(stdin.unwrap()).unwrap();
    assert!(stdin.ends_with(said) && !stdin.contains(&id), "{stdin}");
}
