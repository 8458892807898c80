//! Finding a secret in a text, however it is spelt there, in one pass.

use std::ops::Range;

use crate::percent_encoding::percent_code;

/// The shortest secret that is looked for, in bytes. A shorter one is in too many words by
/// chance that masking it would hide more than itself, and show where it is.
pub(super) const SHORTEST: usize = 4;

/// A secret to look for.
#[derive(Clone)]
pub(super) struct Needle {
    bytes: Vec<u8>,
    /// For each length of a beginning that was found: the length of the longest beginning
    /// that ends there, too, and is shorter (Knuth, Morris and Pratt).
    shorter: Vec<usize>,
}

/// What may stand for something else in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Spelling {
    /// `%40` for `@`.
    percent: bool,
    /// `\"` and `\u0026`, inside strings of JSON.
    json: bool,
    /// Text that was quoted again and again, as JSON in JSON, or Go's quotes in that: however
    /// many backslashes stand before a character, they are none of it.
    nested: bool,
}

/// One character of the text as it is meant, and where it stands.
struct Unit {
    bytes: [u8; 4],
    length: usize,
    place: Range<usize>,
}

impl Needle {
    /// Looks for these bytes, which are some.
    pub(super) fn new(bytes: Vec<u8>) -> Self {
        let mut shorter = vec![0, 0];
        let mut length = 0;
        for byte in bytes.iter().skip(1) {
            while length > 0 && bytes[length] != *byte {
                length = shorter[length];
            }
            length += usize::from(bytes[length] == *byte);
            shorter.push(length);
        }
        Self { bytes, shorter }
    }

    /// What is left of it where backslashes count for nothing. Absent when that is so little
    /// that it may be there by chance.
    fn bare(&self) -> Option<Self> {
        let bytes: Vec<u8> = self
            .bytes
            .iter()
            .copied()
            .filter(|byte| *byte != b'\\')
            .collect();
        (bytes.len() >= SHORTEST).then(|| Self::new(bytes))
    }

    /// Finds it as it is.
    fn find(&self, text: &str, found: &mut Vec<Range<usize>>) {
        // A text is UTF-8, so that nothing else is in it.
        if let Ok(needle) = std::str::from_utf8(&self.bytes) {
            let places = text.match_indices(needle);
            found.extend(places.map(|(start, _)| start..start + needle.len()));
        }
    }
}

/// Where these are in a text, in any spelling.
pub(super) fn find(needles: &[Needle], text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    if needles.is_empty() {
        return found;
    }
    for needle in needles {
        needle.find(text, &mut found);
    }
    for spelling in Spelling::in_use(text) {
        find_spelt(needles, text, spelling, &mut found);
    }
    if text.contains('\\') {
        let bare: Vec<Needle> = needles.iter().filter_map(Needle::bare).collect();
        for percent in [false, true] {
            let spelling = Spelling {
                percent,
                json: false,
                nested: true,
            };
            if !percent || text.contains('%') {
                find_spelt(&bare, text, spelling, &mut found);
            }
        }
    }
    found
}

/// Finds all of these in this spelling.
fn find_spelt(needles: &[Needle], text: &str, spelling: Spelling, found: &mut Vec<Range<usize>>) {
    let mut searches: Vec<_> = needles.iter().map(Search::new).collect();
    let mut at = 0;
    while let Some(unit) = spelling.unit(text, at) {
        at = unit.place.end;
        for byte in &unit.bytes[..unit.length] {
            let places = searches.iter_mut();
            found.extend(places.filter_map(|search| search.step(*byte, &unit.place)));
        }
    }
}

/// The search for one needle, on its way through a text.
struct Search<'a> {
    needle: &'a Needle,
    /// How much of the needle the text read so far ends in.
    length: usize,
    /// Where the last bytes began, as many as the needle has.
    starts: Vec<usize>,
    /// Where in that list the next one goes.
    next: usize,
}

impl<'a> Search<'a> {
    fn new(needle: &'a Needle) -> Self {
        Self {
            needle,
            length: 0,
            starts: vec![0; needle.bytes.len()],
            next: 0,
        }
    }

