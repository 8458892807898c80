//! Finding secrets in a text, however they are spelt there, in one pass for each way to spell them.

use std::ops::Range;

use restic_types::search::contains;

use super::needle::Needle;
use super::pattern::{Pattern, Placed, Search};
use super::quoted::Bare;
use super::spelt::Spelt;

/// Where these are in a text, in any spelling.
pub(super) fn places(needles: &[Needle], text: &str) -> Vec<Range<usize>> {
    let mut found = Found {
        needles,
        text,
        places: Vec::new(),
    };
    if needles.is_empty() {
        return found.places;
    }
    let bytes = text.as_bytes();
    for needle in needles {
        let mut at = 0;
        while let Some(place) = needle.plain.find(bytes, at) {
            at = place.end;
            found.add(needle, place);
        }
    }
    let percent = contains(text, "%");
    let json = contains(text, "\\");
    let both = percent && json;
    for (percent, json) in [(percent, false), (false, json), (both, both)] {
        if percent || json {
            let mut spelt = Spelt::new(bytes, percent, json);
            found.read(|needle| &needle.plain, &mut || spelt.next());
        }
    }
    if json || contains(text, "\u{fffd}") {
        let mut bare = Bare::new(bytes, false);
        found.read(|needle| &needle.bare, &mut || bare.next());
    }
    if percent {
        let mut bare = Bare::new(bytes, true);
        found.read(|needle| &needle.bare_in_url, &mut || bare.next());
    }
    found.places
}

impl Needle {
    /// Where it is in a text, in any spelling.
    pub fn find(&self, text: &str) -> Vec<Range<usize>> {
        places(std::slice::from_ref(self), text)
    }
}

/// What is found in a text.
struct Found<'a> {
    needles: &'a [Needle],
    text: &'a str,
    places: Vec<Range<usize>>,
}

impl Found<'_> {
    /// Looks for these patterns of the needles in what is read, byte by byte.
    #[inline(never)] // Called from some places, for few texts.
    fn read(&mut self, pattern: fn(&Needle) -> &Pattern, next: &mut dyn FnMut() -> Option<Placed>) {
        let mut searches = Vec::new();
        for needle in self.needles {
            let pattern = pattern(needle);
            if !pattern.is_empty() {
                searches.push((needle, Search::new(pattern)));
            }
        }
        if searches.is_empty() {
            return;
        }
        while let Some(placed) = next() {
            for (needle, search) in &mut searches {
                if let Some(place) = search.step(placed) {
                    self.add(needle, place);
                }
            }
        }
    }

    #[inline(never)] // Called from some places, for few texts.
    fn add(&mut self, needle: &Needle, place: Range<usize>) {
        let place = whole(self.text, place);
        if !needle.is_word || is_a_name(self.text, &place) {
            self.places.push(place);
        }
    }
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

/// Whether a part of a text stands where a URL has its password, or where restic names the
/// holder of a lock. Whatever stands there is no word of restic's own.
fn is_a_name(text: &str, place: &Range<usize>) -> bool {
    let (before, after) = (&text[..place.start], &text[place.end..]);
    [(":", "@"), (" by ", " (UID "), (" on ", " by ")]
        .iter()
        .any(|(begin, end)| before.ends_with(begin) && after.starts_with(end))
}
