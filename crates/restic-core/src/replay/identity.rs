use std::ffi::{OsStr, OsString};
use std::fmt;

use restic_types::cli::{self, CommandLine, Flag};

use super::bindings::Bindings;
use crate::Invocation;

/// Flags that do not change what a call does to a repository or prints: how it
/// authenticates, where its cache is, how fast and how patient it is.
const IGNORED: [&str; 17] = [
    "password-file",
    "password-file2",
    "from-password-file",
    "password-command",
    "password-command2",
    "from-password-command",
    "key-hint",
    "key-hint2",
    "from-key-hint",
    "insecure-no-password",
    "from-insecure-no-password",
    "cache-dir",
    "no-cache",
    "cleanup-cache",
    "limit-upload",
    "limit-download",
    "retry-lock",
];

/// Where a repository is: said openly, or in a file because there is a password in it.
const LOCATIONS: [(&str, &str); 3] = [
    ("repo", "repository-file"),
    ("from-repo", "from-repository-file"),
    ("repo2", "repository-file2"),
];

/// That there is a new password counts; which it is does not.
const NEW_PASSWORD: &str = "new-password-file";

/// What stands for a repository's location that may not be seen.
const HIDDEN: &str = "***";

/// What makes two calls the same: the command, the flags in any order, and the operands in
/// theirs. Flags of one name keep their order, because some build on each other.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Identity {
    command: String,
    /// By name.
    flags: Vec<Word>,
    operands: Vec<Word>,
}

#[derive(Debug, PartialEq, Eq)]
enum Word {
    Plain(String),
    /// This flag with a location that may not be seen, and so may be any.
    Hidden(&'static str),
}

impl Identity {
    pub(super) fn of(invocation: &Invocation) -> Self {
        Self::from_words(words_of(invocation))
    }

    pub(super) fn recorded(argv: &[String]) -> Self {
        Self::from_words(argv.to_vec())
    }

    fn from_words(words: Vec<String>) -> Self {
        let Ok(line) = CommandLine::parse(&words) else {
            return Self::exactly(words.into_iter());
        };
        let flags = line.flags.iter().filter_map(|parsed| {
            let value = parsed.value.as_deref().map(OsStr::to_string_lossy);
            Word::flag(parsed.flag, value.as_deref())
        });
        let mut flags: Vec<_> = flags.collect();
        flags.sort_by(|a, b| a.name().cmp(b.name()));
        let operand = |word: &OsString| Word::Plain(word.to_string_lossy().into_owned());
        Self {
            command: line.command.name.to_owned(),
            flags,
            operands: line.operands.iter().map(operand).collect(),
        }
    }

    /// A call with a command or flag that is in no table: word by word, without a guess.
    fn exactly(mut words: impl Iterator<Item = String>) -> Self {
        let mut counting = Vec::new();
        while let Some(word) = words.next() {
            if word == "--" {
                // Operands follow, whatever they look like.
                counting.push(Word::Plain(word));
                counting.extend(words.by_ref().map(Word::Plain));
            } else if let Some((flag, value)) = special_flag(&word) {
                let value = match value {
                    Some(value) => Some(value.to_owned()),
                    None if flag.value.takes_word() => words.next(),
                    None => None,
                };
                counting.extend(Word::flag(flag, value.as_deref()));
            } else {
                counting.push(Word::Plain(word));
            }
        }
        let command = counting.iter().find_map(|word| match word {
            Word::Plain(word) if !word.starts_with('-') => Some(word.clone()),
            _ => None,
        });
        Self {
            command: command.unwrap_or_default(),
            flags: Vec::new(),
            operands: counting,
        }
    }

    /// The command in restic's words, such as `key add`; empty when there is none.
    pub(super) fn command(&self) -> &str {
        &self.command
    }

