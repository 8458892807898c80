//! What `restic list` prints.

use serde::{Deserialize, Serialize};

use crate::cat::BlobType;
use crate::id::BlobId;

/// A blob, as `restic list blobs` prints it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ListedBlob {
    /// What it holds.
    pub blob_type: BlobType,
    /// Its id.
    pub id: BlobId,
}

impl ListedBlob {
    /// Reads a line such as `data 07d7d3b7915dbc7aa2ef47d7526ff223f8efa908ec2507be7e820713f19345ff`.
    #[must_use]
    pub fn read(line: &str) -> Option<Self> {
        let (blob_type, id) = line.split_once(' ')?;
        Some(Self {
            blob_type: blob_type.into(),
            id: id.into(),
        })
    }
}
