//! Texts that were quoted again and again: as JSON in JSON, with Go's quotes in that, with
//! percent signs in a URL.

use super::pattern::Placed;

/// How often a text may be percent-encoded with all its letters and digits.
const ENCODED: usize = 3;

/// What is left of a text when everything that quoting adds is taken away, however often it was
/// added. A secret and all that it may be quoted as leave the same.
///
/// For that, some of what is different becomes the same: backslashes are none of it, a
/// character of control is the letter that Go and JSON write for it, a space is the plus sign of
/// a form, and what is no text is left out.
pub(super) struct Bare<'a> {
    source: Decoded<'a>,
    /// What is left of a character, its end first.
    rest: Vec<Placed>,
    /// The first half of a character, and where it begins.
    half: Option<(u32, usize)>,
    backslashes: usize,
}

impl<'a> Bare<'a> {
    /// Reads a text, with or without percent signs that stand for something else.
    pub(super) fn new(text: &'a [u8], percent: bool) -> Self {
        let times = if percent { ENCODED } else { 0 };
        Self {
            source: Decoded { text, at: 0, times },
            rest: Vec::new(),
            half: None,
            backslashes: 0,
        }
    }

    /// The next byte of it.
    pub(super) fn next(&mut self) -> Option<Placed> {
        loop {
            let placed = self.unquoted()?;
            let byte = match placed.byte {
                0 => b'0',
                7 => b'a',
                8 => b'b',
                b'\t' => b't',
                b'\n' => b'n',
                11 => b'v',
                12 => b'f',
                b'\r' => b'r',
                b' ' => b'+',
                // U+FFFD, of which there may be one for each byte, or one for some.
                0xEF | 0xBF | 0xBD => continue,
                other => other,
            };
            return Some(Placed { byte, ..placed });
        }
    }

    /// `\"` as `"`, and `\u00e4` as `ä`, with any number of backslashes.
    fn unquoted(&mut self) -> Option<Placed> {
        loop {
            if let Some(placed) = self.rest.pop() {
                return Some(placed);
            }
            let begin = self.source.at;
            let mut byte = self.source.byte()?;
            if byte == b'\\' {
                self.skip_backslashes();
                if let Some(escape) = self.source.escape() {
                    self.source = escape.behind;
                    self.read(&escape, begin);
                    continue;
                }
                // A character that stands for itself.
                byte = self.source.byte()?;
            }
            self.half = None;
            return Some(self.placed(byte, begin));
        }
    }

    /// Counts the backslash that was read, and reads those that come next.
    fn skip_backslashes(&mut self) {
        self.backslashes += 1;
        let mut ahead = self.source;
        while ahead.byte() == Some(b'\\') {
            self.backslashes += 1;
            self.source = ahead;
        }
    }

    /// Keeps the bytes of what an escape stands for that begins here, and ends where the source is.
    fn read(&mut self, escape: &Escape<'_>, begin: usize) {
        let half = self.half.take();
        let (mut code, mut start) = (escape.code, begin);
        if escape.is_byte {
            let byte = u8::try_from(code).unwrap_or_default();
            self.rest.push(self.placed(byte, begin));
            return;
        }
        if (0xD800..0xDC00).contains(&code) {
            self.half = Some((code, begin));
            return;
        }
        if (0xDC00..0xE000).contains(&code)
            && let Some((high, begin)) = half
        {
            code = 0x10000 + ((high - 0xD800) << 10) + (code - 0xDC00);
            start = begin;
        }
        let c = char::from_u32(code);
        for byte in c.map(String::from).unwrap_or_default().bytes().rev() {
            self.rest.push(self.placed(byte, start));
        }
    }

    fn placed(&self, byte: u8, start: usize) -> Placed {
        Placed {
            byte,
            start,
            end: self.source.at,
            backslashes: self.backslashes,
        }
    }
}

/// What a text is from some place on, with percent signs read several times: `%40` as `@`;
/// `%2540`, too.
#[derive(Clone, Copy)]
struct Decoded<'a> {
    text: &'a [u8],
    at: usize,
    times: usize,
}

/// What an escape stands for.
struct Escape<'a> {
    code: u32,
    /// It is a byte, and no character.
    is_byte: bool,
    behind: Decoded<'a>,
}

impl<'a> Decoded<'a> {
    /// Reads the next byte.
    fn byte(&mut self) -> Option<u8> {
        let Some(times) = self.times.checked_sub(1) else {
            let byte = self.text.get(self.at)?;
            self.at += 1;
            return Some(*byte);
        };
        let mut source = Self { times, ..*self };
        let mut byte = source.byte()?;
        while byte == b'%'
            && let Some((code, behind)) = source.number(2)
        {
            byte = u8::try_from(code).unwrap_or_default();
            source = behind;
        }
        self.at = source.at;
        Some(byte)
    }

    /// The number that these hexadecimal digits are that come next, and what is behind them.
    fn number(mut self, digits: usize) -> Option<(u32, Self)> {
        let mut number = 0;
        for _ in 0..digits {
            number = number * 16 + char::from(self.byte()?).to_digit(16)?;
        }
        Some((number, self))
    }

    /// The escape of which the backslashes were read.
    fn escape(mut self) -> Option<Escape<'a>> {
        let letter = self.byte()?;
        let digits = match letter {
            b'x' => 2,
            b'u' => 4,
            b'U' => 8,
            _ => return None,
        };
        let (code, behind) = match self.braced() {
            Some(read) if letter == b'u' => read,
            _ => self.number(digits)?,
        };
        Some(Escape {
            code,
            is_byte: letter == b'x',
            behind,
        })
    }

    /// Rust's, such as `{1b}`.
    fn braced(mut self) -> Option<(u32, Self)> {
        let mut number = None;
        if self.byte()? != b'{' {
            return None;
        }
        for _ in 0..=6 {
            let byte = self.byte()?;
            if byte == b'}' {
                return Some((number?, self));
            }
            let digit = char::from(byte).to_digit(16)?;
            number = Some(number.unwrap_or(0) * 16 + digit);
        }
        None
    }
}
