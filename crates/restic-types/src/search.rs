//! Texts in texts, for code that runs once or once a line.
//!
//! The standard library's own search is compiled into every place that uses it, with some KB each. These are
//! compiled once.

use memchr::memmem;

/// Whether `part` is in the text.
#[must_use]
#[inline(never)]
pub fn contains(text: &str, part: &str) -> bool {
    memmem::find(text.as_bytes(), part.as_bytes()).is_some()
}

/// What is before `part`, where it is first found, and what is behind it.
#[must_use]
#[inline(never)]
pub fn split_once<'a>(text: &'a str, part: &str) -> Option<(&'a str, &'a str)> {
    let at = memmem::find(text.as_bytes(), part.as_bytes())?;
    Some((text.get(..at)?, text.get(at + part.len()..)?))
}

/// What is before `part`, where it is last found, and what is behind it. A part that is empty is not found.
#[must_use]
#[inline(never)]
pub fn rsplit_once<'a>(text: &'a str, part: &str) -> Option<(&'a str, &'a str)> {
    let parts = text.as_bytes().windows(part.len().max(1));
    let at = parts.rev().position(|found| found == part.as_bytes())?;
    let end = text.len() - at;
    Some((text.get(..end - part.len())?, text.get(end..)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_found_as_the_standard_library_finds_them() {
        for text in ["", "a", "ab", "a: b: c", ": ", "é: ü", "::  :"] {
            for part in ["a", ": ", "é", "b: c", "a longer one than that"] {
                assert_eq!(contains(text, part), text.contains(part), "{text} {part}");
                assert_eq!(
                    split_once(text, part),
                    text.split_once(part),
                    "{text} {part}"
                );
                assert_eq!(
                    rsplit_once(text, part),
                    text.rsplit_once(part),
                    "{text} {part}"
                );
            }
        }
    }
}
