//! A restic that does some things differently: a script around the real one.
#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::fs;
use std::path::Path;

use restic_corpus::Samples;
use restic_test_support::binaries::binaries;
use restic_test_support::fake::Fake;
use serde_json::Value;
use tempfile::TempDir;

use super::options::Options;
use super::report::Report;
use super::samples;

/// Runs the real restic, whose path stands in the place of `REAL`, and changes what it prints.
const SCRIPT: &str = r#"out=$(mktemp) err=$(mktemp)
REAL "$@" > "$out" 2> "$err"
code=$?
case " $* " in
*" --help "*)
    sed -e 's/^\( *\)--exclude-caches .*/&\n\1--novelty   something new/' "$out" ;;
*" backup "*)
    sed -e 's/"files_new":/"novel_field":"geheim","files_new":/' \
        -e '1i {"message_type":"novel","item":"/a"}' "$out" ;;
*" ls "*)
    sed -e 's/"type":"file"/"type":"regular"/' "$out" ;;
*" stats "*)
    sed -e 's/"total_size":\([0-9]*\)/"total_size":"\1"/' "$out" ;;
*" snapshots "*)
    sed -e 's/"hostname":"[^"]*",//g' "$out" ;;
*) cat "$out" ;;
esac
sed -e 's/wrong password or no key found/the key is from elsewhere/' "$err" >&2
rm "$out" "$err"
[ $code = 12 ] && code=1
exit $code
"#;

/// The script around the real restic, when there is one.
fn doctored(script: &str) -> Option<Fake> {
    let mut all = binaries("a restic that has changed").into_iter();
    let real = all.find(|path| path.ends_with("restic-0.19.1"))?;
    Some(Fake::new(&script.replace("REAL", real.to_str().unwrap())))
}

/// What is reported of a restic in these scenarios.
fn reported(restic: &Path, scenarios: &str) -> Value {
    let arguments = ["--only", scenarios, restic.to_str().unwrap()];
    let options = Options::read(arguments.map(str::to_owned).into_iter());
    let report = super::report(&options.unwrap().unwrap()).unwrap();
    serde_json::to_value(&report).unwrap()
}

fn has(list: &Value, expected: &[(&str, &str)]) {
    let is_it = |one: &Value| expected.iter().all(|(name, value)| one[name] == *value);
    assert!(
        list.as_array().unwrap().iter().any(is_it),
        "no {expected:?} in {list:#}"
    );
}

#[test]
fn what_has_changed_is_named_and_graded() {
    let Some(restic) = doctored(SCRIPT) else {
        return;
    };
    let report = reported(
        &restic.path("restic"),
        "incremental-backup,large-tree,stats,wrong-password",
    );
    let unknown = &report["unknown"];
    let is = |severity: &str, kind: &str, text: &str| {
        has(
            unknown,
            &[("severity", severity), ("kind", kind), ("text", text)],
        );
    };
    is(
        "info",
        "field",
        "`novel_field` of `summary`, such as a string of 6 characters",
    );
    is("info", "message", "the message `novel`");
    is("info", "word", "the word \"regular\" for `type` of `node`");
    let flag = "restic 0.19.1: flag `backup --novelty` is not in the table";
    is("info", "interface", flag);
    assert!(!unknown.to_string().contains("geheim"), "{unknown:#}");
    has(unknown, &[("severity", "error"), ("kind", "misread")]);
    let outcome = "the client makes Failed of the call, of which it made WrongPassword";
    is("error", "outcome", outcome);

    let differences = |name: &str| {
        let mut scenarios = report["scenarios"].as_array().unwrap().iter();
        let found = scenarios.find(|one| one["name"] == name).unwrap();
        found["differences"].clone()
    };
    let is = |scenario: &str, kind: &str, severity: &str, text: &str| {
        let text = ("text", text);
        has(
            &differences(scenario),
            &[("kind", kind), ("severity", severity), text],
        );
    };
    is(
        "stats",
        "type",
        "error",
        "standard output: `.total_size` of `document` was a number, and now is a string",
    );
    is(
        "incremental-backup",
        "field",
        "warning",
        "standard output: `[].hostname` of `document` is missing",
    );
    is(
        "wrong-password",
        "exit",
        "error",
        "it ended with exit code 12, and now with exit code 1",
    );
}

