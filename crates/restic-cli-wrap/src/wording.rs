//! Finding restic's sentences in what it says.

use restic_types::search::{self, contains, split};

/// Sentences, one pattern a line, with a NUL between the parts of one.
///
/// A line fits a pattern when all of its parts stand in the line. A part that begins with `^`
/// begins the line, one that ends in `$` ends it, so that what anybody may have named a file or a
/// host is not taken for restic's own words.
pub(crate) type Patterns = &'static str;

/// Writes patterns as one text: a slice for each of them would make every program some 20 KB
/// larger, and slower to load.
macro_rules! lines {
    ($([$first:literal $(, $part:literal)* $(,)?]),* $(,)?) => {
        concat!($($first, $("\0", $part,)* "\n"),*)
    };
}
pub(crate) use lines;

/// Whether a line fits one of these patterns.
pub(crate) fn is_one_of(patterns: Patterns, line: &str) -> bool {
    search::lines(patterns).any(|pattern| fits(pattern, line))
}

/// Whether a line fits this pattern.
pub(crate) fn fits(pattern: &str, line: &str) -> bool {
    split(pattern, 0).all(|part| fits_part(part, line))
}

fn fits_part(part: &str, line: &str) -> bool {
    if let Some(begin) = part.strip_prefix('^') {
        return match begin.strip_suffix('$') {
            Some(all) => line == all,
            None => line.starts_with(begin),
        };
    }
    match part.strip_suffix('$') {
        Some(end) => line.ends_with(end),
        None => contains(line, part),
    }
}

/// The lines of a text.
pub(crate) fn lines_of(text: &str) -> Vec<&str> {
    search::lines(text).collect()
}
