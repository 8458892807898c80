//! Files that recorded calls leave, made again where that is allowed and nowhere else.

use std::fs;
use std::io;
use std::path::Path;
use std::sync::Arc;

use restic_core::{Event, Executor, Invocation, Process, Replay, Scripted, StartError};
use restic_record::Recorder;
use serde_json::{Value, json};
use tempfile::TempDir;

/// A restic that restores one file of a few bytes, its path being that of the source.
#[derive(Debug)]
struct Restoring;

impl Executor for Restoring {
    fn start(&self, invocation: &Invocation) -> Result<Box<dyn Process>, StartError> {
        let words: Vec<_> = invocation
            .masked_arguments()
            .map(|word| word.into_string().unwrap())
            .collect();
        let value = |flag: &str| words.iter().find_map(|word| word.strip_prefix(flag));
        if let Some(target) = value("--target=") {
            let source = words.last().unwrap().strip_prefix('/').unwrap();
            let restored = Path::new(target).join(source);
            fs::create_dir_all(restored.join("empty")).unwrap();
            fs::write(restored.join("notes.txt"), "a few words\n").unwrap();
            fs::write(restored.join("copy.txt"), "a few words\n").unwrap();
            #[cfg(unix)]
            std::os::unix::fs::symlink("notes.txt", restored.join("link")).unwrap();
        } else if let Some(repository) = value("--repo=").filter(|_| words.contains(&"init".into()))
        {
            fs::create_dir_all(Path::new(repository).join("keys")).unwrap();
            fs::write(Path::new(repository).join("config"), "encrypted").unwrap();
        }
        Ok(Scripted::new().stdout("done\n").start())
    }
}

fn call(executor: &Arc<dyn Executor>, words: &[&str]) -> io::Result<()> {
    let started = executor.start(&Invocation::new(words));
    let mut process = started.map_err(io::Error::other)?;
    while !matches!(process.next_event(None)?, Event::Exited(_)) {}
    Ok(())
}

/// Makes a repository and restores from it in this directory, and looks at what there is.
fn restores(executor: &Arc<dyn Executor>, directory: &Path) {
    let repository = directory.join("repo");
    let repo = format!("--repo={}", repository.display());
    call(executor, &[&repo, "init"]).unwrap();
    assert!(repository.join("config").is_file() && repository.join("keys").is_dir());

    let (source, target) = (directory.join("src"), directory.join("out"));
    let source = source.to_str().unwrap();
    let word = format!("--target={}", target.display());
    call(executor, &[&repo, "restore", &word, "latest", source]).unwrap();
    let restored = target.join(source.strip_prefix('/').unwrap());
    for name in [
        "notes.txt",
        "copy.txt",
        #[cfg(unix)]
        "link",
    ] {
        let text = fs::read_to_string(restored.join(name)).unwrap();
        assert_eq!(text, "a few words\n");
    }
    assert!(restored.join("empty").is_dir());
}

#[test]
fn a_restore_is_recorded_and_made_again_in_another_directory() {
    let place = tempfile::tempdir().unwrap();
    let recording = place.path().join("recording");
    let recorder = Recorder::scratch("effects").unwrap();
    let recorder = recorder.restic_version("0.19.1").effects();
    let recorder = recorder
        .around(Arc::new(Restoring))
        .placeholders_are_bound();
    for name in ["repo", "src", "out"] {
        let _ = recorder.path(name);
    }
    restores(&recorder.executor(), recorder.directory());
    let _ = recorder.keep(&recording).unwrap();
    let files = fs::read_dir(&recording).unwrap();
    let names = files.map(|file| file.unwrap().file_name().into_string().unwrap());
    assert_eq!(names.filter(|name| name.starts_with("left.")).count(), 2);

    let scratch = tempfile::tempdir().unwrap();
    let source = scratch.path().join("src");
    let replay = Replay::load(&recording).unwrap();
    let replay = replay.effects_in(scratch.path());
    let replay = replay.bind("src", source.to_str().unwrap());
    restores(&replay.executor(), scratch.path());
    replay.finish().unwrap();

    // Without a directory for them there are none.
    let scratch = tempfile::tempdir().unwrap();
    let replay = Replay::load(&recording).unwrap().bind("src", "/srv/src");
    let repository = scratch.path().join("repo");
    let word = format!("--repo={}", repository.display());
    call(&replay.executor(), &[&word, "init"]).unwrap();
    assert!(!repository.exists());
    replay.finish().unwrap_err();
}

