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
    /// Returns `None` if the line is not one.
    pub(crate) fn read(line: &str) -> Option<Self> {
        let (id, rest) = line.strip_prefix("snapshot ")?.split_once(" of [")?;
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
}
