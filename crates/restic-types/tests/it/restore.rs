use std::time::Duration;

use restic_types::{During, RestoreAction, RestoreMessage, RestoreStatus, RestoreSummary};

use crate::support::message;

#[test]
fn status() {
    let RestoreMessage::Status(least) = message(r#"{"message_type":"status","percent_done":0}"#)
    else {
        panic!()
    };
    assert_eq!(least, RestoreStatus::default());
    let RestoreMessage::Status(most) = message(
        r#"{"message_type":"status","seconds_elapsed":1,"percent_done":0.5,"total_files":2,"files_restored":3,"files_skipped":4,"files_deleted":5,"total_bytes":6,"bytes_restored":7,"bytes_skipped":8}"#,
    ) else {
        panic!()
    };
    assert_eq!(
        (most.elapsed(), most.percent_done),
        (Duration::from_secs(1), 0.5)
    );
    assert_eq!(
        (
            most.total_files,
            most.files_restored,
            most.files_skipped,
            most.files_deleted
        ),
        (2, 3, 4, 5)
    );
    assert_eq!(
        (most.total_bytes, most.bytes_restored, most.bytes_skipped),
        (6, 7, 8)
    );
}

#[test]
fn summary() {
    let RestoreMessage::Summary(least) = message(r#"{"message_type":"summary"}"#) else {
        panic!()
    };
    assert_eq!(least, RestoreSummary::default());
    let RestoreMessage::Summary(most) = message(
        r#"{"message_type":"summary","seconds_elapsed":1,"total_files":2,"files_restored":3,"files_skipped":4,"files_deleted":5,"total_bytes":6,"bytes_restored":7,"bytes_skipped":8}"#,
    ) else {
        panic!()
    };
    assert_eq!(
        (most.elapsed(), most.total_files, most.files_restored),
        (Duration::from_secs(1), 2, 3)
    );
    assert_eq!((most.files_skipped, most.files_deleted), (4, 5));
    assert_eq!(
        (most.total_bytes, most.bytes_restored, most.bytes_skipped),
        (6, 7, 8)
    );
}

#[test]
fn verbose_status() {
    let actions = [
        ("restored", RestoreAction::Restored),
        ("updated", RestoreAction::Updated),
        ("unchanged", RestoreAction::Unchanged),
        ("deleted", RestoreAction::Deleted),
        ("renamed", RestoreAction::Unknown("renamed".to_owned())),
    ];
    for (word, action) in actions {
        let line = format!(
            r#"{{"message_type":"verbose_status","action":"{word}","item":"/data/src","size":42}}"#
        );
        let RestoreMessage::VerboseStatus(status) = message(&line) else {
            panic!("{line}")
        };
        assert_eq!(
            (status.action, &*status.item, status.size),
            (action, "/data/src", 42)
        );
    }
}

#[test]
fn error() {
    let RestoreMessage::Error(error) = message(
        r#"{"message_type":"error","error":{"message":"decrypting blob \u003cdata/1807e503\u003e from 802f789f failed: ciphertext verification failed"},"during":"restore","item":"/data/src/b.bin"}"#,
    ) else {
        panic!()
    };
    assert_eq!(error.during, During::Restore);
    assert!(
        error
            .error
            .message
            .unwrap()
            .starts_with("decrypting blob <data/1807e503> from")
    );
}
