use std::ffi::OsStr;

use crate::values::value;

value! {
    /// Tags that a snapshot has to have, all of them.
    ///
    /// The tags of one list are combined with *and*, several lists with *or*: a snapshot
    /// needs to match only one of the lists that a setter is given. A comma separates two
    /// tags, so a tag cannot contain one.
    TagList
}

impl TagList {
    /// Snapshots with this tag.
    #[must_use]
    pub fn new(tag: impl AsRef<OsStr>) -> Self {
        Self(tag.as_ref().to_owned())
    }

    /// Only those of them that have this tag, too.
    #[must_use]
    pub fn and(mut self, tag: impl AsRef<OsStr>) -> Self {
        self.0.push(",");
        self.0.push(tag);
        self
    }

    /// Snapshots without any tag. restic 0.11 finds none that way.
    #[must_use]
    pub fn untagged() -> Self {
        Self::new("")
    }
}
