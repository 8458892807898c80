use std::time::Duration;

use restic_types::{
    BackupAction, BackupMessage, BackupStatus, BackupSummary, BackupVerboseStatus, During,
    ItemError,
};
use restic_types::{ErrorDetail, Message, serde_json};

use crate::support::message;

fn status(line: &str) -> BackupStatus {
    match message(line) {
        BackupMessage::Status(status) => status,
        other => panic!("{other:?}"),
    }
}

fn verbose_status(line: &str) -> BackupVerboseStatus {
    match message(line) {
        BackupMessage::VerboseStatus(status) => status,
        other => panic!("{other:?}"),
    }
}

fn error(line: &str) -> ItemError {
    match message(line) {
        BackupMessage::Error(error) => error,
        other => panic!("{other:?}"),
    }
}

fn summary(line: &str) -> BackupSummary {
    match message(line) {
        BackupMessage::Summary(summary) => summary,
        other => panic!("{other:?}"),
    }
}

#[test]
fn status_old_minimal() {
    assert_eq!(
        status(r#"{"message_type":"status","percent_done":0}"#),
        BackupStatus::default()
    );
}

#[test]
fn status_all_the_fields() {
    let status = status(
        r#"{"message_type":"status","seconds_elapsed":7,"seconds_remaining":677478148117085,"percent_done":0.9946800576741411,"total_files":7,"files_done":5,"total_bytes":40226,"bytes_done":18446744073709551615,"error_count":2,"current_files":["/data/src/a.txt","/data/src/b.bin"]}"#,
    );
    assert_eq!(status.elapsed(), Duration::from_secs(7));
    assert_eq!(
        status.remaining(),
        Some(Duration::from_secs(677_478_148_117_085))
    );
    assert_eq!(status.percent_done, 0.994_680_057_674_141_1);
    assert_eq!(
        (status.total_files, status.files_done, status.error_count),
        (7, 5, 2)
    );
    assert_eq!((status.total_bytes, status.bytes_done), (40226, u64::MAX));
    assert_eq!(status.current_files, ["/data/src/a.txt", "/data/src/b.bin"]);
}

#[test]
fn fractions_of_every_form() {
    for (number, expected) in [("0", 0.0), ("1", 1.0), ("5e-07", 5e-7), ("1.25", 1.25)] {
        let line = format!(r#"{{"message_type":"status","percent_done":{number}}}"#);
        assert_eq!(status(&line).percent_done, expected);
    }
}

#[test]
fn verbose_status_old_minimal() {
    let item = verbose_status(
        r#"{"message_type":"verbose_status","action":"new","item":"/data/src/docs/deep/","duration":0.000118581,"data_size":0,"metadata_size":0,"total_files":0}"#,
    );
    assert_eq!(item.action, BackupAction::New);
    assert_eq!(item.item, "/data/src/docs/deep/");
    assert_eq!(item.took(), Duration::from_nanos(118_581));
    assert_eq!(
        (item.data_size_in_repo, item.metadata_size_in_repo),
        (None, None)
    );
}

#[test]
fn verbose_status_all_the_fields() {
    let item = verbose_status(
        r#"{"message_type":"verbose_status","action":"modified","item":"/data/src/a.txt","duration":0,"data_size":10,"data_size_in_repo":11,"metadata_size":12,"metadata_size_in_repo":13,"total_files":14}"#,
    );
    assert_eq!(item.action, BackupAction::Modified);
    assert_eq!((item.data_size, item.data_size_in_repo), (10, Some(11)));
    assert_eq!(
        (item.metadata_size, item.metadata_size_in_repo),
        (12, Some(13))
    );
    assert_eq!((item.took(), item.total_files), (Duration::ZERO, 14));
}

#[test]
fn an_action_nobody_knows() {
    let item = verbose_status(
        r#"{"message_type":"verbose_status","action":"moved","item":"/a","duration":0,"data_size":0,"metadata_size":0,"total_files":0}"#,
    );
    assert_eq!(item.action, BackupAction::Unknown("moved".to_owned()));
    assert_eq!(item.action.as_str(), "moved");
}

#[test]
fn the_end_of_the_scan_is_one_thing_in_all_versions() {
    let fields = r#""action":"scan_finished","item":"","duration":0.233603172,"data_size":40227,"metadata_size":0,"total_files":8}"#;
    let old = BackupMessage::read(&format!(r#"{{"message_type":"status",{fields}"#));
    let new = verbose_status(&format!(r#"{{"message_type":"verbose_status",{fields}"#));
    assert_eq!(
        (&new.action, new.total_files, new.data_size),
        (&BackupAction::ScanFinished, 8, 40227)
    );
    assert_eq!(old, Some(BackupMessage::VerboseStatus(new)));
}

#[test]
fn errors_of_old_versions_keep_every_field() {
    let nothing = error(
        r#"{"message_type":"error","error":{},"during":"scan","item":"/data/src/secretdir"}"#,
    );
    assert_eq!(
        (nothing.during, &*nothing.item),
        (During::Scan, "/data/src/secretdir")
    );
    assert_eq!(nothing.error, ErrorDetail::default());
    assert_eq!(nothing.error.to_string(), "restic did not say why");

    let errno = error(
        r#"{"message_type":"error","error":{"Op":"open","Path":"/data/src/secret","Err":13},"during":"archival","item":"/data/src/secret"}"#,
    );
    assert_eq!(errno.during, During::Archival);
    assert_eq!(
        (errno.error.op.as_deref(), errno.error.path.as_deref()),
        (Some("open"), Some("/data/src/secret"))
    );
    assert_eq!(errno.error.errno(), Some(13));
    assert_eq!(errno.error.to_string(), "open: errno 13");

    let object = error(
        r#"{"message_type":"error","error":{"Op":"open","Path":"/a","Err":{}},"during":"archival","item":"/a"}"#,
    );
    assert_eq!(
        (object.error.err.clone(), object.error.errno()),
        (Some(serde_json::json!({})), None)
    );
    assert_eq!(object.error.to_string(), "open failed");

    let other = error(
        r#"{"message_type":"error","error":{"Syscall":"readdirent","Err":5},"during":"archival","item":"/a"}"#,
    );
    assert_eq!(other.error.other["Syscall"], "readdirent");
    assert_eq!(other.error.errno(), Some(5));

    let line = r#"{"message_type":"error","error":{"Op":["open"],"Path":"/a"},"during":"archival","item":"/a"}"#;
    let Some(BackupMessage::Error(odd)) = BackupMessage::read(line) else {
        panic!("{line}")
    };
    let whole = serde_json::json!({"Op":["open"],"Path":"/a"});
    assert!(serde_json::from_value::<ErrorDetail>(whole.clone()).is_err());
    assert_eq!((odd.error.err, odd.error.path), (Some(whole), None));

    let line = r#"{"message_type":"error","error":null,"during":"mounting","item":"/a"}"#;
    let Some(BackupMessage::Error(null)) = BackupMessage::read(line) else {
        panic!("{line}")
    };
    assert_eq!(null.error, ErrorDetail::default());
    assert_eq!(null.during, During::Unknown("mounting".to_owned()));
}

#[test]
fn errors_of_new_versions() {
    let error = error(
        r#"{"message_type":"error","error":{"message":"open /data/src/secret: permission denied","code":7},"during":"archival","item":"/data/src/secret"}"#,
    );
    assert_eq!(
        error.error.to_string(),
        "open /data/src/secret: permission denied"
    );
    assert_eq!(error.error.other["code"], 7);
}

#[test]
fn summary_old_minimal() {
    let summary = summary(
        r#"{"message_type":"summary","files_new":7,"files_changed":0,"files_unmodified":0,"dirs_new":5,"dirs_changed":0,"dirs_unmodified":0,"data_blobs":0,"tree_blobs":0,"data_added":0,"total_files_processed":7,"total_bytes_processed":40226,"total_duration":0.239600048,"snapshot_id":"181ddbb2"}"#,
    );
    assert_eq!(summary.snapshot_id, Some("181ddbb2".into()));
    assert_eq!(
        (
            summary.data_added_packed,
            summary.backup_start,
            summary.dry_run
        ),
        (None, None, false)
    );
    assert_eq!(summary.took(), Duration::from_nanos(239_600_048));
}

#[test]
fn summary_all_the_fields() {
    let summary = summary(
        r#"{"message_type":"summary","dry_run":true,"files_new":1,"files_changed":2,"files_unmodified":3,"dirs_new":4,"dirs_changed":5,"dirs_unmodified":6,"data_blobs":7,"tree_blobs":8,"data_added":9,"data_added_packed":10,"total_files_processed":11,"total_bytes_processed":12,"total_duration":1,"backup_start":"2026-11-22T11:24:16.197367333+01:00","backup_end":"2026-11-22T11:24:17.107915126+01:00","snapshot_id":"0da630069565e662305e07b94c2aa05f5481e15cf3da5eaf6eecb07a65cadf3f"}"#,
    );
    let mut expected = BackupSummary::default();
    expected.files_new = 1;
    expected.files_changed = 2;
    expected.files_unmodified = 3;
    expected.dirs_new = 4;
    expected.dirs_changed = 5;
    expected.dirs_unmodified = 6;
    expected.data_blobs = 7;
    expected.tree_blobs = 8;
    expected.data_added = 9;
    expected.data_added_packed = Some(10);
    expected.total_files_processed = 11;
    expected.total_bytes_processed = 12;
    expected.total_duration = 1.0;
    expected.backup_start = Some("2026-11-22T11:24:16.197367333+01:00".parse().unwrap());
    expected.backup_end = Some("2026-11-22T11:24:17.107915126+01:00".parse().unwrap());
    expected.snapshot_id =
        Some("0da630069565e662305e07b94c2aa05f5481e15cf3da5eaf6eecb07a65cadf3f".into());
    expected.dry_run = true;
    assert_eq!(summary, expected);
}

#[test]
fn summary_of_a_skipped_snapshot_in_0_18() {
    let summary = summary(
        r#"{"message_type":"summary","files_new":0,"files_changed":0,"files_unmodified":1,"dirs_new":0,"dirs_changed":0,"dirs_unmodified":4,"data_blobs":0,"tree_blobs":0,"data_added":0,"data_added_packed":0,"total_files_processed":1,"total_bytes_processed":200,"total_duration":-9223372036.854776,"backup_start":"2026-11-22T11:27:04.399748194+01:00","backup_end":"0001-01-01T00:00:00Z"}"#,
    );
    assert_eq!(
        (summary.total_duration, summary.took()),
        (-9_223_372_036.854_776, Duration::ZERO)
    );
    assert_eq!(
        summary.backup_end.unwrap().to_string(),
        "0001-01-01T00:00:00Z"
    );
    assert_eq!(
        (summary.snapshot_id, summary.data_added_packed),
        (None, Some(0))
    );
}

#[test]
fn durations_never_panic() {
    let mut summary = BackupSummary::default();
    for (seconds, expected) in [
        (f64::NAN, Duration::ZERO),
        (f64::NEG_INFINITY, Duration::ZERO),
        (f64::INFINITY, Duration::MAX),
        (1e300, Duration::MAX),
    ] {
        summary.total_duration = seconds;
        assert_eq!(summary.took(), expected);
    }
}
