//! Texts that were quoted again and again: as JSON in JSON, with Go's quotes in that, with
//! percent signs in a URL.

use std::collections::VecDeque;

/// How often a text may be percent-encoded with all its letters and digits.
const ENCODED: usize = 3;

/// One byte of what is meant, and where it stands.
#[derive(Clone, Copy, Debug)]
pub(super) struct Placed {
    pub(super) byte: u8,
    pub(super) start: usize,
    pub(super) end: usize,
    /// How many backslashes there were before and in it.
    pub(super) backslashes: usize,
}

/// What is left of a text when everything that quoting adds is taken away, however often it was
/// added. A secret and all that it may be quoted as leave the same.
///
/// For that, some of what is different becomes the same: backslashes are none of it, a
/// character of control is the letter that Go and JSON write for it, a space is the plus sign of
/// a form, and what is no text is left out.
pub(super) fn bare(text: &[u8], percent: bool) -> impl Iterator<Item = Placed> {
    let bytes = text.iter().enumerate().map(|(start, byte)| Placed {
        byte: *byte,
        start,
        end: start + 1,
        backslashes: 0,
    });
    let mut bytes: Box<dyn Iterator<Item = Placed> + '_> = Box::new(bytes);
    if percent {
        for _ in 0..ENCODED {
            bytes = Box::new(PercentDecoded(Ahead::of(bytes)));
        }
    }
    Unquoted::of(bytes).filter_map(|placed| {
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
            0xEF | 0xBF | 0xBD => return None,
            other => other,
        };
        Some(Placed { byte, ..placed })
    })
}

/// Bytes of which some can be looked at before they are taken.
struct Ahead<I> {
    source: I,
    ahead: VecDeque<Placed>,
}

impl<I: Iterator<Item = Placed>> Ahead<I> {
    fn of(source: I) -> Self {
        let ahead = VecDeque::with_capacity(16);
        Self { source, ahead }
    }

    #[inline(never)] // Called from many places, for few texts.
    fn take(&mut self) -> Option<Placed> {
        self.ahead.pop_front().or_else(|| self.source.next())
    }

    #[inline(never)] // Called from many places, for few texts.
    fn peek(&mut self, at: usize) -> Option<Placed> {
        while self.ahead.len() <= at {
            self.ahead.push_back(self.source.next()?);
        }
        self.ahead.get(at).copied()
    }

    /// The number that these hexadecimal digits are from this place on, and where they end.
    #[inline(never)] // Called from many places, for few texts.
    fn number(&mut self, at: usize, digits: usize) -> Option<(u32, usize)> {
        let mut number = 0;
        let mut end = 0;
        for digit in at..at + digits {
            let placed = self.peek(digit)?;
            number = number * 16 + char::from(placed.byte).to_digit(16)?;
            end = placed.end;
        }
        Some((number, end))
    }

    fn skip(&mut self, count: usize) {
        self.ahead.drain(..count.min(self.ahead.len()));
    }
}

/// `%40` as `@`; `%2540`, too.
struct PercentDecoded<I>(Ahead<I>);

impl<I: Iterator<Item = Placed>> Iterator for PercentDecoded<I> {
    type Item = Placed;

    fn next(&mut self) -> Option<Placed> {
        let mut first = self.0.take()?;
        while first.byte == b'%'
            && let Some((code, end)) = self.0.number(0, 2)
            && let Ok(byte) = u8::try_from(code)
        {
            self.0.skip(2);
            first = Placed { byte, end, ..first };
        }
        Some(first)
    }
}

/// `\"` as `"`, and `\u00e4` as `ä`, with any number of backslashes.
struct Unquoted<I> {
    source: Ahead<I>,
    /// What is left of a character.
    rest: VecDeque<Placed>,
    /// The first half of a character, and where it begins.
    half: Option<(u32, usize)>,
    backslashes: usize,
}

impl<I: Iterator<Item = Placed>> Unquoted<I> {
    fn of(source: I) -> Self {
        Self {
            source: Ahead::of(source),
            rest: VecDeque::with_capacity(4),
            half: None,
            backslashes: 0,
        }
    }

    /// The code that an escape stands for, of which the backslashes were taken; how many
    /// characters it has, and where it ends.
    fn code(&mut self) -> Option<(u32, usize, usize)> {
        let source = &mut self.source;
        let digits = match source.peek(0)?.byte {
            // Rust's, such as `\u{1b}`.
            b'u' if source.peek(1)?.byte == b'{' => {
                let is_end = |at: &usize| source.peek(*at).is_none_or(|it| it.byte == b'}');
                let end = (2..9).find(is_end)?;
                let (code, _) = self.source.number(2, end - 2).filter(|_| end > 2)?;
                return Some((code, end + 1, self.source.peek(end)?.end));
            }
            b'u' => 4,
            b'U' => 8,
            b'x' => 2,
            _ => return None,
        };
        let (code, end) = self.source.number(1, digits)?;
        Some((code, digits + 1, end))
    }

    /// Keeps a character for later.
    fn push(&mut self, c: char, start: usize, end: usize) {
        let mut buffer = [0; 4];
        for byte in c.encode_utf8(&mut buffer).bytes() {
            self.rest.push_back(Placed {
                byte,
                start,
                end,
                backslashes: self.backslashes,
            });
        }
    }
}

impl<I: Iterator<Item = Placed>> Iterator for Unquoted<I> {
    type Item = Placed;

    fn next(&mut self) -> Option<Placed> {
        loop {
            if let Some(placed) = self.rest.pop_front() {
                return Some(placed);
            }
            let first = self.source.take()?;
            if first.byte != b'\\' {
                self.half = None;
                return Some(Placed {
                    backslashes: self.backslashes,
                    ..first
                });
            }
            self.backslashes += 1;
            while self.source.peek(0).is_some_and(|it| it.byte == b'\\') {
                self.source.skip(1);
                self.backslashes += 1;
            }
            let Some((code, length, end)) = self.code() else {
                // A character that stands for itself.
                if let Some(next) = self.source.take() {
                    self.half = None;
                    return Some(Placed {
                        start: first.start,
                        backslashes: self.backslashes,
                        ..next
                    });
                }
                return None;
            };
            let is_byte = length == 3;
            self.source.skip(length);
            let (half, start) = self.half.take().unwrap_or((0, first.start));
            match (code, half) {
                (0xDC00..0xE000, 0xD800..) => {
                    let code = 0x10000 + ((half - 0xD800) << 10) + (code - 0xDC00);
                    self.push(char::from_u32(code).unwrap_or_default(), start, end);
                }
                (0xD800..0xDC00, _) => self.half = Some((code, first.start)),
                (_, _) if is_byte => {
                    return Some(Placed {
                        byte: u8::try_from(code).unwrap_or_default(),
                        start: first.start,
                        end,
                        backslashes: self.backslashes,
                    });
                }
                (_, _) => {
                    if let Some(c) = char::from_u32(code) {
                        self.push(c, first.start, end);
                    }
                }
            }
        }
    }
}
