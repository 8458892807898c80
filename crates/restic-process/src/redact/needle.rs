//! Finding a secret in a text, however it is spelt there, in one pass.

use std::ops::Range;

use restic_types::search::contains;

use super::quoted::{self, Placed};
use crate::percent_encoding::percent_code;

/// The shortest secret that is looked for, in bytes. A shorter one is in too many words by
/// chance that masking it would hide more than itself, and show where it is.
pub(super) const SHORTEST: usize = 4;

/// A secret to look for.
#[derive(Clone)]
#[expect(missing_debug_implementations, reason = "it is a secret")]
pub struct Needle {
    plain: Pattern,
    /// As it is in quotes of quotes, without and with percent signs being read.
    bare: [Option<Bare>; 2],
}

/// Bytes to look for in a text of which each byte is seen once.
#[derive(Clone)]
struct Pattern {
    bytes: Vec<u8>,
    /// For each length of a beginning that was found: the length of the longest beginning
    /// that ends there, too, and is shorter (Knuth, Morris and Pratt).
    shorter: Vec<usize>,
}

/// What is left of a secret when all is taken away that quoting may add.
#[derive(Clone)]
struct Bare {
    pattern: Pattern,
    /// How many bytes of its beginning are not looked for: what stands before it may make
    /// something else of them.
    lead: usize,
    /// How many backslashes are lost of it. However it is quoted, it has no fewer.
    backslashes: usize,
}

/// What may stand for something else in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Spelling {
    /// `%40` for `@`.
    percent: bool,
    /// `\"` and `\u0026`, inside strings of JSON.
    json: bool,
}

/// One character of the text as it is meant, and where it stands.
struct Unit {
    bytes: [u8; 4],
    length: usize,
    place: Range<usize>,
}

impl Needle {
    /// Looks for these bytes, which are some.
    pub fn new(bytes: Vec<u8>) -> Self {
        Self {
            bare: [false, true].map(|percent| Bare::of(&bytes, percent)),
            plain: Pattern::new(bytes),
        }
    }

    /// Where it is in a text, in any spelling.
    pub fn find(&self, text: &str) -> Vec<Range<usize>> {
        find(std::slice::from_ref(self), text)
    }
}

