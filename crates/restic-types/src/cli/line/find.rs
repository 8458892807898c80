//! Finding the command: cobra's part.

use super::word::{Word, split};
use crate::cli::{Command, Flag, ParseErrorKind, commands, global_flags};
use std::ffi::OsString;

/// The command that the words name, and the words that are left when its own are taken out.
///
/// This pass only skips flags and their values, more coarsely than the one that reads them: it looks into no group of
/// short flags, and takes a flag that it does not know for one with a value.
pub(super) fn command(
    words: Vec<OsString>,
) -> Result<(Option<&'static Command>, Vec<OsString>), ParseErrorKind> {
    let mut words = words;
    let mut found = None;
    while let Some(at) = first_plain(&words, found) {
        match (sub_command(found, &words[at]), found) {
            (Some(command), _) => found = Some(command),
            (None, Some(_)) => break,
            (None, None) => return Err(ParseErrorKind::UnknownCommand(words.swap_remove(at))),
        }
        words.remove(at);
    }
    Ok((found, words))
}

/// The command that this word names after the words of `parent`.
fn sub_command(parent: Option<&Command>, word: &OsString) -> Option<&'static Command> {
    let word = word.to_str()?;
    commands().iter().find(|command| match parent {
        None => command.name == word,
        Some(parent) => {
            command
                .name
                .strip_prefix(parent.name)
                .and_then(|rest| rest.strip_prefix(' '))
                == Some(word)
        }
    })
}

/// Where the first word stands that is neither a flag nor the value of one.
fn first_plain(words: &[OsString], command: Option<&'static Command>) -> Option<usize> {
    let mut at = 0;
    while at < words.len() {
        match split(&words[at]) {
            Word::End => return None,
            Word::Long { value: None, name } if takes_word(long(command, name)) => at += 1,
            Word::Short([letter]) if *letter != b'=' && takes_word(short(command, *letter)) => {
                at += 1;
            }
            Word::Plain if !words[at].is_empty() && words[at] != "-" => return Some(at),
            _ => {}
        }
        at += 1;
    }
    None
}

fn takes_word(flag: Option<&Flag>) -> bool {
    flag.is_none_or(|flag| flag.value.takes_word())
}

fn long(command: Option<&'static Command>, name: &[u8]) -> Option<&'static Flag> {
    flags(command).find(|flag| flag.name.as_bytes() == name)
}

fn short(command: Option<&'static Command>, letter: u8) -> Option<&'static Flag> {
    flags(command).find(|flag| flag.short == Some(char::from(letter)))
}

/// The flags that this pass knows: not `--help`, which cobra adds only when it has found the command.
fn flags(command: Option<&'static Command>) -> impl Iterator<Item = &'static Flag> {
    let own = command.map_or(&[][..], |command| command.flags);
    own.iter()
        .chain(global_flags())
        .filter(|flag| flag.name != "help")
}
