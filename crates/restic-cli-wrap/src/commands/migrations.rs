use restic_types::Counter;
use serde::{Deserialize, Serialize};

use crate::arguments::{Arguments, setters};
use crate::command::Command;
use crate::decode::report::{ReportDecoder, TextReport};

/// Lists the changes to the repository's format that can be made.
///
/// `restic migrate` without a name. [`Migrate`](crate::commands::Migrate) makes them. restic
/// prints text, from which the list is read.
#[must_use]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Migrations {
    arguments: Arguments,
}

/// The changes to the format of a repository that can be made.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct AvailableMigrations {
    /// Empty when there are none, and with [`ResticBuilder::quiet`](crate::ResticBuilder::quiet) since
    /// restic 0.18.
    pub migrations: Vec<Migration>,
    /// All that restic printed.
    pub text: Vec<String>,
}

/// A change to the format of a repository.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Migration {
    /// Its name, such as `upgrade_repo_v2`.
    pub name: String,
    /// What it does, in restic's words.
    pub description: String,
}

impl Migrations {
    /// Lists what can be done to this repository.
    pub fn new() -> Self {
        Self {
            arguments: Arguments::ungated("migrate"),
        }
    }
}

setters! { Migrations: }

impl Default for Migrations {
    fn default() -> Self {
        Self::new()
    }
}

impl Command for Migrations {
    type Event = Counter;
    type Output = AvailableMigrations;
    type Decoder = ReportDecoder<AvailableMigrations>;

    fn arguments(&self) -> Arguments {
        self.arguments.clone()
    }

    fn decoder(&self) -> ReportDecoder<AvailableMigrations> {
        ReportDecoder::default()
    }
}

impl TextReport for AvailableMigrations {
    fn stdout(&mut self, line: &str) {
        self.migrations.extend(Migration::read(line));
        self.text.push(line.to_owned());
    }

    fn unfinished(&mut self, line: &str) {
        // restic 0.14 ends there without a line end. Anything else is the half of a name.
        self.text.push(line.to_owned());
    }

    fn missing(&self) -> Option<&'static str> {
        let is_whole = self.text.split_first().is_some_and(|(head, rest)| {
            let is_list = rest.len() == self.migrations.len() || rest == ["no migrations found"];
            head == "available migrations:" && is_list
        });
        (!is_whole).then_some("it did not list all migrations")
    }
}

impl Migration {
    /// `  upgrade_repo_v2<TAB>upgrade a repository to version 2`; a colon in restic 0.11.
    fn read(line: &str) -> Option<Self> {
        let line = line.strip_prefix("  ")?;
        let (name, description) = line.split_once('\t').or_else(|| line.split_once(": "))?;
        Some(Self {
            name: name.to_owned(),
            description: description.to_owned(),
        })
    }
}
