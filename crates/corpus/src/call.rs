//! A recorded call, taken apart.

use super::recording::Recording;
use restic_cli_wrap::Repository;
use restic_types::cli::{
    self, Command, CommandLine, Flag, ParseError, ParseErrorKind, ParsedFlag, Seen, Value,
};
use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};

/// The command of a recorded call, its flags and operands. Making a command again takes them out one by one.
#[derive(Clone, Debug)]
pub(super) struct Call {
    pub(super) name: &'static str,
    /// Flags that every command takes.
    pub(super) global: Vec<ParsedFlag>,
    /// The command's own flags.
    pub(super) flags: Vec<ParsedFlag>,
    pub(super) operands: Vec<OsString>,
    /// Words at which restic stops to read: an unknown flag, one without its value.
    pub(super) wrong: Vec<OsString>,
    pub(super) stdin: Vec<u8>,
}

/// Why no command can be made of a recorded call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Unbuildable(pub(super) &'static str);

impl Call {
    pub(super) fn of(recording: &Recording) -> Result<Self, Unbuildable> {
        Ok(Self {
            stdin: recording.stdin.clone(),
            ..Self::parse(&recording.words)?
        })
    }

    /// Takes apart the words that follow the program's name.
    pub(super) fn parse(words: &[OsString]) -> Result<Self, Unbuildable> {
        let (mut seen, wrong) = match CommandLine::parse(words) {
            Ok(line) => (seen(line), Vec::new()),
            Err(error) => stopped(error)?,
        };
        let command = seen.command.ok_or(Unbuildable("no command"))?;
        if command.name == "copy" {
            swap_repositories(&mut seen.flags, command);
        }
        let (global, flags): (Vec<_>, Vec<_>) = counted(seen.flags)
            .into_iter()
            .partition(|parsed| parsed.global);
        if global.iter().any(|parsed| parsed.flag.name == "help") {
            return Err(Unbuildable(
                "--help prints help instead of running the command",
            ));
        }
        Ok(Self {
            name: command.name,
            global,
            flags,
            operands: seen.operands,
            wrong,
            stdin: Vec::new(),
        })
    }

    /// Whether restic was asked to print JSON.
    pub(super) fn json(&self) -> bool {
        let json = self
            .global
            .iter()
            .rfind(|parsed| parsed.flag.name == "json");
        json.is_some_and(|parsed| yes(parsed) == Some(true))
    }

    /// The value of a flag; of several the last one counts.
    pub(super) fn value(&self, name: &str) -> Option<&OsStr> {
        let last = self.flags.iter().rfind(|parsed| parsed.flag.name == name);
        last?.value.as_deref()
    }

    /// Whether a flag was given, if only to say no.
    pub(super) fn has(&self, name: &str) -> bool {
        self.flags.iter().any(|parsed| parsed.flag.name == name)
    }

    /// The flags that are not the same in a call that was made of this one, in the spelling of any release.
    pub(super) fn lost_in(&self, other: &Self) -> Vec<String> {
        let flags = self.global.iter().chain(&self.flags);
        let compared = flags.filter_map(|parsed| {
            let (given, found) = (self.values_of(parsed.flag), other.values_of(parsed.flag));
            let name = parsed.flag.name;
            (given != found).then(|| format!("--{name} {given:?} became {found:?}"))
        });
        compared.collect()
    }

    /// The values of a flag that count.
    fn values_of(&self, flag: &Flag) -> Vec<Option<OsString>> {
        let all = self.global.iter().chain(&self.flags);
        let same = all.filter(|parsed| spelling(parsed.flag.name) == spelling(flag.name));
        let values: Vec<_> = same.map(value).collect();
        let from = match flag.value.is_repeatable() {
            true => 0,
            false => values.len().saturating_sub(1),
        };
        values[from..].to_vec()
    }

    /// Takes out everything but the global flags.
    pub(super) fn take_all(&mut self) -> Self {
        let all = self.clone();
        self.flags.clear();
        self.operands.clear();
        self.wrong.clear();
        all
    }

    /// Takes out a flag; of several the last one counts.
    pub(super) fn take(&mut self, name: &str) -> Option<ParsedFlag> {
        let last = self
            .flags
            .iter()
            .rfind(|parsed| parsed.flag.name == name)
            .cloned();
        self.flags.retain(|parsed| parsed.flag.name != name);
        last
    }

    pub(super) fn take_value(&mut self, name: &str) -> Option<OsString> {
        self.take(name)?.value
    }

