use std::path::PathBuf;

/// What became of a recording.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "a pending recording is not in use before it is accepted"]
#[non_exhaustive]
pub enum Kept {
    /// There was none, and now there is.
    New,
    /// It is the same as the one that was there, to the byte.
    Unchanged,
    /// It differs from the one that is there, and waits in this directory to be
    /// [accepted or rejected](crate::PendingRecording).
    Pending(PathBuf),
}
