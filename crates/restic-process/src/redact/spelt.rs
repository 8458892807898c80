//! Texts that were spelt in another way once: as a part of a URL, as JSON.

use super::pattern::Placed;
use crate::percent_encoding::{hexadecimal, percent_code};

/// What a text is when some of it stands for something else.
pub(super) struct Spelt<'a> {
    text: &'a [u8],
    at: usize,
    /// `%40` is `@`.
    percent: bool,
    /// `\"` and `\u0026` are what they are inside strings of JSON.
    json: bool,
    /// What is left of a character, its end first.
    rest: Vec<Placed>,
}

impl<'a> Spelt<'a> {
    pub(super) fn new(text: &'a [u8], percent: bool, json: bool) -> Self {
        Self {
            text,
            at: 0,
            percent,
            json,
            rest: Vec::new(),
        }
    }

    /// The next byte of it.
    pub(super) fn next(&mut self) -> Option<Placed> {
        if let Some(placed) = self.rest.pop() {
            return Some(placed);
        }
        let start = self.at;
        let rest = &self.text[start..];
        let (mut byte, mut length) = (*rest.first()?, 1);
        if self.percent
            && let Some(decoded) = percent_code(rest)
        {
            (byte, length) = (decoded, 3);
        }
        let escape = json(rest).filter(|_| self.json);
        if let Some((_, escaped)) = escape {
            length = escaped;
        }
        self.at += length;
        let placed = Placed {
            byte,
            start,
            end: self.at,
            backslashes: 0,
        };
        let Some((c, _)) = escape else {
            return Some(placed);
        };
        for byte in String::from(c).bytes().rev() {
            self.rest.push(Placed { byte, ..placed });
        }
        self.rest.pop()
    }
}

/// What an escape of JSON at the beginning stands for, and how long it is.
fn json(text: &[u8]) -> Option<(char, usize)> {
    let [b'\\', letter, ..] = text else {
        return None;
    };
    let c = match letter {
        b'"' | b'\\' | b'/' => char::from(*letter),
        b'b' => '\u{8}',
        b'f' => '\u{c}',
        b'n' => '\n',
        b'r' => '\r',
        b't' => '\t',
        b'u' => return character(text),
        _ => return None,
    };
    Some((c, 2))
}

/// `\u0026`, or `\ud83d\ude00` for what is beyond.
fn character(text: &[u8]) -> Option<(char, usize)> {
    let half = |at: usize| {
        let digits = text.get(at..at + 6)?.strip_prefix(b"\\u")?;
        hexadecimal(digits)
    };
    let code = half(0)?;
    if let Some(c) = char::from_u32(code) {
        return Some((c, 6));
    }
    // Two halves, in this order.
    match (code, half(6)?) {
        (high @ ..0xDC00, low @ 0xDC00..0xE000) => {
            let c = char::from_u32(0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00))?;
            Some((c, 12))
        }
        _ => None,
    }
}