    pub(super) fn take_switch(&mut self, name: &str) -> bool {
        self.take(name)
            .is_some_and(|parsed| yes(&parsed) == Some(true))
    }

    pub(super) fn take_operands(&mut self) -> Vec<OsString> {
        std::mem::take(&mut self.operands)
    }

    /// Takes out the first operand.
    pub(super) fn first(&mut self, missing: &'static str) -> Result<OsString, Unbuildable> {
        let first = self.operands.first().cloned();
        self.operands.drain(..first.iter().len());
        first.ok_or(Unbuildable(missing))
    }

    /// Takes out the last operand, for a command with one: what is too much goes before it, as words.
    pub(super) fn last(&mut self, missing: &'static str) -> Result<OsString, Unbuildable> {
        self.operands.pop().ok_or(Unbuildable(missing))
    }

    /// Takes out the second repository, in the spelling of any release.
    pub(super) fn take_source(&mut self) -> Option<Repository> {
        let mut take = |new: &str, old: &str| self.take_value(new).or_else(|| self.take_value(old));
        let place = take("from-repo", "repo2").map(Repository::new);
        let file = take("from-repository-file", "repository-file2").map(Repository::from_file);
        let mut source = place.or(file)?;
        if let Some(file) = take("from-password-file", "password-file2") {
            source = source.password_file(file);
        } else if let Some(command) = take("from-password-command", "password-command2") {
            source = source.password_command(command);
        }
        if let Some(key) = take("from-key-hint", "key-hint2") {
            source = source.key_hint(key);
        }
        if self.take_switch("from-insecure-no-password") {
            source = source.no_password();
        }
        Some(source)
    }
}

/// Before restic 0.14 `copy` goes from its own repository to the second one. The flags as a later one has them.
fn swap_repositories(flags: &mut [ParsedFlag], copy: &'static Command) {
    let is_old = |parsed: &ParsedFlag| matches!(parsed.flag.name, "repo2" | "repository-file2");
    if !flags.iter().any(is_old) {
        return;
    }
    for parsed in flags {
        let name = parsed.flag.name;
        let turned = if parsed.global && OPENING.contains(&name) {
            copy.flags
                .iter()
                .find(|flag| flag.name == format!("from-{name}"))
        } else {
            name.strip_suffix('2').and_then(cli::global_flag)
        };
        if let Some(flag) = turned {
            parsed.flag = flag;
            parsed.global = !parsed.global;
        }
    }
}

fn seen(line: CommandLine) -> Seen {
    let mut seen = Seen::default();
    seen.command = Some(line.command);
    seen.flags = line.flags;
    seen.operands = line.operands;
    seen
}

/// What there was before the wrong word, and that word again.
fn stopped(error: ParseError) -> Result<(Seen, Vec<OsString>), Unbuildable> {
    let mut seen = *error.seen;
    let wrong = match error.kind {
        ParseErrorKind::UnknownFlag(flag) => vec![flag.into()],
        ParseErrorKind::MissingValue(flag) => {
            // It is the last word of all, so the operands have to come before it.
            let mut words = std::mem::take(&mut seen.operands);
            words.push(format!("--{}", flag.name).into());
            words
        }
        ParseErrorKind::UnknownCommand(_) => return Err(Unbuildable("unknown command")),
        _ => return Err(Unbuildable("no command")),
    };
    Ok((seen, wrong))
}

/// The flags with those that are only counted made one: `-v -v` is `--verbose=2`.
fn counted(flags: Vec<ParsedFlag>) -> Vec<ParsedFlag> {
    let mut result: Vec<ParsedFlag> = Vec::new();
    for parsed in flags {
        let counts = parsed.flag.value == Value::Count;
        let known = |known: &&mut ParsedFlag| counts && known.flag.name == parsed.flag.name;
        if let Some(known) = result.iter_mut().find(known) {
            known.value = Some(count(Some(known), &parsed));
        } else {
            let value = if counts {
                Some(count(None, &parsed))
            } else {
                parsed.value.clone()
            };
            let mut parsed = parsed;
            parsed.value = value;
            result.push(parsed);
        }
    }
    result
}

fn count(before: Option<&ParsedFlag>, parsed: &ParsedFlag) -> OsString {
    let before = before
        .and_then(|parsed| number(parsed.value.as_deref()?))
        .unwrap_or(0);
    let one_more = || (before + 1).to_string().into();
    parsed.value.clone().unwrap_or_else(one_more)
}

