//! What was done before restic met a snapshot that is not there, or that it cannot read.

use restic_cli_wrap::commands::*;
use restic_cli_wrap::{Command, ErrorKind, Repository};

use super::{IGNORED, fails};

const UNKNOWN: &str = "{\"message_type\":\"exit_error\",\"code\":1,\"message\":\"no matching ID found for prefix \\\"deadbeef\\\"\"}\n";

const DAMAGED: [&str; 3] = [
    // 0.11 to 0.14
    "could not load snapshot 07d61686: load <snapshot/07d61686b9>: invalid data returned\n",
    "Ignoring \"07d61686\", could not load snapshot: load <snapshot/07d61686b9>: invalid data returned\n",
    // 0.15 to 0.19
    "Ignoring \"07d61686\": failed to load snapshot 07d61686: LoadRaw(<snapshot/07d61686b9>): invalid data returned\n",
];

/// Every release calls this a success, or says only at its end that it failed.
#[track_caller]
fn left_out<C: Command>(command: &C, stdout: &str, is_it: impl Fn(&C::Output) -> bool) {
    for (stderr, kind) in DAMAGED
        .into_iter()
        .map(|words| (words, ErrorKind::Damaged))
        .chain([(IGNORED, ErrorKind::NotFound)])
    {
        let error = fails(command.clone(), 0, stdout, stderr, kind);
        let partial = error.partial::<C>().expect("the rest");
        assert!(is_it(partial), "{stderr}");
    }
}

const SNAPSHOT: &str = r#"{"time":"2026-11-22T11:16:15.849059764+01:00","tree":"846ebd0e11fb0d48df2481f1b1a70eb50d9f4bde79785a846a423884dc84af2b","paths":["/data"],"id":"ecedd0b72fc7a63f0e0092da54debdcd9d84847a68e190f25c780c450ba0c8be","short_id":"ecedd0b7"}"#;

#[test]
fn snapshots_that_cannot_be_read_are_no_success() {
    left_out(&Snapshots::new(), &format!("[{SNAPSHOT}]\n"), |it| {
        it.len() == 1
    });
    let group = r#"{"group_key":{"hostname":"srv1","paths":null,"tags":null},"snapshots":["#;
    left_out(
        &SnapshotGroups::new("host"),
        &format!("[{group}{SNAPSHOT}]}}]\n"),
        |it| it.len() == 1,
    );
    let plan = format!(
        r#"[{{"tags":null,"host":"srv1","paths":["/data"],"keep":[{SNAPSHOT}],"remove":null,"reasons":[]}}]"#
    );
    left_out(&Forget::new().keep_last(1), &format!("{plan}\n"), |it| {
        it.groups.len() == 1
    });
    left_out(&ForgetSnapshots::new(["07d61686"]), "", |it| !it.dry_run);
    let stats = "{\"total_size\":7,\"total_file_count\":1,\"snapshots_count\":1}\n";
    left_out(&Stats::new(), stats, |it| it.total_size == 7);
    left_out(&Find::new(["*.md"]), "[]\n", Vec::is_empty);
    left_out(&FindObjects::blobs(["c4faa63b"]), "[]\n", |it| {
        it.objects.is_empty()
    });
    left_out(
        &Tag::new().add("x"),
        "modified tags on 1 snapshots\n",
        |it| it.changed_snapshots == Some(1),
    );
    let from = Repository::new("/srv/other");
    left_out(&Copy::from(from), "", |it| it.snapshots.is_empty());
    let none = "no snapshots were modified\n";
    left_out(&Rewrite::new().exclude("*.md"), none, |it| {
        it.modified == Some(0)
    });
    left_out(&RepairSnapshots::new(), none, |it| it.modified == Some(0));
}

