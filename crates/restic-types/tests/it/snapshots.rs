use restic_types::{
    GroupKey, MissingSnapshotId, Snapshot, SnapshotData, SnapshotGroup, serde_json,
};

use crate::support::document;

pub(crate) const OLD: &str = r#"{"time":"2026-11-22T11:16:15.849059764+01:00","tree":"f1e4b3204b769eddc406483080fc5f2b7de8fa821dd699025a54c89345592b45","paths":["/data/src"],"id":"49d4634de3dacb1108902de3e547eed4fb766397deb124d7d855c27baca60d2b","short_id":"49d4634d"}"#;
pub(crate) const FULL: &str = r#"{"time":"2026-11-22T11:16:21.373349854+01:00","parent":"fd82b0ce218d5d19077109ffc0ce7111f5864051a8e3483b76f36032999a4084","tree":"e893b3e3af1645fb892ac61f62ded5e4c6778754c8333f9e78d0e783e43cfdd6","paths":["/data/src"],"hostname":"srv1","username":"alice","uid":1000,"gid":1001,"excludes":["*.tmp"],"tags":["s1","s2"],"original":"482eb9c0264c447cfd2b720b0aef0b270a113116eda159707d6dee1d2248cbd2","program_version":"restic 0.19.1","summary":{"backup_start":"2026-11-22T11:16:21.373349854+01:00","backup_end":"2026-11-22T11:16:22.137612408+01:00","files_new":1,"files_changed":2,"files_unmodified":3,"dirs_new":4,"dirs_changed":5,"dirs_unmodified":6,"data_blobs":7,"tree_blobs":8,"data_added":3922,"data_added_packed":1912,"total_files_processed":9,"total_bytes_processed":40216},"id":"8cba57a68034ee628be47b817caf205c9cb744e0f260f01a4746dd3c34e82ee0","short_id":"8cba57a6"}"#;

#[test]
fn old_minimal() {
    let snapshot: Snapshot = document(OLD);
    assert_eq!(snapshot.id.short(), "49d4634d");
    assert_eq!(snapshot.short_id.to_string(), "49d4634d");
    assert_eq!(snapshot.paths, ["/data/src"]);
    assert_eq!(
        (
            &*snapshot.hostname,
            &*snapshot.username,
            snapshot.uid,
            snapshot.gid
        ),
        ("", "", 0, 0)
    );
    assert!(snapshot.tags.is_empty() && snapshot.excludes.is_empty());
    assert_eq!((snapshot.parent, snapshot.original), (None, None));
    assert_eq!((snapshot.program_version, snapshot.summary), (None, None));
}

#[test]
fn all_the_fields() {
    let snapshot: Snapshot = document(FULL);
    assert_eq!(
        snapshot.time.to_string(),
        "2026-11-22T11:16:21.373349854+01:00"
    );
    assert_eq!(snapshot.parent.unwrap().short(), "fd82b0ce");
    assert_eq!(snapshot.tree.short(), "e893b3e3");
    assert_eq!(
        (
            &*snapshot.hostname,
            &*snapshot.username,
            snapshot.uid,
            snapshot.gid
        ),
        ("srv1", "alice", 1000, 1001)
    );
    assert_eq!(
        (snapshot.tags, snapshot.excludes),
        (
            vec!["s1".to_owned(), "s2".to_owned()],
            vec!["*.tmp".to_owned()]
        )
    );
    assert_eq!(snapshot.original.unwrap().short(), "482eb9c0");
    assert_eq!(snapshot.program_version.as_deref(), Some("restic 0.19.1"));
    let summary = snapshot.summary.unwrap();
    assert_eq!(
        summary.backup_end.to_string(),
        "2026-11-22T11:16:22.137612408+01:00"
    );
    assert_eq!(
        (
            summary.files_new,
            summary.files_changed,
            summary.files_unmodified
        ),
        (1, 2, 3)
    );
    assert_eq!(
        (
            summary.dirs_new,
            summary.dirs_changed,
            summary.dirs_unmodified
        ),
        (4, 5, 6)
    );
    assert_eq!((summary.data_blobs, summary.tree_blobs), (7, 8));
    assert_eq!(
        (summary.data_added, summary.data_added_packed),
        (3922, 1912)
    );
    assert_eq!(
        (summary.total_files_processed, summary.total_bytes_processed),
        (9, 40216)
    );
}

#[test]
fn the_serialised_form_is_restics_own() {
    for json in [OLD, FULL] {
        let snapshot: Snapshot = serde_json::from_str(json).unwrap();
        assert_eq!(serde_json::to_string(&snapshot).unwrap(), json);
        let data: SnapshotData = document(json);
        assert_eq!(serde_json::to_string(&data).unwrap(), json);
        assert_eq!(Snapshot::try_from(data), Ok(snapshot));
    }
}

#[test]
fn an_id_and_a_tree_are_required_and_a_short_id_is_not() {
    let without = |key: &str| {
        let mut value: serde_json::Value = serde_json::from_str(OLD).unwrap();
        value.as_object_mut().unwrap().remove(key).unwrap();
        serde_json::from_value::<Snapshot>(value)
    };
    assert!(
        without("id")
            .unwrap_err()
            .to_string()
            .contains("missing field `id`")
    );
    assert!(
        without("tree")
            .unwrap_err()
            .to_string()
            .contains("missing field `tree`")
    );
    assert!(
        without("time")
            .unwrap_err()
            .to_string()
            .contains("missing field `time`")
    );
    assert_eq!(
        without("short_id").unwrap(),
        serde_json::from_str::<Snapshot>(OLD).unwrap()
    );

    let no_ids = r#"{"time":"2026-11-22T11:16:15Z","tree":"f1e4b320"}"#;
    let data: SnapshotData = document(no_ids);
    assert_eq!(Snapshot::try_from(data), Err(MissingSnapshotId));
}

#[test]
fn lists_may_be_null() {
    let json = OLD.replace(r#"["/data/src"]"#, r#"null,"tags":null,"excludes":null"#);
    let snapshot: Snapshot = document(&json);
    assert!(snapshot.paths.is_empty() && snapshot.tags.is_empty() && snapshot.excludes.is_empty());
}

#[test]
fn groups() {
    let json = format!(
        r#"[{{"group_key":{{"hostname":"srv1","paths":null,"tags":["a"]}},"snapshots":[{OLD}]}},{{"group_key":{{"hostname":"","paths":["/a"],"tags":null}},"snapshots":[]}}]"#
    );
    let groups: Vec<SnapshotGroup> = document(&json);
    let mut key = GroupKey::default();
    key.hostname = "srv1".to_owned();
    key.tags = vec!["a".to_owned()];
    assert_eq!(groups[0].group_key, key);
    assert_eq!(groups[0].snapshots, [document::<Snapshot>(OLD)]);
    assert_eq!(groups[1].group_key.paths, ["/a"]);
}
