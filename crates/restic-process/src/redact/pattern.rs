//! Bytes to look for in a text of which each byte is seen once (Knuth, Morris and Pratt).

use std::ops::Range;

/// One byte of what is meant, and where it stands.
#[derive(Clone, Copy, Debug)]
pub(super) struct Placed {
    pub(super) byte: u8,
    pub(super) start: usize,
    pub(super) end: usize,
    /// How many backslashes there were before and in it.
    pub(super) backslashes: usize,
}

/// What is looked for.
#[derive(Clone, Default)]
pub(super) struct Pattern {
    bytes: Vec<u8>,
    /// For each length of a beginning that was found: the length of the longest beginning
    /// that ends there, too, and is shorter.
    shorter: Vec<usize>,
    /// How many bytes stand before it that are not looked for.
    pub(super) lead: usize,
    /// How many backslashes there are to be in it.
    pub(super) backslashes: usize,
}

impl Pattern {
    pub(super) fn new(bytes: Vec<u8>) -> Self {
        let mut pattern = Self {
            bytes,
            shorter: vec![0, 0],
            ..Self::default()
        };
        let mut length = 0;
        for at in 1..pattern.bytes.len() {
            length = pattern.step(length, pattern.bytes[at]);
            pattern.shorter.push(length);
        }
        pattern
    }

    pub(super) fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// How much of this a text ends in that goes on with this byte, and ended in so much before.
    fn step(&self, mut length: usize, byte: u8) -> usize {
        loop {
            if self.bytes.get(length) == Some(&byte) {
                return length + 1;
            }
            if length == 0 {
                return 0;
            }
            length = self.shorter[length];
        }
    }

    /// Where this is in a text as it is, from some place on.
    pub(super) fn find(&self, text: &[u8], mut at: usize) -> Option<Range<usize>> {
        let first = self.bytes.first()?;
        let mut length = 0;
        loop {
            if length == 0 {
                at += memchr::memchr(*first, text.get(at..)?)?;
            }
            length = self.step(length, *text.get(at)?);
            at += 1;
            if length == self.bytes.len() {
                return Some(at - length..at);
            }
        }
    }
}

/// The search for one pattern, on its way through a text.
pub(super) struct Search<'a> {
    pattern: &'a Pattern,
    /// How much of the pattern the text read so far ends in.
    length: usize,
    /// Where the last bytes began, as many as the pattern has and what leads to it, and how
    /// many backslashes there were before each.
    starts: Vec<(usize, usize)>,
    /// Where in that list the next one goes.
    next: usize,
    backslashes: usize,
}

impl<'a> Search<'a> {
    /// For a pattern that is not empty.
    pub(super) fn new(pattern: &'a Pattern) -> Self {
        Self {
            pattern,
            length: 0,
            starts: vec![(0, 0); pattern.bytes.len() + pattern.lead],
            next: 0,
            backslashes: 0,
        }
    }

    /// Reads one byte. Returns where the pattern is when this was its end, and it has as many
    /// backslashes as it must.
    pub(super) fn step(&mut self, placed: Placed) -> Option<Range<usize>> {
        self.starts[self.next] = (placed.start, self.backslashes);
        self.backslashes = placed.backslashes;
        self.next += 1;
        if self.next == self.starts.len() {
            self.next = 0;
        }
        self.length = self.pattern.step(self.length, placed.byte);
        if self.length < self.pattern.bytes.len() {
            return None;
        }
        let (start, before) = self.starts[self.next];
        (placed.backslashes - before >= self.pattern.backslashes).then_some(start..placed.end)
    }
}
