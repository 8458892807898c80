//! What is kept of a recording, and what is refused.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use restic_core::{
    Argument, Event, Executor, Invocation, Kept, PendingRecording, RecordError, Recorder, Replay,
    Scripted,
};

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
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path().join("0.19.1");
    assert_eq!(
        recorded("same", 1, "null").keep(&folder).unwrap(),
        Kept::New
    );
    let kept = recorded("same", 2, "null").keep(&folder).unwrap();
    assert_eq!(kept, Kept::Unchanged);

    let replay = Replay::load(&folder).unwrap();
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
fn another_recording_waits_until_it_is_accepted_or_rejected() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path().join("0.19.1");
    assert_eq!(
        recorded("wait", 1, "null").keep(&folder).unwrap(),
        Kept::New
    );
    let old = fs::read(folder.join("03-snapshots.stdout.jsonl")).unwrap();

    let kept = recorded("wait", 2, "[\"new\"]").keep(&folder).unwrap();
    let Kept::Pending(pending) = kept else {
        panic!("{kept:?}");
    };
    assert_eq!(pending, folder.with_file_name("0.19.1.new"));
    let diff = PendingRecording::of(&folder).unwrap().diff().unwrap();
    assert!(
        diff.starts_with("03-snapshots.stdout.jsonl\n  - ["),
        "{diff}"
    );
    assert!(diff.contains("\"tags\":[\"new\"]"), "{diff}");
    PendingRecording::of(&folder).unwrap().reject().unwrap();
    assert!(!pending.exists());
    assert_eq!(
        fs::read(folder.join("03-snapshots.stdout.jsonl")).unwrap(),
        old
    );

    let _ = recorded("wait", 2, "[\"new\"]").keep(&folder).unwrap();
    PendingRecording::of(&folder).unwrap().accept().unwrap();
    assert!(!pending.exists());
    assert_ne!(
        fs::read(folder.join("03-snapshots.stdout.jsonl")).unwrap(),
        old
    );
    PendingRecording::of(&folder).unwrap_err();
}

#[test]
fn a_secret_in_the_output_is_refused_and_nothing_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path().join("0.19.1");
    let recorder = Recorder::scratch("leak").unwrap().restic_version("0.19.1");
    let password = String::from_utf8(recorder.password().expose().to_vec()).unwrap();
    // In two reads: it is looked for in the whole.
    let (one, two) = password.split_at(7);
    let leaking = Scripted::new().stdout(one).stdout(two);
    let recorder = recorder.around(Scripted::executor([leaking]));
    call(&recorder.executor(), &recorder, &["init"]);
    let error = recorder.keep(&folder).unwrap_err();
    assert!(
        matches!(&error, RecordError::Leak { file, offset: 0, form: "as it is" } if file == "01-init.stdout.txt"),
        "{error:?}"
    );
    assert!(!error.to_string().contains(&password));
    assert_eq!(fs::read_dir(folder.parent().unwrap()).unwrap().count(), 0);
}

#[test]
fn other_repositories_need_a_permission() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path().join("0.19.1");
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
    let error = record().keep(&folder).unwrap_err().to_string();
    assert!(error.contains("allow_foreign_repositories()"), "{error}");
    let kept = record().allow_foreign_repositories().keep(&folder).unwrap();
    assert_eq!(kept, Kept::New);
}

#[test]
fn what_prints_keys_is_not_recorded() {
    let folder = tempfile::tempdir().unwrap();
    let recorder = Recorder::scratch("masterkey")
        .unwrap()
        .restic_version("0.19.1");
    let recorder = recorder.around(Scripted::executor([Scripted::new().stdout("{}")]));
    call(&recorder.executor(), &recorder, &["cat", "masterkey"]);
    let error = recorder.keep(folder.path().join("x")).unwrap_err();
    assert_eq!(
        error.to_string(),
        "`cat masterkey` prints secrets: it is not recorded"
    );
}

#[test]
fn a_recording_that_does_not_replay_is_not_kept() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path().join("x");
    let recorder = Recorder::scratch("unbound")
        .unwrap()
        .restic_version("0.19.1");
    let work = recorder.path("work");
    let says = Scripted::new().stdout(format!("in {}\n", work.display()));
    let recorder = recorder.around(Scripted::executor([says]));
    call(&recorder.executor(), &recorder, &["check"]);
    let error = recorder.keep(&folder).unwrap_err().to_string();
    assert!(error.contains("{{work}}"), "{error}");
    assert_eq!(fs::read_dir(folder.parent().unwrap()).unwrap().count(), 0);
}
