//! Releases of restic, as far as the table needs them.

use std::fmt;

/// The oldest release that we support. What is older counts as being there since this one.
pub const OLDEST: Release = Release::new(0, 11, 0);

/// A release of restic: three numbers, ordered by age, written `0.17.0`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Release {
    /// The first number, 0 up to now.
    pub major: u16,
    /// The second number, which counts feature releases.
    pub minor: u16,
    /// The third number, which counts bug fix releases.
    pub patch: u16,
}

impl Release {
    /// The release with these numbers.
    #[must_use]
    pub const fn new(major: u16, minor: u16, patch: u16) -> Self {
        Self {
            major,
            minor,
            patch,
        }
    }
}

impl fmt::Display for Release {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.patch)
    }
}

/// Releases from one to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Span {
    /// The first of them.
    pub since: Release,
    /// The last of them. Absent when it goes on in the newest release.
    pub until: Option<Release>,
}

impl Span {
    /// Whether the release is one of them, both ends included.
    #[must_use]
    pub fn contains(self, release: Release) -> bool {
        self.since <= release && self.until.is_none_or(|until| release <= until)
    }
}
