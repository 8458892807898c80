use crate::framing::lines::{BYTE_ORDER_MARK, LIMIT, Line, text};

/// Cuts a stream into JSON values and the lines of text around them.
///
/// A value ends with its last bracket, so neither lines nor chunks matter. Of a list of
/// values each one is given as soon as it is whole, and the list itself at the end, without
/// them: `[{"a":1},{"b":2}]` gives `{"a":1}`, `{"b":2}` and `[]`. The same goes for the
/// lists called `matches` in the values of a list. So a document of any size takes the
/// memory of its largest value. Text between the values of a list is given as lines, too.
#[derive(Debug)]
pub(crate) struct JsonSplitter {
    chunk: Vec<u8>,
    /// Where what is not read yet begins in the chunk.
    start: usize,
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
    ended: bool,
}

/// A value whose last bracket has not come yet.
#[derive(Debug, Default)]
struct Value {
    text: Vec<u8>,
    depth: usize,
    in_string: bool,
    /// What follows is escaped by a backslash before it.
    escaped: bool,
    /// The innermost bracket is that of a list whose values are taken out.
    in_list: bool,
    too_long: bool,
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
            chunk: Vec::new(),
            start: 0,
            splits_lists,
            open: Vec::new(),
            text: Vec::new(),
            after_value: false,
            given: Vec::new(),
            number: 0,
            ended: false,
        }
    }

    /// Takes the next bytes of the stream.
    pub(crate) fn push(&mut self, chunk: Vec<u8>) {
        if self.start == self.chunk.len() {
            self.chunk = chunk;
        } else {
            self.chunk.drain(..self.start);
            self.chunk.extend_from_slice(&chunk);
        }
        self.start = 0;
    }

    /// Says that nothing more comes: what is left is the last piece.
    pub(crate) fn end(&mut self) {
        self.ended = true;
    }

    /// The number of the piece given last, counted from 1.
    pub(crate) fn number(&self) -> u64 {
        self.number
    }

    /// The next whole piece.
    pub(crate) fn next(&mut self) -> Option<Line<'_>> {
        while self.start < self.chunk.len() {
            if let Some(length) = self.plain_item() {
                let item = self.start..self.start + length;
                self.start = item.end;
                self.number += 1;
                return Some(Line::Text(text(&self.chunk[item], self.number)));
            }
            let chunk = std::mem::take(&mut self.chunk);
            let (read, found) = self.read(&chunk[self.start..]);
            self.chunk = chunk;
            self.start += read;
            match found {
                Some(Found::Value(value)) => return Some(self.give_value(value)),
                Some(Found::Text) => return Some(self.give_text(true)),
                None => {}
            }
        }
        if !self.ended {
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

    /// The length of the value of a list that comes next, if it is whole in this chunk and has
    /// neither values nor escapes in it. Nearly all are of that kind, and are not copied then.
    fn plain_item(&self) -> Option<usize> {
        let rest = &self.chunk[self.start..];
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

impl Value {
    /// Reads bytes that change nothing. Returns their number.
    fn read_run(&mut self, bytes: &[u8]) -> usize {
        let mut from = 0;
        if self.escaped && !bytes.is_empty() {
            self.escaped = false;
            from = 1;
        }
        let rest = &bytes[from..];
        let length = if self.in_string {
            memchr::memchr2(b'"', b'\\', rest)
        } else {
            rest.iter()
                .position(|byte| matches!(byte, b'"' | b'{' | b'}' | b'[' | b']'))
        };
        let end = from + length.unwrap_or(rest.len());
        self.add(&bytes[..end]);
        end
    }

    fn add(&mut self, bytes: &[u8]) {
        if self.text.len() + bytes.len() > LIMIT {
            self.too_long = true;
            self.text = Vec::new();
        }
        if !self.too_long {
            self.text.extend_from_slice(bytes);
        }
    }

    /// Whether the list that has just begun is that of the matches in one snapshot.
    fn is_matches(&self) -> bool {
        self.depth == 2 && self.text.ends_with(br#""matches":["#)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces(splits_lists: bool, chunks: &[&[u8]]) -> Vec<String> {
        let mut pieces = JsonSplitter::new(splits_lists);
        let mut found = Vec::new();
        let mut take = |pieces: &mut JsonSplitter| {
            while let Some(piece) = pieces.next() {
                found.push(match piece {
                    Line::Text(text) => text.into_owned(),
                    Line::Last(text) => format!("LAST {text}"),
                    Line::TooLong => "TOO LONG".into(),
                });
            }
        };
        for chunk in chunks {
            pieces.push(chunk.to_vec());
            take(&mut pieces);
        }
        pieces.end();
        take(&mut pieces);
        found
    }

    #[track_caller]
    fn check(splits_lists: bool, stream: &str, expected: &[&str]) {
        for size in 1..=stream.len().max(1) {
            let chunks: Vec<&[u8]> = stream.as_bytes().chunks(size).collect();
            assert_eq!(pieces(splits_lists, &chunks), expected, "chunks of {size}");
        }
        // More may come before anybody reads.
        let mut pieces = JsonSplitter::new(splits_lists);
        let mut found = Vec::new();
        for byte in stream.bytes() {
            pieces.push(vec![byte]);
        }
        while let Some(Line::Text(text)) = pieces.next() {
            found.push(text.into_owned());
        }
        let whole = expected.iter().filter(|piece| !piece.starts_with("LAST"));
        assert_eq!(found, whole.copied().collect::<Vec<_>>());
    }

    #[test]
    fn values_of_lists_are_given_one_by_one() {
        check(true, "[]\n", &["[]"]);
        check(
            true,
            "[{\"a\":1},{\"b\":{\"c\":[2,{}]}}]\n",
            &["{\"a\":1}", "{\"b\":{\"c\":[2,{}]}}", "[]"],
        );
        check(
            true,
            "[{\"matches\":[{\"path\":\"/a\"},{\"path\":\"/b\"}],\"hits\":2,\"snapshot\":\"x\"},{\"matches\":[{}],\"hits\":1}]\n",
            &[
                "{\"path\":\"/a\"}",
                "{\"path\":\"/b\"}",
                "{\"matches\":[],\"hits\":2,\"snapshot\":\"x\"}",
                "{}",
                "{\"matches\":[],\"hits\":1}",
                "[]",
            ],
        );
        // Only the lists that are known are taken apart.
        check(
            true,
            "[{\"more\":[{\"a\":1}]}]",
            &["{\"more\":[{\"a\":1}]}", "[]"],
        );
        check(
            true,
            "[{\"a\":{\"matches\":[{}]}}]",
            &["{\"a\":{\"matches\":[{}]}}", "[]"],
        );
    }

    #[test]
    fn brackets_in_strings_are_none() {
        let tricky = r#"{"a":"}]\"[{\\","\"matches\":[":"é\u0022]"}"#;
        check(
            true,
            &format!("[{tricky},{tricky}]"),
            &[tricky, tricky, "[]"],
        );
        check(false, tricky, &[tricky]);
        check(
            true,
            r#"[{"a":"}"},{"b":"},{"},{"c":"[]","d":"}"},{"e\\":"}"}]"#,
            &[
                r#"{"a":"}"}"#,
                r#"{"b":"},{"}"#,
                r#"{"c":"[]","d":"}"}"#,
                r#"{"e\\":"}"}"#,
                "[]",
            ],
        );
    }

    #[test]
    fn text_stands_anywhere() {
        check(
            true,
            "a helper\r\n[0:00] 100.00%  9 / 9 packs\n\n[{\"matches\":[{\"a\":1}Unable to load [{\"x\"\n ... which\n,{\"a\":2}],\"hits\":2}]Object\nlast",
            &[
                "a helper",
                "[0:00] 100.00%  9 / 9 packs",
                "",
                "{\"a\":1}",
                "Unable to load [{\"x\"",
                "... which",
                "{\"a\":2}",
                "{\"matches\":[],\"hits\":2}",
                "[]",
                "Object",
                "LAST last",
            ],
        );
    }

    #[test]
    fn what_is_cut_is_told() {
        check(true, "[{\"a\":1},{\"b", &["{\"a\":1}", "LAST {\"b"]);
        check(true, "[{\"a\":1}", &["{\"a\":1}", "LAST ["]);
        check(true, "[", &["LAST ["]);
        check(false, "{\n  \"a\": 1\n", &["LAST {\n  \"a\": 1\n"]);
        check(true, "", &[]);
    }

    #[test]
    fn whole_values_keep_their_lines() {
        let value = "{\n  \"a\": [\n    1\n  ]\n}";
        check(
            false,
            &format!("text\n{value}\nmore\n"),
            &["text", value, "more"],
        );
    }

    #[test]
    fn a_value_over_the_limit_is_told_and_the_next_one_read() {
        let long = vec![b'x'; LIMIT];
        let chunks: [&[u8]; 3] = [b"[{\"a\":\"", &long, b"\"},{\"b\":1}]"];
        assert_eq!(pieces(true, &chunks), ["TOO LONG", "{\"b\":1}", "[]"]);
    }

    #[test]
    fn a_byte_order_mark_is_no_text() {
        assert_eq!(pieces(true, &["\u{feff}[]\n".as_bytes()]), ["[]"]);
    }
}
