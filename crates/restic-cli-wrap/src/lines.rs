use std::borrow::Cow;

/// The longest line that is read, in bytes: 128 MiB, which is a list of 160,000 snapshots.
pub(crate) const LIMIT: usize = 128 * 1024 * 1024;

/// Cuts a stream of chunks into lines, without copying those that lie within one chunk.
#[derive(Debug, Default)]
pub(crate) struct Lines {
    buffer: Vec<u8>,
    /// Where the next line begins.
    start: usize,
    /// Up to where no line end was found.
    searched: usize,
    ended: bool,
    /// The line that is being read is over the limit, and its bytes are thrown away.
    too_long: bool,
    number: u64,
}

/// One line of a stream.
#[derive(Debug, PartialEq)]
pub(crate) enum Line<'a> {
    /// Its text without the line end. Bytes that are not UTF-8 are U+FFFD in it.
    Text(Cow<'a, str>),
    /// The line was longer than [`LIMIT`], and its content is lost.
    TooLong,
}

impl Lines {
    /// Takes the next bytes of the stream.
    pub(crate) fn push(&mut self, chunk: Vec<u8>) {
        if self.start == self.buffer.len() {
            self.buffer = chunk;
        } else {
            self.buffer.drain(..self.start);
            self.searched -= self.start;
            self.buffer.extend_from_slice(&chunk);
            self.start = 0;
            return;
        }
        self.start = 0;
        self.searched = 0;
    }

    /// Says that nothing more comes: what is left is the last line.
    pub(crate) fn end(&mut self) {
        self.ended = true;
    }

    /// The number of the line given last, counted from 1.
    pub(crate) fn number(&self) -> u64 {
        self.number
    }

    /// The next whole line.
    pub(crate) fn next(&mut self) -> Option<Line<'_>> {
        let (line, rest) = match memchr::memchr(b'\n', &self.buffer[self.searched..]) {
            Some(length) => (
                self.start..self.searched + length,
                self.searched + length + 1,
            ),
            None if self.ended && self.start < self.buffer.len() => {
                (self.start..self.buffer.len(), self.buffer.len())
            }
            None => {
                self.remember_unfinished();
                return None;
            }
        };
        self.start = rest;
        self.searched = rest;
        self.number += 1;
        if std::mem::take(&mut self.too_long) || line.len() > LIMIT {
            return Some(Line::TooLong);
        }
        let bytes = &self.buffer[line];
        let bytes = bytes.strip_suffix(b"\r").unwrap_or(bytes);
        // Checking first is much faster than replacing at once, and nearly always enough.
        let text = std::str::from_utf8(bytes).map(Cow::Borrowed);
        Some(Line::Text(
            text.unwrap_or_else(|_| String::from_utf8_lossy(bytes)),
        ))
    }

    /// Nothing is searched twice, and a line over the limit takes no more memory.
    fn remember_unfinished(&mut self) {
        self.searched = self.buffer.len();
        if self.buffer.len() - self.start > LIMIT {
            self.too_long = true;
            self.buffer = Vec::new();
            self.start = 0;
            self.searched = 0;
        }
    }
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
                    Line::Text(text) => found.push(text.into_owned()),
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
    fn a_line_over_the_limit_is_told_and_the_next_one_read() {
        let long = vec![b'x'; LIMIT / 2 + 1];
        assert_eq!(lines(&[&long, &long, b"x\nnext\n"]), ["TOO LONG", "next"]);
    }

    #[test]
    fn bytes_that_are_no_text_are_replaced() {
        assert_eq!(lines(&[b"a\xffb\n"]), ["a\u{fffd}b"]);
    }
}