/// A recording by somebody who means no good: one call, and what it has left.
fn hostile(argv: &[&str], left: &Value) -> (TempDir, TempDir) {
    let (scenario, work) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let argv: Vec<_> = argv.iter().map(|word| json!(word)).collect();
    let manifest = json!({
        "format": {"major": 1, "minor": 0},
        "recorded_with": {"restic": "0.19.1", "os": "linux", "arch": "x86_64", "recorder": "0"},
        "placeholders": {"out": "path", "src": "path"},
        "calls": [{"id": "01-x", "argv": argv, "mutates": true, "exit": {"code": 0}, "left": left}],
    });
    fs::write(scenario.path().join("scenario.json"), manifest.to_string()).unwrap();
    let evil = "left.d228cb696f1a8caf78912b704e4a8964.bin";
    fs::write(scenario.path().join(evil), "a").unwrap();
    for name in ["allowed/out", "outside"] {
        fs::create_dir_all(work.path().join(name)).unwrap();
    }
    fs::write(work.path().join("outside/mine"), "mine").unwrap();
    (scenario, work)
}

fn file(path: &str) -> Value {
    let name = "left.d228cb696f1a8caf78912b704e4a8964.bin";
    json!({"path": path, "is": {"file": {"file": name, "bytes": 1}}})
}

/// Replays such a recording with `out` and `src` in a directory that is allowed. Nothing outside
/// may be changed, and it must fail.
#[track_caller]
fn is_refused(left: &Value, source: &str) -> String {
    let argv = ["restore", "--target={{out}}", "latest"];
    let (scenario, work) = hostile(&argv, left);
    let allowed = work.path().join("allowed");
    #[cfg(unix)]
    std::os::unix::fs::symlink(work.path().join("outside"), allowed.join("out/link")).unwrap();
    let replay = match Replay::load(scenario.path()) {
        Ok(replay) => replay.effects_in(&allowed).bind("src", source),
        Err(error) => return error.to_string(),
    };
    let target = format!("--target={}", allowed.join("out").display());
    let answered = call(&replay.executor(), &["restore", &target, "latest"]);
    let error = answered.unwrap_err().to_string();
    let report = replay.finish().unwrap_err();
    assert!(
        report.to_string().contains(error.lines().next().unwrap()),
        "{report}"
    );
    let outside = fs::read_dir(work.path().join("outside")).unwrap();
    let names: Vec<_> = outside.map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names, ["mine"]);
    let mine = fs::read_to_string(work.path().join("outside/mine"));
    assert_eq!(mine.unwrap(), "mine");
    assert_eq!(
        fs::read_dir(work.path()).unwrap().count(),
        2,
        "nothing beside"
    );
    error
}

#[test]
fn no_path_leads_out() {
    for path in [
        "/../outside/evil",
        "/a/../../outside/evil",
        "../outside/evil",
        "/./evil",
        "//evil",
        "/evil/",
        "evil",
        "",
        "/a\\..\\evil",
        "/C:/evil",
        "/a\0b",
        "{{src}}/evil",
        "/",
    ] {
        is_refused(&json!([file(path)]), "/a/../../outside");
    }
}

