//! Every message and every document: no panic, out as it went in, and nothing changed by
//! fields that nobody knows.

use std::fmt::Debug;

use restic_types::serde_json::{self, Value};
use restic_types::{
    BackupMessage, CheckMessage, ExitError, ForgetGroup, Initialized, LsMessage, Message, Node,
    RestoreMessage, Snapshot, SnapshotGroup, Stats, VersionInfo,
};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::new_fields::with_new_fields;

/// Reads a text in every way there is.
pub fn check(text: &str) {
    message(text, |read| matches!(read, BackupMessage::Unknown(_)));
    message(text, |read| matches!(read, RestoreMessage::Unknown(_)));
    message(text, |read| matches!(read, CheckMessage::Unknown(_)));
    message(text, |read| matches!(read, LsMessage::Unknown(_)));
    document::<Vec<Snapshot>>(text);
    document::<Vec<SnapshotGroup>>(text);
    document::<Vec<ForgetGroup>>(text);
    document::<Snapshot>(text);
    document::<Node>(text);
    document::<Stats>(text);
    document::<Initialized>(text);
    document::<VersionInfo>(text);
    document::<ExitError>(text);
    if let Some(error) = ExitError::read(text) {
        let printed = serde_json::to_string(&error).unwrap();
        assert_eq!(ExitError::read(&printed), Some(error), "{printed}");
    }
}

fn message<M>(line: &str, is_unknown: impl Fn(&M) -> bool)
where
    M: Message + Serialize + DeserializeOwned + PartialEq + Debug,
{
    let Some(message) = M::read(line) else {
        assert!(
            serde_json::from_str::<Value>(line).map_or(true, |value| !value.is_object()),
            "an object is always a message: {line}"
        );
        return;
    };
    let printed = serde_json::to_string(&message).unwrap();
    let again = serde_json::from_str::<M>(&printed).unwrap();
    assert_eq!(again, message, "deserialised again: {printed}");
    if is_unknown(&message) {
        return;
    }
    assert_eq!(M::read(&printed), Some(message), "read again: {printed}");
    if let Ok(value) = serde_json::from_str::<Value>(line) {
        // Both in the order of a map, and each key once.
        let (plain, newer) = (value.to_string(), with_new_fields(value).to_string());
        let read = M::read(&plain).filter(|message| !is_unknown(message));
        if read.is_some() {
            assert_eq!(M::read(&newer), read, "with new fields: {newer}");
        }
    }
}

