//! The table itself: a text, which is read when it is first asked for.
//!
//! As constants, each of its names would be a pointer that the loader has to set: some 100 KB in
//! every program, for a table of which one call looks at a few rows.

use std::sync::LazyLock;

use super::{Command, Flag, OLDEST, Span, Value};
use crate::restic_version::ResticVersion;
use crate::search::split_once;

/// Global flags first, then each command with its own, with an empty line before each.
/// Written by `cargo xtask coverage --write`.
const TEXT: &str = include_str!("table.txt");

/// How a line says from which release on, and up to which one, there is what it is about.
const SINCE: &str = "; since: ";
const UNTIL: &str = "; until: ";

pub(super) static TABLE: LazyLock<Table> = LazyLock::new(|| Table::read(TEXT));

/// Every command, and the flags that all of them take.
pub(super) struct Table {
    pub(super) global: &'static [Flag],
    pub(super) commands: Vec<Command>,
}

impl Table {
    /// Reads the table. Lines that start with `#` are for people.
    fn read(text: &'static str) -> Self {
        let mut sections = text.split("\n\n").map(|section| {
            let lines = section.lines();
            lines.filter(|line| !line.starts_with('#') && !line.is_empty())
        });
        Self {
            global: sections.next().map(flags).unwrap_or_default(),
            commands: sections.filter_map(command).collect(),
        }
    }
}

fn command(mut lines: impl Iterator<Item = &'static str>) -> Option<Command> {
    let (name, facts) = entry(lines.next()?);
    let mut command = Command {
        name,
        operands: "",
        flags: flags(lines),
        since: OLDEST,
        until: None,
        hidden: None,
        deprecated: None,
        builds: None,
    };
    for (fact, text) in facts {
        match fact {
            "operands" => command.operands = text,
            "since" => command.since = release(text),
            "until" => command.until = Some(release(text)),
            "hidden" => command.hidden = Some(span(text)),
            "deprecated" => command.deprecated = Some(text),
            "builds" => command.builds = Some(text),
            _ => {}
        }
    }
    Some(command)
}

