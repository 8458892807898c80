//! Rows are read in the order of restic's fields, without serde: what comes of it has to be what serde makes of them.

use std::fmt::Debug;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use restic_types::serde_json::{self, Value};
use restic_types::{
    BackupMessage, DiffMessage, FoundNode, LsMessage, Message, Node, NodeRef, RestoreMessage,
};
use serde::de::DeserializeOwned;

/// Compares everything that reads rows with serde. Says whether this was a row to anything.
fn check(text: &str) -> bool {
    let rows = [
        row(
            text,
            Some("node"),
            NodeRef::read_row(text).map(NodeRef::into_owned),
        ),
        row(text, None, FoundNode::read_row(text)),
        message(text, "node", |message| match message {
            LsMessage::Node(node) => Some(node),
            _ => None,
        }),
        message(text, "change", |message| match message {
            DiffMessage::Change(change) => Some(change),
            _ => None,
        }),
        message(text, "verbose_status", |message| match message {
            BackupMessage::VerboseStatus(item) => Some(item),
            _ => None,
        }),
        message(text, "verbose_status", |message| match message {
            RestoreMessage::VerboseStatus(item) => Some(item),
            _ => None,
        }),
    ];
    rows.contains(&true)
}

fn message<M, T>(text: &str, tag: &str, body: impl Fn(M) -> Option<T>) -> bool
where
    M: Message + Clone + PartialEq + Debug,
    T: DeserializeOwned + PartialEq + Debug,
{
    let Some(message) = M::read_row(text) else {
        return false;
    };
    assert_eq!(M::read(text), Some(message.clone()), "{text}");
    row(text, Some(tag), Some(body(message).unwrap()))
}

fn row<T: DeserializeOwned + PartialEq + Debug>(
    text: &str,
    tag: Option<&str>,
    row: Option<T>,
) -> bool {
    let Some(row) = row else {
        return false;
    };
    assert_eq!(serde_json::from_str::<T>(text).unwrap(), row, "{text}");
    let keys: Value = serde_json::from_str(text).unwrap();
    for key in ["message_type", "struct_type"] {
        assert!(keys[key].is_null() || keys[key].as_str() == tag, "{text}");
    }
    true
}

/// The members of an object, as they are printed.
type Members = Vec<(&'static str, String)>;

/// What may happen to them.
#[derive(Clone, Debug)]
enum Change {
    Swap(Index, Index),
    Repeat(Index, Index),
    Add(Index),
    Remove(Index),
    Value(Index, &'static str),
    /// Of the whole line.
    Cut(Index),
    Char(Index, char),
    Insert(Index, char),
}

fn change() -> impl Strategy<Value = Change> {
    let place = any::<Index>;
    let char =
        || select(r#" "\{}[],:0-.eEnu/é"#.chars().chain(['\t', '\u{0}']).collect::<Vec<_>>());
    prop_oneof![
        (place(), place()).prop_map(|(a, b)| Change::Swap(a, b)),
        (place(), place()).prop_map(|(a, b)| Change::Repeat(a, b)),
        place().prop_map(Change::Add),
        place().prop_map(Change::Remove),
        (place(), select(VALUES)).prop_map(|(a, value)| Change::Value(a, value)),
        place().prop_map(Change::Cut),
        (place(), char()).prop_map(|(a, char)| Change::Char(a, char)),
        (place(), char()).prop_map(|(a, char)| Change::Insert(a, char)),
    ]
}

/// Values of members that are close to the limits of what fits.
const VALUES: &[&str] = &[
    "0",
    "-0",
    "00",
    "01",
    "0.",
    "1.0",
    "1e3",
    "0.1e-7",
    ".5",
    "4294967295",
    "4294967296",
    "9999999999999999999",
    "18446744073709551615",
    "18446744073709551616",
    "123456789012345678901234567890.5",
    "0.30000000000000004441",
    "null",
    "true",
    "[]",
    "{\"a\":[1]}",
    "\"\"",
    "\"1\"",
    "\"file\"",
    "\"fi\\u006ce\"",
    "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"",
    "\"\\ud83d\\ude00\"",
    "\"\\ud83d\"",
    "\"\\u00e9\\x\"",
    "\"\\",
    "\"2026-11-22T11:16:15Z\"",
    "\"2026-11-22T11:16:15.5+00:00\"",
    "\"2026-11-22T11:16:15.123456789-13:45\"",
    "\"2026-11-22T11:16:15.1234567890Z\"",
    "\"2026-02-29T11:16:15Z\"",
    "\"0000-01-01T00:00:00+14:00\"",
    "\"2026-11-22T11:16:15z\"",
    "\"2026-11-22T11:16:15.Z\"",
    "\"2026-11-22T11:16:1\\u0035Z\"",
];

fn text(value: &str) -> String {
    // As Go escapes.
    let json = serde_json::to_string(value).unwrap();
    json.replace('&', "\\u0026").replace('<', "\\u003c")
}

/// The five kinds of rows with these values in them.
fn rows(name: &str, number: u64, fraction: f64) -> Vec<Members> {
    let (name, short) = (text(name), (number % (1 << 32)).to_string());
    let (number, fraction) = (number.to_string(), fraction.to_string());
    let time = || text("2026-11-22T11:16:15.849059764+01:00");
    vec![
        vec![
            ("name", name.clone()),
            ("type", text("file")),
            ("path", name.clone()),
            ("uid", short.clone()),
            ("gid", short.clone()),
            ("size", number.clone()),
            ("mode", short.clone()),
            ("permissions", text("-rw-r--r--")),
            ("mtime", time()),
            ("atime", time()),
            ("ctime", time()),
            ("inode", number.clone()),
            ("message_type", text("node")),
            ("struct_type", text("node")),
        ],
        vec![
            ("path", name.clone()),
            ("permissions", text("Lrwxrwxrwx")),
            ("type", text("symlink")),
            ("mode", short.clone()),
            ("mtime", time()),
            ("atime", time()),
            ("ctime", time()),
            ("uid", short.clone()),
            ("gid", short),
            ("user", name.clone()),
            ("group", name.clone()),
            ("inode", number.clone()),
            ("device_id", number.clone()),
            ("size", number.clone()),
            ("links", number.clone()),
            ("linktarget", name.clone()),
            ("error", name.clone()),
        ],
        vec![
            ("message_type", text("change")),
            ("path", name.clone()),
            ("modifier", text("MU")),
        ],
        vec![
            ("message_type", text("verbose_status")),
            ("action", text("new")),
            ("item", name.clone()),
            ("duration", fraction),
            ("data_size", number.clone()),
            ("data_size_in_repo", number.clone()),
            ("metadata_size", number.clone()),
            ("metadata_size_in_repo", number.clone()),
            ("total_files", number.clone()),
        ],
        vec![
            ("message_type", text("verbose_status")),
            ("action", text("restored")),
            ("item", name),
            ("size", number),
        ],
    ]
}

fn changed(mut members: Members, changes: &[Change]) -> String {
    for change in changes {
        let len = members.len();
        match change {
            Change::Swap(a, b) => members.swap(a.index(len), b.index(len)),
            Change::Repeat(a, b) => members.insert(a.index(len), members[b.index(len)].clone()),
            Change::Add(a) => members.insert(a.index(len), ("message", text("newer"))),
            // One is left, so that every place is one.
            Change::Remove(a) if len > 1 => drop(members.remove(a.index(len))),
            Change::Value(a, value) => members[a.index(len)].1 = (*value).to_owned(),
            _ => {}
        }
    }
    let mut line = object(&members);
    for change in changes {
        // One behind the end, too, where there is nothing.
        let place = |index: &Index| {
            line.char_indices()
                .nth(index.index(line.chars().count() + 1))
        };
        match change {
            Change::Cut(a) => line.truncate(place(a).map_or(0, |(at, _)| at)),
            Change::Char(a, char) | Change::Insert(a, char) => {
                let Some((at, old)) = place(a) else { continue };
                let end = at + usize::from(matches!(change, Change::Char(..))) * old.len_utf8();
                line.replace_range(at..end, &char.to_string());
            }
            _ => {}
        }
    }
    line
}

fn object(members: &Members) -> String {
    let members = members
        .iter()
        .map(|(key, value)| format!("\"{key}\":{value}"));
    format!("{{{}}}", members.collect::<Vec<_>>().join(","))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2048, ..crate::config() })]

    #[test]
    fn rows_that_restic_prints_are_read(
        name in r#"[ -~äé😀"\\/&<\n]{0,40}"#,
        number in 0..10_000_000_000_000_000_000_u64,
        fraction in 0.0..1e9_f64,
    ) {
        for members in rows(&name, number, fraction) {
            let line = object(&members);
            prop_assert!(check(&line), "not read as a row: {line}");
        }
    }

    #[test]
    fn rows_that_were_changed_are_read_as_serde_does_or_not_at_all(
        name in r#"[ -~äé😀"\\/&<\n]{0,12}"#,
        number: u64,
        fraction: f64,
        changes in vec(change(), 0..4),
    ) {
        for members in rows(&name, number, fraction) {
            check(&changed(members, &changes));
        }
    }
}

