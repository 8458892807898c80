#[cfg(test)]
mod tests;
mod value;

use crate::framing::chunks::Chunks;
use crate::framing::lines::{BYTE_ORDER_MARK, LIMIT, Line, text};
use crate::framing::pieces::Pieces;

use value::Value;

/// Cuts a stream into JSON values and the lines of text around them.
///
/// A value ends with its last bracket, so neither lines nor chunks matter. Of a list of
/// values each one is given as soon as it is whole, and the list itself at the end, without
/// them: `[{"a":1},{"b":2}]` gives `{"a":1}`, `{"b":2}` and `[]`. The same goes for the
/// lists called `matches` in the values of a list. So a document of any size takes the
/// memory of its largest value. Text between the values of a list is given as lines, too.
#[derive(Debug)]
pub(crate) struct JsonSplitter {
    chunks: Chunks,
    /// Whether values are taken out of lists.
    splits_lists: bool,
    /// The values that are being read, the outermost first.
    open: Vec<Value>,
    /// The text that is being read.
    text: Vec<u8>,
    /// Nothing but a line end has come since the last value.
    after_value: bool,
    /// The piece given last.
    given: Vec<u8>,
    number: u64,
}

/// What was found at the end of a run of bytes.
enum Found {
    Value(Value),
    Text,
}

impl JsonSplitter {
    /// Gives whole values, or those of lists.
    pub(crate) fn new(splits_lists: bool) -> Self {
        Self {
            chunks: Chunks::default(),
            splits_lists,
            open: Vec::new(),
            text: Vec::new(),
            after_value: false,
            given: Vec::new(),
            number: 0,
        }
    }

    /// The length of the value of a list that comes next, if it is whole in this chunk and has
    /// neither values nor escapes in it. Nearly all are of that kind, and are not copied then.
    fn plain_item(&self) -> Option<usize> {
        let rest = self.chunks.rest();
        let in_list = self.open.last().is_some_and(|value| value.in_list) && self.text.is_empty();
        if !in_list || rest[0] != b'{' {
            return None;
        }
        let end = memchr::memchr(b'}', rest)?;
        let item = &rest[1..end];
        let is_plain = memchr::memchr3(b'\\', b'{', b'[', item).is_none();
        // After an odd number of quotes, the bracket is part of a text.
        let is_end = is_plain && memchr::memchr_iter(b'"', item).count().is_multiple_of(2);
        is_end.then_some(end + 1)
    }

    /// Reads on to the end of a piece, if there is one. Returns how many bytes it has read.
    fn read(&mut self, bytes: &[u8]) -> (usize, Option<Found>) {
        match self.open.last().map(|value| value.in_list) {
            Some(false) if self.text.is_empty() => self.read_value(bytes),
            Some(true) if self.text.is_empty() => self.read_list(bytes[0]),
            None if self.number == 0 && self.is_mark(bytes[0]) => {
                self.text.push(bytes[0]);
                if self.text == BYTE_ORDER_MARK {
                    self.text.clear();
                }
                (1, None)
            }
            // A document begins a line.
            None if self.text.is_empty() && bytes[0] == b'{' => {
                self.open(b'{');
                (1, None)
            }
            // `[0:00]` is a counter.
            None if self.text.is_empty() && bytes[0] == b'[' => {
                self.text.push(b'[');
                (1, None)
            }
            None if self.text == b"[" && !bytes[0].is_ascii_digit() => {
                self.text.clear();
                self.open(b'[');
                (0, None)
            }
            _ => self.read_text(bytes),
        }
    }

    /// Whether this is the next byte of a byte order mark.
    fn is_mark(&self, byte: u8) -> bool {
        let so_far = BYTE_ORDER_MARK.strip_prefix(&self.text[..]);
        so_far.is_some_and(|rest| rest.first() == Some(&byte))
    }

    fn open(&mut self, bracket: u8) {
        self.open.push(Value {
            text: vec![bracket],
            depth: 1,
            in_list: bracket == b'[' && self.splits_lists,
            ..Value::default()
        });
    }

