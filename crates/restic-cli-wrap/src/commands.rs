//! One value per restic command.
//!
//! | command | since | output | streams |
//! |---|---|---|---|
//! | [`Backup`] | | [`Outcome`](crate::Outcome) of a [`BackupSummary`](crate::types::BackupSummary) | [`BackupMessage`](crate::types::BackupMessage) |
//! | [`Cache`] | | [`CacheReport`] | |
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
//! | [`Copy`](struct@Copy) | | [`CopyReport`] | [`Counter`](crate::types::Counter) |
//! | [`Diff`] | | [`Difference`] | [`DiffMessage`](crate::types::DiffMessage) |
//! | [`Dump`] | | bytes | bytes |
//! | [`Features`] | 0.17.0 | [`FeaturesReport`] | |
//! | [`Find`] | | a list of [`SnapshotMatches`](crate::types::SnapshotMatches) | [`FindEvent`] |
//! | [`FindObjects`] | | [`FoundObjects`] | [`FoundObject`](crate::types::FoundObject) |
//! | [`Forget`] | | [`ForgetReport`], a list of [`ForgetGroup`](crate::types::ForgetGroup) | [`Counter`](crate::types::Counter) of pruning, up to 0.18 |
//! | [`ForgetSnapshots`] | | [`Forgotten`] | [`Counter`](crate::types::Counter) of pruning, up to 0.18 |
//! | [`Generate`] | | [`PlainText`] | |
//! | [`Init`] | | [`Initialized`](crate::types::Initialized) | |
//! | [`KeyAdd`] | | [`SavedKey`] | |
//! | [`KeyList`] | | a list of [`Key`](crate::types::Key) | |
//! | [`KeyPasswd`] | | [`SavedKey`] | |
//! | [`KeyRemove`] | | [`RemovedKey`] | |
//! | [`List`] | | a list of ids, or of [`ListedBlob`](crate::types::ListedBlob) | each of them |
//! | [`LsNcdu`] | 0.17.0 | the document, as text | |
//! | [`Ls`] | | [`Listing`] | [`LsMessage`](crate::types::LsMessage) |
//! | [`Migrate`] | | [`Migrated`] | [`Counter`](crate::types::Counter) |
//! | [`Migrations`] | | [`AvailableMigrations`] | |
//! | [`Mount`] | not on Windows | [`Unmounted`] | [`MountEvent`] |
//! | [`Options`] | | [`OptionsReport`] | |
//! | [`Prune`] | | [`PruneReport`] | [`Counter`](crate::types::Counter) |
//! | [`RebuildIndex`] | | [`IndexReport`] | [`Counter`](crate::types::Counter) |
//! | [`Recover`] | | [`Recovered`] | [`Counter`](crate::types::Counter) |
//! | [`RepairIndex`] | 0.16.0 | [`IndexReport`] | [`Counter`](crate::types::Counter) |
//! | [`RepairPacks`] | 0.16.1 | [`SalvageReport`] | [`Counter`](crate::types::Counter) |
//! | [`RepairSnapshots`] | 0.16.0 | [`SnapshotRepairs`] | [`Counter`](crate::types::Counter) |
//! | [`Restore`] | | [`Outcome`](crate::Outcome) of [`Restored`] | [`RestoreMessage`](crate::types::RestoreMessage), before 0.16.0 errors only |
//! | [`Rewrite`] | 0.15.0 | [`RewriteReport`] | [`Counter`](crate::types::Counter) |
//! | [`SelfUpdate`] | not in every build | [`PlainText`] | |
//! | [`SnapshotGroups`] | | a list of [`SnapshotGroup`](crate::types::SnapshotGroup) | |
//! | [`Snapshots`] | | a list of [`Snapshot`](crate::types::Snapshot) | |
//! | [`Stats`] | | [`Stats`](crate::types::Stats) | |
//! | [`StatsDebug`] | 0.16.0 | [`PlainText`] | |
//! | [`Tag`] | | [`TagReport`] | [`TagMessage`](crate::types::TagMessage), since 0.18.0 |
//! | [`Unlock`] | | [`Unlocked`] | |
//! | [`Version`] | | [`VersionInfo`](crate::types::VersionInfo) | |