fn document<T>(json: &str)
where
    T: Serialize + DeserializeOwned + PartialEq + Debug,
{
    let Ok(document) = serde_json::from_str::<T>(json) else {
        return;
    };
    let printed = serde_json::to_string(&document).unwrap();
    let again = serde_json::from_str::<T>(&printed).unwrap();
    assert_eq!(again, document, "deserialised again: {printed}");
    if let Ok(value) = serde_json::from_str::<Value>(json) {
        let (plain, newer) = (value.to_string(), with_new_fields(value).to_string());
        if let Ok(read) = serde_json::from_str::<T>(&plain) {
            let newer_read = serde_json::from_str::<T>(&newer).ok();
            assert_eq!(newer_read, Some(read), "with new fields: {newer}");
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;
    use proptest::sample::{Index, select};

    use super::*;
    use crate::config;

    proptest! {
        #![proptest_config(config())]

        #[test]
        fn any_text_is_read_or_refused(text in any::<String>()) {
            check(&text);
        }

        #[test]
        fn any_object_is_read_or_kept(value in json_value()) {
            check(&value.to_string());
        }

        #[test]
        fn messages_with_other_values_are_read_or_kept(
            line in select(SAMPLES),
            changes in vec((any::<Index>(), json_value()), 0..4),
            cut in proptest::option::of(any::<Index>()),
        ) {
            let mut value: Value = serde_json::from_str(line).unwrap();
            for (place, new) in changes {
                change(&mut value, place, new);
            }
            let mut text = value.to_string();
            if let Some(cut) = cut {
                let cut = (0..=cut.index(text.len())).rev().find(|cut| text.is_char_boundary(*cut));
                text.truncate(cut.unwrap_or_default());
            }
            check(&text);
        }
    }

    /// Any JSON, with names and words that restic uses in the most part.
    fn json_value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<u64>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            select(WORDS).prop_map(Value::from),
            ".*".prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 32, 6, |inner| {
            let name = prop_oneof![select(WORDS).prop_map(str::to_owned), ".*"];
            prop_oneof![
                vec(inner.clone(), 0..4).prop_map(Value::from),
                vec((name, inner), 0..6).prop_map(|fields| Value::Object(
                    fields.into_iter().collect::<serde_json::Map<_, _>>()
                )),
            ]
        })
    }

    /// Replaces one value somewhere, removes it, or adds one beside it.
    fn change(value: &mut Value, place: Index, new: Value) {
        match value {
            Value::Object(object) if !object.is_empty() => {
                let at = place.index(object.len() * 4);
                let key = object.keys().nth(at / 4).cloned().unwrap_or_default();
                match at % 4 {
                    0 => drop(object.remove(&key)),
                    1 => drop(object.insert("new".to_owned(), new)),
                    2 => drop(object.insert(key, new)),
                    _ => change(&mut object[&key], place, new),
                }
            }
            Value::Array(array) if !array.is_empty() => {
                let at = place.index(array.len());
                change(&mut array[at], place, new);
            }
            other => *other = new,
        }
    }

    /// Otherwise the changes would change nothing that is read.
    #[test]
    fn samples_are_read_by_something() {
        let count = |read: bool| usize::from(read);
        for line in SAMPLES {
            let documents = count(serde_json::from_str::<Vec<Snapshot>>(line).is_ok())
                + count(serde_json::from_str::<Vec<SnapshotGroup>>(line).is_ok())
                + count(serde_json::from_str::<Vec<ForgetGroup>>(line).is_ok())
                + count(serde_json::from_str::<Stats>(line).is_ok())
                + count(serde_json::from_str::<Initialized>(line).is_ok())
                + count(serde_json::from_str::<VersionInfo>(line).is_ok());
            let messages = count(ExitError::read(line).is_some())
                + count(!matches!(
                    BackupMessage::read(line),
                    None | Some(BackupMessage::Unknown(_))
                ))
                + count(!matches!(
                    RestoreMessage::read(line),
                    None | Some(RestoreMessage::Unknown(_))
                ))
                + count(!matches!(
                    CheckMessage::read(line),
                    None | Some(CheckMessage::Unknown(_))
                ))
                + count(!matches!(
                    LsMessage::read(line),
                    None | Some(LsMessage::Unknown(_))
                ));
            assert!(documents + messages > 0, "{line}");
        }
    }

    const WORDS: &[&str] = &[
        "message_type",
        "struct_type",
        "status",
        "verbose_status",
        "summary",
        "error",
        "exit_error",
        "initialized",
        "version",
        "node",
        "snapshot",
        "item",
        "during",
        "scan",
        "message",
        "Op",
        "Path",
        "Err",
        "code",
        "action",
        "new",
        "updated",
        "percent_done",
        "time",
        "2026-11-22T11:16:15.849059764+01:00",
        "0001-01-01T00:00:00Z",
        "mtime",
        "id",
        "short_id",
        "tree",
        "paths",
        "tags",
        "name",
        "path",
        "type",
        "dir",
        "mode",
        "uid",
        "size",
        "permissions",
        "keep",
        "remove",
        "reasons",
        "group_key",
        "snapshots",
        "***@",
        "\u{1b}[2K",
        "\r",
        "\u{fffd}",
        "[0:00]",
    ];

    const SAMPLES: &[&str] = &[
        r#"{"message_type":"status","seconds_elapsed":1,"percent_done":0.25,"total_files":3,"total_bytes":4000,"bytes_done":1000,"current_files":["/data/a"]}"#,
        r#"{"message_type":"verbose_status","action":"new","item":"/data/a","duration":0.5,"data_size":5,"data_size_in_repo":6,"metadata_size":0,"total_files":0}"#,
        r#"{"message_type":"error","error":{"message":"permission denied"},"during":"archival","item":"/data/a"}"#,
        r#"{"message_type":"error","error":{"Op":"open","Path":"/data/a","Err":13},"during":"scan","item":"/data/a"}"#,
        r#"{"message_type":"summary","files_new":3,"files_changed":0,"files_unmodified":0,"dirs_new":4,"dirs_changed":0,"dirs_unmodified":0,"data_blobs":3,"tree_blobs":5,"data_added":2769,"total_files_processed":3,"total_bytes_processed":287,"total_duration":0.72,"backup_start":"2026-11-23T07:53:19.489283736Z","snapshot_id":"0651ec02"}"#,
        r#"{"message_type":"summary","total_files":5,"files_restored":7,"total_bytes":292,"bytes_restored":292}"#,
        r#"{"message_type":"summary","num_errors":1,"broken_packs":["c613c1a1"],"suggest_repair_index":false,"suggest_prune":false}"#,
        r#"{"message_type":"exit_error","code":10,"message":"Fatal: repository does not exist"}"#,
        r#"{"message_type":"initialized","id":"a515efce","repository":"/srv/repo"}"#,
        r#"{"message_type":"version","version":"0.19.1","go_version":"go1.25","go_os":"linux","go_arch":"amd64"}"#,
        r#"{"time":"2026-11-23T07:53:20.229442414Z","tree":"bac722f7","paths":["/data"],"hostname":"example","username":"root","tags":["a"],"program_version":"restic 0.19.1","summary":{"backup_start":"2026-11-23T07:53:20.2Z","backup_end":"2026-11-23T07:53:20.9Z","files_new":0,"files_changed":1,"files_unmodified":2,"dirs_new":0,"dirs_changed":3,"dirs_unmodified":1,"data_blobs":1,"tree_blobs":4,"data_added":2140,"data_added_packed":1427,"total_files_processed":3,"total_bytes_processed":292},"id":"fd4fcbff","short_id":"fd4fcbff","message_type":"snapshot","struct_type":"snapshot"}"#,
        r#"{"name":"a","type":"file","path":"/data/a","uid":0,"gid":0,"size":5,"mode":420,"permissions":"-rw-r--r--","mtime":"2026-11-22T11:16:15.849059764+01:00","atime":"2026-11-22T11:16:15Z","ctime":"2026-11-22T11:16:15Z","inode":7,"message_type":"node","struct_type":"node"}"#,
        r#"[{"time":"2026-11-23T07:53:19.489283736Z","tree":"c613c1a1","paths":["/data"],"hostname":"example","id":"0651ec02","short_id":"0651ec02"}]"#,
        r#"[{"group_key":{"hostname":"example","paths":["/data"],"tags":null},"snapshots":[{"time":"2026-11-23T07:53:19Z","tree":"c613c1a1","paths":["/data"],"hostname":"example","id":"0651ec02","short_id":"0651ec02"}]}]"#,
        r#"[{"tags":null,"host":"example","paths":["/data"],"keep":[{"time":"2026-11-23T07:53:20Z","tree":"bac722f7","paths":["/data"],"id":"fd4fcbff","short_id":"fd4fcbff"}],"remove":null,"reasons":[{"snapshot":{"time":"2026-11-23T07:53:20Z","tree":"bac722f7","paths":["/data"]},"matches":["last snapshot"],"counters":{"last":1}}]}]"#,
        r#"{"total_size":292,"total_file_count":7,"snapshots_count":1}"#,
        r#"{"total_size":292,"total_uncompressed_size":300,"compression_ratio":1.1,"compression_progress":100,"compression_space_saving":9.5,"total_blob_count":7,"snapshots_count":1}"#,
    ];
}