    /// Reads what stands between the values of a list.
    fn read_list(&mut self, byte: u8) -> (usize, Option<Found>) {
        match byte {
            b'{' => self.open(b'{'),
            b']' => {
                if let Some(list) = self.open.last_mut() {
                    list.in_list = false;
                }
                return (0, None);
            }
            b',' | b' ' | b'\t' | b'\r' | b'\n' => {}
            _ => self.text.push(byte),
        }
        (1, None)
    }

    fn read_text(&mut self, bytes: &[u8]) -> (usize, Option<Found>) {
        let end = memchr::memchr(b'\n', bytes);
        let line = &bytes[..end.unwrap_or(bytes.len())];
        let room = LIMIT.saturating_sub(self.text.len());
        self.text.extend_from_slice(&line[..line.len().min(room)]);
        let is_nothing = self.after_value && self.text.is_empty();
        self.after_value = false;
        match end {
            Some(end) if is_nothing => (end + 1, None),
            Some(end) => (end + 1, Some(Found::Text)),
            None => (bytes.len(), None),
        }
    }

    fn read_value(&mut self, bytes: &[u8]) -> (usize, Option<Found>) {
        let is_document = self.open.len() == 1;
        let is_item = self.open.len() == 2;
        let Some(value) = self.open.last_mut() else {
            return (0, None);
        };
        let mut at = 0;
        while at < bytes.len() {
            at += value.read_run(&bytes[at..]);
            let Some(&byte) = bytes.get(at) else {
                break;
            };
            at += 1;
            value.add(&[byte]);
            match byte {
                b'"' => value.in_string = !value.in_string,
                b'\\' => value.escaped = true,
                b'{' | b'[' => {
                    value.depth += 1;
                    value.in_list = self.splits_lists && is_item && value.is_matches();
                    if value.in_list {
                        return (at, None);
                    }
                }
                _ => {
                    value.depth -= 1;
                    if value.depth == 0 {
                        self.after_value = is_document;
                        return (at, self.open.pop().map(Found::Value));
                    }
                }
            }
        }
        (at, None)
    }

    fn give_value(&mut self, value: Value) -> Line<'_> {
        self.number += 1;
        if value.too_long {
            return Line::TooLong;
        }
        self.given = value.text;
        Line::Text(text(&self.given, self.number))
    }

    fn give_text(&mut self, is_whole: bool) -> Line<'_> {
        self.number += 1;
        self.given = std::mem::take(&mut self.text);
        let text = text(&self.given, self.number);
        if is_whole {
            Line::Text(text)
        } else {
            Line::Last(text)
        }
    }
}

impl Pieces for JsonSplitter {
    fn push(&mut self, chunk: Vec<u8>) {
        self.chunks.push(chunk);
    }

    fn end(&mut self) {
        self.chunks.end();
    }

    fn number(&self) -> u64 {
        self.number
    }

    fn next(&mut self) -> Option<Line<'_>> {
        while !self.chunks.rest().is_empty() {
            if let Some(length) = self.plain_item() {
                self.number += 1;
                return Some(Line::Text(text(self.chunks.take(length), self.number)));
            }
            let chunks = std::mem::take(&mut self.chunks);
            let (read, found) = self.read(chunks.rest());
            self.chunks = chunks;
            self.chunks.take(read);
            match found {
                Some(Found::Value(value)) => return Some(self.give_value(value)),
                Some(Found::Text) => return Some(self.give_text(true)),
                None => {}
            }
        }
        if !self.chunks.has_ended() {
            return None;
        }
        if !self.text.is_empty() {
            return Some(self.give_text(false));
        }
        // What is around the innermost value is not whole either.
        let cut = self.open.pop()?;
        self.open.clear();
        self.number += 1;
        self.given = cut.text;
        Some(Line::Last(text(&self.given, self.number)))
    }
}