    /// Reads one byte, which stands here. Returns where the needle is when this was its end.
    fn step(&mut self, byte: u8, place: &Range<usize>) -> Option<Range<usize>> {
        let Needle { bytes, shorter } = self.needle;
        self.starts[self.next] = place.start;
        self.next = (self.next + 1) % bytes.len();
        while self.length > 0 && bytes[self.length] != byte {
            self.length = shorter[self.length];
        }
        self.length += usize::from(bytes[self.length] == byte);
        if self.length < bytes.len() {
            return None;
        }
        self.length = shorter[self.length];
        Some(self.starts[self.next]..place.end)
    }
}

impl Spelling {
    /// The spellings that there may be in a text, beside the plain one.
    fn in_use(text: &str) -> impl Iterator<Item = Self> {
        let (percent, json) = (text.contains('%'), text.contains('\\'));
        let spelling = |percent, json| Self {
            percent,
            json,
            nested: false,
        };
        let percent_only = percent.then(|| spelling(true, false));
        let json_only = json.then(|| spelling(false, true));
        let both = (percent && json).then(|| spelling(true, true));
        [percent_only, json_only, both].into_iter().flatten()
    }

    /// What stands at this place.
    fn unit(self, text: &str, at: usize) -> Option<Unit> {
        let rest = text.get(at..).filter(|rest| !rest.is_empty())?;
        let spelt = match rest.as_bytes()[0] {
            b'%' if self.percent => percent_code(rest.as_bytes()).map(|byte| (Unit::of(byte), 3)),
            b'\\' if self.json => json(rest),
            b'\\' if self.nested => Some(nested(rest)),
            _ => None,
        };
        let (unit, length) = spelt.unwrap_or_else(|| {
            let c = rest.chars().next().unwrap_or_default();
            (Unit::of_char(c), c.len_utf8())
        });
        let place = at..at + length;
        Some(Unit { place, ..unit })
    }
}

impl Unit {
    fn of(byte: u8) -> Self {
        Self {
            bytes: [byte, 0, 0, 0],
            length: 1,
            place: 0..0,
        }
    }

    fn of_char(c: char) -> Self {
        let mut bytes = [0; 4];
        let length = c.encode_utf8(&mut bytes).len();
        Self {
            bytes,
            length,
            place: 0..0,
        }
    }
}

/// What stands behind any number of backslashes, and how long all of it is.
fn nested(text: &str) -> (Unit, usize) {
    let behind = text.trim_start_matches('\\');
    let depth = text.len() - behind.len();
    // As if it was quoted once: the last backslash and what it belongs to.
    let once = &text[depth - 1..];
    if let Some((unit, length)) = json(once).filter(|_| !behind.starts_with('\\')) {
        return (unit, depth - 1 + length);
    }
    if let Some(byte) = hexadecimal(behind) {
        return (Unit::of(byte), depth + 3);
    }
    match behind.chars().next() {
        Some(c) => (Unit::of_char(c), depth + c.len_utf8()),
        None => (
            Unit {
                length: 0,
                ..Unit::of(0)
            },
            depth,
        ),
    }
}

/// The byte of Go's `\x1f`, without its backslash.
fn hexadecimal(text: &str) -> Option<u8> {
    let digits = text.strip_prefix('x')?.get(..2)?;
    u8::from_str_radix(digits, 16).ok()
}

/// What an escape of JSON at the beginning stands for, and how long it is.
fn json(text: &str) -> Option<(Unit, usize)> {
    let byte = match text.as_bytes().get(1)? {
        byte @ (b'"' | b'\\' | b'/') => *byte,
        b'b' => 8,
        b'f' => 12,
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        b'u' => return json_code(text),
        _ => return None,
    };
    Some((Unit::of(byte), 2))
}

/// `\u0026`, or `\ud83d\ude00` for what is beyond.
fn json_code(text: &str) -> Option<(Unit, usize)> {
    let code = |at: usize| {
        let digits = text.get(at..at + 6)?.strip_prefix("\\u")?;
        u16::from_str_radix(digits, 16).ok()
    };
    let first = code(0)?;
    if let Some(c) = char::from_u32(first.into()) {
        return Some((Unit::of_char(c), 6));
    }
    let c = char::decode_utf16([first, code(6)?]).next()?.ok()?;
    Some((Unit::of_char(c), 12))
}
