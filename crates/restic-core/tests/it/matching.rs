//! Which calls are the recorded ones.

use restic_core::{
    Argument, Exit, Invocation, PlaceholderKind, RecordedWith, Replay, ScenarioWriter,
};

/// Whether a scenario with just this call answers that one.
fn answers(recorded: &[&str], called: &Invocation) -> bool {
    let directory = tempfile::tempdir().unwrap();
    let mut writer = ScenarioWriter::new("", RecordedWith::here("0.19.1"));
    writer.placeholder("repo", PlaceholderKind::Path);
    let argv = recorded.iter().map(|word| (*word).to_owned()).collect();
    writer.call("x", argv, false, vec![], vec![], Exit::Code(0));
    writer.write(directory.path()).unwrap();

    let replay = Replay::load(directory.path()).unwrap();
    let answered = replay.executor().start(called).is_ok();
    assert_eq!(replay.finish().is_ok(), answered, "both say the same");
    answered
}

#[track_caller]
fn same(recorded: &[&str], called: &[&str]) {
    assert!(answers(recorded, &Invocation::new(called)), "{called:?}");
}

#[track_caller]
fn other(recorded: &[&str], called: &[&str]) {
    assert!(!answers(recorded, &Invocation::new(called)), "{called:?}");
}

#[test]
fn how_a_call_authenticates_does_not_count() {
    let recorded = &["--password-file={{secret}}", "ls"][..];
    same(recorded, &["ls"]);
    same(recorded, &["--password-file=/p", "ls"]);
    same(recorded, &["--password-file", "/p", "ls"]);
    same(recorded, &["-p", "/p", "ls"]);
    same(recorded, &["--password-command=pass restic", "ls"]);
    same(recorded, &["--insecure-no-password", "ls"]);
    same(recorded, &["--key-hint", "abc", "ls"]);
    same(
        &[
            "--from-password-file={{secret}}",
            "--password-file2={{secret}}",
            "copy",
        ],
        &["--from-password-file=/a", "--password-file2=/b", "copy"],
    );
    same(
        &["copy"],
        &["--from-insecure-no-password", "--from-key-hint=a", "copy"],
    );
}

#[test]
fn a_new_password_counts_but_not_which() {
    let recorded = &["key", "add", "--new-password-file={{secret}}"][..];
    same(recorded, &["key", "add", "--new-password-file=/p"]);
    same(recorded, &["key", "add", "--new-password-file", "/p"]);
    let secret = Argument::secret_file("--new-password-file", "of the test");
    assert!(answers(
        recorded,
        &Invocation::new(["key", "add"]).argument(secret)
    ));
    other(recorded, &["key", "add"]);
}

#[test]
fn cache_limits_and_patience_do_not_count() {
    same(
        &["ls"],
        &["--no-cache", "--limit-upload=9", "--retry-lock", "5m", "ls"],
    );
    same(&["--cache-dir={{repo}}/cache", "ls"], &["ls"]);
    other(&["ls"], &["--compression=max", "ls"]);
}

#[test]
fn operands_count_whatever_they_look_like() {
    let recorded = &["backup", "--"][..];
    other(recorded, &["backup", "--", "--no-cache"]);
    other(recorded, &["backup", "--", "--password-file=/p"]);
    same(
        &["backup", "--", "--no-cache"],
        &["backup", "--", "--no-cache"],
    );
}

#[test]
fn a_value_that_looks_like_a_flag_is_a_value() {
    let recorded = &["backup", "--", "a"][..];
    same(recorded, &["--key-hint", "--", "backup", "--", "a"]);
}

#[test]
fn a_hidden_location_is_any_location() {
    let hidden = |flag| Invocation::new([Argument::secret_file(flag, "rest:http://a:b@c/")]);
    for (shown, file) in [
        ("--repo", "--repository-file"),
        ("--from-repo", "--from-repository-file"),
        ("--repo2", "--repository-file2"),
    ] {
        let recorded_hidden = format!("{file}={{{{secret}}}}");
        let recorded_shown = format!("{shown}={{{{repo}}}}");
        let called = format!("{shown}=/srv/repo");
        same(&[&recorded_hidden], &[&called]);
        same(&[&recorded_shown], &[&called]);
        same(&[&recorded_shown], &[&format!("{file}=/etc/location")]);
        assert!(answers(&[&recorded_shown], &hidden(file)));
        assert!(answers(&[&recorded_hidden], &hidden(file)));
        other(&[&recorded_hidden], &["--repo4=/srv/repo"]);
        other(&[&recorded_hidden], &[]);
    }
    other(&["--repo=/a"], &["--repo=/b"]);
    same(&["--repo={{repo}}"], &["--repo", "/b"]);
    same(&["--repo={{repo}}"], &["-r", "/b"]);
}

#[test]
fn a_repository_of_the_environment_is_where_it_was_recorded() {
    let in_environment = |words: &[&str]| {
        let mut called = Invocation::new(words);
        let name = "RESTIC_REPOSITORY".into();
        called.environment.insert(name, "/srv/repo".into());
        called
    };
    // A flag that is in no table: word by word.
    let unknown = ["--repo=/srv/repo", "snapshots", "--nonsense"];
    assert!(answers(
        &unknown,
        &in_environment(&["snapshots", "--nonsense"])
    ));
    // It is no operand.
    let operands = ["--repo=/srv/repo", "backup", "--", "/data"];
    assert!(answers(
        &operands,
        &in_environment(&["backup", "--", "/data"])
    ));
    // What was said counts, however it was said.
    let said = ["--repo=/srv/other", "snapshots"];
    for words in [
        &["snapshots", "-r/srv/other"][..],
        &["snapshots", "-qr", "/srv/other"],
        &["snapshots", "--tag", "-r", "--repo=/srv/other"],
    ] {
        let is_like_said = words.len() == 2;
        assert_eq!(
            answers(&said, &in_environment(words)),
            is_like_said,
            "{words:?}"
        );
    }
    // A value that looks like the flag is none.
    let tagged = ["--repo=/srv/repo", "snapshots", "--tag", "-r"];
    assert!(answers(
        &tagged,
        &in_environment(&["snapshots", "--tag", "-r"])
    ));
}
