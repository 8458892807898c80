use restic_types::{Message as _, TagMessage};

use crate::support::message;

#[test]
fn changed() {
    let TagMessage::Changed(changed) = message(
        r#"{"message_type":"changed","old_snapshot_id":"21ae3fde022725c22bd32ccab718128de8850287111e25325b8cd01daf71684a","new_snapshot_id":"48bc3a9acfbbd1c0f9db63bc56f26e16307031ff1eb7113594a0843e53f30717"}"#,
    ) else {
        panic!()
    };
    assert_eq!(changed.old_snapshot_id.short(), "21ae3fde");
    assert_eq!(changed.new_snapshot_id.short(), "48bc3a9a");
}

#[test]
fn summary() {
    for count in [0, 3] {
        let line = format!(r#"{{"message_type":"summary","changed_snapshots":{count}}}"#);
        let TagMessage::Summary(summary) = message(&line) else {
            panic!()
        };
        assert_eq!(summary.changed_snapshots, count);
    }
}

#[test]
fn what_does_not_fit_is_unknown() {
    for line in [
        r#"{"message_type":"changed","old_snapshot_id":"21ae3fde"}"#,
        r#"{"message_type":"novelty"}"#,
    ] {
        assert!(matches!(
            TagMessage::read(line),
            Some(TagMessage::Unknown(_))
        ));
    }
    assert_eq!(TagMessage::read("modified 1 snapshots"), None);
}
