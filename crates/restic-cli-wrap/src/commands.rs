//! One type per restic command: make a value, set its flags, and pass it to
//! [`Restic::run`](crate::Restic::run).
//!
//! By restic's own names (an empty `since` means every supported version; `events` are what a
//! [`Run`](crate::Run) yields while restic works):
//!
//! | restic | here | since | output | events |
//! |---|---|---|---|---|
//! | `backup PATH` | [`Backup::new`] | | [`Outcome`](crate::Outcome) of a [`BackupSummary`](crate::types::BackupSummary) | [`BackupMessage`](crate::types::BackupMessage) |
//! | `backup --files-from` | [`Backup::listed_in`] | | likewise | likewise |
//! | `backup --stdin` | [`Backup::stdin`], [`Backup::from_input`] | | likewise | likewise |
//! | `backup --stdin-from-command` | [`Backup::stdin_from_command`] | 0.17.0 | likewise | likewise |
//! | `cache` | [`Cache`] | | [`CacheReport`] | |
//! | `cat blob` | [`CatBlob`] | | bytes | bytes |
//! | `cat config` | [`CatConfig`] | | [`RepositoryConfig`](crate::types::RepositoryConfig) | |
//! | `cat index` | [`CatIndex`] | | [`IndexFile`](crate::types::IndexFile) | |
//! | `cat key` | [`CatKey`] | | [`KeyFile`](crate::types::KeyFile) | |
//! | `cat lock` | [`CatLock`] | | [`LockFile`](crate::types::LockFile) | |
//! | `cat masterkey` | [`CatMasterKey`] | | [`MasterKey`], secret | |
//! | `cat pack` | [`CatPack`] | | bytes | bytes |
//! | `cat snapshot` | [`CatSnapshot`] | | [`SnapshotData`](crate::types::SnapshotData) | |
//! | `cat tree` | [`CatTree`] | 0.15.0 | [`Tree`](crate::types::Tree) | |
//! | `check` | [`Check`] | | [`CheckReport`] | [`CheckMessage`](crate::types::CheckMessage), since 0.18.0 |
//! | `copy` | [`Copy`](struct@Copy) | | [`CopyReport`] | [`Counter`](crate::types::Counter) |
//! | `diff` | [`Diff`] | | [`Difference`] | [`DiffMessage`](crate::types::DiffMessage) |
//! | `dump` | [`Dump`] | | bytes | bytes |
//! | `features` | [`Features`] | 0.17.0 | [`FeaturesReport`] | |
//! | `find PATTERN` | [`Find`] | | a list of [`SnapshotMatches`](crate::types::SnapshotMatches) | [`FindEvent`] |
//! | `find --blob, --tree, --pack` | [`FindObjects`] | | [`FoundObjects`] | [`FoundObject`](crate::types::FoundObject) |
//! | `forget --keep-…` | [`Forget`] | | [`ForgetReport`], a list of [`ForgetGroup`](crate::types::ForgetGroup) | [`Counter`](crate::types::Counter) of pruning, up to 0.18 |
//! | `forget ID` | [`ForgetSnapshots`] | | [`Forgotten`] | [`Counter`](crate::types::Counter) of pruning, up to 0.18 |
//! | `generate` | [`Generate`] | | [`PlainText`] | |
//! | `init` | [`Init`] | | [`Initialized`](crate::types::Initialized) | |
//! | `key add` | [`KeyAdd`] | | [`SavedKey`] | |
//! | `key list` | [`KeyList`] | | a list of [`Key`](crate::types::Key) | |
//! | `key passwd` | [`KeyPasswd`] | | [`SavedKey`] | |
//! | `key remove` | [`KeyRemove`] | | [`RemovedKey`] | |
//! | `list` | [`List`] | | a list of ids, or of [`ListedBlob`](crate::types::ListedBlob) | each of them |
//! | `ls` | [`Ls`] | | [`Listing`] | [`LsMessage`](crate::types::LsMessage) |
//! | `ls --ncdu` | [`LsNcdu`] | 0.17.0 | the document, as text | |
//! | `migrate` | [`Migrations`] | | [`AvailableMigrations`] | |
//! | `migrate NAME` | [`Migrate`] | | [`Migrated`] | [`Counter`](crate::types::Counter) |
//! | `mount` | [`Mount`] | not on Windows | [`Unmounted`] | [`MountEvent`] |
//! | `options` | [`Options`] | | [`OptionsReport`] | |
//! | `prune` | [`Prune`] | | [`PruneReport`] | [`Counter`](crate::types::Counter) |
//! | `rebuild-index` | [`RebuildIndex`] | | [`IndexReport`] | [`Counter`](crate::types::Counter) |
//! | `recover` | [`Recover`] | | [`Recovered`] | [`Counter`](crate::types::Counter) |
//! | `repair index` | [`RepairIndex`] | 0.16.0 | [`IndexReport`] | [`Counter`](crate::types::Counter) |
//! | `repair packs` | [`RepairPacks`] | 0.16.1 | [`SalvageReport`] | [`Counter`](crate::types::Counter) |
//! | `repair snapshots` | [`RepairSnapshots`] | 0.16.0 | [`SnapshotRepairs`] | [`Counter`](crate::types::Counter) |
//! | `restore` | [`Restore`] | | [`Outcome`](crate::Outcome) of [`Restored`] | [`RestoreMessage`](crate::types::RestoreMessage), before 0.16.0 errors only |
//! | `rewrite` | [`Rewrite`] | 0.15.0 | [`RewriteReport`] | [`Counter`](crate::types::Counter) |
//! | `self-update` | [`SelfUpdate`] | not in every build | [`PlainText`] | |
//! | `snapshots` | [`Snapshots`] | | a list of [`Snapshot`](crate::types::Snapshot) | |
//! | `snapshots --group-by` | [`SnapshotGroups`] | | a list of [`SnapshotGroup`](crate::types::SnapshotGroup) | |
//! | `stats` | [`Stats`] | | [`Stats`](crate::types::Stats) | |
//! | `stats --mode debug` | [`StatsDebug`] | 0.16.0 | [`PlainText`] | |
//! | `tag` | [`Tag`] | | [`TagReport`] | [`TagMessage`](crate::types::TagMessage), since 0.18.0 |
//! | `unlock` | [`Unlock`] | | [`Unlocked`] | |
//! | `version` | [`Version`] | | [`VersionInfo`](crate::types::VersionInfo) | |

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
mod rebuild_index;
mod recover;
mod repair_index;
mod repair_packs;
mod repair_snapshots;
mod restore;
mod rewrite;
mod self_update;
mod snapshot_groups;
mod snapshots;
mod stats;
mod tag;
mod unlock;
mod version;

