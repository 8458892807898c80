use std::fmt::Write as _;

use super::bindings::Bindings;
use crate::{Argument, Invocation};

/// Flags that do not change what a call does to a repository or prints: how it
/// authenticates, where its cache is, how fast and how patient it is.
const IGNORED: &[&str] = &[
    "--password-file",
    "--password-command",
    "--insecure-no-password",
    "--key-hint",
    "--cache-dir",
    "--no-cache",
    "--cleanup-cache",
    "--limit-upload",
    "--limit-download",
    "--retry-lock",
];

/// What stands for a repository's location that may not be seen.
const HIDDEN: &str = "***";

/// What makes two calls the same: the words that count.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Identity(Vec<String>);

impl Identity {
    pub(super) fn of(invocation: &Invocation) -> Self {
        Self(invocation.arguments.iter().filter_map(word).collect())
    }

    pub(super) fn recorded(argv: &[String]) -> Self {
        let hidden = |word: &String| match word.as_str() {
            "--repository-file={{secret}}" => format!("--repo={HIDDEN}"),
            word => word.to_owned(),
        };
        Self(
            argv.iter()
                .filter(|word| !is_ignored(word))
                .map(hidden)
                .collect(),
        )
    }

    /// The first word of the command.
    pub(super) fn command(&self) -> Option<&str> {
        self.0
            .iter()
            .map(String::as_str)
            .find(|word| !word.starts_with('-'))
    }

    /// The values that placeholders of the recording have when this is the call that was
    /// recorded. Absent when it is another.
    pub(super) fn matches(&self, recorded: &Self, bindings: &Bindings) -> Option<Bindings> {
        if self.0.len() != recorded.0.len() {
            return None;
        }
        let mut bindings = bindings.clone();
        let pairs = recorded.0.iter().zip(&self.0);
        pairs
            .into_iter()
            .all(|(wanted, word)| bindings.matches(wanted, word))
            .then_some(bindings)
    }

    /// Both calls side by side, word by word.
    pub(super) fn difference(&self, recorded: &Self, bindings: &Bindings) -> String {
        let mut bindings = bindings.clone();
        let mut text = String::new();
        for index in 0..self.0.len().max(recorded.0.len()) {
            let (called, wanted) = (self.0.get(index), recorded.0.get(index));
            let equal = match (called, wanted) {
                (Some(called), Some(wanted)) => bindings.matches(wanted, called),
                _ => false,
            };
            let show = |word: Option<&String>| word.map_or("(nothing)", String::as_str).to_owned();
            // Writing to a String cannot fail.
            let _ = if equal {
                writeln!(text, "      {}", show(called))
            } else {
                writeln!(text, "    - {}\n    + {}", show(wanted), show(called))
            };
        }
        text + "    (- recorded, + called)\n"
    }
}

/// An argument as a word that counts, if it does.
fn word(argument: &Argument) -> Option<String> {
    match argument {
        Argument::SecretFile {
            flag: "--repository-file",
            ..
        } => Some(format!("--repo={HIDDEN}")),
        argument => {
            let word = argument.masked().to_string_lossy().into_owned();
            (!is_ignored(&word)).then_some(word)
        }
    }
}

fn is_ignored(word: &str) -> bool {
    let flag = word.split_once('=').map_or(word, |(flag, _)| flag);
    IGNORED.contains(&flag)
}
