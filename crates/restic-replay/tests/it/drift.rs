//! What `restic-replay check` finds between two real restics.

use std::path::{Path, PathBuf};
use std::process::Output;

use restic_core::{Exit, RecordedWith, Scenario, ScenarioWriter};
use restic_replay::{Difference, Drift, DriftKind, Severity};
use restic_test_support::binaries::binaries;
use serde_json::Value;

use crate::Place;

/// A script that fails in all ways in which restic has an exit code of its own, and stops a backup.
/// Its argument is the real restic, which nobody records.
const SCRIPT: &str = r#"
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT
export RESTIC_PASSWORD=a-password-of-no-worth
restic --repo="$dir/repo" --json init
mkdir "$dir/src"; echo words > "$dir/src/notes.txt"
restic --repo="$dir/repo" --json backup "$dir/src"
RESTIC_PASSWORD=not-the-password restic --repo="$dir/repo" --json snapshots
restic --repo="$dir/none" --json snapshots
locked() { [ -n "$(ls "$dir/repo/locks")" ]; }
mkfifo "$dir/hold"
"$1" --repo="$dir/repo" backup --stdin < "$dir/hold" > "$dir/log" 2>&1 & holder=$!
exec 9> "$dir/hold"
until locked; do sleep 0.05; done
restic --repo="$dir/repo" --json forget --keep-last 1 --prune
kill -KILL $holder; wait $holder; exec 9>&-; rm "$dir"/repo/locks/*
truncate -s 64G "$dir/src/long"
restic --repo="$dir/repo" --json backup "$dir/src" & backup=$!
until locked; do sleep 0.05; done; sleep 0.5; kill -TERM $backup; wait $backup
true
"#;

/// The real restic of this version, when there is one.
fn binary(version: &str) -> Option<PathBuf> {
    let name = format!("restic-{version}");
    let mut all = binaries("what has changed in restic").into_iter();
    all.find(|path| path.ends_with(&name))
}

/// What a check says of a recording by one restic, made again with another.
fn checked(old: &Path, new: &Path, options: &[&str]) -> Output {
    let place = Place::new();
    // In a file: a recording says which command it is of, and this one has passwords in it.
    let script = place.program("script", SCRIPT);
    let command = ["sh", script.to_str().unwrap(), old.to_str().unwrap()];
    place.record(old, &command).assert().success();
    let mut check = place.restic_replay(&["check", "--restic"]);
    let check = check.arg(new).arg(place.path("scenario")).args(options);
    check.env("CI", "true").output().unwrap()
}

#[test]
fn from_an_old_restic_to_a_new_one() {
    let (Some(old), Some(new)) = (binary("0.14.0"), binary("0.19.1")) else {
        return;
    };
    let output = checked(&old, &new, &["--json"]);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let drift: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(
        (&drift["from"], &drift["to"]),
        (&"0.14.0".into(), &"0.19.1".into())
    );
    let differences = drift["differences"].as_array().unwrap();
    let has = |call: &str, kind: &str, severity: &str, text: &str| {
        let found = differences.iter().any(|one| {
            one["call"] == call
                && one["kind"] == kind
                && one["severity"] == severity
                && one["text"].as_str().unwrap().contains(text)
        });
        assert!(found, "{call}, {text} is not in {drift:#}");
    };
    has(
        "01-init",
        "stream",
        "error",
        "it was text, and now is JSON (initialized)",
    );
    has(
        "02-backup",
        "field",
        "info",
        "`.backup_end` of `summary` is new",
    );
    has(
        "03-snapshots",
        "exit",
        "error",
        "exit code 1, and now with exit code 12",
    );
    has(
        "03-snapshots",
        "stream",
        "error",
        "text, and now is JSON (exit_error)",
    );
    has(
        "04-snapshots",
        "exit",
        "error",
        "exit code 1, and now with exit code 10",
    );
    has(
        "05-forget",
        "exit",
        "error",
        "exit code 1, and now with exit code 11",
    );
    has(
        "06-backup",
        "exit",
        "error",
        "signal 15, and now with exit code 130",
    );
}

/// A script that names its sources from where it stands, misses one, and saves what it is given.
const RELATIVE: &str = r#"
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT
export RESTIC_PASSWORD=a-password-of-no-worth RESTIC_REPOSITORY="$dir/repo"
restic --json init
mkdir "$dir/src"; echo words > "$dir/src/notes.txt"
cd "$dir"
restic --json backup --tag nightly src
restic --json backup src gone
echo "select 1" | restic --json backup --stdin --stdin-filename dump.sql
restic dump latest /dump.sql
printf 'src\n' | restic --json backup --files-from -
restic --json ls latest /src
restic --json snapshots
"#;

#[test]
fn sources_are_made_where_the_program_stood() {
    let Some(restic) = binary("0.19.1") else {
        return;
    };
    let place = Place::new();
    let script = place.program("script", RELATIVE);
    let command = ["sh", script.to_str().unwrap()];
    place.record(&restic, &command).assert().success();
    let mut check = place.restic_replay(&["check", "--restic"]);
    let output = check.arg(&restic).arg(place.path("scenario")).output();
    let text = String::from_utf8(output.unwrap().stdout).unwrap();
    assert_eq!(text, "from restic 0.19.1 to 0.19.1: nothing differs\n");
}

#[test]
fn from_a_restic_to_itself() {
    let Some(restic) = binary("0.19.1") else {
        return;
    };
    let output = checked(&restic, &restic, &[]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(text, "from restic 0.19.1 to 0.19.1: nothing differs\n");
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn a_command_is_run_again() {
    let place = Place::new();
    let restic = |version: &str, says: &str| {
        format!(
            "#!/bin/sh\n[ \"$1\" = version ] && echo 'restic {version} x' && exit\necho '{says}'\n"
        )
    };
    let old = place.program("old", &restic("0.18.0", r#"[{"id":"a","old":1}]"#));
    let new = place.program("new", &restic("0.19.1", r#"[{"id":5,"new":1}]"#));
    let call = ["sh", "-c", "restic --repo=/r --json snapshots > /dev/null"];
    place.record(&old, &call).assert().success();
    let mut check = place.restic_replay(&["check", "--restic"]);
    let check = check.arg(&new).arg(place.path("scenario")).arg("--");
    let output = check.args(call).assert().code(1);
    let text = String::from_utf8(output.get_output().stdout.clone()).unwrap();
    let expected = "from restic 0.18.0 to 0.19.1: 1 error, 1 warning, 1 for information\n\
                    \x20 error    01-snapshots  standard output: `[].id` of `document` was a string, and now is a number\n\
                    \x20 warning  01-snapshots  standard output: `[].old` of `document` is missing\n\
                    \x20 info     01-snapshots  standard output: `[].new` of `document` is new\n";
    assert_eq!(text, expected);
}

#[test]
fn a_stranger_has_nothing_run() {
    let place = Place::new();
    let restic =
        "#!/bin/sh\n[ \"$1\" = version ] && echo 'restic 0.19.1 x' && exit\ntouch \"$0.ran\"\n";
    let restic = place.program("real", restic);
    let call = "restic --repo=/r --password-command='touch x' check";
    place
        .record(&restic, &["sh", "-c", call])
        .assert()
        .success();
    std::fs::remove_file(place.path("real.ran")).unwrap();
    let mut check = place.restic_replay(&["check", "--restic"]);
    let check = check
        .arg(&restic)
        .arg(place.path("scenario"))
        .assert()
        .code(2);
    let text = crate::stderr(&check);
    assert!(
        text.contains("--password-command may run a program"),
        "{text}"
    );
    assert!(!place.path("real.ran").exists());
}

/// A recording of calls: the command with its arguments, what it printed, and its exit code.
fn recording(place: &Place, version: &str, calls: &[(&str, &str, i32)]) -> Scenario {
    let mut writer = ScenarioWriter::new("calls", RecordedWith::here(version));
    for (line, stdout, code) in calls {
        let words: Vec<_> = line.split(' ').map(str::to_owned).collect();
        let stdout = stdout.as_bytes().to_vec();
        let command = words[0].clone();
        writer.call(&command, words, true, stdout, Vec::new(), Exit::Code(*code));
    }
    let directory = place.path(version);
    writer.write(&directory).unwrap();
    Scenario::load(directory).unwrap()
}

#[test]
fn a_call_more_does_not_move_the_others() {
    let place = Place::new();
    let old = [
        ("prune", "", 0),
        ("forget 00000001", "", 0),
        ("snapshots", "[]", 0),
    ];
    let new = [
        ("prune --dry-run", "", 0),
        ("prune", "", 0),
        ("forget 00000002", "", 3),
        ("snapshots", "[]", 0),
        ("check", "", 0),
    ];
    let (old, new) = (
        recording(&place, "0.11.0", &old),
        recording(&place, "0.14.0", &new),
    );
    let shown = Drift::between(&old, &new).unwrap().to_string();
    let expected = "from restic 0.11.0 to 0.14.0: 3 errors, 0 warnings, 0 for information\n\
                    \x20 error    01-prune   was not called before: restic prune --dry-run\n\
                    \x20 error    02-forget  it ended with exit code 0, and now with exit code 3\n\
                    \x20 error    05-check   was not called before: restic check\n";
    assert_eq!(shown, expected);
    let shown = Drift::between(&new, &old).unwrap().to_string();
    assert!(
        shown.contains("01-prune, 05-check  is not called any more"),
        "{shown}"
    );
}

/// Programs read this: names and words stay.
#[test]
fn json_is_as_documented() {
    let place = Place::new();
    let old = recording(
        &place,
        "0.14.0",
        &[("init", "created\n", 0), ("ls", "{\"a\":1,\"b\":1}\n", 0)],
    );
    let new = recording(
        &place,
        "0.19.1",
        &[
            ("init", "made\n", 1),
            ("ls", "{\"a\":\"x\",\"c\":1}\n{\"message_type\":\"m\"}\n", 0),
            ("stats", "{}\n", 0),
        ],
    );
    let drift = Drift::between(&old, &new).unwrap();
    let expected = serde_json::json!({
        "from": "0.14.0",
        "to": "0.19.1",
        "differences": [
            { "call": "01-init", "severity": "error", "kind": "exit",
              "was": "exit code 0", "is": "exit code 1",
              "text": "it ended with exit code 0, and now with exit code 1" },
            { "call": "01-init", "severity": "warning", "kind": "text", "stream": "stdout",
              "was": "created",
              "text": "standard output: the text \"created\" is missing" },
            { "call": "01-init", "severity": "error", "kind": "text", "stream": "stdout",
              "is": "made",
              "text": "standard output: the text \"made\" is unknown" },
            { "call": "02-ls", "severity": "warning", "kind": "field", "stream": "stdout",
              "message": "document", "field": ".b",
              "text": "standard output: `.b` of `document` is missing" },
            { "call": "02-ls", "severity": "info", "kind": "field", "stream": "stdout",
              "message": "document", "field": ".c",
              "text": "standard output: `.c` of `document` is new" },
            { "call": "02-ls", "severity": "error", "kind": "type", "stream": "stdout",
              "message": "document", "field": ".a", "was": "a number", "is": "a string",
              "text": "standard output: `.a` of `document` was a number, and now is a string" },
            { "call": "02-ls", "severity": "info", "kind": "message", "stream": "stdout",
              "message": "m",
              "text": "standard output: the message `m` is new" },
            { "call": "03-stats", "severity": "error", "kind": "call",
              "text": "was not called before: restic stats" },
        ],
    });
    assert_eq!(serde_json::to_value(&drift).unwrap(), expected);
}

/// What a check without a real restic ends with, and what it says.
fn refused(place: &Place, arguments: &[&str]) -> String {
    let mut check = place.restic_replay(&["check"]);
    crate::stderr(
        &check
            .args(arguments)
            .env("PATH", "/nowhere")
            .assert()
            .code(2),
    )
}

#[test]
fn a_check_that_is_asked_wrongly_says_how_to_ask() {
    let place = Place::new();
    let old = recording(&place, "0.19.1", &[("version", "restic 0.19.1\n", 0)]);
    drop(old);
    let (all, one) = (place.path(""), place.path("0.19.1"));
    let (all, one) = (all.to_str().unwrap(), one.to_str().unwrap());
    let is = |arguments: &[&str], expected: &str| {
        let said = refused(&place, arguments);
        assert!(said.contains(expected), "{arguments:?}: {said}");
    };
    is(&[], "which recording?\nusage: restic-replay check DIR");
    is(&[one, "--frob"], "--frob is not understood\nusage:");
    is(&[one, one], "is one recording too many\nusage:");
    is(&[one, "--restic"], "--restic needs a path\nusage:");
    is(&[one, "--"], "there is no command after --\nusage:");
    is(
        &[one],
        "there is no restic in PATH: name it with --restic PATH",
    );
    is(
        &[one, "--restic", "/nowhere/restic"],
        "/nowhere/restic does not exist\n",
    );
    is(
        &[one, "--restic", "/bin/true"],
        "the version of restic is not known",
    );
    is(
        &["/nowhere", "--restic", "/bin/true"],
        "scenario.json is missing",
    );
    let several = format!("{all} holds several recordings: name one of\n  {one}");
    is(&[all, "--restic", "/bin/true"], &several);
    let said = refused(&place, &[one, "--restic", "/nowhere/restic"]);
    assert!(!said.contains("COMMAND"), "{said}");

    let help = place.restic_replay(&["check", "--help"]).assert().success();
    let help = String::from_utf8(help.get_output().stdout.clone()).unwrap();
    assert!(
        help.contains("Exit codes: 0 when nothing differs"),
        "{help}"
    );
}

/// What a recording does not show is no difference of restic's.
#[test]
fn what_cannot_be_made_again_is_no_difference() {
    let place = Place::new();
    let restic = "#!/bin/sh\n[ \"$1\" = version ] && echo 'restic 0.19.1 x' && exit\n\
        echo 'Fatal: /data does not exist' >&2; exit 1\n";
    let restic = place.program("restic", restic);
    let is = |line: &str, expected: &str| {
        let _ = std::fs::remove_dir_all(place.path("0.19.0"));
        let _ = recording(&place, "0.19.0", &[(line, "", 0)]);
        let directory = place.path("0.19.0");
        let directory = directory.to_str().unwrap();
        let said = refused(&place, &[directory, "--restic", restic.to_str().unwrap()]);
        assert!(said.contains(expected), "{line}: {said}");
        let advice = format!("restic-replay check {directory} -- COMMAND…");
        assert!(said.contains(&advice), "{line}: {said}");
    };
    is(
        "snapshots --repo=/r",
        "01-snapshots: the repository that it uses is not made in the recording",
    );
    is(
        "snapshots --repo=rest:http://server/",
        "01-snapshots: its repository is on a server, and those are not used",
    );
    is(
        "backup --files-from list",
        "01-backup: --files-from names a file, and what was in it is not recorded",
    );
    is(
        "backup /data",
        "01-backup: something that it uses is not made in the recording: \
         Fatal: /data does not exist",
    );
}

/// A program that does not work with another restic is compared as far as it came.
#[test]
fn a_command_that_fails_is_compared() {
    let place = Place::new();
    let restic = |version: &str, then: &str| {
        format!("#!/bin/sh\n[ \"$1\" = version ] && echo 'restic {version} x' && exit\n{then}\n")
    };
    let old = place.program("old", &restic("0.18.0", "echo '[]'"));
    let new = place.program("new", &restic("0.19.1", "echo '[]'; exit 3"));
    let call = ["sh", "-c", "restic --repo=/r --json snapshots"];
    place.record(&old, &call).assert().success();
    let mut check = place.restic_replay(&["check", "--json", "--restic"]);
    let check = check.arg(&new).arg(place.path("scenario")).arg("--");
    let output = check.args(call).assert().code(1);
    let drift: Value = serde_json::from_slice(&output.get_output().stdout).unwrap();
    assert_eq!(drift["differences"][0]["kind"], "exit", "{drift:#}");
    let said = crate::stderr(&output);
    assert!(
        said.contains("the command failed (exit status: 3): with this restic it does not work"),
        "{said}"
    );
}

/// The job for every night that the guide shows.
#[test]
fn the_job_of_the_guide_fails_when_programs_may() {
    let guide = include_str!("../../../restic-cli-wrap/src/guide/testing.rs");
    let lines = guide
        .lines()
        .skip_while(|line| !line.ends_with("run: |"))
        .skip(1);
    let lines = lines.take_while(|line| !line.ends_with("```"));
    let job: String = lines
        .map(|line| format!("{}\n", line.trim_start_matches("//!")))
        .collect();
    assert!(job.contains("restic-replay check"), "{job}");

    let place = Place::new();
    let here = place.path("tests/recordings");
    for name in ["first", "second"] {
        std::fs::create_dir_all(here.join(name)).unwrap();
        let _ = recording(&place, "0.19.1", &[("cache", "nothing\n", 0)]);
        std::fs::rename(place.path("0.19.1"), here.join(name).join("0.19.1")).unwrap();
    }
    std::fs::create_dir(place.path("bin")).unwrap();
    let program = env!("CARGO_BIN_EXE_restic-replay");
    std::os::unix::fs::symlink(program, place.path("bin/restic-replay")).unwrap();
    let code = |restic: &str| {
        place.program(
            "bin/restic",
            &format!(
                "#!/bin/sh\n[ \"$1\" = version ] && echo 'restic 0.20.0 x' && exit\n{restic}\n"
            ),
        );
        let mut sh = assert_cmd::Command::new("sh");
        let path = format!("{}:/usr/bin:/bin", place.path("bin").display());
        let sh = sh.args(["-c", &job]).current_dir(place.path(""));
        let output = sh.env("PATH", path).env("CI", "true").output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(
            said.contains("tests/recordings/second/0.19.1\n"),
            "{output:?}"
        );
        (output.status.code(), said)
    };
    let (same, said) = code("echo nothing");
    assert!(
        said.contains("from restic 0.19.1 to 0.20.0: nothing differs"),
        "{said}"
    );
    assert_eq!(same, Some(0));
    let (different, said) = code("echo nothing; echo 'please upgrade' >&2");
    assert!(
        said.contains("the text \"please upgrade\" is unknown"),
        "{said}"
    );
    assert_eq!(different, Some(1));
}

/// What is known to be different between these versions is found in recordings of both, without
/// any restic.
#[test]
fn between_recordings_of_an_old_restic_and_a_new_one() {
    let between = |name: &str| {
        let load = |version| Scenario::load(restic_fixtures::path(name, version)).unwrap();
        Drift::between(&load("0.14.0"), &load("0.19.1")).unwrap()
    };
    let has = |drift: &Drift, call: &str, text: &str| {
        let is_it = |one: &Difference| {
            one.severity == Severity::Error && one.call == call && one.text == text
        };
        assert!(
            drift.differences.iter().any(is_it),
            "{call}, {text}: {drift}"
        );
    };
    let first = between("first-backup");
    let text = "standard output: it was text, and now is JSON (initialized)";
    has(&first, "01-init", text);
    for (name, call, code) in [
        ("no-repository", "01-snapshots", 10),
        ("locked", "01-forget", 11),
        ("wrong-password", "01-snapshots", 12),
    ] {
        let drift = between(name);
        let exit = format!("it ended with exit code 1, and now with exit code {code}");
        has(&drift, call, &exit);
        let text = "standard error: it was text, and now is JSON (exit_error)";
        has(&drift, call, text);
    }
}

/// Progress, seconds and the order of things are a matter of the machine.
#[test]
fn nothing_differs_when_only_time_does() {
    let place = Place::new();
    let lines = |lines: &[&str]| lines.join("\n");
    let quick = lines(&[
        r#"{"message_type":"verbose_status","action":"new","item":"/a"}"#,
        r#"{"message_type":"verbose_status","action":"new","item":"/b"}"#,
        r#"{"message_type":"summary","total_duration":0.2}"#,
        "[0:00] 100.00%  2 / 2 packs processed",
        "done",
    ]);
    let slow = lines(&[
        r#"{"message_type":"status","percent_done":0}"#,
        r#"{"message_type":"verbose_status","action":"new","item":"/b"}"#,
        r#"{"message_type":"status","percent_done":0.5,"seconds_elapsed":3,"current_files":["/a"]}"#,
        r#"{"message_type":"verbose_status","action":"new","item":"/a"}"#,
        "[0:03] 50.00%  1 / 2 packs processed",
        r#"{"message_type":"summary","total_duration":7,"seconds_elapsed":7}"#,
        "[0:07] 100.00%  2 / 2 packs processed",
        "done",
    ]);
    let one = recording(&place, "0.19.0", &[("backup", &quick, 0)]);
    let other = recording(&place, "0.19.1", &[("backup", &slow, 0)]);
    for (old, new) in [(&one, &other), (&other, &one)] {
        let drift = Drift::between(old, new).unwrap();
        assert_eq!(drift.differences, [], "{drift}");
    }
}

/// A signal that ended restic, and a code that says that there was one, are different ends.
#[test]
fn an_end_by_a_signal_is_no_exit_code() {
    let place = Place::new();
    let ended = |name: &str, exit| {
        let mut writer = ScenarioWriter::new("a backup", RecordedWith::here(name));
        let words = vec!["backup".to_owned()];
        writer.call("backup", words, true, Vec::new(), Vec::new(), exit);
        writer.write(place.path(name)).unwrap();
        Scenario::load(place.path(name)).unwrap()
    };
    let old = ended("0.14.0", Exit::Signal(15));
    let new = ended("0.19.1", Exit::Code(130));
    let drift = Drift::between(&old, &new).unwrap();
    let [difference] = &drift.differences[..] else {
        panic!("{drift}");
    };
    assert_eq!(difference.kind, DriftKind::Exit);
    assert_eq!(difference.was.as_deref(), Some("signal 15"));
    assert_eq!(difference.is.as_deref(), Some("exit code 130"));
}
