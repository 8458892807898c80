//! `cargo xtask corpus`: recordings of real restics through the public client.
//!
//! For every directory with an `argv` in it, the command value is made again from the recorded call and run by an
//! executor that plays the recorded streams. What comes out is compared with what restic printed: the result with the
//! exit, and every JSON path with the typed events and output, serialised. The result has to be the same when it is
//! read from its own JSON, and when restic prints what our types do not know yet.

#![allow(clippy::print_stdout, reason = "a task prints what it finds")]

pub mod build;
mod call;
mod client_result;
mod commands;
#[cfg(test)]
mod expected;
mod inject;
mod messages;
mod paths;
mod play;
mod scalars;
mod verdict;
mod words;

#[cfg(test)]
mod property;
mod reading;
mod rebuild;
mod recording;
mod samples;
#[cfg(test)]
mod tests;

pub use reading::{Reading, Unknown, UnknownKind};
pub use samples::Samples;

use call::{Call, Unbuildable};
use commands::row_for;
use recording::Recording;
use std::collections::BTreeMap;
use std::error::Error;
use std::fmt;
use std::path::{Path, PathBuf};
use verdict::{Problem, Verdict};

const USAGE: &str = "usage: cargo xtask corpus DIR [--only backup,forget,…]";

/// Runs the task with the arguments that follow its name.
///
/// # Errors
///
/// When there are problems, or the recordings cannot be read.
pub fn run(arguments: impl Iterator<Item = String>) -> Result<(), Box<dyn Error>> {
    let options = Options::read(arguments)?;
    let totals = examine_all(&options, |line| println!("{line}"))?;
    println!("{totals}");
    if totals.is_good() {
        Ok(())
    } else {
        Err("the corpus has problems".into())
    }
}

struct Options {
    directory: PathBuf,
    /// Commands to look at; all of them when empty.
    only: Vec<String>,
}

impl Options {
    fn read(mut arguments: impl Iterator<Item = String>) -> Result<Self, Box<dyn Error>> {
        let (mut directory, mut only) = (None, Vec::new());
        while let Some(argument) = arguments.next() {
            let list = match argument.strip_prefix("--only") {
                Some("") => arguments.next(),
                Some(list) => list.strip_prefix('=').map(str::to_owned),
                None if argument.starts_with('-') || directory.is_some() => None,
                None => {
                    directory = Some(argument.into());
                    continue;
                }
            };
            only.extend(list.ok_or(USAGE)?.split(',').map(str::to_owned));
        }
        Ok(Self {
            directory: directory.ok_or(USAGE)?,
            only,
        })
    }
}

/// Examines all recordings below a directory, and reports each as a line.
fn examine_all(options: &Options, mut tell: impl FnMut(String)) -> Result<Totals, Box<dyn Error>> {
    let directories = recording::find(&options.directory)?;
    if directories.is_empty() {
        return Err(format!("no recordings in {}", options.directory.display()).into());
    }
    let mut totals = Totals::default();
    for directory in directories {
        let path = directory
            .strip_prefix(&options.directory)
            .unwrap_or(&directory);
        let examined = Examined::of(&directory);
        if options.only.is_empty() || options.only.contains(&examined.command) {
            tell(format!("{}  {examined}", path.display()));
            totals.add(path, examined);
        }
    }
    if totals.recordings == 0 {
        return Err(format!("no recordings of {}", options.only.join(", ")).into());
    }
    Ok(totals)
}

/// One recording and what came of it.
struct Examined {
    command: String,
    what: What,
}

enum What {
    Verdict(Verdict),
    Unbuildable(Unbuildable),
    /// The directory is no whole recording.
    Unreadable(String),
}

impl Examined {
    fn of(directory: &Path) -> Self {
        match Recording::read(directory) {
            Ok(recording) => Self::of_recording(&recording),
            Err(error) => Self::new("?", What::Unreadable(error.to_string())),
        }
    }

    fn of_recording(recording: &Recording) -> Self {
        let call = match Call::of(recording) {
            Ok(call) => call,
            Err(why) => return Self::new("?", What::Unbuildable(why)),
        };
        let what = row_for(&call).map(|row| (row.examine)(recording, &call));
        Self::new(
            call.name,
            match what {
                None => What::Unbuildable(Unbuildable("no command value has its words")),
                Some(Ok(verdict)) => What::Verdict(verdict),
                Some(Err(why)) => What::Unbuildable(why),
            },
        )
    }

    fn new(command: &str, what: What) -> Self {
        Self {
            command: command.into(),
            what,
        }
    }
}

