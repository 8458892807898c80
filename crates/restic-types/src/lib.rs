//! restic's machine-readable output as Rust types, for restic 0.11 to 0.20.
//!
//! [restic](https://restic.net) prints JSON when it is called with `--json`: some commands print one document, others
//! one message per line. This crate reads both, for every version, and does nothing else: it runs no process and
//! touches no file.
//!
//! A document is read with [`serde_json::from_str`], a line with [`Message::read`]:
//!
//! ```
//! use restic_types::{BackupMessage, Message};
//!
//! let stdout = r#"{"message_type":"status","percent_done":0.25,"total_bytes":4000,"bytes_done":1000}
//! {"message_type":"excluded_item","item":"/data/cache"}
//! {"message_type":"summary","files_new":7,"files_changed":0,"files_unmodified":0,"dirs_new":5,"dirs_changed":0,"dirs_unmodified":0,"data_blobs":0,"tree_blobs":0,"data_added":0,"total_files_processed":7,"total_bytes_processed":40226,"total_duration":0.3,"snapshot_id":"9ad0be82"}
//! "#;
//! for line in stdout.lines() {
//!     match BackupMessage::read(line) {
//!         Some(BackupMessage::Status(status)) => println!("{:.0} %", status.percent_done * 100.0),
//!         Some(BackupMessage::Summary(summary)) => println!("saved {:?}", summary.snapshot_id),
//!         Some(BackupMessage::Unknown(unknown)) if unknown.problem.is_none() => println!("a newer restic"),
//!         Some(other) => println!("{other:?}"),
//!         None => println!("plain text: {line}"),
//!     }
//! }
//! ```
//!
//! Output of future versions can be read, too: unknown fields are ignored, unknown messages and words are kept. What
//! an old restic leaves out is zero where it means zero, and absent where that restic could not know it. Ids are always
//! present. Every type serialises back to restic's own JSON, with `[]` where restic prints `null` for an empty list.
//!
//! The structs are `#[non_exhaustive]`. Tests build them by assigning to fields of a `Default`, or from restic's own
//! JSON.

// docs.rs marks what needs a feature.
#![cfg_attr(docsrs, feature(doc_cfg))]

mod backup;
mod base64;
mod byte_count;
pub mod canonical;
mod cat;
mod check;
pub mod cli;
mod counter;
mod decimal;
mod diff;
#[doc(hidden)] // for the other crates of this workspace
pub mod documents;
mod exact_fraction;
mod exit;
mod feature;
mod fields;
mod file_mode;
mod find;
mod forget;
mod id;
mod init;
mod item_error;
mod key;
mod list;
mod ls;
mod message;
mod node_name;
mod open_enum;
mod prune;
mod restic_version;
mod restore;
mod row;
#[doc(hidden)] // for the other crates of this workspace
pub mod search;
mod serde_help;
mod snapshots;
mod stats;
mod tag;
mod time;
mod tree;
mod version;

/// For [`ErrorDetail`]'s values.
pub use serde_json;

/// For the conversions of [`Time`].
#[cfg(feature = "jiff")]
pub use jiff;

pub use crate::backup::{
    BackupAction, BackupExcludedItem, BackupMessage, BackupStatus, BackupSummary,
    BackupVerboseStatus,
};
pub use crate::byte_count::ByteCount;
pub use crate::cat::{
    BlobType, IndexFile, IndexedBlob, IndexedPack, KeyFile, LockFile, RepositoryConfig,
};
pub use crate::check::{CheckError, CheckMessage, CheckSummary};
pub use crate::counter::Counter;
pub use crate::diff::{DiffChange, DiffCounts, DiffMessage, DiffModifier, DiffStatistics};
pub use crate::exit::{ExitCode, ExitError};
pub use crate::feature::{FeatureFlag, FeatureStage};
pub use crate::file_mode::FileMode;
pub use crate::find::{BlobLocation, FoundNode, FoundObject, ObjectType, SnapshotMatches};
pub use crate::forget::{ForgetGroup, KeepCounters, KeepReason};
pub use crate::id::{BlobId, IndexId, KeyId, LockId, PackId, RepositoryId, SnapshotId, TreeId};
pub use crate::init::Initialized;
pub use crate::item_error::{During, ErrorDetail, ItemError};
pub use crate::key::Key;
pub use crate::list::ListedBlob;
pub use crate::ls::{LsMessage, Node, NodeRef, NodeType};
pub use crate::message::{Message, UnknownMessage};
pub use crate::node_name::NodeName;
pub use crate::prune::{PruneBlobs, PruneBytes, PruneMessage, PrunePacks, PruneSummary};
pub use crate::restic_version::{ResticVersion, ResticVersionError};
pub use crate::restore::{
    RestoreAction, RestoreMessage, RestoreStatus, RestoreSummary, RestoreVerboseStatus,
};
pub use crate::snapshots::{
    GroupKey, MissingSnapshotId, Snapshot, SnapshotData, SnapshotGroup, SnapshotSummary,
};
pub use crate::stats::Stats;
pub use crate::tag::{TagChanged, TagMessage, TagSummary};
pub use crate::time::{LocalTime, Time, TimeError};
pub use crate::tree::{ExtendedAttribute, Tree, TreeNode};
pub use crate::version::VersionInfo;

/// The code in README compiles and runs.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
