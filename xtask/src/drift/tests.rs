//! A restic that does some things differently: a script around the real one.
#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::path::Path;

use restic_test_support::binaries::binaries;
use restic_test_support::fake::Fake;
use serde_json::Value;

use super::options::Options;

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