#[cfg(unix)]
#[test]
fn no_link_leads_out() {
    // Through a link that is there.
    is_refused(&json!([file("/link/evil")]), "/src");
    is_refused(
        &json!([{"path": "/link/directory", "is": "directory"}]),
        "/src",
    );
    // Through links that the recording makes itself.
    for target in ["../../outside", "/etc", "..", "a/../..", "a/..", ""] {
        let link = json!({"path": "/made", "is": {"link": target}});
        let error = is_refused(&json!([link, file("/made/mine")]), "/src");
        assert!(error.contains("leads out"), "{error}");
    }
    let inside = json!([
        {"path": "/a/made", "is": {"link": "../b"}},
        file("/a/made/evil"),
    ]);
    is_refused(&inside, "/src");
}

#[test]
fn nothing_is_removed_that_the_call_would_not_remove() {
    let error = is_refused(&json!([{"path": "/mine", "is": "gone"}]), "/src");
    assert!(error.contains("removes nothing"), "{error}");
}

#[test]
fn a_recording_says_neither_where_nor_by_which_call() {
    // The program backs up this directory: nothing is written to it.
    let (scenario, work) = hostile(&["backup", "{{out}}"], &json!([file("/evil")]));
    let replay = Replay::load(scenario.path()).unwrap();
    let replay = replay.effects_in(work.path());
    let out = work.path().join("allowed/out");
    let error = call(&replay.executor(), &["backup", out.to_str().unwrap()]).unwrap_err();
    assert!(error.to_string().contains("writes no files"), "{error}");
    replay.finish().unwrap_err();
    assert_eq!(fs::read_dir(&out).unwrap().count(), 0);

    // It restores to where no files are allowed.
    let argv = ["restore", "--target={{out}}", "latest"];
    let (scenario, work) = hostile(&argv, &json!([file("/evil")]));
    for target in ["outside", "allowed/../outside"] {
        let replay = Replay::load(scenario.path()).unwrap();
        let replay = replay.effects_in(work.path().join("allowed"));
        let target = work.path().join(target);
        let target = format!("--target={}", target.display());
        let error = call(&replay.executor(), &["restore", &target, "latest"]).unwrap_err();
        assert!(!error.to_string().is_empty());
        replay.finish().unwrap_err();
    }
    assert_eq!(
        fs::read_dir(work.path().join("outside")).unwrap().count(),
        1
    );
}

#[test]
fn limits_and_changed_content() {
    let many: Vec<_> = (0..1001)
        .map(|number| file(&format!("/{number}")))
        .collect();
    assert!(is_refused(&json!(many), "/src").contains("more than 1000 files"));
    let large = json!({"file": "left.x.bin", "bytes": 2_000_000});
    let large = json!([{"path": "/a", "is": {"file": large}}]);
    assert!(is_refused(&large, "/src").contains("1048576 bytes"));
    let name = json!({"file": "../../outside/mine", "bytes": 4});
    let name = json!([{"path": "/a", "is": {"file": name}}]);
    assert!(is_refused(&name, "/src").contains("not a plain name"));
    let changed = json!({"file": "scenario.json", "bytes": 1});
    is_refused(&json!([{"path": "/a", "is": {"file": changed}}]), "/src");

    let argv = ["restore", "--target={{out}}", "latest"];
    let (scenario, work) = hostile(&argv, &json!([file("/a")]));
    let target = format!("--target={}", work.path().join("allowed/out").display());
    let restore = |content: &str| {
        let evil = "left.d228cb696f1a8caf78912b704e4a8964.bin";
        fs::write(scenario.path().join(evil), content).unwrap();
        let replay = Replay::load(scenario.path())
            .unwrap()
            .effects_in(work.path());
        let answered = call(&replay.executor(), &["restore", &target, "latest"]);
        assert_eq!(replay.finish().is_ok(), answered.is_ok());
        answered
    };
    restore("a").unwrap();
    let error = restore("b").unwrap_err().to_string();
    assert!(error.contains("another content"), "{error}");
}
