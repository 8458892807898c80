use serde::Serialize;

/// What differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum DriftKind {
    /// A call was made in one of the recordings alone.
    Call,
    /// How restic ended.
    Exit,
    /// A stream has text where it had JSON, or bytes, or nothing, and so on.
    Stream,
    /// A message of JSON.
    Message,
    /// A field of a message or document.
    Field,
    /// The type of such a field.
    Type,
    /// A sentence.
    Text,
}
