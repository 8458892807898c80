//! Whatever a setter is given arrives at restic as the same value of the same flag, and operands stay operands.
//!
//! That is tried for every command there is and every flag of the table, with values that look like flags, like lists,
//! like nothing, and with bytes that are no text.

use super::build;
use super::call::Call;
use super::commands::rows;
use super::recording::os_string;
use proptest::collection::vec;
use proptest::prelude::*;
use restic_types::ResticVersion;
use restic_types::cli::{self, Command, Flag, Value};
use std::ffi::{OsStr, OsString};

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_setter_and_operand_arrives_as_it_is(
        texts in vec(text(), 1..4),
        numbers in vec(0..100_000_u32, 1..3),
        operands in vec(text(), 2..5),
    ) {
        let given = Given { texts, numbers, operands };
        for command in commands() {
            let (is_own, flags) = (command.flags.iter(), cli::global_flags().iter());
            for flag in is_own.chain(flags) {
                given.check(command, flag);
            }
        }
    }
}

/// The commands that there are values for.
fn commands() -> impl Iterator<Item = &'static Command> {
    let has_value = |it: &&Command| rows().any(|row| row.name == it.name);
    cli::commands().iter().filter(has_value)
}

/// A word of a command line: any bytes but NUL, and often one that could be taken for something else.
fn text() -> impl Strategy<Value = OsString> {
    let odd = [
        "", "-", "--", "-x", "--json", "--tag=b", "a,b", "a b", "a\nb", "=", "'\"$(a)", "latest",
        "backup", "ä",
    ];
    let odd = prop::sample::select(odd.to_vec()).prop_map(OsString::from);
    // With an `@` it could be a location with a password, which goes by a file.
    let bytes = vec(
        any::<u8>().prop_filter("NUL or @", |byte| !b"\0@".contains(byte)),
        0..12,
    );
    prop_oneof![odd, bytes.prop_map(os_string)]
}

/// What flags and commands are given.
#[derive(Debug)]
struct Given {
    texts: Vec<OsString>,
    numbers: Vec<u32>,
    operands: Vec<OsString>,
}

impl Given {
    fn check(&self, command: &Command, flag: &Flag) {
        if flag.name == "help" {
            return;
        }
        let values = self.values(command, flag);
        // Some flags go with operands, and some without.
        let mut failures = Vec::new();
        for operands in [self.operands(command, flag), Vec::new()] {
            for beside in beside(command) {
                let call = Self::call(command, flag, &values, beside, &operands);
                match check(&call, flag) {
                    Ok(()) => return,
                    Err(why) => failures.push(why),
                }
            }
        }
        panic!("`{} --{}`: {failures:?}", command.name, flag.name);
    }

    /// Values of the flag's sort, with their `=`.
    fn values(&self, command: &Command, flag: &Flag) -> Vec<OsString> {
        let number = |number: &u32| match flag.value {
            Value::Duration => format!("={number}s").into(),
            _ => format!("={number}").into(),
        };
        match flag.value {
            Value::Switch => vec![OsString::new()],
            Value::Int | Value::UInt | Value::Limit | Value::Count | Value::Duration => {
                self.numbers.iter().map(number).collect()
            }
            _ => {
                // Grouped by nothing, it is another command without the flag.
                let groups = command.name == "snapshots" && flag.name == "group-by";
                let last = groups.then(|| "=host".into());
                let texts = self.texts.iter().map(|text| joined("=", text));
                texts.chain(last).collect()
            }
        }
    }

    /// As many operands as the command takes.
    fn operands(&self, command: &Command, flag: &Flag) -> Vec<OsString> {
        let usage = command.operands;
        // The first of its own words.
        if let Some((word, _)) = usage.split_once('|') {
            return vec![word.trim_start_matches('[').into()];
        }
        let count = match usage {
            "" => 0,
            // restic refuses paths beside what it reads there.
            _ if flag.name == "stdin" => 0,
            _ if usage.contains("...") => self.operands.len(),
            _ => usage.split(' ').count(),
        };
        self.operands.iter().take(count).cloned().collect()
    }

    fn call(
        command: &Command,
        flag: &Flag,
        values: &[OsString],
        beside: &str,
        operands: &[OsString],
    ) -> Call {
        let name = format!("--{}", flag.name);
        let words = command.name.split(' ').chain(beside.split_whitespace());
        let words = words.map(OsString::from);
        let words = words.chain(values.iter().map(|value| joined(&name, value)));
        let words = words.chain(["--".into()]).chain(operands.iter().cloned());
        Call::parse(&words.collect::<Vec<_>>()).unwrap()
    }
}

fn joined(begin: &str, end: &OsStr) -> OsString {
    let mut word = OsString::from(begin);
    word.push(end);
    word
}

/// What else the flags of a command may need, as far as it has them.
fn beside(command: &Command) -> impl Iterator<Item = &'static str> {
    let known = [
        "",
        "--from-repo=other",
        "--repo=other --repo2=another",
        "--new-password-file=new",
        "--blob",
    ];
    known.into_iter().filter(|words| {
        let names = words
            .split(' ')
            .filter_map(|word| word.strip_prefix("--")?.split('=').next());
        names.into_iter().all(|name| command.flag(name).is_some())
    })
}

/// Whether the client makes the same call of it. An error is for a call that no command value is for.
fn check(call: &Call, flag: &Flag) -> Result<(), &'static str> {
    let words = build::row(call, ResticVersion::new(0, 19, 1))?;
    let again = Call::parse(&words).unwrap();
    // The client never asks a migration to be quiet: restic would not say that it has no such name.
    let left_out = match (call.name, flag.name) {
        ("migrate", "quiet") => vec![r#"--quiet [Some("true")] became []"#],
        _ => vec![],
    };
    assert_eq!(call.lost_in(&again), left_out, "{words:?}");
    assert_eq!(call.operands, again.operands, "{call:?} in {words:?}");
    assert_eq!(call.name, again.name, "{words:?}");
    assert!(again.wrong.is_empty(), "{words:?}");
    assert!(words[0] == "--json" || flag.name == "ncdu", "{words:?}");
    let operands = words.len() - call.operands.len();
    assert!(
        call.operands.is_empty() || words[operands - 1] == "--",
        "{words:?}"
    );
    Ok(())
}
