//! Errors and outcomes that tests make by hand are like those of a run.

use restic_cli_wrap::commands::{Backup, Snapshots};
use restic_cli_wrap::types::BackupSummary;
use restic_cli_wrap::{Error, ErrorKind, Exit, FailedItem, LockHolder, Outcome, Partial};

#[test]
fn an_error_has_what_it_was_given() {
    let error = Error::new(ErrorKind::Locked, "repository is already locked")
        .with_exit(Exit::Code(11))
        .with_lock(LockHolder::new(4711, "srv1", "alice"))
        .with_lock_may_remain(true);
    assert_eq!(error.kind(), ErrorKind::Locked);
    assert_eq!(error.message(), "repository is already locked");
    assert_eq!(error.exit(), Some(Exit::Code(11)));
    assert!(error.lock_may_remain());
    assert!(error.is_retryable());
    let holder = error.lock().unwrap();
    assert_eq!(
        (holder.pid, &*holder.host, &*holder.user),
        (4711, "srv1", "alice")
    );
}

#[test]
fn a_partial_result_is_that_of_its_command() {
    let error = Error::new(ErrorKind::NotFound, "no matching ID").with_partial::<Snapshots>(vec![]);
    assert_eq!(error.partial::<Snapshots>(), Some(&vec![]));
    assert!(error.partial::<Backup>().is_none());
}

#[test]
fn an_incomplete_backup_names_its_paths() {
    let errors = [FailedItem::new("/data/secret", "permission denied")];
    let partial = Partial::new(Some(BackupSummary::default()), errors);
    let outcome = Outcome::Incomplete(partial);
    assert!(!outcome.is_complete());
    assert_eq!(outcome.errors()[0].messages, ["permission denied"]);
}
