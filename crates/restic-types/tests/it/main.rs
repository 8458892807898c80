#![allow(missing_docs, reason = "a test crate has no public interface")]
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "helpers of tests are tests too"
)]

mod added_fields;
mod backup;
mod cat;
mod check;
mod corpus;
mod diff;
mod exit;
mod find;
mod forget;
mod id;
mod key;
mod ls;
mod message;
mod restore;
mod snapshots;
mod stats;
mod support;
mod tag;
mod text;
mod time;
mod tree;
mod version;

use restic_types::*;

#[test]
fn public_types_cross_threads() {
    fn check<T: Send + Sync + 'static>() {}
    check::<(
        BackupMessage,
        RestoreMessage,
        CheckMessage,
        LsMessage,
        TagMessage,
        UnknownMessage,
    )>();
    check::<(
        Snapshot,
        SnapshotData,
        SnapshotGroup,
        ForgetGroup,
        KeepReason,
        Stats,
        Initialized,
        Key,
        FeatureFlag,
        FeatureStage,
        VersionInfo,
    )>();
    check::<(
        RepositoryConfig,
        IndexFile,
        KeyFile,
        LockFile,
        Tree,
        SnapshotMatches,
        FoundObject,
        BlobLocation,
        DiffMessage,
        ListedBlob,
    )>();
    check::<(
        Time,
        LocalTime,
        TimeError,
        ResticVersion,
        ResticVersionError,
        ExitCode,
        ExitError,
        MissingSnapshotId,
    )>();
    check::<(
        SnapshotId,
        TreeId,
        BlobId,
        PackId,
        IndexId,
        KeyId,
        LockId,
        RepositoryId,
        FileMode,
    )>();
}