mod backup;
mod cache;
mod cat;
mod check;
mod copy;
mod diff;
mod dump;
mod features;
mod find;
mod forget;
mod forget_snapshots;
mod generate;
mod init;
mod key_add;
mod key_list;
mod key_passwd;
mod key_remove;
mod list;
mod ls;
mod ls_ncdu;
mod migrate;
mod migrations;
mod mount;
mod options;
mod prune;
mod pruning;
mod rebuild_index;
mod recover;
mod repair_index;
mod repair_packs;
mod repair_snapshots;
mod restore;
mod rewrite;
mod saved_key;
mod self_update;
mod snapshot_groups;
mod snapshot_heading;
mod snapshots;
mod stats;
mod tag;
mod unlock;
mod version;

#[cfg(test)]
mod flags;

use crate::decode::report::report;
pub use crate::decode::{
    BytesDecoder, DocumentDecoder, PlainText, ReportDecoder, TextDecoder, TextReport,
};
pub use backup::{Backup, BackupDecoder};
pub use cache::{Cache, CacheFolder, CacheReport};
pub use cat::{
    CatBlob, CatConfig, CatIndex, CatKey, CatLock, CatMasterKey, CatPack, CatSnapshot, CatTree,
    MasterKey, MasterKeyDecoder,
};
pub use check::{Check, CheckDecoder, CheckReport};
pub use copy::{CopiedSnapshot, Copy, CopyReport};
pub use diff::{Diff, DiffDecoder, Difference};
pub use dump::Dump;
pub use features::{Features, FeaturesReport};
pub use find::{Find, FindDecoder, FindEvent, FindObjects, FindObjectsDecoder, FoundObjects};
pub use forget::{Forget, ForgetDecoder, ForgetReport, Keep};
pub use forget_snapshots::{ForgetSnapshots, ForgetSnapshotsDecoder, Forgotten};
pub use generate::Generate;
pub use init::{Init, InitDecoder};
pub use key_add::KeyAdd;
pub use key_list::{KeyList, KeyListDecoder};
pub use key_passwd::KeyPasswd;
pub use key_remove::{KeyRemove, RemovedKey};
pub use list::{List, ListDecoder, Row};
pub use ls::{Listing, Ls, LsDecoder};
pub use ls_ncdu::{LsNcdu, LsNcduDecoder};
pub use migrate::{Migrate, MigrateDecoder, Migrated};
pub use migrations::{AvailableMigrations, Migration, Migrations};
pub use mount::{Mount, MountDecoder, MountEvent, Unmounted};
pub use options::{ExtendedOption, Options, OptionsReport};
pub use prune::{BlobTotal, OldPrune, Prune, PruneDetails, PruneReport};
pub use rebuild_index::RebuildIndex;
pub use recover::{Recover, Recovered};
pub use repair_index::{IndexReport, RepairIndex};
pub use repair_packs::{LostBlob, RepairPacks, SalvageReport};
pub use repair_snapshots::{DamagedItem, RepairSnapshots, SnapshotRepair, SnapshotRepairs};
pub use restore::{Restore, RestoreDecoder, Restored};
pub use rewrite::{Rewrite, RewriteReport, RewrittenSnapshot};
pub use saved_key::SavedKey;
pub use self_update::{SelfUpdate, SelfUpdateDecoder};
pub use snapshot_groups::{SnapshotGroups, SnapshotGroupsDecoder};
pub use snapshot_heading::SnapshotHeading;
pub use snapshots::{Snapshots, SnapshotsDecoder};
pub use stats::{Stats, StatsDebug, StatsDecoder, StatsMode};
pub use tag::{Tag, TagDecoder, TagReport};
pub use unlock::{Unlock, Unlocked};
pub use version::{Version, VersionDecoder};
