use restic_types::{NodeName, NodeType, Tree, TreeNode};

use crate::support::document;

fn node(json: &str) -> TreeNode {
    document::<Tree>(&format!(r#"{{"nodes":[{json}]}}"#))
        .nodes
        .remove(0)
}

const OLD: &str = r#"{"name":"data","type":"dir","mtime":"2026-11-22T11:16:05Z","atime":"2026-11-22T11:16:05Z","ctime":"2026-11-22T11:16:05Z","uid":0,"gid":0,"content":null}"#;

/// Made by restic 0.18.0, but for the last fields.
const FULL: &str = r#"{"name":"bad\\xffname","type":"symlink","mode":134218239,"mtime":"2026-11-25T08:59:48.097153854Z","atime":"2026-11-25T08:59:48.097153854Z","ctime":"2026-11-25T08:59:48.097153854Z","uid":1000,"gid":1001,"user":"alice","group":"staff","inode":10298188,"device_id":65024,"size":5,"links":1,"linktarget":"tar\ufffdget","linktarget_raw":"dGFy/2dldA==","extended_attributes":[{"name":"user.foo","value":"AAFiYXI="},{"name":"user.empty","value":""},{"name":"user.unread","value":null}],"generic_attributes":{"windows.creation_time":"AAE="},"device":2049,"content":["aa"],"subtree":"bb","error":"unreadable"}"#;

#[test]
fn node_old_minimal() {
    let node = node(OLD);
    assert_eq!(
        (node.name.as_quoted(), &node.node_type),
        ("data", &NodeType::Dir)
    );
    assert_eq!(
        (node.inode, node.size, node.links, node.device),
        (0, 0, 0, 0)
    );
    assert!(node.content.is_empty() && node.subtree.is_none());
    assert_eq!(node.link_target(), b"");
}

#[test]
fn node_all_the_fields() {
    let node = node(FULL);
    assert_eq!(&*node.name.to_bytes(), b"bad\xffname");
    assert_eq!(node.name.to_string(), "bad\u{fffd}name");
    assert_eq!(node.link_target(), b"tar\xffget");
    assert_eq!(node.linktarget, "tar\u{fffd}get");
    let values: Vec<_> = (node.extended_attributes.iter())
        .map(|attribute| attribute.value.as_deref())
        .collect();
    assert_eq!(values, [Some(&b"\0\x01bar"[..]), Some(b""), None]);
    assert_eq!(node.generic_attributes["windows.creation_time"], "AAE=");
    assert_eq!((&*node.user, &*node.group), ("alice", "staff"));
    assert_eq!(
        (node.uid, node.gid, node.size, node.links),
        (1000, 1001, 5, 1)
    );
    assert_eq!(
        (node.inode, node.device_id, node.device),
        (10_298_188, 65024, 2049)
    );
    assert_eq!(
        (node.content[0].as_str(), node.subtree.unwrap().as_str()),
        ("aa", "bb")
    );
    assert_eq!(node.error, "unreadable");
}

#[test]
fn names_are_unquoted_as_go_does() {
    let check = |quoted: &str, expected: &[u8]| {
        let name = NodeName::from_quoted(quoted);
        assert_eq!(&*name.to_bytes(), expected, "{quoted}");
        assert_eq!(name.as_quoted(), quoted);
    };
    check("plain ä", "plain ä".as_bytes());
    check(r"bad\xffname", b"bad\xffname");
    check(
        r#"new\nline \"q\" \\b \u200b"#,
        "new\nline \"q\" \\b \u{200b}".as_bytes(),
    );
    check(r"\a\b\f\n\r\t\v", b"\x07\x08\x0c\n\r\t\x0b");
    check(r"\U0001f600\x00", "😀\0".as_bytes());
    check(r"\\n", b"\\n");
    // Nothing that Go writes.
    check(r"\", b"\\");
    check(r"\x1", b"\\x1");
    check(r"\x+1", b"\\x+1");
    check(r"\ud800", b"\\ud800");
    check(r"\xä", "\\xä".as_bytes());
    check(r"\q", b"\\q");
}
