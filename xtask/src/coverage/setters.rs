//! Whether every command and flag of a binary has its place in the client.
//!
//! For each flag its setter is called with a sample. Flag and value have to be in the arguments that come of it, the
//! binary has to take these, and the flag has to be an alias in the documentation of the setter.

use super::binary::Binary;
use super::source::Source;
use restic_corpus::build;
use restic_types::ResticVersion;
use restic_types::cli::{self, Command, Flag, Value};
use std::ffi::OsString;
use std::fmt;

/// What is for people at a terminal: help instead of what is asked for.
const HELP: &str = "help";

/// How much of a binary the client has.
#[derive(Default)]
pub(super) struct Coverage {
    commands: Count,
    global: Count,
    flags: Count,
    /// What is wrong, a line each.
    pub(super) problems: Vec<String>,
}

#[derive(Default)]
struct Count {
    covered: usize,
    all: usize,
}

impl Count {
    fn add(&mut self, covered: bool) {
        self.all += 1;
        self.covered += usize::from(covered);
    }
}

impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {}", self.covered, self.all)
    }
}

impl fmt::Display for Coverage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (commands, global, flags) = (&self.commands, &self.global, &self.flags);
        write!(
            f,
            "commands {commands}, global flags {global}, their own flags {flags}"
        )
    }
}

/// Looks at all commands and flags that the table gives the binary's release.
pub(super) fn coverage(binary: &Binary, source: &Source) -> Coverage {
    let mut coverage = Coverage::default();
    let covered = |found: &Result<Vec<OsString>, String>| found.is_ok();
    let version = Trial::new(binary, source, "version");
    for flag in available(cli::global_flags(), binary.release) {
        let found = version.flag(flag);
        coverage.global.add(covered(&found));
        coverage.note(found.err());
    }
    let is_one = |command: &&Command| {
        command.available_in(binary.release) && command.name != HELP && !has_sub_commands(command)
    };
    for command in cli::commands().iter().filter(is_one) {
        let has_value = build::has_command(command.name);
        coverage.commands.add(has_value);
        if !has_value {
            coverage.flags.all += available(command.flags, binary.release).count();
            let problem = format!("`{}` has no command value", command.name);
            coverage.problems.push(problem);
            continue;
        }
        let trial = Trial::new(binary, source, command.name);
        for flag in available(command.flags, binary.release) {
            let found = trial.flag(flag);
            coverage.flags.add(covered(&found));
            coverage.note(found.err());
        }
    }
    coverage
}

impl Coverage {
    fn note(&mut self, problem: Option<String>) {
        self.problems.extend(problem);
    }
}

/// The first word of others, which does nothing by itself.
fn has_sub_commands(command: &Command) -> bool {
    let first = format!("{} ", command.name);
    cli::commands().iter().any(|it| it.name.starts_with(&first))
}

fn available(flags: &[Flag], release: ResticVersion) -> impl Iterator<Item = &Flag> {
    flags
        .iter()
        .filter(move |flag| flag.available_in(release) && flag.name != HELP)
}

/// One command whose flags are tried.
struct Trial<'a> {
    binary: &'a Binary,
    source: &'a Source,
    command: &'a str,
    version: ResticVersion,
}

impl<'a> Trial<'a> {
    fn new(binary: &'a Binary, source: &'a Source, command: &'a str) -> Self {
        Self {
            binary,
            source,
            command,
            version: binary.release,
        }
    }

    /// The words that the client makes of this flag, or what is wrong with it.
    fn flag(&self, flag: &Flag) -> Result<Vec<OsString>, String> {
        let found = self.words(flag);
        found.map_err(|why| {
            let (release, command) = (self.binary.release, self.command);
            format!("restic {release}: `{command} --{}`: {why}", flag.name)
        })
    }

    fn words(&self, flag: &Flag) -> Result<Vec<OsString>, String> {
        let words = self.built(flag)?;
        if !self.source.has_alias(self.command, flag.name) {
            return Err("no setter has it as `#[doc(alias)]`".into());
        }
        // What not every build has, this one may lack.
        if flag.builds.is_none() && self.binary.commands.contains_key(self.command) {
            self.binary.takes_all(&words)?;
        }
        Ok(words)
    }

    /// Tries what a command may need besides the flag.
    fn built(&self, flag: &Flag) -> Result<Vec<OsString>, String> {
        let mut why = String::new();
        for beside in BESIDE {
            match self.built_beside(flag, beside) {
                Ok(words) => return Ok(words),
                Err(reason) => why = reason,
            }
        }
        Err(why)
    }

    fn built_beside(&self, flag: &Flag, beside: &[&str]) -> Result<Vec<OsString>, String> {
        let mut word = format!("--{}", flag.name);
        if let Some(value) = sample(flag) {
            word = format!("{word}={value}");
        }
        let words = self.command.split(' ').chain([word.as_str()]);
        let words = words.chain(beside.iter().copied()).map(OsString::from);
        build::build(&words.collect::<Vec<_>>(), self.version)
    }
}

/// What commands and flags cannot be without: nothing, operands, a second repository as new and old releases name it,
/// a new password, what kind of id it is.
const BESIDE: &[&[&str]] = &[
    &[],
    &["sample"],
    &["sample", "sample"],
    &["--from-repo=other"],
    &["--from-repo=other", "sample"],
    &["--repo=other", "--repo2=another"],
    &["--new-password-file=new"],
    &["--blob", "sample"],
];

/// A value of the right sort. None for a flag that has none.
fn sample(flag: &Flag) -> Option<&'static str> {
    match flag.value {
        Value::Switch => None,
        Value::Count => Some("2"),
        Value::Int | Value::UInt | Value::Limit => Some("16"),
        Value::Duration => Some("90s"),
        Value::CalendarDuration => Some("1y5m7d2h"),
        Value::Choice(words) | Value::Choices(words) => words.first().copied(),
        _ => Some("sample"),
    }
}
