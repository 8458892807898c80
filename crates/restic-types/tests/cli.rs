//! The table of commands and flags, and the parser for command lines.

use restic_types::ResticVersion;
use restic_types::cli::{self, Command, CommandLine, Flag, OLDEST, ParseErrorKind, Value};
use std::ffi::OsStr;

#[test]
fn facts_of_the_table() {
    #[track_caller]
    fn check(command: &str, name: &str, since: (u16, u16, u16), short: Option<char>, value: Value) {
        let flag = flag(command, name);
        assert_eq!(flag.since, ResticVersion::new(since.0, since.1, since.2));
        assert_eq!((flag.short, flag.value), (short, value));
    }
    check(
        "backup",
        "skip-if-unchanged",
        (0, 17, 0),
        None,
        Value::Switch,
    );
    check("backup", "retry-lock", (0, 16, 0), None, Value::Duration);
    check("backup", "host", (0, 11, 0), Some('H'), Value::Text);
    check("backup", "use-fs-snapshot", (0, 11, 0), None, Value::Switch);
    check("check", "tag", (0, 19, 0), None, Value::TagList);
    check("forget", "host", (0, 11, 0), None, Value::List);
    check("forget", "keep-hourly", (0, 11, 0), Some('H'), Value::Limit);
    check(
        "forget",
        "keep-within-daily",
        (0, 12, 1),
        None,
        Value::CalendarDuration,
    );
    check(
        "key add",
        "new-insecure-no-password",
        (0, 17, 0),
        None,
        Value::Switch,
    );
    check("ls", "reverse", (0, 18, 0), None, Value::Switch);
    check("find", "reverse", (0, 18, 0), Some('R'), Value::Switch);
    check(
        "repair index",
        "read-all-packs",
        (0, 16, 0),
        None,
        Value::Switch,
    );
    check(
        "snapshots",
        "option",
        (0, 11, 0),
        Some('o'),
        Value::CommaList,
    );
    check("snapshots", "verbose", (0, 11, 0), Some('v'), Value::Count);
}

#[test]
fn commands_come_and_go() {
    #[track_caller]
    fn check(name: &str, release: ResticVersion, available: bool, hidden: bool) {
        let command = command(name);
        assert_eq!(command.available_in(release), available);
        assert_eq!(command.hidden_in(release), hidden);
    }
    check("key list", OLDEST, true, false);
    check("options", ResticVersion::new(0, 17, 0), true, true);
    check("options", ResticVersion::new(0, 17, 1), true, false);
    check("rebuild-index", ResticVersion::new(0, 15, 2), true, false);
    check("rebuild-index", ResticVersion::new(0, 16, 0), true, true);
    check("repair packs", ResticVersion::new(0, 16, 0), false, false);
    check("self-update", ResticVersion::new(0, 19, 1), true, false);
    assert!(command("self-update").builds.is_some());
    assert!(cli::command("debug").is_none());
}

#[test]
fn flags_come_and_go() {
    #[track_caller]
    fn check(command: &str, name: &str, release: ResticVersion, available: bool, hidden: bool) {
        let flag = flag(command, name);
        assert_eq!(flag.available_in(release), available);
        assert_eq!(flag.hidden_in(release), hidden);
    }
    check("key", "user", ResticVersion::new(0, 16, 5), true, false);
    check("key", "user", ResticVersion::new(0, 17, 0), false, false);
    check("init", "repo2", ResticVersion::new(0, 13, 1), true, false);
    check("init", "repo2", ResticVersion::new(0, 14, 0), true, true);
    check(
        "copy",
        "repository-file2",
        ResticVersion::new(0, 12, 0),
        false,
        false,
    );
    check(
        "prune",
        "repack-small",
        ResticVersion::new(0, 19, 0),
        true,
        true,
    );
}

#[test]
fn values_change() {
    let tag = flag("backup", "tag");
    assert_eq!(tag.value_in(ResticVersion::new(0, 11, 0)), Value::List);
    assert_eq!(tag.value_in(ResticVersion::new(0, 12, 0)), Value::TagList);
    assert_eq!(tag.value_in(ResticVersion::new(0, 19, 1)), Value::TagList);
}

#[test]
fn the_table_is_sound() {
    assert!(cli::commands().is_sorted_by(|one, other| one.name < other.name));
    flags_are_sound("", OLDEST, cli::global_flags());
    for command in cli::commands() {
        flags_are_sound(command.name, command.since, command.flags);
        // A flag of a command is never taken for a global one, nor the other way round.
        for flag in command.flags {
            assert!(
                cli::global_flag(flag.name).is_none(),
                "{} --{}",
                command.name,
                flag.name
            );
            let letter = cli::global_flags().iter().find(|it| it.short == flag.short);
            assert!(
                flag.short.is_none() || letter.is_none(),
                "{} --{}",
                command.name,
                flag.name
            );
        }
    }
}

