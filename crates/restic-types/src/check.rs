//! What `restic check` prints.

use serde::{Deserialize, Deserializer, Serialize};

use crate::id::PackId;
use crate::message::{self, Line, Message, UnknownMessage};
use crate::serde_help::null_as_default;

/// A line of `restic check --json`. JSON since restic 0.18.0.
///
/// See restic's documentation, [check](https://restic.readthedocs.io/en/stable/075_scripting.html#check).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
#[non_exhaustive]
pub enum CheckMessage {
    /// A finding or a hint. On standard error.
    Error(CheckError),
    /// The end, also when restic could not begin to check.
    Summary(CheckSummary),
    /// A message this crate could not read.
    #[serde(serialize_with = "message::serialize_raw")]
    Unknown(UnknownMessage),
}

impl Message for CheckMessage {
    fn read_any(line: &str) -> Option<Self> {
        let line = Line::new(line)?;
        Some(match line.tag() {
            "error" => line.body().map_or_else(Self::Unknown, Self::Error),
            "summary" => line.body().map_or_else(Self::Unknown, Self::Summary),
            _ => Self::Unknown(line.unknown()),
        })
    }

    fn unknown(&self) -> Option<&UnknownMessage> {
        match self {
            Self::Unknown(unknown) => Some(unknown),
            _ => None,
        }
    }
}

impl<'de> Deserialize<'de> for CheckMessage {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        message::deserialize(deserializer)
    }
}

/// A finding of a check, or advice that follows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "message_type", rename = "error")]
#[non_exhaustive]
pub struct CheckError {
    /// The text. Mostly ends in a newline; may be a part of a longer text that several messages make up.
    pub message: String,
}

/// The end of a check.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "message_type", rename = "summary")]
#[non_exhaustive]
pub struct CheckSummary {
    /// How many errors there are; 1 also when restic could not begin to check.
    pub num_errors: u64,
    /// Damaged packs, which `repair packs` takes.
    #[serde(default, deserialize_with = "null_as_default")]
    pub broken_packs: Vec<PackId>,
    /// Whether `repair index` would help. Not an error by itself.
    pub suggest_repair_index: bool,
    /// Whether `prune` would help. Not an error by itself.
    pub suggest_prune: bool,
}
