//! One value per restic command.
//!
//! | command | since | output | streams |
//! |---|---|---|---|
//! | [`Backup`] | | [`Outcome`](crate::Outcome) of a [`BackupSummary`](crate::types::BackupSummary) | [`BackupMessage`](crate::types::BackupMessage) |
//! | [`Forget`] | | a list of [`ForgetGroup`](crate::types::ForgetGroup) | |
//! | [`ForgetSnapshots`] | | [`Forgotten`] | |
//! | [`Init`] | | [`Initialized`](crate::types::Initialized) | |
//! | [`Snapshots`] | | a list of [`Snapshot`](crate::types::Snapshot) | |
//! | [`Version`] | | [`VersionInfo`](crate::types::VersionInfo) | |

mod backup;
mod forget;
mod forget_snapshots;
mod init;
mod snapshots;
mod text;
mod version;

pub use backup::{Backup, BackupDecoder};
pub use forget::{Forget, ForgetDecoder, Keep};
pub use forget_snapshots::{ForgetSnapshots, ForgetSnapshotsDecoder, Forgotten};
pub use init::{Init, InitDecoder};
pub use snapshots::{Snapshots, SnapshotsDecoder};
pub use text::{PlainText, TextDecoder};
pub use version::{Version, VersionDecoder};