#[doc(no_inline)]
pub use crate::decode::PlainText;
use crate::decode::report::report;
pub use crate::decode::saved_key::SavedKey;
pub use crate::decode::snapshot_heading::SnapshotHeading;
pub use backup::Backup;
pub use cache::{Cache, CacheDirectory, CacheReport};
pub use cat::{
    CatBlob, CatConfig, CatIndex, CatKey, CatLock, CatMasterKey, CatPack, CatSnapshot, CatTree,
    MasterKey,
};
pub use check::{Check, CheckReport};
pub use copy::{CopiedSnapshot, Copy, CopyReport};
pub use diff::{Diff, Difference};
pub use dump::Dump;
pub use features::{Features, FeaturesReport};
pub use find::{Find, FindEvent, FindObjects, FoundObjects};
pub use forget::{Forget, ForgetReport};
pub use forget_snapshots::{ForgetSnapshots, Forgotten};
pub use generate::Generate;
pub use init::Init;
pub use key_add::KeyAdd;
pub use key_list::KeyList;
pub use key_passwd::KeyPasswd;
pub use key_remove::{KeyRemove, RemovedKey};
pub use list::{List, Row};
pub use ls::{Listing, Ls};
pub use ls_ncdu::LsNcdu;
pub use migrate::{Migrate, Migrated};
pub use migrations::{AvailableMigrations, Migration, Migrations};
pub use mount::{Mount, MountEvent, Unmounted};
pub use options::{ExtendedOption, Options, OptionsReport};
pub use prune::{BlobTotal, OldPrune, Prune, PruneDetails, PruneReport};
pub use rebuild_index::RebuildIndex;
pub use recover::{Recover, Recovered};
pub use repair_index::{IndexReport, RepairIndex};
pub use repair_packs::{LostBlob, LostPack, RepairPacks, SalvageReport};
pub use repair_snapshots::{DamagedItem, RepairSnapshots, SnapshotRepair, SnapshotRepairs};
pub use restore::{Restore, Restored};
pub use rewrite::{Rewrite, RewriteReport, RewrittenSnapshot};
pub use self_update::SelfUpdate;
pub use snapshot_groups::SnapshotGroups;
pub use snapshots::Snapshots;
pub use stats::{Stats, StatsDebug, StatsMode};
pub use tag::{Tag, TagReport};
pub use unlock::{Unlock, Unlocked};
pub use version::Version;