fn flags_are_sound(command: &str, since: ResticVersion, flags: &[Flag]) {
    assert!(
        flags.is_sorted_by(|one, other| one.name < other.name),
        "{command}"
    );
    for flag in flags {
        let place = format!("{command} --{}", flag.name);
        assert!(flag.since >= since, "{place}");
        assert!(
            flag.until.is_none_or(|until| flag.since <= until),
            "{place}"
        );
        assert!(
            flag.changed.is_none_or(|(today, _)| flag.since < today),
            "{place}"
        );
        assert!(
            flag.hidden.is_none_or(|hidden| flag.since <= hidden.since),
            "{place}"
        );
        assert_eq!(
            flag.value.takes_word(),
            flag.placeholder.is_some(),
            "{place}"
        );
    }
}

/// Every way to write every flag, in front of the command and behind it.
#[test]
fn every_flag_parses_back() {
    for command in cli::commands() {
        for flag in command.flags {
            for (words, value) in spellings(flag) {
                parses_back(command, flag, &words, value, Place::Behind);
            }
        }
        for flag in cli::global_flags() {
            for (words, value) in spellings(flag) {
                parses_back(command, flag, &words, value, Place::Behind);
                // restic itself does not know --help in front of the command.
                if flag.name != "help" {
                    parses_back(command, flag, &words, value, Place::Front);
                }
            }
        }
    }
}

/// Ways to write a flag, and the value that each gives.
fn spellings(flag: &Flag) -> Vec<(Vec<String>, Option<&'static str>)> {
    let long = format!("--{}", flag.name);
    let short = flag.short.map(|letter| format!("-{letter}"));
    let mut all = vec![
        (vec![format!("{long}=a=b")], Some("a=b")),
        (vec![format!("{long}=")], Some("")),
    ];
    if let Some(short) = &short {
        all.push((vec![format!("{short}=x")], Some("x")));
    }
    if !flag.value.takes_word() {
        all.extend(
            [Some(long), short]
                .into_iter()
                .flatten()
                .map(|name| (vec![name], None)),
        );
        return all;
    }
    if let Some(short) = &short {
        all.push((vec![format!("{short}x")], Some("x")));
    }
    for name in [Some(long), short].into_iter().flatten() {
        // The next word is the value, whatever it looks like.
        all.extend(["x", "--json", "--", ""].map(|it| (vec![name.clone(), it.into()], Some(it))));
    }
    all
}

enum Place {
    Front,
    Behind,
}

#[track_caller]
fn parses_back(
    command: &Command,
    flag: &Flag,
    words: &[String],
    value: Option<&str>,
    place: Place,
) {
    let name: Vec<String> = command.name.split(' ').map(String::from).collect();
    let operand = ["operand".to_owned()];
    let line = match place {
        Place::Front => [words, &name, &operand].concat(),
        Place::Behind => [&name, words, &operand].concat(),
    };
    let parsed = CommandLine::parse(&line).unwrap_or_else(|error| panic!("{line:?}: {error}"));
    assert_eq!(parsed.command, command, "{line:?}");
    assert_eq!(parsed.operands, ["operand"], "{line:?}");
    assert_eq!(parsed.flags.len(), 1, "{line:?}");
    assert_eq!(parsed.flags[0].flag, flag, "{line:?}");
    assert_eq!(
        parsed.flags[0].global,
        cli::global_flag(flag.name).is_some(),
        "{line:?}"
    );
    assert_eq!(
        parsed.flags[0].value.as_deref(),
        value.map(OsStr::new),
        "{line:?}"
    );
}

#[test]
fn lines() {
    #[track_caller]
    fn check(words: &str, expected: &str) {
        assert_eq!(shown(words), expected);
    }
    check("snapshots", "snapshots");
    check("-r /repo backup /data", "backup | repo=/repo | +/data");
    check(
        "backup /data -r /repo --tag a --json",
        "backup | repo=/repo | tag=a | json | +/data",
    );
    check("backup -vv /data", "backup | verbose | verbose | +/data");
    check(
        "backup --verbose=2 --verbose 2",
        "backup | verbose=2 | verbose | +2",
    );
    check("backup -v=2 x", "backup | verbose=2 | +x");
    check("snapshots -qr /repo", "snapshots | quiet | repo=/repo");
    check("snapshots -qr=/repo", "snapshots | quiet | repo=/repo");
    check("snapshots -r=", "snapshots | repo==");
    check(
        "snapshots --json=false latest",
        "snapshots | json=false | +latest",
    );
    check("snapshots --", "snapshots");
    check("backup -- --json -r", "backup | +--json | +-r");
    check(
        "backup --stdin-from-command -- pg_dump --all -v",
        "backup | stdin-from-command | +pg_dump | +--all | +-v",
    );
    check("backup --exclude -- /data", "backup | exclude=-- | +/data");
    check("backup -", "backup | +-");
    check(
        "forget -H 3 --host a -l5",
        "forget | keep-hourly=3 | host=a | keep-last=5",
    );
    check("snapshots -H a", "snapshots | host=a");
    check("key add --user me", "key add | user=me");
    check("key -r /repo add", "key add | repo=/repo");
    check("key --host h add", "key add | host=h");
    check("-r key key list", "key list | repo=key");
    check("key", "key");
    check("key nope", "key | +nope");
    check("key -- add", "key | +add");
    check(
        "repair index --read-all-packs",
        "repair index | read-all-packs",
    );
    check("backup key add", "backup | +key | +add");
    check("help key add", "help | +key | +add");
    // In front of the command restic takes any flag it does not know for one with a value.
    check("--tag x snapshots", "snapshots | tag=x");
}

