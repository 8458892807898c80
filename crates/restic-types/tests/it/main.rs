#![allow(missing_docs, reason = "a test crate has no public interface")]
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "helpers of tests are tests too"
)]

mod backup;
mod check;
mod corpus;
mod exit;
mod forget;
mod id;
mod ls;
mod message;
mod properties;
mod restore;
mod snapshots;
mod stats;
mod support;
mod text;
mod time;
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
        VersionInfo,
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
