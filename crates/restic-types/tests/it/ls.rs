use restic_types::{FileMode, LsMessage, Message, Node, NodeType, Snapshot, serde_json};

use crate::snapshots::{FULL, OLD};
use crate::support::message;

const OLD_NODE: &str = r#"{"name":"empty","type":"file","path":"/data/src/empty","uid":0,"gid":0,"mtime":"2023-11-14T23:13:20.123456768+01:00","atime":"2023-11-14T23:13:20Z","ctime":"2026-11-22T11:16:04.376375339+01:00","struct_type":"node"}"#;
const FULL_NODE: &str = r#"{"name":"new.txt","type":"file","path":"/data/src/new.txt","uid":1000,"gid":1001,"size":4,"mode":420,"permissions":"-rw-r--r--","mtime":"2023-11-14T23:16:40+01:00","atime":"2023-11-14T23:16:41+01:00","ctime":"2026-11-22T11:26:51.364427093+01:00","inode":10469565,"message_type":"node","struct_type":"node"}"#;

fn node(line: &str) -> Node {
    match message(line) {
        LsMessage::Node(node) => node,
        other => panic!("{other:?}"),
    }
}

#[test]
fn node_old_minimal() {
    let node = node(OLD_NODE);
    assert_eq!(
        (&*node.name, &*node.path, node.node_type),
        ("empty", "/data/src/empty", NodeType::File)
    );
    assert_eq!(
        (node.uid, node.gid, node.size, node.mode),
        (0, 0, 0, FileMode(0))
    );
    assert_eq!((node.permissions, node.inode), (None, None));
    assert_eq!(node.atime.to_string(), "2023-11-14T23:13:20Z");
}

#[test]
fn node_all_the_fields() {
    let node = node(FULL_NODE);
    assert_eq!(
        (node.uid, node.gid, node.size, node.inode),
        (1000, 1001, 4, Some(10_469_565))
    );
    assert_eq!(
        (node.mode.permissions(), node.permissions.as_deref()),
        (0o644, Some("-rw-r--r--"))
    );
    assert_eq!(node.mtime.to_string(), "2023-11-14T23:16:40+01:00");
    assert_eq!(
        node.ctime.to_string(),
        "2026-11-22T11:26:51.364427093+01:00"
    );
    assert_eq!(
        serde_json::to_string(&LsMessage::read(FULL_NODE).unwrap()).unwrap(),
        FULL_NODE
    );
}

#[test]
fn node_types() {
    let words = [
        "file",
        "dir",
        "symlink",
        "dev",
        "chardev",
        "fifo",
        "socket",
        "irregular",
    ];
    for word in words {
        let line = FULL_NODE.replace(r#""type":"file""#, &format!(r#""type":"{word}""#));
        let node_type = node(&line).node_type;
        assert_eq!(node_type.as_str(), word);
        assert!(!matches!(node_type, NodeType::Unknown(_)), "{word}");
    }
    for word in ["", "door"] {
        let line = FULL_NODE.replace(r#""type":"file""#, &format!(r#""type":"{word}""#));
        assert_eq!(node(&line).node_type, NodeType::Unknown(word.to_owned()));
    }
}

#[test]
fn the_snapshot_of_all_versions() {
    for (json, tags) in [
        (OLD, r#""struct_type":"snapshot""#),
        (
            FULL,
            r#""message_type":"snapshot","struct_type":"snapshot""#,
        ),
    ] {
        let line = format!("{},{tags}}}", json.strip_suffix('}').unwrap());
        let LsMessage::Snapshot(snapshot) = message(&line) else {
            panic!("{line}")
        };
        assert_eq!(*snapshot, serde_json::from_str::<Snapshot>(json).unwrap());
    }
}

#[test]
fn a_message_type_alone_will_do() {
    let line = FULL_NODE.replace(r#","struct_type":"node""#, "");
    assert!(matches!(LsMessage::read(&line), Some(LsMessage::Node(_))));
}

#[test]
fn the_cheap_look_is_not_fooled_by_names() {
    // Each of these would be taken for a node by a search that knows nothing of escapes and depth.
    let lines = [
        r#"{"struct_type":"new","name":"\",\"struct_type\":\"node\"}"}"#,
        r#"{"struct_type":"new","name":"x,\"struct_type\":\"node"}"#,
        r#"{"a":1,"x\",\"struct_type":"node"}"#,
        r#"{"a":1,"x\",\"message_type":"node"}"#,
        r#"{"message_type":"new","inner":{"a":1,"struct_type":"node"}}"#,
        r#"{"message_type":"new\",\"struct_type\":\"node"}"#,
    ];
    for line in lines {
        let Some(LsMessage::Unknown(unknown)) = LsMessage::read(line) else {
            panic!("{line}")
        };
        assert_ne!(unknown.message_type.as_deref(), Some("node"), "{line}");
        assert_eq!(unknown.problem, None, "{line}");
    }
    let name = r#"x\",\"struct_type\":\"snapshot\"}"#;
    let line = FULL_NODE.replace(r#""name":"new.txt""#, &format!(r#""name":"{name}""#));
    assert_eq!(node(&line).name, r#"x","struct_type":"snapshot"}"#);
}

#[test]
fn what_looks_like_a_node_and_is_none_says_why() {
    let cut_in_the_middle = r#"{"a":{"b":1,"struct_type":"node"}"#;
    let misfit = OLD_NODE.replace(r#""uid":0"#, r#""uid":-1"#);
    for line in [
        cut_in_the_middle,
        r#"{"name":"x","struct_type":"node"}"#,
        &misfit,
    ] {
        let Some(LsMessage::Unknown(unknown)) = LsMessage::read(line) else {
            panic!("{line}")
        };
        assert_eq!(
            (unknown.message_type.as_deref(), &*unknown.raw),
            (Some("node"), line)
        );
        assert!(unknown.problem.is_some(), "{line}");
    }
}

#[test]
fn modes_in_gos_form() {
    let cases = [
        (0, "----------", 0),
        (420, "-rw-r--r--", 0o644),
        (2_147_484_141, "drwxr-xr-x", 0o755),
        (134_218_239, "Lrwxrwxrwx", 0o777),
        (1 << 31 | 1 << 22 | 0o775, "dgrwxrwxr-x", 0o2775),
        (1 << 31 | 1 << 20 | 0o777, "dtrwxrwxrwx", 0o1777),
        (1 << 26 | 1 << 21 | 0o600, "Dcrw-------", 0o600),
        (1 << 25 | 0o644, "prw-r--r--", 0o644),
        (1 << 24 | 0o644, "Srw-r--r--", 0o644),
        (1 << 23 | 0o755, "urwxr-xr-x", 0o4755),
    ];
    for (bits, text, permissions) in cases {
        assert_eq!(FileMode(bits).to_string(), text);
        assert_eq!(FileMode(bits).unix_permissions(), permissions, "{text}");
    }
    assert!(FileMode(420).is_file() && FileMode(1 << 23 | 0o755).is_file());
    assert!(FileMode(2_147_484_141).is_dir() && !FileMode(2_147_484_141).is_file());
    assert!(FileMode(134_218_239).is_symlink() && !FileMode(134_218_239).is_file());
    let char_device = FileMode(1 << 26 | 1 << 21);
    assert!(char_device.is_device() && char_device.is_char_device() && !char_device.is_file());
    assert!(FileMode(1 << 25).is_fifo() && FileMode(1 << 24).is_socket());
}
