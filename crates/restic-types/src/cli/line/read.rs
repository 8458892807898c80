//! Reading flags and operands: pflag's part.

use super::word::{Word, split, tail};
use super::{ParsedFlag, Seen};
use crate::cli::{Flag, ParseErrorKind, global_flags};
use std::collections::VecDeque;
use std::ffi::OsString;

/// Reads the words, without those of the command, into what was seen.
pub(super) fn flags(words: Vec<OsString>, seen: &mut Seen) -> Result<(), ParseErrorKind> {
    let mut words = VecDeque::from(words);
    while let Some(word) = words.pop_front() {
        match split(&word) {
            Word::End => seen.operands.extend(words.drain(..)),
            Word::Plain => seen.operands.push(word),
            Word::Long { name, value } => {
                let (flag, global) =
                    find(seen, |flag| flag.name.as_bytes() == name).ok_or_else(|| {
                        ParseErrorKind::UnknownFlag(format!("--{}", String::from_utf8_lossy(name)))
                    })?;
                let value = match value {
                    Some(at) => Some(tail(&word, at)),
                    None => next(flag, &mut words)?,
                };
                seen.flags.push(ParsedFlag {
                    flag,
                    global,
                    value,
                });
            }
            Word::Short(letters) => group(&word, letters, &mut words, seen)?,
        }
    }
    Ok(())
}

/// Reads a word of short flags: switches up to the first flag with a value, which takes the rest of the word.
fn group(
    word: &OsString,
    letters: &[u8],
    words: &mut VecDeque<OsString>,
    seen: &mut Seen,
) -> Result<(), ParseErrorKind> {
    for (at, letter) in letters.iter().enumerate() {
        let (flag, global) = find(seen, |flag| flag.short == Some(char::from(*letter)))
            .ok_or_else(|| unknown_letter(&letters[at..]))?;
        let rest = &letters[at + 1..];
        // The word starts with a dash, and the value after this letter. An `=` with nothing behind it is a value.
        let value = match rest {
            [b'=', _, ..] => Some(tail(word, at + 3)),
            [_, ..] if flag.value.takes_word() => Some(tail(word, at + 2)),
            [_, ..] => None,
            [] => next(flag, words)?,
        };
        let last = value.is_some();
        seen.flags.push(ParsedFlag {
            flag,
            global,
            value,
        });
        if last {
            break;
        }
    }
    Ok(())
}

/// The value of a flag that has none in its own word.
fn next(
    flag: &'static Flag,
    words: &mut VecDeque<OsString>,
) -> Result<Option<OsString>, ParseErrorKind> {
    if !flag.value.takes_word() {
        return Ok(None);
    }
    words
        .pop_front()
        .map(Some)
        .ok_or(ParseErrorKind::MissingValue(flag))
}

/// The flag of the command, or the global one, and whether it is global.
fn find(seen: &Seen, wanted: impl Fn(&Flag) -> bool) -> Option<(&'static Flag, bool)> {
    let own = seen.command.map_or(&[][..], |command| command.flags);
    let own = own.iter().map(|flag| (flag, false));
    own.chain(global_flags().iter().map(|flag| (flag, true)))
        .find(|(flag, _)| wanted(flag))
}

fn unknown_letter(letters: &[u8]) -> ParseErrorKind {
    let letter = String::from_utf8_lossy(letters)
        .chars()
        .next()
        .unwrap_or('-');
    ParseErrorKind::UnknownFlag(format!("-{letter}"))
}
