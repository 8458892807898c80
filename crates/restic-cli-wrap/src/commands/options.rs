use restic_types::Counter;
use serde::{Deserialize, Serialize};

use crate::arguments::{Arguments, setters};
use crate::command::Command;
use crate::commands::report;
use crate::decode::{ReportDecoder, TextReport};

/// Lists the extended options, which [`ResticBuilder::option`](crate::ResticBuilder::option) sets.
///
/// `restic options`. It needs no repository.
#[must_use]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    arguments: Arguments,
}

/// What [`Options`] found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct OptionsReport {
    /// One entry per option, sorted by name.
    pub options: Vec<ExtendedOption>,
    /// What restic printed.
    pub text: Vec<String>,
}

/// An extended option.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ExtendedOption {
    /// Its name, such as `s3.region`.
    pub name: String,
    /// What it does, for people; it names the default, too.
    pub description: String,
    /// What it is when nobody sets it. Absent when restic does not say.
    pub default: Option<String>,
}

impl Options {
    /// Lists all options.
    pub fn new() -> Self {
        Self {
            arguments: Arguments::ungated("options"),
        }
    }
}

setters! { Options: }

impl Default for Options {
    fn default() -> Self {
        Self::new()
    }
}

impl TextReport for OptionsReport {
    fn stdout(&mut self, line: &str) {
        self.options.extend(ExtendedOption::read(line));
        self.text.push(line.to_owned());
    }

    fn missing(&self) -> Option<&'static str> {
        self.text.is_empty().then_some("it did not list anything")
    }
}

impl ExtendedOption {
    /// `  gs.region                 region to create the bucket in (default: us)`.
    fn read(line: &str) -> Option<Self> {
        let (name, description) = line.strip_prefix("  ")?.split_once(' ')?;
        let description = description.trim_start();
        Some(Self {
            name: name.to_owned(),
            description: description.to_owned(),
            default: default(description).map(str::to_owned),
        })
    }
}

/// After a comma restic says something else, as in
/// `(default: false, requires "s3-restore" feature flag)`.
fn default(description: &str) -> Option<&str> {
    let (_, rest) = description.split_once("(default: ")?;
    let (text, _) = rest.split_once(')')?;
    Some(text.split_once(", ").map_or(text, |(default, _)| default))
}

report! { Options: OptionsReport }