/// restic 0.20 does what it was asked for until it meets an id that is not there.
#[test]
fn what_was_done_before_an_unknown_id() {
    let ids = ["ecedd0b7", "deadbeef"];
    let heading = "snapshot ecedd0b7 of [/data/src] at 2026-11-28 04:34:35.713506305 +0100 CET by alice@srv1\n";

    let changed = "{\"message_type\":\"changed\",\"old_snapshot_id\":\"ecedd0b7\",\"new_snapshot_id\":\"d3ed99a9\"}\n";
    let tag = Tag::new().add("x").snapshot(ids[0]).snapshot(ids[1]);
    let error = fails(tag.clone(), 1, changed, UNKNOWN, ErrorKind::NotFound);
    let partial = error.partial::<Tag>().unwrap();
    assert_eq!(
        (partial.changed.len(), partial.changed_snapshots),
        (1, Some(1))
    );
    let error = fails(tag, 1, "", UNKNOWN, ErrorKind::NotFound);
    assert_eq!(error.partial::<Tag>().unwrap().changed_snapshots, None);

    let rewrite = Rewrite::new().exclude("*.md").forget(true);
    let rewrite = rewrite.snapshot(ids[0]).snapshot(ids[1]);
    let stdout = format!(
        "create exclusive lock for repository\n\n{heading}saved new snapshot 388aa7ef\n\
         removed old snapshot ecedd0b7\n"
    );
    let error = fails(rewrite.clone(), 1, &stdout, UNKNOWN, ErrorKind::NotFound);
    let partial = error.partial::<Rewrite>().unwrap();
    assert_eq!((partial.snapshots.len(), partial.modified), (1, Some(1)));
    let unchanged = format!("\n{heading}");
    let error = fails(rewrite.clone(), 1, &unchanged, UNKNOWN, ErrorKind::NotFound);
    assert_eq!(error.partial::<Rewrite>().unwrap().modified, Some(0));
    let error = fails(rewrite, 1, "", UNKNOWN, ErrorKind::NotFound);
    assert_eq!(error.partial::<Rewrite>().unwrap().modified, None);

    let repair = RepairSnapshots::new().snapshot(ids[0]).snapshot(ids[1]);
    let stdout = format!(
        "\n{heading}  file \"/data/a\": removed missing content\nsaved new snapshot 388aa7ef\n"
    );
    let error = fails(repair, 1, &stdout, UNKNOWN, ErrorKind::NotFound);
    assert_eq!(
        error.partial::<RepairSnapshots>().unwrap().modified,
        Some(1)
    );

    let copy = Copy::from(Repository::new("/srv/other"))
        .snapshot(ids[0])
        .snapshot(ids[1]);
    let stdout = format!("\n{heading}  copy started, this may take a while...\n");
    let error = fails(copy, 1, &stdout, UNKNOWN, ErrorKind::NotFound);
    let partial = error.partial::<Copy>().unwrap();
    assert_eq!(partial.snapshots.len(), 1);
    assert_eq!(
        partial.snapshots[0].new_id, None,
        "restic did not come to save it"
    );
}

/// restic prints the name of a source as it is, and which lines are a part of it is known from
/// what was asked for.
#[test]
fn a_missing_source_whose_name_has_newlines_keeps_all_of_it() {
    const SUMMARY: &str = r#"{"message_type":"summary","files_new":1,"files_changed":0,"files_unmodified":0,"dirs_new":0,"dirs_changed":0,"dirs_unmodified":0,"data_blobs":0,"tree_blobs":0,"data_added":0,"total_files_processed":1,"total_bytes_processed":1,"total_duration":0.1,"snapshot_id":"5e663140"}"#;
    let check = |backup: Backup, stderr: &str, expected: &[(&str, bool)]| {
        for why in ["does not exist", "cannot be accessed"] {
            let stderr = stderr.replace("does not exist", why);
            let outcome = super::run(backup.clone(), 0, &format!("{SUMMARY}\n"), &stderr).unwrap();
            assert!(!outcome.is_complete());
            let errors = outcome.errors().iter();
            let found: Vec<_> = errors.map(|it| (&*it.path, it.is_path_certain)).collect();
            assert_eq!(found, expected, "{stderr}");
        }
    };
    let asked = ["/no/such\nplace", "place", "/a\n\nb", "/plain"];
    let stderr = "a warning\n/no/such\nplace does not exist, skipping\n\
        place does not exist, skipping\n/a\n\nb does not exist, skipping\n\
        /plain does not exist, skipping\n";
    check(
        Backup::new(asked),
        stderr,
        &[
            ("/no/such\nplace", true),
            ("place", true),
            ("/a\n\nb", true),
            ("/plain", true),
        ],
    );
    // Names in a list have no newlines in them, but for those of a list with zero bytes.
    let stderr = "/no/such\nplace does not exist, skipping\n";
    check(Backup::listed_in("/list"), stderr, &[("place", true)]);
    let raw = Backup::new(["/data"]).files_from_raw("/list");
    check(raw, stderr, &[("place", false)]);
}
