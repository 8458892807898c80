//! One value per restic command.
//!
//! | command | since | output | streams |
//! |---|---|---|---|
//! | [`Backup`] | | [`Outcome`](crate::Outcome) of a [`BackupSummary`](crate::types::BackupSummary) | [`BackupMessage`](crate::types::BackupMessage) |
//! | [`Init`] | | [`Initialized`](crate::types::Initialized) | |
//! | [`Snapshots`] | | a list of [`Snapshot`](crate::types::Snapshot) | |
//! | [`Version`] | | [`VersionInfo`](crate::types::VersionInfo) | |

mod backup;
mod init;
mod snapshots;
mod version;

pub use backup::{Backup, BackupDecoder};
pub use init::{Init, InitDecoder};
pub use snapshots::{Snapshots, SnapshotsDecoder};
pub use version::{Version, VersionDecoder};
