//! Scripted answers are read as restic's own are.

use std::time::Duration;

use restic_cli_wrap::commands::{Backup, Check, Forget, Snapshots};
use restic_cli_wrap::types::{BackupMessage, BackupStatus, BackupSummary, Snapshot};
use restic_cli_wrap::{ErrorKind, Outcome, Restic, Scripted};

fn restic(script: Scripted) -> Restic {
    Restic::builder()
        .executor(Scripted::restic("0.19.1", [script]))
        .repository("/srv/repo")
        .build()
}

#[test]
fn a_lock_has_its_holder() {
    let age = Duration::from_millis(90_500);
    let locked = Scripted::locked_by(4711, "srv1", "alice", age);
    let error = restic(locked).run(Check::new()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Locked);
    let holder = error.lock().unwrap();
    assert_eq!((holder.pid, holder.exclusive), (4711, true));
    assert_eq!((&*holder.host, &*holder.user), ("srv1", "alice"));
    assert_eq!(holder.age, Some(age));
}

#[test]
fn failures_have_their_kinds() {
    let kind = |script| restic(script).run(Snapshots::new()).unwrap_err().kind();
    assert_eq!(kind(Scripted::wrong_password()), ErrorKind::WrongPassword);
    let missing = Scripted::no_repository("/srv/repo");
    assert_eq!(kind(missing), ErrorKind::NoRepository);
}

#[test]
fn a_backup_reports_progress_and_is_partial() {
    let mut half = BackupStatus::default();
    half.percent_done = 0.5;
    let mut summary = BackupSummary::default();
    summary.snapshot_id = Some("5f3a".into());
    let script = Scripted::new()
        .json(&half)
        .unreadable_source("/data/\"secret\"")
        .json(&summary)
        .partial_backup();
    let mut run = restic(script).start(Backup::new(["/data"])).unwrap();
    let done: Vec<_> = run
        .by_ref()
        .filter_map(|event| match event.unwrap() {
            BackupMessage::Status(status) => Some(status.percent_done),
            _ => None,
        })
        .collect();
    assert_eq!(done, [0.5]);
    let Outcome::Incomplete(partial) = run.finish().unwrap() else {
        panic!("a partial backup is not complete");
    };
    assert_eq!(partial.summary, Some(summary));
    assert_eq!(partial.errors[0].path, "/data/\"secret\"");
}

#[test]
fn a_document_is_a_typed_value() {
    let listed: Vec<Snapshot> = Vec::new();
    let script = Scripted::new().json(&listed);
    assert_eq!(restic(script).run(Snapshots::new()).unwrap(), listed);
}

#[test]
fn a_call_with_a_newer_flag_needs_no_script_for_the_version() {
    let script = Scripted::new().json(&[(); 0]);
    let forget = Forget::new().keep_last(1).unsafe_allow_remove_all(true);
    let report = restic(script).run(forget).unwrap();
    assert_eq!(report.len(), 0);
}
