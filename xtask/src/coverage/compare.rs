//! A binary against the table, as it is compiled in.

use super::binary::Binary;
use super::data::Data;
use super::help::HelpFlag;
use restic_types::ResticVersion;
use restic_types::cli::{self, Command, Flag, Value};
use std::collections::BTreeMap;

/// What the binary has and the table lacks, and the other way round; one line for each.
pub(super) fn differences(binary: &Binary, data: &Data) -> Vec<String> {
    let mut found = Vec::new();
    for name in binary.commands.keys() {
        if !cli::command(name).is_some_and(|command| command.available_in(binary.release)) {
            found.push(format!("command `{name}` is not in the table"));
        }
    }
    for command in cli::commands() {
        found.extend(command_differences(binary, command, data));
    }
    found.extend(flag_differences(
        binary,
        "",
        cli::global_flags(),
        &binary.global,
    ));
    found
        .into_iter()
        .map(|line| format!("restic {}: {line}", binary.release))
        .collect()
}

fn command_differences(binary: &Binary, command: &Command, data: &Data) -> Vec<String> {
    let name = command.name;
    let release = binary.release;
    // An older help that is another command's has been compared there.
    if data.older_help(name, release).is_some() {
        return Vec::new();
    }
    match (binary.commands.get(name), command.available_in(release)) {
        (None, true) if command.builds.is_none() => {
            vec![format!("has no command `{name}`, which is in the table")]
        }
        (Some(help), true) if help.listed == command.hidden_in(release) => {
            vec![format!(
                "command `{name}` is hidden in one of table and help, and not in the other"
            )]
        }
        (Some(help), true) => flag_differences(binary, name, command.flags, &help.page.flags),
        _ => Vec::new(),
    }
}

fn flag_differences(
    binary: &Binary,
    command: &str,
    table: &[Flag],
    help: &BTreeMap<String, HelpFlag>,
) -> Vec<String> {
    let mut found = Vec::new();
    for name in help
        .keys()
        .filter(|name| !table.iter().any(|flag| flag.name == name.as_str()))
    {
        found.push(format!("flag `{command} --{name}` is not in the table"));
    }
    for flag in table {
        let problem = match help.get(flag.name) {
            Some(help) => listed_difference(flag, help, binary.release),
            None => unlisted_difference(flag, binary, command),
        };
        found.extend(problem.map(|problem| format!("flag `{command} --{}` {problem}", flag.name)));
    }
    found
}

/// What is wrong with a flag that the help shows.
fn listed_difference(flag: &Flag, help: &HelpFlag, release: ResticVersion) -> Option<String> {
    // The help of old releases gives count flags a placeholder, as if they took a value.
    let takes_word = help.placeholder.is_some() && flag.value != Value::Count;
    if !flag.available_in(release) || flag.hidden_in(release) {
        Some("should not be shown".into())
    } else if help.short != flag.short {
        Some(format!(
            "has the letter {:?}, in the table {:?}",
            help.short, flag.short
        ))
    } else if takes_word != flag.value.takes_word() {
        Some("takes a value in one of table and help, and not in the other".into())
    } else {
        None
    }
}

/// What is wrong with a flag that the help does not show: it is tried on the binary.
fn unlisted_difference(flag: &Flag, binary: &Binary, command: &str) -> Option<String> {
    if flag.builds.is_some() {
        return None;
    }
    if flag.available_in(binary.release) && !flag.hidden_in(binary.release) {
        return Some("is not shown".into());
    }
    let word = if flag.value.takes_word() {
        format!("--{}=x", flag.name)
    } else {
        format!("--{}", flag.name)
    };
    match binary.takes(command, &word) {
        Ok(takes) if takes == flag.available_in(binary.release) => None,
        Ok(true) => Some("is taken, although it should not exist".into()),
        Ok(false) => Some("is not taken, although it should be, hidden".into()),
        Err(error) => Some(format!("could not be tried: {error}")),
    }
}
