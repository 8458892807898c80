//! Rows with fields that a newer restic adds: still rows, and what serde makes of them.

use std::fmt::Debug;

use restic_types::{
    BackupMessage, DiffMessage, FoundNode, LsMessage, Message, RestoreMessage, serde_json,
};

const NODE: &str = r#"{"name":"a","type":"file","path":"/a","uid":0,"gid":0,"size":4,"mtime":"2023-11-14T23:13:20Z","atime":"2023-11-14T23:13:20Z","ctime":"2023-11-14T23:13:20Z","inode":7@,"message_type":"node","struct_type":"node"@}"#;
const SAVED: &str = r#"{"message_type":"verbose_status","action":"new","item":"/a","duration":0.5,"data_size":1,"metadata_size":2,"total_files":0@}"#;
const RESTORED: &str =
    r#"{"message_type":"verbose_status","action":"restored","item":"/a","size":4@}"#;
const CHANGE: &str = r#"{"message_type":"change","path":"/a","modifier":"M"@}"#;
const MATCH: &str = r#"{"path":"/a","type":"file","mtime":"2023-11-14T23:13:20Z","atime":"2023-11-14T23:13:20Z","ctime":"2023-11-14T23:13:20Z","uid":0,"gid":0,"size":4@}"#;

/// What may come behind the fields that are known.
const ADDED: &[&str] = &[
    r#","new":1"#,
    r#","new":-1.5e3,"newer":null"#,
    r#","new":"quoted \" \u0041","newer":[true,{"size":[]}]"#,
    r#","new": {"message_type":"other"}"#,
];

/// What is no row then, and what serde takes or refuses.
const ODD: &[&str] = &[
    r#","path":"/b""#,
    r#","item":"/b","size":3"#,
    r#","new":"#,
    r#","new":01"#,
    r#","new":"\x""#,
    r#","new":1,"#,
    r#","n\u0065w":1"#,
    ",\"new\":\"\n\"",
    r#" ,"new":1"#,
    r#","message_type":"other""#,
];

fn variants(template: &str, added: &[&str]) -> Vec<String> {
    let holes = template.matches('@').count();
    let mut lines = Vec::new();
    for added in added {
        for chosen in 0..holes {
            let mut parts = template.split('@');
            let mut line = parts.next().unwrap_or_default().to_owned();
            for (hole, part) in parts.enumerate() {
                if hole == chosen {
                    line += added;
                }
                line += part;
            }
            lines.push(line);
        }
    }
    lines
}

fn check<M: Message + Debug + PartialEq>(template: &str) {
    for line in variants(template, ADDED) {
        let row = M::read_row(&line);
        assert!(row.is_some(), "{line}");
        assert_eq!(row, M::read_any(&line), "{line}");
    }
    for line in variants(template, ODD) {
        if let Some(row) = M::read_row(&line) {
            assert_eq!(Some(row), M::read_any(&line), "{line}");
        }
    }
}

#[test]
fn messages_with_added_fields_are_rows() {
    check::<LsMessage>(NODE);
    check::<BackupMessage>(SAVED);
    check::<RestoreMessage>(RESTORED);
    check::<DiffMessage>(CHANGE);
}

#[test]
fn matches_with_added_fields_are_rows() {
    for text in variants(MATCH, ADDED) {
        let row = FoundNode::read_row(&text);
        assert!(row.is_some(), "{text}");
        assert_eq!(row, serde_json::from_str(&text).ok(), "{text}");
    }
    for text in variants(MATCH, ODD) {
        if let Some(row) = FoundNode::read_row(&text) {
            assert_eq!(Some(row), serde_json::from_str(&text).ok(), "{text}");
        }
    }
}
