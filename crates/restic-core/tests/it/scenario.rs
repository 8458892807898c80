use std::fs;
use std::path::Path;
#[cfg(unix)]
use std::process::Command;

use restic_core::{
    Exit, Invocation, PlaceholderKind, RecordedWith, Replay, Scenario, ScenarioWriter,
};
use serde_json::{Value, json};

/// A small scenario, good in every way.
pub(crate) fn writer() -> ScenarioWriter {
    let mut writer = ScenarioWriter::new("a test", RecordedWith::here("0.14.0"));
    writer.placeholder("repo", PlaceholderKind::Path);
    writer.placeholder("src", PlaceholderKind::Path);
    let mut call = |command: &str, words: &[&str], stdout: &str, stderr: &str, code| {
        let argv = words.iter().map(|word| (*word).to_owned()).collect();
        writer.call(
            command,
            argv,
            command != "snapshots",
            stdout.into(),
            stderr.into(),
            Exit::Code(code),
        );
    };
    let repo = ["--json", "--repo={{repo}}", "--password-file={{secret}}"];
    call(
        "init",
        &[&repo[..], &["init"]].concat(),
        "created at {{repo}}\n",
        "",
        0,
    );
    let backup = ["backup", "--tag=a", "--", "{{src}}"];
    call(
        "backup",
        &[&repo[..], &backup].concat(),
        "{\"item\":\"{{src}}/x\"}\n",
        "oops\n",
        3,
    );
    call(
        "snapshots",
        &[&repo[..], &["snapshots"]].concat(),
        "[]\n",
        "",
        0,
    );
    writer
}

fn written() -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    writer().write(directory.path()).unwrap();
    directory
}

fn manifest(directory: &Path) -> Value {
    serde_json::from_slice(&fs::read(directory.join("scenario.json")).unwrap()).unwrap()
}

