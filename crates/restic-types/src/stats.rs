//! What `restic stats` prints.

use serde::{Deserialize, Serialize};

use crate::exact_fraction::exact_option;
use crate::serde_help::is_default;

/// What `restic stats --json` prints.
///
/// See restic's documentation, [stats](https://restic.readthedocs.io/en/stable/075_scripting.html#stats).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Stats {
    /// Bytes, counted as the mode says: of restored files, of distinct contents, or as stored.
    pub total_size: u64,
    /// Files; 0 in mode `raw-data`, which counts none.
    #[serde(default, skip_serializing_if = "is_default")]
    pub total_file_count: u64,
    /// Blobs; 0 but in the modes `raw-data` and `blobs-per-file`.
    #[serde(default, skip_serializing_if = "is_default")]
    pub total_blob_count: u64,
    /// Snapshots that were counted. Since restic 0.14.0.
    #[serde(default, skip_serializing_if = "is_default")]
    pub snapshots_count: Option<u64>,
    /// Bytes before compression. Absent but in mode `raw-data`, and for a repository that can't be compressed (format
    /// version 1). Since restic 0.15.0.
    #[serde(default, skip_serializing_if = "is_default")]
    pub total_uncompressed_size: Option<u64>,
    /// `total_uncompressed_size` divided by `total_size`. Absent as that. Since restic 0.15.0.
    #[serde(
        default,
        deserialize_with = "exact_option",
        skip_serializing_if = "is_default"
    )]
    pub compression_ratio: Option<f64>,
    /// The part of the blobs that is compressed, 0 to 100 percent. Absent as above. Since restic 0.15.0.
    #[serde(
        default,
        deserialize_with = "exact_option",
        skip_serializing_if = "is_default"
    )]
    pub compression_progress: Option<f64>,
    /// What compression saves, 0 to 100 percent. Absent as above. Since restic 0.15.0.
    #[serde(
        default,
        deserialize_with = "exact_option",
        skip_serializing_if = "is_default"
    )]
    pub compression_space_saving: Option<f64>,
}