#[test]
fn lines_that_are_wrong() {
    #[track_caller]
    fn check(words: &str, expected: &str) {
        assert_eq!(shown(words), expected);
    }
    check("", "no command given");
    check("--json", "no command given");
    check("-- snapshots", "no command given");
    check("--help backup", "no command given");
    check("nope", "unknown command `nope`");
    check("-qr /repo snapshots", "unknown command");
    check("--stdin backup /data", "unknown command");
    check("snapshots --nope=secret", "unknown flag `--nope`");
    check("--nope snapshots", "unknown flag `--nope`");
    check(
        "snapshots --skip-if-unchanged",
        "unknown flag `--skip-if-unchanged`",
    );
    check("snapshots ---json", "unknown flag `---json`");
    check("snapshots -qz9", "unknown flag `-z`");
    check("-= nope", "unknown command `nope`");
    check("snapshots -v2", "unknown flag `-2`");
    check("restore -t", "`--target` needs a value");
    check("restore latest --target", "`--target` needs a value");
}

/// A line in a form that is easy to compare: the command, `name=value` for each flag, `+` before
/// each operand; or the error.
fn shown(words: &str) -> String {
    let line = match CommandLine::parse(words.split_whitespace()) {
        Ok(line) => line,
        Err(error) => return error.to_string(),
    };
    let mut parts = vec![line.command.name.to_owned()];
    parts.extend(line.flags.iter().map(|parsed| match &parsed.value {
        Some(value) => format!("{}={}", parsed.flag.name, value.display()),
        None => parsed.flag.name.to_owned(),
    }));
    parts.extend(
        line.operands
            .iter()
            .map(|operand| format!("+{}", operand.display())),
    );
    parts.join(" | ")
}

#[test]
fn an_error_keeps_what_was_seen() {
    let words = ["backup", "/data", "--tag", "a", "--nope", "/more"];
    let error = CommandLine::parse(words).unwrap_err();
    assert_eq!(error.kind, ParseErrorKind::UnknownFlag("--nope".into()));
    assert_eq!(error.seen.command, cli::command("backup"));
    assert_eq!(error.seen.flags[0].value.as_deref(), Some(OsStr::new("a")));
    assert_eq!(error.seen.operands, ["/data"]);
}

#[test]
fn an_error_shows_no_value() {
    for words in [
        "-qr rest:http://me:hunter2@host/ ls",
        "ls --nope=hunter2",
        "ls -zhunter2",
    ] {
        let error = CommandLine::parse(words.split(' ')).unwrap_err();
        assert!(!error.to_string().contains("hunter2"), "{error}");
    }
}

#[test]
fn all_occurrences() {
    let line = CommandLine::parse(["backup", "--tag=a", "-v", "--tag", "b"]).unwrap();
    let tags: Vec<_> = line
        .all("tag")
        .filter_map(|parsed| parsed.value.as_deref())
        .collect();
    assert_eq!(tags, ["a", "b"]);
}

#[cfg(unix)]
#[test]
fn bytes_that_are_not_unicode_survive() {
    use std::{ffi::OsString, os::unix::ffi::OsStringExt as _};

    let bytes = |bytes: &[u8]| OsString::from_vec(bytes.to_vec());
    let words = [
        &b"backup"[..],
        b"--exclude=\xff\xe4",
        b"-e\xfe=",
        b"-e",
        b"\xfd",
        b"/data/\xfc",
    ];
    let line = CommandLine::parse(words.map(bytes)).unwrap();
    let values: Vec<_> = line.flags.into_iter().map(|parsed| parsed.value).collect();
    let expected = [&b"\xff\xe4"[..], b"\xfe=", b"\xfd"];
    assert_eq!(values, expected.map(|value| Some(bytes(value))));
    assert_eq!(line.operands, [bytes(b"/data/\xfc")]);

    let error = CommandLine::parse([bytes(b"backup"), bytes(b"--\xff=1")]).unwrap_err();
    assert_eq!(error.to_string(), "unknown flag `--\u{fffd}`");
    CommandLine::parse([bytes(b"\xff")]).unwrap_err();
}

fn command(name: &str) -> &'static Command {
    cli::command(name).unwrap_or_else(|| panic!("no command {name}"))
}

fn flag(command_name: &str, name: &str) -> &'static Flag {
    let flag = command(command_name).flag(name);
    flag.unwrap_or_else(|| panic!("no flag {command_name} --{name}"))
}