/// What a switch says; nothing when restic would not understand it.
pub(super) fn yes(parsed: &ParsedFlag) -> Option<bool> {
    match parsed.value.as_deref().map(OsStr::to_str) {
        None | Some(Some("1" | "t" | "T" | "true" | "TRUE" | "True")) => Some(true),
        Some(Some("0" | "f" | "F" | "false" | "FALSE" | "False")) => Some(false),
        _ => None,
    }
}

/// A number in the form in which it would be written again.
pub(super) fn number(value: &OsStr) -> Option<u32> {
    let text = value.to_str()?;
    text.parse()
        .ok()
        .filter(|number: &u32| number.to_string() == text)
}

/// What a call comes to, however it is spelled: which flags have which values.
#[derive(Debug, PartialEq)]
pub(super) struct Meaning {
    command: &'static str,
    flags: BTreeMap<&'static str, Vec<OsString>>,
    operands: Vec<OsString>,
    stops_at: Vec<OsString>,
}

impl Call {
    /// How the repository is found and opened is left aside: that is not the command's.
    pub(super) fn meaning(&self) -> Meaning {
        let mut flags = BTreeMap::<_, Vec<OsString>>::new();
        for parsed in self.global.iter().chain(&self.flags) {
            let name = spelling(parsed.flag.name);
            if !OPENING.contains(&name) {
                let values = flags.entry(name).or_default();
                if !parsed.flag.value.is_repeatable() {
                    values.clear();
                }
                values.extend(value(parsed));
            }
        }
        flags.retain(|_, values| !values.is_empty());
        Meaning {
            command: self.name,
            flags,
            operands: self.operands.clone(),
            stops_at: self.wrong.clone(),
        }
    }
}

impl Meaning {
    /// In which points a call differs from this one, in words.
    pub(super) fn differences(&self, other: &Self) -> Vec<String> {
        let mut differences = Vec::new();
        if self.command != other.command {
            differences.push(format!("command {} became {}", self.command, other.command));
        }
        let names: std::collections::BTreeSet<_> =
            self.flags.keys().chain(other.flags.keys()).collect();
        for name in names {
            let (before, after) = (self.flags.get(name), other.flags.get(name));
            if before != after {
                differences.push(format!("--{name} {before:?} became {after:?}"));
            }
        }
        if self.operands != other.operands {
            differences.push(format!(
                "operands {:?} became {:?}",
                self.operands, other.operands
            ));
        }
        if self.stops_at != other.stops_at {
            differences.push(format!(
                "wrong words {:?} became {:?}",
                self.stops_at, other.stops_at
            ));
        }
        differences
    }
}

/// Flags that say how the repository is found and opened, and `--json`, which we always give.
const OPENING: &[&str] = &[
    "insecure-no-password",
    "json",
    "key-hint",
    "password-command",
    "password-file",
    "repo",
    "repository-file",
];

/// The name of a flag for the second repository before restic 0.14 as that of later ones.
fn spelling(name: &str) -> &str {
    match name {
        "repo2" => "from-repo",
        "repository-file2" => "from-repository-file",
        "password-file2" => "from-password-file",
        "password-command2" => "from-password-command",
        "key-hint2" => "from-key-hint",
        name => name,
    }
}

/// The value of a flag in one spelling of several that mean the same; nothing for a switch that is off.
fn value(parsed: &ParsedFlag) -> Option<OsString> {
    match parsed.flag.value {
        Value::Switch => match yes(parsed) {
            Some(on) => on.then(|| "true".into()),
            None => parsed.value.clone(),
        },
        Value::Duration => {
            let value = parsed.value.as_deref()?;
            let nanoseconds = value.to_str().and_then(duration);
            Some(
                nanoseconds.map_or_else(|| value.into(), |duration| format!("{duration:?}").into()),
            )
        }
        _ => parsed.value.clone(),
    }
}

/// A length of time as Go writes it, such as `1h30m` or `1.5s`.
pub(super) fn duration(text: &str) -> Option<std::time::Duration> {
    let mut total = 0.0;
    let mut rest = text;
    while !rest.is_empty() {
        let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let (number, unit) = rest.split_at(end);
        let end = unit
            .find(|c: char| c.is_ascii_digit() || c == '.')
            .unwrap_or(unit.len());
        let (unit, after) = unit.split_at(end);
        let seconds = match unit {
            "ns" => 1e-9,
            "us" | "µs" => 1e-6,
            "ms" => 1e-3,
            "s" => 1.0,
            "m" => 60.0,
            "h" => 3600.0,
            _ => return None,
        };
        total += number.parse::<f64>().ok()? * seconds;
        rest = after;
    }
    (!text.is_empty()).then(|| std::time::Duration::try_from_secs_f64(total).ok())?
}
