//! Work in progress.

mod id;
mod time;

pub use crate::id::{BlobId, IndexId, KeyId, LockId, PackId, RepositoryId, SnapshotId, TreeId};
pub use crate::time::{LocalTime, Time, TimeError};