    /// Whether such a switch is on: as its last occurrence says.
    pub(super) fn is_on(&self, name: &str) -> bool {
        let last = self.flags.iter().rev().find(|flag| flag.name() == name);
        last.is_some_and(|flag| !flag.show().ends_with("=false"))
    }

    /// The repository that such a call changes, as far as it may be seen.
    pub(super) fn repository(&self) -> String {
        // restic before 0.14 copies from the first repository to the second.
        let flags: &[&str] = if self.command == "copy" {
            &["repo2", "repo"]
        } else {
            &["repo"]
        };
        let find = |name: &&str| self.flags.iter().find(|word| word.name() == *name);
        flags
            .iter()
            .find_map(find)
            .map_or_else(String::new, |word| {
                let shown = word.show();
                shown
                    .split_once('=')
                    .map_or(shown.clone(), |(_, value)| value.to_owned())
            })
    }

    /// The values that placeholders of the recording have when this is the call that was
    /// recorded. Absent when it is another.
    pub(super) fn matches(&self, recorded: &Self, bindings: &Bindings) -> Option<Bindings> {
        let equal = self.command == recorded.command
            && self.flags.len() == recorded.flags.len()
            && self.operands.len() == recorded.operands.len();
        if !equal {
            return None;
        }
        let mut bindings = bindings.clone();
        let mut pairs = recorded.words().zip(self.words());
        pairs
            .all(|(wanted, word)| word.is(wanted, &mut bindings))
            .then_some(bindings)
    }

    fn words(&self) -> impl Iterator<Item = &Word> {
        self.flags.iter().chain(&self.operands)
    }

    /// What differs between both calls, flag by flag and operand by operand.
    pub(super) fn difference(&self, recorded: &Self, bindings: &Bindings) -> Difference {
        let mut difference = Difference {
            bindings: bindings.clone(),
            ..Difference::default()
        };
        if self.command == recorded.command {
            difference.same(&self.command);
        } else {
            difference.sides(Some(&recorded.command), Some(&self.command));
        }
        let (mut wanted, mut called) = (recorded.flags.as_slice(), self.flags.as_slice());
        loop {
            match (wanted, called) {
                ([a, rest_a @ ..], [b, rest_b @ ..]) if a.name() == b.name() => {
                    difference.pair(Some(a), Some(b));
                    (wanted, called) = (rest_a, rest_b);
                }
                ([a, rest @ ..], other) if other.first().is_none_or(|b| a.name() < b.name()) => {
                    difference.pair(Some(a), None);
                    wanted = rest;
                }
                (_, [b, rest @ ..]) => {
                    difference.pair(None, Some(b));
                    called = rest;
                }
                _ => break,
            }
        }
        for index in 0..self.operands.len().max(recorded.operands.len()) {
            difference.pair(recorded.operands.get(index), self.operands.get(index));
        }
        difference
    }
}

/// A recorded call and one that was made, side by side.
#[derive(Default)]
pub(super) struct Difference {
    bindings: Bindings,
    text: String,
    /// How many words differ.
    pub(super) count: usize,
}

impl Difference {
    fn same(&mut self, word: &str) {
        self.text += &format!("      {word}\n");
    }

    fn pair(&mut self, wanted: Option<&Word>, called: Option<&Word>) {
        match (wanted, called) {
            (Some(wanted), Some(called)) if called.is(wanted, &mut self.bindings) => {
                self.same(&called.show());
            }
            _ => {
                let (wanted, called) = (wanted.map(Word::show), called.map(Word::show));
                self.sides(wanted.as_deref(), called.as_deref());
            }
        }
    }

    fn sides(&mut self, wanted: Option<&str>, called: Option<&str>) {
        self.count += 1;
        for (sign, word) in [('-', wanted), ('+', called)] {
            if let Some(word) = word {
                self.text += &format!("    {sign} {word}\n");
            }
        }
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}    (- recorded, + called)", self.text)
    }
}

