use crate::framing::lines::LIMIT;

/// A value whose last bracket has not come yet.
#[derive(Debug, Default)]
pub(super) struct Value {
    pub(super) text: Vec<u8>,
    pub(super) depth: usize,
    pub(super) in_string: bool,
    /// What follows is escaped by a backslash before it.
    pub(super) escaped: bool,
    /// The innermost bracket is that of a list whose values are taken out.
    pub(super) in_list: bool,
    pub(super) too_long: bool,
}

impl Value {
    /// Reads bytes that change nothing. Returns their number.
    pub(super) fn read_run(&mut self, bytes: &[u8]) -> usize {
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

    pub(super) fn add(&mut self, bytes: &[u8]) {
        if self.text.len() + bytes.len() > LIMIT {
            self.too_long = true;
            self.text = Vec::new();
        }
        if !self.too_long {
            self.text.extend_from_slice(bytes);
        }
    }

    /// Whether the list that has just begun is that of the matches in one snapshot.
    pub(super) fn is_matches(&self) -> bool {
        self.depth == 2 && self.text.ends_with(br#""matches":["#)
    }
}
