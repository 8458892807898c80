use std::path::PathBuf;

/// What became of a recording.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "a pending recording is not in use before it is accepted"]
#[non_exhaustive]
pub enum Kept {
    /// There was none, and now there is.
    New,
    /// Its calls and answers are the same as those of the one that was there. Where its note, the
    /// command that records it again or the version of the recorder differs, they are the new ones
    /// now.
    Unchanged,
    /// It differs from the one that is there, and waits in this directory to be
    /// [accepted or rejected](crate::PendingRecording).
    Pending(PathBuf),
}
