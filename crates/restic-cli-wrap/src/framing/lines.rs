use std::borrow::Cow;

use crate::framing::chunks::Chunks;

#[cfg(any(test, fuzzing))]
pub(crate) mod properties;

/// The longest line that is read, in bytes: 128 MiB, which is a list of 160,000 snapshots.
pub(crate) const LIMIT: usize = 128 * 1024 * 1024;

/// How much memory is kept for lines across chunks.
const KEPT: usize = 64 * 1024;

/// What stands before restic's output, when a program between has put it there.
pub(crate) const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// Cuts a stream of chunks into lines. Only lines that lie across the border of two chunks
/// are copied.
#[derive(Debug)]
pub(crate) struct Lines {
    /// The longest line that is read.
    limit: usize,
    chunks: Chunks,
    /// The beginning of a line that went on in a later chunk.
    begun: Vec<u8>,
    /// `begun` is a whole line, and was given out.
    given: bool,
    /// The line that is being read is over the limit, and its bytes are thrown away.
    too_long: bool,
    number: u64,
}

/// One line of a stream.
#[derive(Debug, PartialEq)]
pub(crate) enum Line<'a> {
    /// Its text without the line end. Bytes that are not UTF-8 are U+FFFD in it.
    Text(Cow<'a, str>),
    /// The last line of the stream, when it has no end: perhaps the half of one.
    Last(Cow<'a, str>),
    /// The line was longer than the limit, and its content is lost.
    TooLong,
}

impl Default for Lines {
    fn default() -> Self {
        Self::with_limit(LIMIT)
    }
}

impl Lines {
    /// Reads lines of up to this many bytes.
    fn with_limit(limit: usize) -> Self {
        Self {
            limit,
            chunks: Chunks::default(),
            begun: Vec::new(),
            given: false,
            too_long: false,
            number: 0,
        }
    }

    /// Takes the next bytes of the stream.
    pub(crate) fn push(&mut self, chunk: Vec<u8>) {
        self.chunks.push(chunk);
    }

    /// Says that nothing more comes: what is left is the last line.
    pub(crate) fn end(&mut self) {
        self.chunks.end();
    }

    /// The number of the line given last, counted from 1.
    pub(crate) fn number(&self) -> u64 {
        self.number
    }

    /// The next whole line.
    pub(crate) fn next(&mut self) -> Option<Line<'_>> {
        if std::mem::take(&mut self.given) {
            self.begun.clear();
            // One long line is no reason to hold on to its memory.
            self.begun.shrink_to(KEPT);
        }
        let Some(length) = memchr::memchr(b'\n', self.chunks.rest()) else {
            return self.unfinished();
        };
        let line = &self.chunks.take(length + 1)[..length];
        self.number += 1;
        if std::mem::take(&mut self.too_long) || self.begun.len() + length > self.limit {
            self.begun.clear();
            return Some(Line::TooLong);
        }
        if self.begun.is_empty() {
            return Some(Line::Text(text(line, self.number)));
        }
        self.begun.extend_from_slice(line);
        self.given = true;
        Some(Line::Text(text(&self.begun, self.number)))
    }

    /// Keeps the beginning of a line for later; at the end of the stream it is the last line.
    fn unfinished(&mut self) -> Option<Line<'_>> {
        let rest = self.chunks.take(self.chunks.rest().len());
        if self.begun.len() + rest.len() > self.limit {
            self.too_long = true;
            self.begun = Vec::new();
        } else if !self.too_long {
            self.begun.extend_from_slice(rest);
        }
        if !self.chunks.has_ended() || (self.begun.is_empty() && !self.too_long) {
            return None;
        }
        self.number += 1;
        if std::mem::take(&mut self.too_long) {
            return Some(Line::TooLong);
        }
        self.given = true;
        Some(Line::Last(text(&self.begun, self.number)))
    }
}

/// The text of a line with this number.
pub(crate) fn text(bytes: &[u8], number: u64) -> Cow<'_, str> {
    let bytes = bytes.strip_suffix(b"\r").unwrap_or(bytes);
    let mark = bytes.strip_prefix(BYTE_ORDER_MARK);
    let bytes = mark.filter(|_| number == 1).unwrap_or(bytes);
    // Checking first is much faster than replacing at once, and nearly always enough.
    let text = std::str::from_utf8(bytes).map(Cow::Borrowed);
    text.unwrap_or_else(|_| String::from_utf8_lossy(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(chunks: &[&[u8]]) -> Vec<String> {
        let mut lines = Lines::default();
        let mut found = Vec::new();
        let mut take = |lines: &mut Lines| {
            while let Some(line) = lines.next() {
                match line {
                    Line::Text(text) | Line::Last(text) => found.push(text.into_owned()),
                    Line::TooLong => found.push("TOO LONG".into()),
                }
            }
        };
        for chunk in chunks {
            lines.push(chunk.to_vec());
            take(&mut lines);
        }
        lines.end();
        take(&mut lines);
        found
    }

    #[test]
    fn cuts_wherever_the_chunks_are_cut() {
        let text = "first\n\nsecond\r\nthird \u{e9}\nlast without end";
        let expected = ["first", "", "second", "third \u{e9}", "last without end"];
        for size in 1..=text.len() {
            let chunks: Vec<&[u8]> = text.as_bytes().chunks(size).collect();
            assert_eq!(lines(&chunks), expected, "chunks of {size}");
        }
    }

    #[test]
    fn an_end_of_line_is_no_empty_line() {
        assert_eq!(lines(&[b"one\n"]), ["one"]);
        assert_eq!(lines(&[]), Vec::<String>::new());
    }

    #[test]
    fn a_line_over_the_limit_is_reported_and_the_next_one_read() {
        let long = vec![b'x'; LIMIT / 2 + 1];
        assert_eq!(lines(&[&long, &long, b"x\nnext\n"]), ["TOO LONG", "next"]);
        assert_eq!(lines(&[&long, &long, &long, b"x"]), ["TOO LONG"]);
        let lasting = [&long[..], &long[..], b"\nnext"].concat();
        assert_eq!(lines(&[&lasting]), ["TOO LONG", "next"]);
    }

    #[test]
    fn bytes_that_are_no_text_are_replaced() {
        assert_eq!(lines(&[b"a\xffb\n"]), ["a\u{fffd}b"]);
    }

    #[test]
    fn a_byte_order_mark_is_no_text() {
        let text = "\u{feff}a\u{feff}\n\u{feff}b\n".as_bytes();
        for chunks in [&[text][..], &[&text[..2], &text[2..]]] {
            assert_eq!(lines(chunks), ["a\u{feff}", "\u{feff}b"]);
        }
    }
}
