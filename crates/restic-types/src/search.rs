//! Texts in texts, for code that runs once or once a line.
//!
//! The standard library's own search is compiled into every place that uses it, with some KB each. These are
//! compiled once.

/// Where `part` begins in the text for the first time. A part that is empty is found at the beginning.
///
/// Parts are short: a long one that is nearly everywhere in the text takes the product of both lengths.
#[must_use]
#[inline(never)]
pub fn find(text: &[u8], part: &[u8]) -> Option<usize> {
    // Most of what restic prints is quotes, blanks and hexadecimal digits, which have low codes.
    let mut rarest = 0;
    for (at, byte) in part.iter().enumerate() {
        if *byte > part[rarest] {
            rarest = at;
        }
    }
    let Some(byte) = part.get(rarest) else {
        return Some(0);
    };
    let mut from = rarest;
    loop {
        from += memchr::memchr(*byte, text.get(from..)?)?;
        let begin = from - rarest;
        if text[begin..].starts_with(part) {
            return Some(begin);
        }
        from += 1;
    }
}

/// Whether `part` is in the text.
#[must_use]
#[inline(never)]
pub fn contains(text: &str, part: &str) -> bool {
    find(text.as_bytes(), part.as_bytes()).is_some()
}

/// What is before `part`, where it is first found, and what is behind it.
#[must_use]
#[inline(never)]
pub fn split_once<'a>(text: &'a str, part: &str) -> Option<(&'a str, &'a str)> {
    let at = find(text.as_bytes(), part.as_bytes())?;
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

/// The parts of a text between bytes of ASCII, as `str::split` returns them.
#[must_use]
pub fn split(text: &str, separator: u8) -> Split<'_> {
    let rest = Some(text);
    Split { rest, separator }
}

/// See [`split`].
#[derive(Clone, Debug)]
pub struct Split<'a> {
    rest: Option<&'a str>,
    separator: u8,
}

impl<'a> Iterator for Split<'a> {
    type Item = &'a str;

    #[inline(never)]
    fn next(&mut self) -> Option<&'a str> {
        let rest = self.rest.take()?;
        let Some(at) = memchr::memchr(self.separator, rest.as_bytes()) else {
            return Some(rest);
        };
        self.rest = rest.get(at + 1..);
        rest.get(..at)
    }
}

/// The lines of a text, as `str::lines` returns them.
#[must_use]
pub fn lines(text: &str) -> Lines<'_> {
    Lines { rest: text }
}

/// See [`lines`].
#[derive(Clone, Debug)]
pub struct Lines<'a> {
    rest: &'a str,
}

impl<'a> Iterator for Lines<'a> {
    type Item = &'a str;

    #[inline(never)]
    fn next(&mut self) -> Option<&'a str> {
        let rest = self.rest;
        if rest.is_empty() {
            return None;
        }
        let Some(at) = memchr::memchr(b'\n', rest.as_bytes()) else {
            self.rest = "";
            return Some(rest);
        };
        self.rest = rest.get(at + 1..)?;
        let line = rest.get(..at)?;
        Some(line.strip_suffix('\r').unwrap_or(line))
    }
}

/// A text without the blanks around it.
#[must_use]
#[inline(never)]
pub fn trim(text: &str) -> &str {
    text.trim()
}

/// A text without the blanks before it.
#[must_use]
#[inline(never)]
pub fn trim_start(text: &str) -> &str {
    text.trim_start()
}

/// A text without the blanks behind it.
#[must_use]
#[inline(never)]
pub fn trim_end(text: &str) -> &str {
    text.trim_end()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_found_as_the_standard_library_finds_them() {
        for text in [
            "",
            "a",
            "ab",
            "a: b: c",
            ": ",
            "é: ü",
            "::  :",
            "zaz azz za",
        ] {
            for part in [
                "a",
                ": ",
                "é",
                "b: c",
                "azz",
                "za",
                "a longer one than that",
            ] {
                assert_eq!(contains(text, part), text.contains(part), "{text} {part}");
                assert_eq!(
                    find(text.as_bytes(), part.as_bytes()),
                    text.find(part),
                    "{text} {part}"
                );
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
            assert_eq!(find(text.as_bytes(), b""), text.find(""));
        }
    }

    #[test]
    fn texts_are_split_as_the_standard_library_splits_them() {
        for text in [
            "",
            ".",
            "a",
            "a.",
            ".a",
            "1.2.3",
            "é..ü",
            "a\n",
            "a\r\nb\r",
            "\n\r\n\na",
        ] {
            for separator in [".", "\n"] {
                let parts = split(text, separator.as_bytes()[0]);
                assert!(parts.eq(text.split(separator)), "{text:?} {separator:?}");
            }
            assert!(lines(text).eq(text.lines()), "{text:?}");
        }
    }
}
