use std::ffi::OsString;

use crate::values::value;

value! {
    /// What snapshots of one group have in common: `--group-by`.
    ///
    /// Unless set, restic groups by host and paths.
    GroupBy
}

impl GroupBy {
    /// Begins with nothing, which puts all snapshots in one group.
    #[must_use]
    pub fn nothing() -> Self {
        Self(OsString::new())
    }

    /// Puts snapshots of different hosts in different groups.
    #[must_use]
    pub fn host(self) -> Self {
        self.and("host")
    }

    /// Puts snapshots of different paths in different groups.
    #[must_use]
    pub fn paths(self) -> Self {
        self.and("paths")
    }

    /// Puts snapshots with different tags in different groups.
    #[must_use]
    pub fn tags(self) -> Self {
        self.and("tags")
    }

    fn and(mut self, word: &str) -> Self {
        if !self.0.is_empty() {
            self.0.push(",");
        }
        self.0.push(word);
        self
    }
}
