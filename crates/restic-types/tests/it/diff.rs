use restic_types::{DiffChange, DiffMessage, DiffStatistics, serde_json};

use crate::support::message;

fn change(line: &str) -> DiffChange {
    match message(line) {
        DiffMessage::Change(change) => change,
        other => panic!("{other:?}"),
    }
}

#[test]
fn changes() {
    let both = change(r#"{"message_type":"change","path":"/data/a.txt","modifier":"MU"}"#);
    assert_eq!((&*both.path, both.modifier.as_str()), ("/data/a.txt", "MU"));
    assert!(both.modifier.is_modified() && both.modifier.has_new_metadata());
    assert!(!both.modifier.is_added() && !both.modifier.is_removed());
    let is = |letter: &str| {
        let modifier = change(&format!(
            r#"{{"message_type":"change","path":"/","modifier":"{letter}"}}"#
        ))
        .modifier;
        [
            modifier.is_added(),
            modifier.is_removed(),
            modifier.has_new_type(),
            modifier.may_be_damaged(),
        ]
    };
    assert_eq!(is("+"), [true, false, false, false]);
    assert_eq!(is("-"), [false, true, false, false]);
    assert_eq!(is("TU"), [false, false, true, false]);
    assert_eq!(is("M?"), [false, false, false, true]);
    assert_eq!(is("X"), [false; 4]);
}

#[test]
fn statistics() {
    let line = r#"{"message_type":"statistics","source_snapshot":"0d6b68f7","target_snapshot":"cfe32b33","changed_files":1,"added":{"files":1,"dirs":2,"others":3,"data_blobs":4,"tree_blobs":5,"bytes":3920},"removed":{"files":6,"dirs":7,"others":8,"data_blobs":9,"tree_blobs":10,"bytes":0}}"#;
    let DiffMessage::Statistics(statistics) = message(line) else {
        panic!()
    };
    assert_eq!(&*statistics.source_snapshot, "0d6b68f7");
    assert_eq!(
        (statistics.changed_files, statistics.removed.tree_blobs),
        (1, 10)
    );
    assert_eq!(
        (statistics.added.bytes.bytes, statistics.added.bytes.rounded),
        (3920, false)
    );
    assert_eq!(serde_json::to_string(&statistics).unwrap(), line);
}

/// Printed by restic 0.11.0.
#[test]
fn text() {
    let check = |line: &str, expected: Option<(&str, &str)>| {
        let change = DiffChange::read(line);
        let change = change
            .as_ref()
            .map(|change| (change.modifier.as_str(), &*change.path));
        assert_eq!(change, expected, "{line}");
    };
    check("M    /data/src/a.txt", Some(("M", "/data/src/a.txt")));
    check("MU   /data/src/  two", Some(("MU", "/data/src/  two")));
    check("-    /data/src/docs/", Some(("-", "/data/src/docs/")));
    for line in [
        "",
        "M",
        "     /data",
        "X    /data",
        "Files:   1 new",
        "  Added:   0 B  ",
    ] {
        check(line, None);
    }

    let mut statistics = DiffStatistics::default();
    let lines = [
        "comparing snapshot 49d4634d to e8d21c10:",
        "",
        "Files:           1 new,     2 removed,     3 changed",
        "Dirs:            4 new,     5 removed",
        "Others:          6 new,     7 removed",
        "Data Blobs:      8 new,     9 removed",
        "Tree Blobs:     10 new,    11 removed",
        "  Added:   3.466 KiB",
    ];
    assert!(!lines.iter().any(|line| statistics.read_text(line)));
    assert!(statistics.read_text("  Removed: 12 B  "));
    let printed = serde_json::to_string(&statistics).unwrap();
    assert_eq!(
        printed,
        r#"{"message_type":"statistics","source_snapshot":"49d4634d","target_snapshot":"e8d21c10","changed_files":3,"added":{"files":1,"dirs":4,"others":6,"data_blobs":8,"tree_blobs":10,"bytes":{"bytes":3549,"rounded":true}},"removed":{"files":2,"dirs":5,"others":7,"data_blobs":9,"tree_blobs":11,"bytes":12}}"#
    );
    assert_eq!(
        serde_json::from_str::<DiffStatistics>(&printed).unwrap(),
        statistics
    );
}
