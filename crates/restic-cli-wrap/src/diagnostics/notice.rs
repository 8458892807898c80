/// A line that is not part of restic's messages: a warning, a hint, what a helper program printed,
/// or a remark of this library.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Notice {
    /// Where it comes from.
    pub source: NoticeSource,
    /// The line without its end. Of a very long one, only the beginning.
    pub text: String,
}

/// Where a notice comes from: one of restic's two output streams, or neither.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum NoticeSource {
    /// Standard output.
    Stdout,
    /// Standard error.
    Stderr,
    /// This library, about what restic does and does not say.
    Library,
}