fn names(directory: &Path) -> Vec<String> {
    let mut names: Vec<_> = fs::read_dir(directory)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn writing_twice_gives_the_same_bytes() {
    let (one, two) = (written(), written());
    writer().write(two.path()).unwrap();
    let names = names(one.path());
    let expected = [
        "01-init.stdout.txt",
        "02-backup.stderr.txt",
        "02-backup.stdout.jsonl",
        "03-snapshots.stdout.jsonl",
        "scenario.json",
    ];
    assert_eq!(names, expected);
    for name in names {
        let read = |directory: &tempfile::TempDir| fs::read(directory.path().join(&name)).unwrap();
        assert_eq!(read(&one), read(&two));
    }
}

#[test]
fn writing_replaces_the_old_scenario_and_nothing_else() {
    let directory = written();
    fs::write(directory.path().join("notes.txt"), "mine").unwrap();
    let mut short = ScenarioWriter::new("", RecordedWith::here("0.14.0"));
    short.call(
        "key list",
        vec![],
        false,
        b"x".to_vec(),
        vec![],
        Exit::Code(0),
    );
    short.write(directory.path()).unwrap();
    assert_eq!(
        names(directory.path()),
        ["01-key-list.stdout.txt", "notes.txt", "scenario.json"]
    );
}

#[test]
fn a_failed_writing_leaves_the_old_scenario() {
    let directory = written();
    let before = names(directory.path());
    let mut long = ScenarioWriter::new("", RecordedWith::here("0.14.0"));
    long.call(
        "ls",
        vec![],
        false,
        vec![0; (64 << 20) + 1],
        vec![],
        Exit::Code(0),
    );
    let error = long.write(directory.path()).unwrap_err().to_string();
    assert!(error.contains("67108865 bytes"), "{error}");
    assert_eq!(names(directory.path()), before);
    // A file is where the directory of the draft has to go.
    fs::write(directory.path().join(".scenario.new"), "in the way").unwrap();
    let error = writer().write(directory.path()).unwrap_err().to_string();
    assert!(error.contains("cannot be written"), "{error}");
    Scenario::load(directory.path()).unwrap();
}

#[test]
fn a_command_is_a_plain_part_of_a_name() {
    let directory = tempfile::tempdir().unwrap();
    let inner = directory.path().join("inner");
    let mut odd = ScenarioWriter::new("", RecordedWith::here("0.14.0"));
    odd.call(
        "/../\0 x",
        vec![],
        false,
        b"x".to_vec(),
        vec![],
        Exit::Code(0),
    );
    odd.write(&inner).unwrap();
    assert_eq!(names(directory.path()), ["inner"]);
    assert_eq!(names(&inner), ["01-------x.stdout.txt", "scenario.json"]);
    Scenario::load(&inner).unwrap();
}

#[test]
fn what_was_written_is_loaded() {
    let directory = written();
    let scenario = Scenario::load(directory.path()).unwrap();
    assert_eq!(scenario.recorded_with().restic, "0.14.0");
    let manifest = manifest(directory.path());
    assert_eq!(manifest["format"], json!({ "major": 1, "minor": 0 }));
    assert_eq!(manifest["calls"][1]["exit"], json!({ "code": 3 }));
    assert_eq!(
        manifest["calls"][2].get("stderr"),
        None,
        "an empty stream has no file"
    );
}

/// Changes the manifest of a good scenario, and gives what loading it says.
fn refused(change: impl FnOnce(&mut Value)) -> String {
    let directory = written();
    let mut value = manifest(directory.path());
    change(&mut value);
    fs::write(directory.path().join("scenario.json"), value.to_string()).unwrap();
    Scenario::load(directory.path()).unwrap_err().to_string()
}

#[test]
fn other_formats_are_refused_with_what_to_do() {
    let major = refused(|manifest| manifest["format"]["major"] = 2.into());
    assert!(
        major.contains("format 2") && major.contains("record it again"),
        "{major}"
    );
    let minor = refused(|manifest| manifest["format"]["minor"] = 7.into());
    assert!(minor.contains("format 1.7"), "{minor}");
    assert!(minor.contains("use the version"), "{minor}");
    // What recorded it is said in a form of its own there.
    let other = refused(|manifest| {
        manifest["format"]["major"] = 2.into();
        manifest["recorded_with"] = "restic 0.30.0".into();
    });
    assert!(other.contains("use the version of"), "{other}");
}

#[test]
fn names_that_lead_out_of_the_directory_are_refused() {
    for name in [
        "../x",
        "/etc/passwd",
        "a/b",
        "a\\b",
        "..",
        ".",
        "",
        "c:x",
        "a\0b",
        ".hidden",
    ] {
        let error = refused(|manifest| manifest["calls"][0]["stdout"]["file"] = name.into());
        assert!(error.contains("plain name"), "{name:?}: {error}");
    }
}

#[test]
fn too_much_is_refused_before_it_is_read() {
    let many = refused(|manifest| {
        let call = manifest["calls"][2].clone();
        let calls = manifest["calls"].as_array_mut().unwrap();
        calls.resize(10_001, call);
    });
    assert!(many.contains("10001 calls"), "{many}");

    let directory = written();
    let file = fs::File::create(directory.path().join("scenario.json")).unwrap();
    file.set_len(1 << 40).unwrap();
    let error = Scenario::load(directory.path()).unwrap_err().to_string();
    assert!(error.contains("1099511627776 bytes"), "{error}");
}

#[test]
fn a_crowded_manifest_is_refused_before_it_takes_memory() {
    let words = refused(|manifest| {
        manifest["calls"][0]["argv"] = vec![""; 300_000].into();
    });
    assert!(words.contains("more than 250000 values"), "{words}");
    let directory = written();
    let deep = format!("{{\"later\":{}", "[".repeat(4_000_000));
    fs::write(directory.path().join("scenario.json"), deep).unwrap();
    let error = Scenario::load(directory.path()).unwrap_err().to_string();
    assert!(error.contains("no scenario"), "{error}");
}

#[test]
fn what_is_no_scenario_is_reported() {
    let twice = refused(|manifest| manifest["calls"][1]["id"] = "01-init".into());
    assert!(twice.contains("two calls named \"01-init\""), "{twice}");
    let missing = refused(|manifest| drop(manifest.as_object_mut().unwrap().remove("calls")));
    assert!(missing.contains("calls"), "{missing}");
    let empty = tempfile::tempdir().unwrap();
    assert!(
        Scenario::load(empty.path())
            .unwrap_err()
            .to_string()
            .contains("there is no recording here")
    );
    fs::write(empty.path().join("scenario.json"), "\0\u{1}").unwrap();
    assert!(
        Scenario::load(empty.path())
            .unwrap_err()
            .to_string()
            .contains("no scenario")
    );
}

#[test]
#[cfg(unix)]
fn links_pipes_and_directories_are_not_read() {
    let spoilt = |spoil: &dyn Fn(&Path)| {
        let directory = written();
        let stream = directory.path().join("01-init.stdout.txt");
        fs::remove_file(&stream).unwrap();
        spoil(&stream);
        let manifest = directory.path().join("scenario.json");
        let replay = Replay::load(directory.path()).unwrap();
        let init = Invocation::new(["--json", "--repo=/srv/repo", "init"]);
        let error = replay.executor().start(&init).unwrap_err().to_string();
        assert!(error.contains("not a regular file"), "{error}");
        assert!(replay.finish().is_err());

        fs::remove_file(&manifest).unwrap();
        spoil(&manifest);
        let error = Scenario::load(directory.path()).unwrap_err().to_string();
        assert!(error.contains("not a regular file"), "{error}");
    };
    let good = written();
    let target = good.path().join("scenario.json");
    spoilt(&|path| std::os::unix::fs::symlink(&target, path).unwrap());
    spoilt(&|path| std::os::unix::fs::symlink("/dev/zero", path).unwrap());
    spoilt(&|path| fs::create_dir(path).unwrap());
    spoilt(&|path| {
        let made = Command::new("mkfifo").arg(path).status().unwrap();
        assert!(made.success());
    });
}

#[test]
fn a_long_stream_is_refused_before_it_is_read() {
    let directory = written();
    let stream = directory.path().join("01-init.stdout.txt");
    fs::File::create(&stream).unwrap().set_len(1 << 40).unwrap();
    let replay = Replay::load(directory.path()).unwrap();
    let init = Invocation::new(["--json", "--repo=/srv/repo", "init"]);
    let error = replay.executor().start(&init).unwrap_err().to_string();
    assert!(error.contains("1099511627776 bytes"), "{error}");
    assert!(replay.finish().is_err());
}
