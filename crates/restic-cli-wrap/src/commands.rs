//! One value per restic command.
//!
//! | command | since | output | streams |
//! |---|---|---|---|
//! | [`Backup`] | | [`Outcome`](crate::Outcome) of a [`BackupSummary`](crate::types::BackupSummary) | [`BackupMessage`](crate::types::BackupMessage) |
//! | [`CatBlob`] | | bytes | bytes |
//! | [`CatConfig`] | | [`RepositoryConfig`](crate::types::RepositoryConfig) | |
//! | [`CatIndex`] | | [`IndexFile`](crate::types::IndexFile) | |
//! | [`CatKey`] | | [`KeyFile`](crate::types::KeyFile) | |
//! | [`CatLock`] | | [`LockFile`](crate::types::LockFile) | |
//! | [`CatMasterKey`] | | [`MasterKey`], secret | |
//! | [`CatPack`] | | bytes | bytes |
//! | [`CatSnapshot`] | | [`SnapshotData`](crate::types::SnapshotData) | |
//! | [`CatTree`] | 0.15.0 | [`Tree`](crate::types::Tree) | |
//! | [`Check`] | | [`CheckReport`] | [`CheckMessage`](crate::types::CheckMessage), since 0.18.0 |
//! | [`Diff`] | | [`Difference`] | [`DiffMessage`](crate::types::DiffMessage) |
//! | [`Dump`] | | bytes | bytes |
//! | [`Find`] | | a list of [`SnapshotMatches`](crate::types::SnapshotMatches) | [`FindEvent`] |
//! | [`FindObjects`] | | [`FoundObjects`] | [`FoundObject`](crate::types::FoundObject) |
//! | [`Forget`] | | a list of [`ForgetGroup`](crate::types::ForgetGroup) | |
//! | [`ForgetSnapshots`] | | [`Forgotten`] | |
//! | [`Generate`] | | [`PlainText`] | |
//! | [`Init`] | | [`Initialized`](crate::types::Initialized) | |
//! | [`List`] | | a list of ids, or of [`ListedBlob`](crate::types::ListedBlob) | each of them |
//! | [`LsNcdu`] | 0.17.0 | the document, as text | |
//! | [`Ls`] | | [`Listing`] | [`LsMessage`](crate::types::LsMessage) |
//! | [`Restore`] | | [`Outcome`](crate::Outcome) of [`Restored`] | [`RestoreMessage`](crate::types::RestoreMessage), before 0.16.0 errors only |
//! | [`SelfUpdate`] | not in every build | [`PlainText`] | |
//! | [`SnapshotGroups`] | | a list of [`SnapshotGroup`](crate::types::SnapshotGroup) | |
//! | [`Snapshots`] | | a list of [`Snapshot`](crate::types::Snapshot) | |
//! | [`Stats`] | | [`Stats`](crate::types::Stats) | |
//! | [`StatsDebug`] | 0.16.0 | [`PlainText`] | |
//! | [`Unlock`] | | [`Unlocked`] | |
//! | [`Version`] | | [`VersionInfo`](crate::types::VersionInfo) | |

mod backup;
mod cat;
mod check;
mod diff;
mod document;
mod dump;
mod find;
mod forget;
mod forget_snapshots;
mod generate;
mod init;
mod list;
mod ls;
mod ls_ncdu;
mod raw;
mod report;
mod restore;
mod self_update;
mod snapshot_groups;
mod snapshots;
mod stats;
mod text;
mod unlock;
mod version;

#[cfg(test)]
mod flags;

pub use backup::{Backup, BackupDecoder};
pub use cat::{
    CatBlob, CatConfig, CatIndex, CatKey, CatLock, CatMasterKey, CatPack, CatSnapshot, CatTree,
    MasterKey, MasterKeyDecoder,
};
pub use check::{Check, CheckDecoder, CheckReport};
pub use diff::{Diff, DiffDecoder, Difference};
pub use document::DocumentDecoder;
pub use dump::Dump;
pub use find::{Find, FindDecoder, FindEvent, FindObjects, FindObjectsDecoder, FoundObjects};
pub use forget::{Forget, ForgetDecoder, Keep};
pub use forget_snapshots::{ForgetSnapshots, ForgetSnapshotsDecoder, Forgotten};
pub use generate::Generate;
pub use init::{Init, InitDecoder};
pub use list::{List, ListDecoder, Row};
pub use ls::{Listing, Ls, LsDecoder};
pub use ls_ncdu::{LsNcdu, LsNcduDecoder};
pub use raw::RawDecoder;
pub use report::{ReportDecoder, TextReport};
pub use restore::{Restore, RestoreDecoder, Restored};
pub use self_update::{SelfUpdate, SelfUpdateDecoder};
pub use snapshot_groups::{SnapshotGroups, SnapshotGroupsDecoder};
pub use snapshots::{Snapshots, SnapshotsDecoder};
pub use stats::{Stats, StatsDebug, StatsDecoder, StatsMode};
pub use text::{PlainText, TextDecoder};
pub use unlock::{Unlock, Unlocked};
pub use version::{Version, VersionDecoder};