impl Pattern {
    fn new(bytes: Vec<u8>) -> Self {
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

    /// How much of this a text ends in when it goes on with this byte, and ended in so much before.
    fn step(&self, mut length: usize, byte: u8) -> usize {
        while length > 0 && self.bytes.get(length) != Some(&byte) {
            length = self.shorter[length];
        }
        length + usize::from(self.bytes[length] == byte)
    }

    /// Where this is in a text as it is.
    fn find(&self, text: &[u8], found: &mut Vec<Range<usize>>) {
        let Some(first) = self.bytes.first() else {
            return;
        };
        let (mut length, mut at) = (0, 0);
        while let Some(byte) = text.get(at) {
            if length == 0 && byte != first {
                match memchr::memchr(*first, &text[at..]) {
                    Some(skipped) => at += skipped,
                    None => return,
                }
                continue;
            }
            length = self.step(length, *byte);
            at += 1;
            if length == self.bytes.len() {
                found.push(at - length..at);
                length = 0;
            }
        }
    }
}

impl Bare {
    /// Absent when it is so little that it may be anywhere by chance.
    fn of(secret: &[u8], percent: bool) -> Option<Self> {
        let lead = beginning(secret, percent);
        let end = secret.len() - if percent { half_of_code(secret) } else { 0 };
        let secret = secret.get(lead..end)?;
        let (mut bytes, mut backslashes) = (Vec::new(), 0);
        for placed in quoted::bare(secret, percent) {
            bytes.push(placed.byte);
            backslashes = placed.backslashes;
        }
        if bytes.is_empty() {
            return None;
        }
        (bytes.len() + backslashes >= SHORTEST).then(|| Self {
            pattern: Pattern::new(bytes),
            lead,
            backslashes,
        })
    }
}

/// How much of a secret's beginning is read as something else behind a percent sign or a
/// backslash, of which there may be one before it.
fn beginning(secret: &[u8], percent: bool) -> usize {
    let digits = |from: usize| {
        let rest = secret[from..].iter();
        rest.take_while(|byte| byte.is_ascii_hexdigit()).count()
    };
    let escape = match secret.first() {
        Some(b'x') => 2,
        Some(b'u') => 4,
        Some(b'U') => 8,
        _ => 0,
    };
    if escape > 0 && digits(1) >= escape {
        return escape + 1;
    }
    if !percent {
        return 0;
    }
    let mut length = 0;
    while secret[length..].starts_with(b"25") {
        length += 2;
    }
    length + digits(length).min(2)
}

/// How much of a secret's end may be read as something else together with what stands behind it:
/// `%` and `%4`.
fn half_of_code(secret: &[u8]) -> usize {
    let end = &secret[secret.len().saturating_sub(2)..];
    let percent = end.iter().position(|byte| *byte == b'%');
    percent.map_or(0, |percent| end.len() - percent)
}

/// Where these are in a text, in any spelling.
pub(super) fn find(needles: &[Needle], text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    if needles.is_empty() {
        return found;
    }
    for needle in needles {
        needle.plain.find(text.as_bytes(), &mut found);
    }
    let percent = contains(text, "%");
    let json = contains(text, "\\");
    for spelling in Spelling::ALL {
        if (percent || !spelling.percent) && (json || !spelling.json) {
            find_spelt(needles, text, spelling, &mut found);
        }
    }
    if json || contains(text, "\u{fffd}") {
        find_bare(needles, text, false, &mut found);
    }
    if percent {
        find_bare(needles, text, true, &mut found);
    }
    for place in &mut found {
        *place = whole(text, place.clone());
    }
    found
}

/// A place that begins and ends between two characters of a text, and between what is escaped
/// there: what is left can still be read.
fn whole(text: &str, Range { mut start, mut end }: Range<usize>) -> Range<usize> {
    while !text.is_char_boundary(start) {
        start -= 1;
    }
    while !text.is_char_boundary(end) {
        end += 1;
    }
    let before = text.as_bytes()[..start].iter().rev();
    start -= before.take_while(|byte| **byte == b'\\').count();
    let inside = text.as_bytes()[start..end].iter().rev();
    let is_escape = inside.take_while(|byte| **byte == b'\\').count() % 2 == 1;
    if is_escape && text[end..].starts_with(['"', '\\']) {
        end += 1;
    }
    start..end
}

/// Finds all of these in this spelling.
fn find_spelt(needles: &[Needle], text: &str, spelling: Spelling, found: &mut Vec<Range<usize>>) {
    let mut searches = Vec::new();
    for needle in needles {
        searches.push(Search::new(&needle.plain, 0, 0));
    }
    let mut at = 0;
    while let Some(unit) = spelling.unit(text, at) {
        at = unit.place.end;
        for byte in &unit.bytes[..unit.length] {
            let placed = Placed {
                byte: *byte,
                start: unit.place.start,
                end: unit.place.end,
                backslashes: 0,
            };
            for search in &mut searches {
                found.extend(search.step(placed));
            }
        }
    }
}

/// Finds all of these, however often they were quoted.
fn find_bare(needles: &[Needle], text: &str, percent: bool, found: &mut Vec<Range<usize>>) {
    let mut searches = Vec::new();
    for needle in needles {
        if let Some(bare) = &needle.bare[usize::from(percent)] {
            searches.push(Search::new(&bare.pattern, bare.lead, bare.backslashes));
        }
    }
    for placed in quoted::bare(text.as_bytes(), percent) {
        for search in &mut searches {
            found.extend(search.step(placed));
        }
    }
}

/// The search for one pattern, on its way through a text.
struct Search<'a> {
    pattern: &'a Pattern,
    /// How much of the pattern the text read so far ends in.
    length: usize,
    /// Where the last bytes began, as many as the pattern has and what leads to it, and how
    /// many backslashes there were before each.
    starts: Vec<(usize, usize)>,
    /// Where in that list the next one goes.
    next: usize,
    backslashes: usize,
    /// How many backslashes there have to be.
    least: usize,
}

impl<'a> Search<'a> {
    fn new(pattern: &'a Pattern, lead: usize, least: usize) -> Self {
        Self {
            pattern,
            length: 0,
            starts: vec![(0, 0); pattern.bytes.len() + lead],
            next: 0,
            backslashes: 0,
            least,
        }
    }

    /// Reads one byte. Returns where the pattern is when this was its end, and it has as many
    /// backslashes as it must.
    fn step(&mut self, placed: Placed) -> Option<Range<usize>> {
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
        (placed.backslashes - before >= self.least).then_some(start..placed.end)
    }
}

impl Spelling {
    /// The spellings that there may be in a text with percent signs or backslashes, beside the
    /// plain one.
    const ALL: [Self; 3] = [
        Self {
            percent: true,
            json: false,
        },
        Self {
            percent: false,
            json: true,
        },
        Self {
            percent: true,
            json: true,
        },
    ];

    /// What stands at this place.
    fn unit(self, text: &str, at: usize) -> Option<Unit> {
        let rest = text.get(at..).filter(|rest| !rest.is_empty())?;
        let spelt = match rest.as_bytes()[0] {
            b'%' if self.percent => percent_code(rest.as_bytes()).map(|byte| (Unit::of(byte), 3)),
            b'\\' if self.json => json(rest),
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