/// What old versions leave out does not make a row slow.
#[test]
fn rows_of_old_versions_are_read() {
    for line in [
        r#"{"name":"data","type":"dir","path":"/data","uid":1000,"gid":1000,"mode":2147484141,"mtime":"2026-11-22T11:16:04.37051652+01:00","atime":"2026-11-22T11:16:04.37051652+01:00","ctime":"2026-11-22T11:16:04.37051652+01:00","struct_type":"node"}"#,
        r#"{"message_type":"verbose_status","action":"new","item":"/a","duration":0.009140224,"data_size":6,"metadata_size":0,"total_files":0}"#,
        r#"{"path":"/a","type":"file","mtime":"2023-11-14T23:15:00Z","atime":"2023-11-14T23:15:00Z","ctime":"2026-11-22T11:16:17Z","uid":0,"gid":0}"#,
    ] {
        assert!(check(line), "{line}");
    }
}

#[test]
fn a_borrowed_node_is_the_node() {
    let line = r#"{"name":"a","type":"file","path":"/\u0026a","uid":0,"gid":1,"size":2,"mode":420,"permissions":"-rw-r--r--","mtime":"2023-11-14T23:15:00Z","atime":"2023-11-14T23:15:00Z","ctime":"2026-11-22T11:16:17Z","inode":7,"message_type":"node","struct_type":"node"}"#;
    let borrowed = NodeRef::read_row(line).unwrap();
    let node: Node = serde_json::from_str(line).unwrap();
    assert_eq!(NodeRef::from(&node), borrowed);
    assert_eq!(borrowed.into_owned(), node);
}

/// The types that are compared are all that there are: a row of one is none of another.
#[test]
fn a_row_of_one_kind_is_none_of_another() {
    for (index, members) in rows("a", 1, 0.5).iter().enumerate() {
        let line = object(members);
        let read = [
            LsMessage::read_row(&line).is_some(),
            FoundNode::read_row(&line).is_some(),
            DiffMessage::read_row(&line).is_some(),
            BackupMessage::read_row(&line).is_some(),
            RestoreMessage::read_row(&line).is_some(),
        ];
        let expected: Vec<bool> = (0..read.len()).map(|kind| kind == index).collect();
        assert_eq!(read[..], expected, "{line}");
    }
}
