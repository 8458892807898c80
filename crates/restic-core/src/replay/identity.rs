use std::fmt::Write as _;

use super::bindings::Bindings;
use crate::{Argument, Invocation};

/// Flags that do not change what a call does to a repository or prints: how it
/// authenticates, where its cache is, how fast and how patient it is.
const IGNORED: &[Flag] = &[
    Flag::valued("--password-file", "-p"),
    Flag::valued("--password-file2", ""),
    Flag::valued("--from-password-file", ""),
    Flag::valued("--password-command", ""),
    Flag::valued("--password-command2", ""),
    Flag::valued("--from-password-command", ""),
    Flag::valued("--key-hint", ""),
    Flag::valued("--key-hint2", ""),
    Flag::valued("--from-key-hint", ""),
    Flag::switch("--insecure-no-password"),
    Flag::switch("--from-insecure-no-password"),
    Flag::valued("--cache-dir", ""),
    Flag::switch("--no-cache"),
    Flag::switch("--cleanup-cache"),
    Flag::valued("--limit-upload", ""),
    Flag::valued("--limit-download", ""),
    Flag::valued("--retry-lock", ""),
];

/// Where a repository is: said openly, or in a file because there is a password in it.
const LOCATIONS: &[(Flag, Flag)] = &[
    (
        Flag::valued("--repo", "-r"),
        Flag::valued("--repository-file", ""),
    ),
    (
        Flag::valued("--from-repo", ""),
        Flag::valued("--from-repository-file", ""),
    ),
    (
        Flag::valued("--repo2", ""),
        Flag::valued("--repository-file2", ""),
    ),
];

/// That there is a new password counts; which it is does not.
const NEW_PASSWORD: Flag = Flag::valued("--new-password-file", "");

/// What stands for a repository's location that may not be seen.
const HIDDEN: &str = "***";

/// What makes two calls the same: the words that count.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Identity(Vec<Word>);

#[derive(Debug, PartialEq, Eq)]
enum Word {
    Plain(String),
    /// This flag with a location that may not be seen, and so may be any.
    Hidden(&'static str),
}

impl Identity {
    pub(super) fn of(invocation: &Invocation) -> Self {
        let masked = |argument: &Argument| argument.masked().to_string_lossy().into_owned();
        Self::from_words(invocation.arguments.iter().map(masked))
    }

    pub(super) fn recorded(argv: &[String]) -> Self {
        Self::from_words(argv.iter().cloned())
    }

    fn from_words(mut words: impl Iterator<Item = String>) -> Self {
        let mut counting = Vec::new();
        while let Some(word) = words.next() {
            if word == "--" {
                // Operands follow, whatever they look like.
                counting.push(Word::Plain(word));
                counting.extend(words.by_ref().map(Word::Plain));
            } else {
                counting.extend(Word::that_counts(word, &mut words));
            }
        }
        Self(counting)
    }

    /// The first word of the command.
    pub(super) fn command(&self) -> Option<&str> {
        self.0.iter().find_map(|word| match word {
            Word::Plain(word) if !word.starts_with('-') => Some(word.as_str()),
            _ => None,
        })
    }

    /// The values that placeholders of the recording have when this is the call that was
    /// recorded. Absent when it is another.
    pub(super) fn matches(&self, recorded: &Self, bindings: &Bindings) -> Option<Bindings> {
        if self.0.len() != recorded.0.len() {
            return None;
        }
        let mut bindings = bindings.clone();
        let mut pairs = recorded.0.iter().zip(&self.0);
        pairs
            .all(|(wanted, word)| word.is(wanted, &mut bindings))
            .then_some(bindings)
    }

    /// Both calls side by side, word by word.
    pub(super) fn difference(&self, recorded: &Self, bindings: &Bindings) -> String {
        let mut bindings = bindings.clone();
        let mut text = String::new();
        for index in 0..self.0.len().max(recorded.0.len()) {
            let (called, wanted) = (self.0.get(index), recorded.0.get(index));
            let equal = match (called, wanted) {
                (Some(called), Some(wanted)) => called.is(wanted, &mut bindings),
                _ => false,
            };
            let show = |word: Option<&Word>| word.map_or("(nothing)".to_owned(), Word::show);
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

impl Word {
    /// This word as it counts, if it does. What follows is asked for the value of a flag
    /// that has it in a word of its own.
    fn that_counts(word: String, rest: &mut impl Iterator<Item = String>) -> Option<Self> {
        if let Some(flag) = IGNORED.iter().find(|flag| flag.is(&word)) {
            flag.value(&word, rest);
            return None;
        }
        for (shown, file) in LOCATIONS {
            if shown.is(&word) {
                let value = shown.value(&word, rest).unwrap_or_default();
                return Some(Self::Plain(format!("{}={value}", shown.name)));
            }
            if file.is(&word) {
                file.value(&word, rest);
                return Some(Self::Hidden(shown.name));
            }
        }
        if NEW_PASSWORD.is(&word) {
            NEW_PASSWORD.value(&word, rest);
            return Some(Self::Plain(NEW_PASSWORD.name.to_owned()));
        }
        Some(Self::Plain(word))
    }

    /// Whether a called word is the recorded one, which may give placeholders a value.
    fn is(&self, recorded: &Self, bindings: &mut Bindings) -> bool {
        match (self, recorded) {
            (Self::Plain(word), Self::Plain(recorded)) => bindings.matches(recorded, word),
            (Self::Hidden(flag), Self::Plain(recorded)) => {
                let location = location(recorded, flag);
                // What has a value keeps it: this may well be the same repository.
                location.is_some_and(|location| {
                    bindings.set_unset(location, HIDDEN);
                    true
                })
            }
            (Self::Plain(word), Self::Hidden(flag)) => location(word, flag).is_some(),
            (Self::Hidden(flag), Self::Hidden(recorded)) => flag == recorded,
        }
    }

    fn show(&self) -> String {
        match self {
            Self::Plain(word) => word.clone(),
            Self::Hidden(flag) => format!("{flag}={HIDDEN}"),
        }
    }
}

/// What such a flag says in this word.
fn location<'a>(word: &'a str, flag: &str) -> Option<&'a str> {
    word.strip_prefix(flag)?.strip_prefix('=')
}

/// A flag as it is written in an argument list.
struct Flag {
    name: &'static str,
    /// With its dash; empty when there is none.
    short: &'static str,
    has_value: bool,
}

impl Flag {
    const fn valued(name: &'static str, short: &'static str) -> Self {
        Self {
            name,
            short,
            has_value: true,
        }
    }

    const fn switch(name: &'static str) -> Self {
        Self {
            name,
            short: "",
            has_value: false,
        }
    }

    fn is(&self, word: &str) -> bool {
        let flag = word.split_once('=').map_or(word, |(flag, _)| flag);
        flag == self.name || (!self.short.is_empty() && flag == self.short)
    }

    /// Its value, from the word itself or from the one after it.
    fn value(&self, word: &str, rest: &mut impl Iterator<Item = String>) -> Option<String> {
        match word.split_once('=') {
            Some((_, value)) => Some(value.to_owned()),
            None if self.has_value => rest.next(),
            None => None,
        }
    }
}
