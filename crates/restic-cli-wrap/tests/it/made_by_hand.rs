//! Errors, outcomes and answers that tests make by hand are like those of a run.

use restic_cli_wrap::commands::{Backup, Forget, Ls, SnapshotGroups, Snapshots};
use restic_cli_wrap::types::{
    BackupMessage, BackupSummary, ForgetGroup, LsMessage, Snapshot, SnapshotGroup, Time,
};
use restic_cli_wrap::{
    Command, Error, ErrorKind, Exit, FailedItem, LockHolder, Outcome, Partial, Restic, Scripted,
};

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

/// What a program gets that runs this command once, and restic answers like this.
fn answered<C: Command>(answer: Scripted, command: C) -> C::Output {
    let executor = Scripted::restic("0.19.1", [answer]);
    let restic = Restic::builder()
        .executor(executor.clone())
        .repository("/srv/repo")
        .build();
    let output = restic.run(command).unwrap();
    assert_eq!(executor.unplayed(), 0);
    output
}

fn snapshot(id: &str) -> Snapshot {
    let mut snapshot = Snapshot::new(id, Time::from_unix(1_790_000_000, 0).unwrap());
    snapshot.paths = vec!["/data".to_owned()];
    snapshot
}

#[test]
fn snapshots_come_back_as_they_were_made() {
    let two = vec![snapshot("5e0bb0c6d1"), snapshot("aa")];
    assert_eq!(two[0].short_id.as_str(), "5e0bb0c6");
    assert_eq!(two[1].short_id.as_str(), "aa");
    assert_eq!(answered(Scripted::new().json(&two), Snapshots::new()), two);

    let mut group = SnapshotGroup::default();
    group.snapshots.clone_from(&two);
    let groups = vec![group];
    let answer = Scripted::new().json(&groups);
    assert_eq!(answered(answer, SnapshotGroups::new("host")), groups);

    let mut group = ForgetGroup::default();
    (group.keep, group.remove) = (vec![two[0].clone()], vec![two[1].clone()]);
    let report = answered(
        Scripted::new().json(&[group.clone()]),
        Forget::new().keep_last(1),
    );
    assert_eq!(report.groups, [group]);

    let listed = LsMessage::Snapshot(Box::new(two[0].clone()));
    let listing = answered(Scripted::new().json(&listed), Ls::new("latest"));
    assert_eq!(listing.snapshot.as_ref(), two.first());
}

#[test]
fn progress_is_that_of_a_backup() {
    let answer = Scripted::new()
        .progress([0.25, 0.5, 1.0])
        .json(&BackupSummary::default());
    let restic = Restic::builder()
        .executor(Scripted::restic("0.19.1", [answer]))
        .repository("/srv/repo")
        .build();
    let mut run = restic.start(Backup::new(["/data"])).unwrap();
    let mut seen = Vec::new();
    for event in &mut run {
        if let BackupMessage::Status(status) = event.unwrap() {
            seen.push((status.percent_done, status.files_done, status.total_files));
        }
    }
    assert_eq!(seen, [(0.25, 25, 100), (0.5, 50, 100), (1.0, 100, 100)]);
    assert!(run.finish().unwrap().is_complete());
}
