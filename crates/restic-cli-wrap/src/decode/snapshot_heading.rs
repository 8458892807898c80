use restic_types::{SnapshotId, Time};
use serde::{Deserialize, Serialize};

/// How restic names a snapshot in a text, before it says what becomes of it:
/// `snapshot 05266209 of [/data/src] at 2026-11-22 11:16:21.373349854 +0100 CET by alice@srv1`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SnapshotHeading {
    /// The first eight digits of its id.
    pub id: SnapshotId,
    /// What was saved: the paths with blanks between them, as restic prints them. Where one
    /// has a blank in it, they cannot be distinguished.
    pub paths: String,
    /// When it was made. Absent when restic prints something else there.
    pub time: Option<Time>,
    /// Who made it. Absent before restic 0.17, or thereabouts.
    pub username: Option<String>,
    /// The machine it was made on. Absent as that.
    pub hostname: Option<String>,
}

impl SnapshotHeading {
    /// Returns `None` if the text is not one. It has several lines where a path has a newline in
    /// it.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let (id, rest) = begin(text)?;
        // From the right: a path may have anything in it.
        let (paths, made) = rest.rsplit_once("] at ")?;
        let (time, by) = match made.split_once(" by ") {
            Some((time, by)) => (time, by.rsplit_once('@')),
            // An old restic closes a parenthesis that it never opened.
            None => (made.trim_end_matches(')'), None),
        };
        Some(Self {
            id: id.into(),
            paths: paths.to_owned(),
            time: Time::from_text(time),
            username: by.map(|(username, _)| username.to_owned()),
            hostname: by.map(|(_, hostname)| hostname.to_owned()),
        })
    }

    /// What stands behind the id, without the parenthesis that a restic before 0.17 closes and
    /// never opened.
    pub(crate) fn balanced(description: &str) -> &str {
        let made = description.rsplit_once("] at ").map(|(_, made)| made);
        let is_stray = made.is_some_and(|made| made.ends_with(')') && !made.contains(" by "));
        match is_stray {
            true => description.strip_suffix(')').unwrap_or(description),
            false => description,
        }
    }

    /// Whether a line is the beginning of one, which may have newlines in it.
    pub(crate) fn begins(line: &str) -> bool {
        begin(line).is_some()
    }

    /// Whether one goes on in the next line.
    pub(crate) fn is_open(begun: &str) -> bool {
        Self::begins(begun) && !is_end(begun)
    }

    /// Whether a line is the end of one whose beginning it does not have: a name in it looks
    /// like a line of the report.
    pub(crate) fn is_rest(line: &str) -> bool {
        !Self::begins(line) && is_end(line)
    }

    /// A line behind it is no other part of the report: the last name in it goes on there, as
    /// far as nobody knows.
    pub(crate) fn lose_maker(&mut self) {
        self.username = None;
        self.hostname = None;
    }
}

/// The first eight digits of an id, and what is behind the bracket that the paths stand in.
fn begin(text: &str) -> Option<(&str, &str)> {
    let (id, rest) = text.strip_prefix("snapshot ")?.split_once(" of [")?;
    let is_digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    (id.len() == 8 && id.bytes().all(is_digit)).then_some((id, rest))
}

fn is_end(text: &str) -> bool {
    let made = text.rsplit_once("] at ").map(|(_, made)| made);
    made.is_some_and(|made| made.starts_with(|c: char| c.is_ascii_digit() || c == '-'))
}