impl fmt::Display for Examined {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}  ", self.command)?;
        match &self.what {
            What::Unbuildable(Unbuildable(why)) => write!(f, "unbuildable: {why}"),
            What::Unreadable(why) => write!(f, "UNREADABLE: {why}"),
            What::Verdict(verdict) => {
                f.write_str(&verdict.outcome)?;
                for (problem, times) in counts(verdict.problems.iter().map(ToString::to_string)) {
                    write!(f, "\n    {problem}")?;
                    if times > 1 {
                        write!(f, " ({times} times)")?;
                    }
                }
                for line in &verdict.dropped {
                    write!(f, "\n    dropped: {line}")?;
                }
                Ok(())
            }
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Arguments(what) => f.write_str(what),
            Self::Undecoded(what) => write!(f, "undecoded: {what}"),
            Self::Missing(path) => write!(f, "missing: {path}"),
            Self::Message(name) => write!(f, "unknown message: {name}"),
            Self::Word { path, word } => write!(f, "unknown word: {path}: {word}"),
        }
    }
}

fn counts<T: Ord>(items: impl Iterator<Item = T>) -> BTreeMap<T, usize> {
    let mut counts = BTreeMap::new();
    items.for_each(|item| *counts.entry(item).or_default() += 1);
    counts
}

/// What all recordings came to.
#[derive(Default)]
struct Totals {
    recordings: usize,
    outcomes: BTreeMap<String, usize>,
    commands: BTreeMap<String, BTreeMap<String, usize>>,
    unbuildable: BTreeMap<(Unbuildable, String), Vec<PathBuf>>,
    unreadable: usize,
    /// Recordings with problems of a sort.
    undecoded: usize,
    unknown: usize,
    different: usize,
    /// Paths by command, and how many recordings lack them.
    missing: BTreeMap<String, usize>,
    listed: BTreeMap<String, usize>,
    /// Commands that drop lines of text in this many recordings.
    dropped: BTreeMap<String, usize>,
}

impl Totals {
    fn add(&mut self, path: &Path, Examined { command, what }: Examined) {
        self.recordings += 1;
        match what {
            What::Unbuildable(why) => self
                .unbuildable
                .entry((why, command))
                .or_default()
                .push(path.into()),
            What::Unreadable(_) => self.unreadable += 1,
            What::Verdict(verdict) => self.add_verdict(command, verdict),
        }
    }

    fn add_verdict(&mut self, command: String, verdict: Verdict) {
        *self.outcomes.entry(verdict.outcome.clone()).or_default() += 1;
        let has = |sort: fn(&Problem) -> bool| usize::from(verdict.problems.iter().any(sort));
        self.undecoded += has(|problem| matches!(problem, Problem::Undecoded(_)));
        self.unknown += has(|it| matches!(it, Problem::Message(_) | Problem::Word { .. }));
        self.different += has(|problem| matches!(problem, Problem::Arguments(_)));
        let missing = verdict.problems.iter().filter_map(|problem| match problem {
            Problem::Missing(path) => Some(format!("{command} {path}")),
            _ => None,
        });
        for path in counts(missing).into_keys() {
            *self.missing.entry(path).or_default() += 1;
        }
        for path in counts(verdict.listed.iter()).into_keys() {
            *self.listed.entry(format!("{command} {path}")).or_default() += 1;
        }
        if !verdict.dropped.is_empty() {
            *self.dropped.entry(command.clone()).or_default() += 1;
        }
        *self
            .commands
            .entry(command)
            .or_default()
            .entry(verdict.outcome)
            .or_default() += 1;
    }

    fn is_good(&self) -> bool {
        let problems = [
            self.undecoded,
            self.unknown,
            self.different,
            self.unreadable,
        ];
        problems.iter().sum::<usize>() + self.missing.len() == 0
    }
}

impl fmt::Display for Totals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "\n{} recordings", self.recordings)?;
        writeln!(f, "by outcome: {}", list(&self.outcomes))?;
        for (command, outcomes) in &self.commands {
            writeln!(f, "  {command}: {}", list(outcomes))?;
        }
        let all: usize = self.unbuildable.values().map(Vec::len).sum();
        writeln!(f, "unbuildable: {all}")?;
        for ((Unbuildable(why), command), paths) in &self.unbuildable {
            writeln!(
                f,
                "  {command}: {why}: {}, such as {}",
                paths.len(),
                paths[0].display()
            )?;
        }
        if !self.listed.is_empty() {
            writeln!(f, "otherwise for a listed reason: {}", list(&self.listed))?;
        }
        if !self.dropped.is_empty() {
            writeln!(f, "lines of text dropped: {}", list(&self.dropped))?;
        }
        if self.unreadable > 0 {
            writeln!(f, "UNREADABLE: {}", self.unreadable)?;
        }
        writeln!(f, "arguments differ: {}", self.different)?;
        writeln!(f, "undecoded: {}", self.undecoded)?;
        writeln!(f, "unknown messages or words: {}", self.unknown)?;
        write!(f, "missing paths: {}", self.missing.len())?;
        for (path, recordings) in &self.missing {
            write!(f, "\n  {path} (in {recordings} recordings)")?;
        }
        Ok(())
    }
}

fn list(counts: &BTreeMap<String, usize>) -> String {
    let parts: Vec<_> = counts
        .iter()
        .map(|(what, times)| format!("{what} {times}"))
        .collect();
    parts.join(", ")
}
