use std::ffi::OsString;

use restic_types::Counter;
use serde::{Deserialize, Serialize};

use crate::ErrorKind;
use crate::arguments::{Arguments, setters};
use crate::command::Command;
use crate::decode::report::{ReportDecoder, TextReport, fields};
use crate::decode::{DecodeFailure, Decoder, Line, RunEnd};
use crate::diagnostics::{Diagnostics, NoticeSource};

/// Changes the repository's format.
///
/// `restic migrate` with names. [`Migrations`](crate::commands::Migrations) lists what can be
/// done. restic checks the repository first, since 0.14.
///
/// restic calls it a success when there is no such change, or it cannot be made: here the
/// first is [`NotFound`](crate::ErrorKind::NotFound) and the other
/// [`Failed`](crate::ErrorKind::Failed), with the others that were named as
/// [`partial`](crate::Error::partial) result.
///
/// restic prints text, from which [`Migrated`] is read; its counters are events. It is never asked
/// to be [quiet](crate::ResticBuilder::quiet): restic 0.11 and 0.14 then say as little of a name
/// that they do not know as later releases do of a success.
#[must_use]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Migrate {
    arguments: Arguments,
}

/// What [`Migrate`] did.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Migrated {
    /// The names of the changes that were made.
    pub applied: Vec<String>,
    /// All that restic printed, without counters and empty lines: the check, too.
    pub text: Vec<String>,
}

impl Migrate {
    /// Makes the change of this name, such as `upgrade_repo_v2`.
    pub fn new(migration: impl Into<OsString>) -> Self {
        let mut arguments = Arguments::ungated("migrate");
        arguments.own().never_quiet = true;
        arguments.operand(migration);
        Self { arguments }
    }

    /// Makes another change, too.
    pub fn migration(mut self, migration: impl Into<OsString>) -> Self {
        self.arguments.operand(migration);
        self
    }
}

setters! { Migrate:
    /// Makes a change that was made before, or cannot be made.
    switch force: "--force";
}

impl Command for Migrate {
    type Event = Counter;
    type Output = Migrated;
    type Decoder = MigrateDecoder;

    fn arguments(&self) -> Arguments {
        self.arguments.clone()
    }

    fn decoder(&self) -> MigrateDecoder {
        let names = self.arguments.given().operands.iter();
        MigrateDecoder {
            names: names
                .map(|name| name.to_string_lossy().into_owned())
                .collect(),
            decoder: ReportDecoder::default(),
        }
    }
}

impl TextReport for Migrated {
    fn stdout(&mut self, line: &str) {
        if let Some([name]) = fields(line, "migration ", [": success"]) {
            self.applied.push(name.to_owned());
        }
        self.text.push(line.to_owned());
    }
}

/// Reads what [`Migrate`] prints.
#[derive(Debug)]
pub struct MigrateDecoder {
    /// What restic was asked for.
    names: Vec<String>,
    decoder: ReportDecoder<Migrated>,
}

impl Decoder for MigrateDecoder {
    type Event = Counter;
    type Output = Migrated;

    fn stdout(&mut self, line: &Line<'_>, diagnostics: &mut Diagnostics) -> Option<Counter> {
        self.decoder.stdout(line, diagnostics)
    }

    fn stderr(&mut self, line: &Line<'_>, diagnostics: &mut Diagnostics) -> Option<Counter> {
        self.decoder.stderr(line, diagnostics)
    }

    fn finish(self, end: &RunEnd<'_>) -> Result<Migrated, DecodeFailure<Migrated>> {
        let migrated = self.decoder.finish(end)?;
        let left_out = self
            .names
            .iter()
            .find(|name| !migrated.applied.contains(name));
        match left_out {
            Some(name) if !end.quiet => Err(why_not(name, &migrated, end).with(Some(migrated))),
            _ => Ok(migrated),
        }
    }
}

/// Why a change was not made although restic ended well.
fn why_not(name: &str, migrated: &Migrated, end: &RunEnd<'_>) -> DecodeFailure<Migrated> {
    let unknown = format!("unknown migration {name}");
    let refused = format!("migration {name} cannot be applied: ");
    let begun = format!("applying migration {name}...");
    let mut said = end.diagnostics.on(NoticeSource::Stderr);
    if let Some(words) = said.find(|line| line.starts_with(&refused)) {
        DecodeFailure::new(ErrorKind::Failed, words)
    } else if migrated.text.contains(&begun) || migrated.text.iter().any(is_check) {
        end.incomplete_output("it did not say that the migration is done")
    } else {
        // restic 0.11 and 0.14 do not even say so.
        DecodeFailure::new(ErrorKind::NotFound, unknown)
    }
}

/// Whether restic checks the repository first, as it does for a change that it knows.
fn is_check(line: &String) -> bool {
    line == "checking repository integrity..."
}
