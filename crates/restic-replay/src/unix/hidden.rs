//! Secrets that a call uses and does not show: those in files and behind commands that it names.

use std::collections::BTreeMap;
use std::env;
use std::fs::{self, File};
use std::io::Read as _;

use restic_types::cli::CommandLine;

/// How much of a file is taken for a secret, in bytes: as much as restic would read of one.
const LONGEST: u64 = 64 * 1024;

/// Flags that name a file with a secret or a location in it.
const FILES: [&str; 7] = [
    "password-file",
    "password-file2",
    "from-password-file",
    "new-password-file",
    "repository-file",
    "repository-file2",
    "from-repository-file",
];

/// Flags that name a program which prints one.
const COMMANDS: [&str; 3] = [
    "password-command",
    "password-command2",
    "from-password-command",
];

/// Variables that say the same as the flags do.
const VARIABLES: [&str; 10] = [
    "RESTIC_PASSWORD_FILE",
    "RESTIC_PASSWORD_FILE2",
    "RESTIC_FROM_PASSWORD_FILE",
    "RESTIC_NEW_PASSWORD_FILE",
    "RESTIC_REPOSITORY_FILE",
    "RESTIC_REPOSITORY_FILE2",
    "RESTIC_FROM_REPOSITORY_FILE",
    "RESTIC_PASSWORD_COMMAND",
    "RESTIC_PASSWORD_COMMAND2",
    "RESTIC_FROM_PASSWORD_COMMAND",
];

/// The secrets of the call that this process is, and what each is called.
pub(crate) fn of_this_process(arguments: &[String]) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut look = |name: &str, value: &str| {
        if name.to_uppercase().contains("COMMAND") {
            for (number, word) in (1..).zip(spoken(value)) {
                found.insert(format!("word {number} of {name}"), word.to_owned());
            }
        } else if let Some(content) = content(value) {
            found.insert(format!("the content of the file of {name}"), content);
        }
    };
    if let Ok(line) = CommandLine::parse(arguments) {
        for name in FILES.iter().chain(&COMMANDS) {
            for flag in line.all(name) {
                let value = flag.value.as_deref().and_then(|value| value.to_str());
                look(&format!("--{name}"), value.unwrap_or_default());
            }
        }
    }
    for name in VARIABLES {
        look(name, &env::var(name).unwrap_or_default());
    }
    if let Ok(location) = env::var("RESTIC_FROM_REPOSITORY") {
        found.insert("the value of RESTIC_FROM_REPOSITORY".to_owned(), location);
    }
    found
}

/// What is in a file. A pipe is left alone: restic is to read it.
fn content(path: &str) -> Option<String> {
    if !fs::metadata(path).ok()?.is_file() {
        return None;
    }
    let mut content = Vec::new();
    let file = File::open(path).ok()?;
    file.take(LONGEST).read_to_end(&mut content).ok()?;
    Some(String::from_utf8_lossy(&content).into_owned())
}

/// What a command prints of its own line: the words after `echo` and `printf`.
fn spoken(command: &str) -> Vec<&str> {
    let mut words = command.split_ascii_whitespace();
    let program = words.next().unwrap_or_default();
    let name = program.rsplit('/').next().unwrap_or_default();
    if !["echo", "printf"].contains(&name) {
        return Vec::new();
    }
    let words = words.map(|word| word.trim_matches(['"', '\'']));
    words
        .filter(|word| !word.starts_with(['-', '%']) && !word.is_empty())
        .collect()
}

/// The arguments as they are recorded: a command that prints a secret may say it.
pub(crate) fn without_commands(arguments: Vec<String>) -> Vec<String> {
    let (mut kept, mut hides_next) = (Vec::new(), false);
    let mut is_operand = false;
    for word in arguments {
        let flag = word.split_once('=').map_or(&*word, |(flag, _)| flag);
        let name = flag.strip_prefix("--").unwrap_or_default();
        let is_command = !is_operand && COMMANDS.contains(&name);
        is_operand |= word == "--";
        if std::mem::take(&mut hides_next) {
            kept.push("{{secret}}".to_owned());
        } else if is_command && flag.len() < word.len() {
            kept.push(format!("{flag}={{{{secret}}}}"));
        } else {
            hides_next = is_command;
            kept.push(word);
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_hidden_and_what_they_say_is_known() {
        let words = |line: &str| line.split(' ').map(str::to_owned).collect::<Vec<_>>();
        let shown = |line: &str| without_commands(words(line)).join(" ");
        assert_eq!(
            shown("--password-command cat ls --from-password-command=x y"),
            "--password-command {{secret}} ls --from-password-command={{secret}} y"
        );
        let operand = "backup -- --password-command x";
        assert_eq!(shown(operand), operand);
        assert_eq!(spoken("/bin/echo -n 'a-b'"), ["a-b"]);
        assert_eq!(spoken("printf %s x"), ["x"]);
        assert!(spoken("pass show restic").is_empty());
    }
}
