//! Printing the table, for `restic_types::cli` to read.

use super::merge::{Command, Facts, Flag, Table};
use restic_types::ResticVersion;
use restic_types::cli::OLDEST;

/// The text of the table's file.
pub(super) fn table(table: &Table) -> Result<String, String> {
    let releases = table
        .releases
        .iter()
        .map(ResticVersion::to_string)
        .collect::<Vec<_>>()
        .join(", ");
    let mut text = format!(
        "# restic's commands and flags, made by `cargo xtask coverage --write` from the help of\n\
         # restic {releases} and `xtask/data/flags.json`. Do not edit.\n"
    );
    for flag in &table.global {
        text += &flag_line(flag)?;
    }
    for command in &table.commands {
        text += "\n";
        text += &command_line(command)?;
        for flag in &command.flags {
            text += "  ";
            text += &flag_line(flag)?;
        }
    }
    Ok(text)
}

fn command_line(command: &Command) -> Result<String, String> {
    let operands = Some(&command.operands).filter(|it| !it.is_empty());
    let own = [("operands", operands.cloned())];
    line(&command.name, own.into_iter().chain(facts(&command.facts)))
}

fn flag_line(flag: &Flag) -> Result<String, String> {
    let changed = flag.changed.as_ref();
    let own = [
        ("short", flag.short.map(String::from)),
        (
            "takes",
            Some(flag.value.clone()).filter(|it| it != "Switch"),
        ),
        ("placeholder", flag.placeholder.clone()),
        (
            "changed",
            changed.map(|(since, before)| format!("{since} {before}")),
        ),
    ];
    let name = format!("--{}", flag.name);
    line(&name, own.into_iter().chain(facts(&flag.facts)))
}

/// What commands and flags have in common; what is the default is left out.
fn facts(facts: &Facts) -> [(&'static str, Option<String>); 5] {
    let hidden = facts.hidden.map(|span| {
        let until = span.until.map(|it| it.to_string()).unwrap_or_default();
        format!("{}..{until}", span.since)
    });
    let since = (facts.since != OLDEST).then(|| facts.since.to_string());
    [
        ("since", since),
        ("until", facts.until.map(|it| it.to_string())),
        ("hidden", hidden),
        ("deprecated", facts.deprecated.clone()),
        ("builds", facts.builds.clone()),
    ]
}

/// `name; fact: text; fact: text`.
fn line(
    name: &str,
    facts: impl Iterator<Item = (&'static str, Option<String>)>,
) -> Result<String, String> {
    let mut line = name.to_owned();
    for (fact, text) in facts.filter_map(|(fact, text)| Some((fact, text?))) {
        if text.contains([';', '\n']) {
            return Err(format!("{name}: the table cannot hold {text:?}"));
        }
        line += &format!("; {fact}: {text}");
    }
    Ok(line + "\n")
}
