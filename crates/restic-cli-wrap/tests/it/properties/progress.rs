//! Messages of progress that are not as they should be: a run whose summary is there is no failure.

use restic_cli_wrap::commands::{Backup, Restore};
use restic_cli_wrap::types::serde_json::{self, Value, json};
use restic_cli_wrap::{Command, Notice, Outcome, Restic, Scripted};

/// As restic prints them, with all of their fields.
const BACKUP: [&str; 3] = [
    r#"{"message_type":"status","seconds_elapsed":1,"seconds_remaining":2,"percent_done":0.5,"total_files":3,"files_done":1,"total_bytes":10,"bytes_done":5,"error_count":1,"current_files":["/data/a"]}"#,
    r#"{"message_type":"verbose_status","action":"new","item":"/data/a","duration":0.5,"data_size":5,"data_size_in_repo":7,"metadata_size":1,"metadata_size_in_repo":2,"total_files":0}"#,
    r#"{"message_type":"excluded_item","item":"/data/cache"}"#,
];
const BACKUP_END: &str = r#"{"message_type":"summary","files_new":1,"files_changed":0,"files_unmodified":0,"dirs_new":0,"dirs_changed":0,"dirs_unmodified":0,"data_blobs":1,"tree_blobs":1,"data_added":5,"total_files_processed":1,"total_bytes_processed":5,"total_duration":0.5,"snapshot_id":"a3a41cf6"}"#;
const RESTORE: [&str; 2] = [
    r#"{"message_type":"status","seconds_elapsed":1,"percent_done":0.5,"total_files":3,"files_restored":1,"files_skipped":1,"files_deleted":1,"total_bytes":10,"bytes_restored":5,"bytes_skipped":2}"#,
    r#"{"message_type":"verbose_status","action":"restored","item":"/data/a","size":5}"#,
];
const RESTORE_END: &str = r#"{"message_type":"summary","total_files":5,"files_restored":5,"total_bytes":292,"bytes_restored":292}"#;

/// What stands in the place of a value: every type, and numbers out of range.
const OTHERS: [&str; 12] = [
    "null",
    "true",
    "-1",
    "0.5",
    "1e400",
    "18446744073709551616",
    "\"text\"",
    "\"\"",
    "[]",
    "[[1]]",
    "{}",
    "{\"a\":null}",
];

/// The message with any one field removed, of another type, or there twice, and with its end cut off.
fn spoiled(message: &str) -> Vec<String> {
    let fields: serde_json::Map<String, Value> = serde_json::from_str(message).unwrap();
    let without = |name: &str| {
        let mut fields = fields.clone();
        fields.remove(name);
        json!(fields).to_string()
    };
    let mut all = Vec::new();
    for name in fields.keys() {
        let rest = without(name);
        let begin = rest.trim_end_matches('}');
        let comma = if begin == "{" { "" } else { "," };
        let others = OTHERS.iter();
        all.extend(others.map(|other| format!("{begin}{comma}\"{name}\":{other}}}")));
        all.push(format!("{{\"{name}\":0,{}", &message[1..]));
        all.push(rest.clone());
    }
    all.extend((1..message.len()).map(|end| message[..end].to_owned()));
    all
}

fn finish<C, T>(command: C, lines: &[&str]) -> (bool, Vec<Notice>)
where
    C: Command<Output = Outcome<T>>,
{
    let script = Scripted::new().stdout(lines.join("\n") + "\n");
    let restic = Restic::builder().executor(Scripted::executor([script]));
    let mut run = restic.build().start(command).unwrap();
    assert_eq!(run.by_ref().count(), lines.len(), "{lines:?}");
    let (outcome, notices) = run.finish_with_notices().expect("no failure");
    (outcome.is_complete(), notices)
}

fn check<C, T>(command: &C, good: &str, end: &str)
where
    C: Command<Output = Outcome<T>>,
{
    let (is_complete, notices) = finish(command.clone(), &[good, end]);
    assert!(is_complete && notices.is_empty(), "{good}: {notices:?}");
    let mut unread = 0;
    for bad in spoiled(good) {
        let (is_complete, notices) = finish(command.clone(), &[good, &bad, end]);
        assert!(is_complete, "{bad}");
        let begin = "line 2 of restic's standard output cannot be read: ";
        for notice in notices {
            assert!(notice.text.starts_with(begin), "{bad}: {notice:?}");
            unread += 1;
        }
    }
    // Every beginning of the message at least, and whatever has another type.
    assert!(unread > good.len(), "{unread} of {good}");
}

#[test]
fn progress_of_any_shape_makes_no_backup_fail() {
    let backup = Backup::new(["/data"]);
    for message in BACKUP {
        check(&backup, message, BACKUP_END);
    }
}

#[test]
fn progress_of_any_shape_makes_no_restore_fail() {
    let restore = Restore::new("latest").target("/restored");
    for message in RESTORE {
        check(&restore, message, RESTORE_END);
    }
}

/// A restic that prints all of its progress in another way fills neither memory nor the notices.
#[test]
fn of_many_unreadable_messages_the_rest_are_counted() {
    let bad = r#"{"message_type":"status","percent_done":{"whole":0.5}}"#;
    let mut lines = vec![bad; 500];
    lines.push(BACKUP_END);
    let (is_complete, notices) = finish(Backup::new(["/data"]), &lines);
    assert!(is_complete);
    let last = &notices.last().unwrap().text;
    assert_eq!(notices.len(), 21);
    assert_eq!(last, "and 480 more messages of progress cannot be read");
}