#[test]
fn what_has_not_changed_is_not_named() {
    let script = "exec REAL \"$@\"\n";
    let Some(restic) = doctored(script) else {
        return;
    };
    let report = reported(&restic.path("restic"), "empty-repository,wrong-password");
    assert_eq!(report["unknown"], serde_json::json!([]));
    for scenario in report["scenarios"].as_array().unwrap() {
        assert_eq!(
            scenario["differences"],
            serde_json::json!([]),
            "{scenario:#}"
        );
    }
}

/// What restic says is reported even when a scenario cannot go on with it.
#[test]
fn a_restic_that_fails_is_reported() {
    let script = r#"case " $* " in
        *" version "* | *" help "* | *" --help "*) exec REAL "$@" ;;
        *) echo "not today" >&2; exit 7 ;;
        esac"#;
    let Some(restic) = doctored(script) else {
        return;
    };
    let report = reported(&restic.path("restic"), "wrong-password");
    let scenario = &report["scenarios"][0];
    assert!(scenario["stopped"].is_string(), "{report:#}");
    has(
        &scenario["differences"],
        &[("kind", "exit"), ("severity", "error")],
    );
}

/// Writes recordings of one release as they come from outside.
fn write_samples(directory: &Path, version: &str, stats: &str, refusal: &str, exit: &str) {
    for (name, argv, stdout, stderr, exit) in [
        (
            "stats-json",
            r#"["restic", "--json", "stats"]"#,
            stats,
            "",
            "0",
        ),
        (
            "snapshots-json",
            r#"["restic", "--json", "snapshots"]"#,
            "",
            refusal,
            exit,
        ),
        (
            "snapshots-text",
            r#"["restic", "snapshots"]"#,
            "ID\n",
            "",
            "0",
        ),
    ] {
        let sample = directory.join(version).join(name);
        fs::create_dir_all(&sample).unwrap();
        let files = [
            ("argv", argv),
            ("stdout", stdout),
            ("stderr", stderr),
            ("exit", exit),
        ];
        for (file, content) in files {
            fs::write(sample.join(file), content).unwrap();
        }
    }
}

#[test]
fn recordings_from_outside_are_looked_at() {
    let directory = TempDir::new().unwrap();
    let old = r#"{"total_size":5,"snapshots_count":1}"#;
    let new = r#"{"total_size":5,"snapshots_count":1,"novel":1}"#;
    let locked = "unable to create lock in backend: repository is already locked by PID 5\n";
    write_samples(directory.path(), "0.19.1", old, locked, "11");
    write_samples(directory.path(), "0.20.0", new, "somebody is faster\n", "1");
    let samples = Samples::below(&[directory.path().to_owned()]).unwrap();
    let mut found = Report::new("0.19.1", "0.20.0");
    assert!(samples::add(&samples, &mut found).unwrap());
    let found = serde_json::to_value(&found).unwrap();
    let [scenario] = found["scenarios"].as_array().unwrap().as_slice() else {
        panic!("{found:#}");
    };
    let is =
        |call: &str, kind: &str| has(&scenario["differences"], &[("call", call), ("kind", kind)]);
    is("03-stats-json", "field");
    is("01-snapshots-json", "exit");
    is("01-snapshots-json", "text");
    let unknown = &found["unknown"];
    has(
        unknown,
        &[
            ("kind", "field"),
            ("text", "`novel` of `document`, such as 1"),
        ],
    );
    let text = "the client makes Failed of the call, of which it made Locked";
    has(unknown, &[("kind", "outcome"), ("text", text)]);
    let text = "\"somebody is faster\", of which the client makes Failed";
    has(unknown, &[("kind", "sentence"), ("text", text)]);
    assert_eq!(unknown.as_array().unwrap().len(), 3, "{unknown:#}");

    let mut none = Report::new("0.18.0", "0.20.0");
    assert!(!samples::add(&samples, &mut none).unwrap());
}
