use serde::{Deserialize, Serialize};

/// Where a stream is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct StreamFile {
    /// A name in the scenario's directory.
    pub(crate) file: String,
    pub(crate) bytes: u64,
    /// How many lines of progress stand for all that restic printed: their number depends on the
    /// machine. Absent when there was no progress, or too little to be the same each time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) thinned_status: Option<u32>,
    /// Of its content. Absent in what somebody has written by hand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) digest: Option<String>,
}