fn flags(lines: impl Iterator<Item = &'static str>) -> &'static [Flag] {
    lines.map(flag).collect::<Vec<_>>().leak()
}

fn flag(line: &'static str) -> Flag {
    let (name, facts) = entry(line);
    let mut flag = Flag {
        name: name.trim_start_matches('-'),
        short: None,
        value: Value::Switch,
        placeholder: None,
        since: OLDEST,
        until: None,
        changed: None,
        hidden: None,
        deprecated: None,
        builds: None,
    };
    for (fact, text) in facts {
        match fact {
            "short" => flag.short = text.chars().next(),
            "takes" => flag.value = value(text),
            "placeholder" => flag.placeholder = Some(text),
            "changed" => {
                let (since, before) = text.split_once(' ').unwrap_or_default();
                flag.changed = Some((release(since), value(before)));
            }
            "since" => flag.since = release(text),
            "until" => flag.until = Some(release(text)),
            "hidden" => flag.hidden = Some(span(text)),
            "deprecated" => flag.deprecated = Some(text),
            "builds" => flag.builds = Some(text),
            _ => {}
        }
    }
    flag
}

/// `name; fact: text; fact: text`.
fn entry(
    line: &'static str,
) -> (
    &'static str,
    impl Iterator<Item = (&'static str, &'static str)>,
) {
    let mut parts = line.split(';').map(str::trim_ascii);
    let name = parts.next().unwrap_or_default();
    (name, parts.filter_map(|part| part.split_once(": ")))
}

/// A variant of [`Value`], and its words if it has some: `Choice auto,off`.
fn value(text: &'static str) -> Value {
    let (variant, words) = text.split_once(' ').unwrap_or((text, ""));
    match variant {
        "Count" => Value::Count,
        "Text" => Value::Text,
        "Int" => Value::Int,
        "UInt" => Value::UInt,
        "Limit" => Value::Limit,
        "Duration" => Value::Duration,
        "CalendarDuration" => Value::CalendarDuration,
        "Choice" => Value::Choice(list(words)),
        "Choices" => Value::Choices(list(words)),
        "List" => Value::List,
        "CommaList" => Value::CommaList,
        "TagList" => Value::TagList,
        _ => Value::Switch,
    }
}

fn list(words: &'static str) -> &'static [&'static str] {
    words.split(',').collect::<Vec<_>>().leak()
}

/// `0.16.0..0.17.0`, or without an end, `0.16.0..`.
fn span(text: &str) -> Span {
    let (since, until) = text.split_once("..").unwrap_or((text, ""));
    Span {
        since: release(since),
        until: (!until.is_empty()).then(|| release(until)),
    }
}

fn release(text: &str) -> ResticVersion {
    text.parse().unwrap_or(OLDEST)
}

/// Whether some command has a flag with this name, without dashes, that not every supported release has.
pub(super) const fn is_gated(flag: &str) -> bool {
    let (text, (names, count)) = (TEXT.as_bytes(), &GATED);
    let mut number = 0;
    while number < *count {
        let name = names[number];
        if begins(text, name, flag.as_bytes()) && matches!(text[name + flag.len()], b';' | b'\n') {
            return true;
        }
        number += 1;
    }
    false
}

/// Where the names of all such flags begin, and how many there are: the text is read once for all who ask.
const GATED: ([usize; 512], usize) = gated();

const fn gated() -> ([usize; 512], usize) {
    let text = TEXT.as_bytes();
    let (mut names, mut count) = ([0; 512], 0);
    let (mut at, mut name) = (0, None);
    while at < text.len() {
        match (text[at], name) {
            (b'\n', _) => name = None,
            (b'-', _)
                if begins(text, at, b"--") && (at == 0 || text[at - 1].is_ascii_whitespace()) =>
            {
                name = Some(at + 2);
            }
            (b';', Some(begin))
                if begins(text, at, SINCE.as_bytes()) || begins(text, at, UNTIL.as_bytes()) =>
            {
                names[count] = begin;
                count += 1;
                name = None;
            }
            _ => {}
        }
        at += 1;
    }
    (names, count)
}

/// Whether a text has these words at this place.
pub(super) const fn begins(text: &[u8], at: usize, words: &[u8]) -> bool {
    let mut number = 0;
    while number < words.len() {
        if at + number == text.len() || text[at + number] != words[number] {
            return false;
        }
        number += 1;
    }
    true
}

/// The releases of a command, from its line alone.
pub(super) fn command_releases(command: &str) -> Option<Span> {
    let (line, _) = section(command)?;
    Some(releases(line))
}

/// The releases of a flag of a command, from its line alone. Global flags are behind the command's own.
pub(super) fn flag_releases(command: &str, flag: &str) -> Option<Span> {
    let (_, own) = section(command)?;
    let (global, _) = split_once(TEXT, "\n\n")?;
    let line = row(own, &format!("\n  --{flag}")).or_else(|| row(global, &format!("\n--{flag}")));
    Some(releases(line?.0))
}

/// The line of a command, and those of its flags.
fn section(command: &str) -> Option<(&'static str, &'static str)> {
    let (line, behind) = row(TEXT, &format!("\n\n{command}"))?;
    let flags = split_once(behind, "\n\n").map_or(behind, |(flags, _)| flags);
    Some((line, flags))
}

/// What is behind this name in its line, and what is behind the line.
fn row(text: &'static str, name: &str) -> Option<(&'static str, &'static str)> {
    let mut rest = text;
    loop {
        rest = split_once(rest, name)?.1;
        // Another name may begin with this one.
        if rest.is_empty() || rest.starts_with([';', '\n']) {
            let end = split_once(rest, "\n").map_or(rest.len(), |(line, _)| line.len());
            return Some(rest.split_at(end));
        }
    }
}

fn releases(line: &'static str) -> Span {
    let fact = |name| {
        let (_, text) = split_once(line, name)?;
        Some(release(
            split_once(text, ";").map_or(text, |(text, _)| text),
        ))
    };
    Span {
        since: fact(SINCE).unwrap_or(OLDEST),
        until: fact(UNTIL),
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::{Command, Flag, OLDEST, ResticVersion, Span, TABLE, TEXT, Value};

    /// A line by itself says the same as the whole table.
    #[test]
    fn releases_are_those_of_the_whole_table() {
        for command in &TABLE.commands {
            let span = |since, until| Some(Span { since, until });
            let known = super::command_releases(command.name);
            assert_eq!(
                known,
                span(command.since, command.until),
                "{}",
                command.name
            );
            for flag in command.flags.iter().chain(TABLE.global) {
                let expected = command
                    .flag(flag.name)
                    .and_then(|it| span(it.since, it.until));
                let known = super::flag_releases(command.name, flag.name);
                assert_eq!(known, expected, "{} --{}", command.name, flag.name);
            }
            assert_eq!(super::flag_releases(command.name, "no-such-flag"), None);
        }
        assert_eq!(super::command_releases("no-such-command"), None);
        assert_eq!(super::flag_releases("no-such-command", "json"), None);
    }

    /// A flag is gated as soon as one command has it with a release.
    #[test]
    fn gated_flags_are_those_of_the_whole_table() {
        let all: Vec<&Flag> = TABLE
            .commands
            .iter()
            .flat_map(|command| command.flags)
            .chain(TABLE.global)
            .collect();
        for flag in &all {
            let mut named = all.iter().filter(|it| it.name == flag.name);
            let expected = named.any(|it| it.since > OLDEST || it.until.is_some());
            assert_eq!(super::is_gated(flag.name), expected, "{}", flag.name);
        }
        assert!(!super::is_gated("no-such-flag"));
        // It is not in the table by itself, only as the beginning of a name.
        assert!(!super::is_gated("keep-within-"));
    }

    /// Nothing in the text is passed over or taken for something else.
    #[test]
    fn it_is_written_again_as_it_was_read() {
        let mut written = String::new();
        for flag in TABLE.global {
            written += &flag_line(flag);
        }
        for command in &TABLE.commands {
            written += &format!("\n{}", command_line(command));
            for flag in command.flags {
                written += &format!("  {}", flag_line(flag));
            }
        }
        let comments = |line: &&str| line.starts_with('#');
        let text: String = TEXT.split_inclusive('\n').skip_while(comments).collect();
        assert_eq!(written, text);
    }

    fn command_line(command: &Command) -> String {
        let mut line = command.name.to_owned();
        let operands = Some(command.operands).filter(|it| !it.is_empty());
        fact(&mut line, "operands", operands);
        common(&mut line, command.since, command.until, command.hidden);
        notes(&mut line, command.deprecated, command.builds);
        line + "\n"
    }

    fn flag_line(flag: &Flag) -> String {
        let mut line = format!("--{}", flag.name);
        fact(&mut line, "short", flag.short);
        let takes = Some(flag.value).filter(|it| *it != Value::Switch);
        fact(&mut line, "takes", takes.map(value));
        fact(&mut line, "placeholder", flag.placeholder);
        let changed = flag.changed;
        let changed = changed.map(|(since, before)| format!("{since} {}", value(before)));
        fact(&mut line, "changed", changed);
        common(&mut line, flag.since, flag.until, flag.hidden);
        notes(&mut line, flag.deprecated, flag.builds);
        line + "\n"
    }

    fn common(
        line: &mut String,
        since: ResticVersion,
        until: Option<ResticVersion>,
        hidden: Option<Span>,
    ) {
        fact(line, "since", Some(since).filter(|it| *it != OLDEST));
        fact(line, "until", until);
        let hidden = hidden.map(|span| {
            let until = span.until.map(|it| it.to_string()).unwrap_or_default();
            format!("{}..{until}", span.since)
        });
        fact(line, "hidden", hidden);
    }

    fn notes(line: &mut String, deprecated: Option<&str>, builds: Option<&str>) {
        fact(line, "deprecated", deprecated);
        fact(line, "builds", builds);
    }

    fn fact(line: &mut String, name: &str, text: Option<impl std::fmt::Display>) {
        if let Some(text) = text {
            write!(line, "; {name}: {text}").expect("a string takes everything");
        }
    }

    fn value(value: Value) -> String {
        match value {
            Value::Choice(words) => format!("Choice {}", words.join(",")),
            Value::Choices(words) => format!("Choices {}", words.join(",")),
            _ => format!("{value:?}"),
        }
    }
}
