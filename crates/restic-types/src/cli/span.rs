//! Which releases of restic have something.

use crate::restic_version::ResticVersion;

/// The oldest release that we support. What is older counts as being there since this one.
pub const OLDEST: ResticVersion = ResticVersion::new(0, 11, 0);

/// Releases from one to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Span {
    /// The first of them.
    pub since: ResticVersion,
    /// The last of them. Absent when it goes on in the newest release.
    pub until: Option<ResticVersion>,
}

impl Span {
    /// Whether the version is one of them, both ends included. A development version counts as the release that it
    /// builds upon.
    #[must_use]
    pub fn contains(self, version: ResticVersion) -> bool {
        let release = version.release();
        self.since <= release && self.until.is_none_or(|until| release <= until)
    }
}

/// What a row of the table answers for a release.
macro_rules! releases {
    ($type:ident) => {
        impl $type {
            /// Whether this release has it, leaving aside what its build may have left out.
            #[must_use]
            pub fn available_in(&self, release: ResticVersion) -> bool {
                let (since, until) = (self.since, self.until);
                Span { since, until }.contains(release)
            }

            /// Whether this release has it without listing it in its help.
            #[must_use]
            pub fn hidden_in(&self, release: ResticVersion) -> bool {
                self.available_in(release) && self.hidden.is_some_and(|span| span.contains(release))
            }
        }
    };
}

pub(super) use releases;