/// The arguments of a call with the repository that its environment names.
pub(super) fn words_of(invocation: &Invocation) -> Vec<String> {
    let masked = invocation.masked_arguments();
    let mut words: Vec<_> = masked
        .map(|word| word.to_string_lossy().into_owned())
        .collect();
    if let Some(location) = location_in_environment(invocation, &words) {
        // Where it is recorded, and before a `--` that would make it an operand.
        words.insert(0, location);
    }
    words
}

/// The repository of a call whose arguments name none, as a flag.
pub fn location_in_environment(invocation: &Invocation, words: &[String]) -> Option<String> {
    let names = ["repo", "repository-file"];
    let is_named = match CommandLine::parse(words) {
        Ok(line) => names.iter().any(|name| line.all(name).next().is_some()),
        Err(_) => words
            .iter()
            .filter_map(|word| special_flag(word))
            .any(|(flag, _)| names.contains(&flag.name)),
    };
    if is_named {
        return None;
    }
    let variable = |name: &str| invocation.environment.get(OsStr::new(name));
    if let Some(location) = variable("RESTIC_REPOSITORY") {
        let shown = String::from_utf8_lossy(location.expose());
        // Where there may be a password, it is as hidden as in a file.
        Some(if shown.contains('@') {
            "--repository-file={{secret}}".to_owned()
        } else {
            format!("--repo={shown}")
        })
    } else {
        variable("RESTIC_REPOSITORY_FILE").map(|_| "--repository-file={{secret}}".to_owned())
    }
}

impl Word {
    /// A flag as it counts, if it does: one word, by its long name.
    fn flag(flag: &Flag, value: Option<&str>) -> Option<Self> {
        let name = flag.name;
        if IGNORED.contains(&name) {
            return None;
        }
        if let Some((shown, _)) = LOCATIONS.iter().find(|(_, file)| *file == name) {
            return Some(Self::Hidden(shown));
        }
        Some(Self::Plain(match value.filter(|_| name != NEW_PASSWORD) {
            Some(value) => format!("--{name}={value}"),
            None => format!("--{name}"),
        }))
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

    /// The name of the flag, without its dashes and value.
    fn name(&self) -> &str {
        match self {
            Self::Plain(word) => {
                let name = word.split_once('=').map_or(&**word, |(name, _)| name);
                name.strip_prefix("--").unwrap_or(name)
            }
            Self::Hidden(flag) => flag,
        }
    }

    fn show(&self) -> String {
        match self {
            Self::Plain(word) => word.clone(),
            Self::Hidden(flag) => format!("--{flag}={HIDDEN}"),
        }
    }
}

/// What such a flag says in this word.
fn location<'a>(word: &'a str, flag: &str) -> Option<&'a str> {
    word.strip_prefix("--")?
        .strip_prefix(flag)?
        .strip_prefix('=')
}

/// A flag that counts in a way of its own, with the value that is in the same word.
fn special_flag(word: &str) -> Option<(&'static Flag, Option<&str>)> {
    let (name, value) = match word.split_once('=') {
        Some((name, value)) => (name, Some(value)),
        None => (word, None),
    };
    let is_special = |flag: &Flag| {
        let is_location = |(shown, file): &(&str, &str)| [shown, file].contains(&&flag.name);
        IGNORED.contains(&flag.name)
            || flag.name == NEW_PASSWORD
            || LOCATIONS.iter().any(is_location)
    };
    let long = name.strip_prefix("--");
    let short = name.strip_prefix('-').filter(|name| name.len() == 1);
    let short = short.and_then(|name| name.chars().next());
    let is_named = |flag: &&Flag| long == Some(flag.name) || short.is_some() && flag.short == short;
    let of_commands = cli::commands().iter().flat_map(|command| command.flags);
    let mut flags = cli::global_flags().iter().chain(of_commands);
    let flag = flags.find(|flag| is_named(flag) && is_special(flag))?;
    Some((flag, value))
}
