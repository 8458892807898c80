//! Snapshots.

use restic_cli_wrap::commands::*;
use restic_cli_wrap::types::DiffMessage;
use restic_cli_wrap::{ErrorKind, Restic, Result, Scripted};

use super::{IGNORED, IGNORED_0_11, fails, restic, run, script};

#[test]
fn snapshot_groups() {
    let stdout = r#"[{"group_key":{"hostname":"srv1","paths":null,"tags":null},"snapshots":[]}]"#;
    let groups = run(SnapshotGroups::new("host,tags"), 0, stdout, "").unwrap();
    assert_eq!(groups[0].group_key.hostname, "srv1");
    assert_eq!(run(SnapshotGroups::new("host"), 0, "[]\n", "").unwrap(), []);
    fails(SnapshotGroups::new("host"), 0, "", "", ErrorKind::BadOutput);
    let error = fails(SnapshotGroups::new(""), 0, "", "", ErrorKind::Usage);
    assert_eq!(error.exit(), None);
    let stderr = "Ignoring \"deadbeef\", it is not a snapshot id\n";
    let command = SnapshotGroups::new("host").snapshot("deadbeef");
    let error = fails(command, 0, "[]\n", stderr, ErrorKind::NotFound);
    assert!(error.partial::<SnapshotGroups>().is_some());
}

#[test]
fn stats() {
    for (stdout, blobs, snapshots) in [
        (
            r#"{"total_size":56172,"total_file_count":0,"total_blob_count":24}"#,
            24,
            None,
        ),
        (
            r#"{"total_size":45870,"total_file_count":0,"total_blob_count":24,"snapshots_count":11}"#,
            24,
            Some(11),
        ),
        (
            r#"{"total_size":47488,"total_uncompressed_size":59642,"compression_ratio":1.2559383423180592,"compression_progress":100,"compression_space_saving":20.378256933033768,"total_blob_count":31,"snapshots_count":14}"#,
            31,
            Some(14),
        ),
    ] {
        let stats = run(Stats::new().mode("raw-data"), 0, stdout, "").unwrap();
        assert_eq!(
            (stats.total_blob_count, stats.snapshots_count),
            (blobs, snapshots)
        );
    }
    fails(Stats::new().mode("debug"), 0, "", "", ErrorKind::Usage);
}

#[test]
fn a_mode_is_known_by_its_word() {
    assert_eq!(StatsMode::from("raw-data"), StatsMode::RawData);
    assert_eq!(StatsMode::from("newer"), StatsMode::Other("newer".into()));
}

#[test]
fn stats_debug_is_text_on_standard_error() {
    let tables = "Collecting size statistics\n\nFile Type: key\nCount: 1\n";
    let text = run(StatsDebug::new(), 0, "", tables).unwrap();
    assert_eq!(text.to_string(), tables);
    let old = "unknown counting mode: debug (use the -h flag to get a list of supported modes)\n";
    fails(StatsDebug::new(), 1, "", old, ErrorKind::Usage);
}

mod tag {
    use super::*;
    use crate::decoding::run_and_reread as run;

    const CHANGED: &str = r#"{"message_type":"changed","old_snapshot_id":"21ae3fde022725c22bd32ccab718128de8850287111e25325b8cd01daf71684a","new_snapshot_id":"48bc3a9acfbbd1c0f9db63bc56f26e16307031ff1eb7113594a0843e53f30717"}
"#;

    fn tag() -> Tag {
        Tag::new().add("x")
    }

    #[test]
    fn messages_and_texts_become_one_type() {
        let json = format!(
            "create exclusive lock for repository\n{CHANGED}{{\"message_type\":\"summary\",\"changed_snapshots\":1}}\n"
        );
        let report = run(tag(), 0, &json, "").unwrap();
        assert_eq!(report.changed[0].new_snapshot_id.short(), "48bc3a9a");
        assert_eq!(report.changed_snapshots, Some(1));
        assert_eq!(report.text, ["create exclusive lock for repository"]);
        for (text, count) in [
            ("modified tags on 12 snapshots\n", 12),
            ("modified 1 snapshots\n", 1),
            ("no snapshots were modified\n", 0),
        ] {
            let report = run(tag(), 0, text, "").unwrap();
            assert_eq!(report.changed_snapshots, Some(count), "{text}");
        }
    }

    #[test]
    fn without_the_number_at_its_end_it_is_not_complete() {
        for text in ["", CHANGED, "modified tags on 1 snap", "modified 12"] {
            fails(tag(), 0, text, "", ErrorKind::BadOutput);
        }
        let quiet = |text: &str| {
            let builder = Restic::builder().quiet(true).restic_version("0.11.0");
            let executor = Scripted::executor([script(0, text, "")]);
            builder.executor(executor).build().run(tag())
        };
        assert_eq!(quiet("").unwrap().changed_snapshots, None);
        assert_eq!(quiet(CHANGED).unwrap_err().kind(), ErrorKind::BadOutput);
    }

    #[test]
    fn an_id_that_is_not_there_is_not_found() {
        let summary = "{\"message_type\":\"summary\",\"changed_snapshots\":1}\n";
        for (stdout, stderr) in [
            ("modified tags on 1 snapshots\n", IGNORED_0_11),
            (summary, IGNORED),
        ] {
            let error = fails(tag(), 0, stdout, stderr, ErrorKind::NotFound);
            let partial = error.partial::<Tag>().unwrap();
            assert_eq!(partial.changed_snapshots, Some(1));
        }
        fails(
            Tag::new(),
            1,
            "",
            "Fatal: nothing to do!\n",
            ErrorKind::Usage,
        );
    }
}

mod rewrite {
    use super::*;
    use crate::decoding::run_and_reread as run;

    fn rewrite() -> Rewrite {
        Rewrite::new().exclude("*.md")
    }

    #[test]
    fn each_snapshot_has_its_entry() {
        let text = "create exclusive lock for repository\n\
            \nsnapshot c1c54175 of [/data/src] at 2026-11-22 11:26:51.40927834 +0100 CET by alice@srv1\nexcluding /data/src/b.bin\nsaved new snapshot bb446de5\nremoved old snapshot c1c54175\n\
            \nsnapshot 25663a9c of [/out.txt] at 2026-11-22 11:27:05.102848083 +0100 CET by alice@srv1\n\nmodified 1 snapshots\n";
        let report = run(rewrite(), 0, text, "").unwrap();
        let [first, second] = &report.snapshots[..] else {
            panic!("{report:?}")
        };
        assert!(first.modified && first.removed && !report.dry_run);
        assert_eq!(first.new_id.as_ref().unwrap().as_str(), "bb446de5");
        assert_eq!(first.excluded, ["/data/src/b.bin"]);
        assert!(!second.modified && !second.removed && second.new_id.is_none());
        assert_eq!(report.modified, Some(1));
    }

    #[test]
    fn a_dry_run_is_a_plan() {
        let text = "\nsnapshot d1f2d6bb of [/data/src] at 2026-11-22 11:16:20.079243599 +0100 CET by alice@srv1\nwould save new snapshot\nwould remove old snapshot\n\nwould modify 1 snapshots\n";
        let report = run(rewrite().dry_run(true), 0, text, "").unwrap();
        let entry = &report.snapshots[0];
        assert!(report.dry_run && entry.modified && entry.removed);
        assert_eq!((&entry.new_id, report.modified), (&None, Some(1)));
    }

    #[test]
    fn what_went_wrong() {
        let end = "no snapshots were modified\n";
        let error = fails(rewrite(), 0, end, IGNORED, ErrorKind::NotFound);
        assert_eq!(error.partial::<Rewrite>().unwrap().modified, Some(0));
        for cut in ["", "modified 1 snap", "\n"] {
            fails(rewrite(), 0, cut, "", ErrorKind::BadOutput);
        }
        for stderr in [
            "Fatal: Nothing to do: no excludes provided and no new metadata provided\n",
            "{\"message_type\":\"exit_error\",\"code\":1,\"message\":\"Fatal: Nothing to do: no excludes/includes provided and no new metadata provided\"}\n",
        ] {
            fails(Rewrite::new(), 1, "", stderr, ErrorKind::Usage);
        }
    }
}

mod diff {
    use super::*;

    const TEXT_0_11: &str = "comparing snapshot 49d4634d to e8d21c10:\n\nM    /data/src/a.txt\n-    /data/src/docs/deep/x.log\n+    /data/src/new.txt\n\nFiles:           1 new,     1 removed,     1 changed\nDirs:            0 new,     0 removed\nOthers:          0 new,     0 removed\nData Blobs:      2 new,     2 removed\nTree Blobs:      3 new,     4 removed\n  Added:   3.466 KiB\n  Removed: 6.144 KiB\n";
    const JSON: &str = r#"{"message_type":"change","path":"/data/src/a.txt","modifier":"M"}
{"message_type":"change","path":"/data/src/docs/deep/x.log","modifier":"-"}
{"message_type":"change","path":"/data/src/new.txt","modifier":"+"}
{"message_type":"statistics","source_snapshot":"49d4634d","target_snapshot":"e8d21c10","changed_files":1,"added":{"files":1,"dirs":0,"others":0,"data_blobs":2,"tree_blobs":3,"bytes":3549},"removed":{"files":1,"dirs":0,"others":0,"data_blobs":2,"tree_blobs":4,"bytes":6291}}
"#;

    fn diff() -> Diff {
        Diff::new("49d4634d", "e8d21c10")
    }

    #[test]
    fn text_and_json_are_one_type() {
        let json = run(diff(), 0, JSON, "").unwrap();
        let mut text = run(diff(), 0, TEXT_0_11, "").unwrap();
        assert!(text.statistics.added.bytes.rounded && text.statistics.removed.bytes.rounded);
        for counts in [&mut text.statistics.added, &mut text.statistics.removed] {
            counts.bytes.rounded = false;
        }
        assert_eq!(text, json);
        assert_eq!(json.changes.len(), 3);
    }

    #[test]
    fn changes_that_are_taken_are_not_kept() {
        for printed in [JSON, TEXT_0_11] {
            let mut run = restic(script(0, printed, "")).start(diff()).unwrap();
            let events: Vec<_> = run.by_ref().map(Result::unwrap).collect();
            assert!(
                matches!(&events[0], DiffMessage::Change(change) if change.modifier.is_modified())
            );
            assert!(matches!(&events[3], DiffMessage::Statistics(_)));
            let difference = run.finish().unwrap();
            assert!(difference.changes.is_empty());
            assert_eq!(difference.statistics.added.data_blobs, 2);
        }
    }

    #[test]
    fn without_its_end_it_is_no_result() {
        for printed in [JSON, TEXT_0_11] {
            let lines: Vec<_> = printed.split_inclusive('\n').collect();
            for count in 0..lines.len() {
                let cut = lines[..count].concat();
                fails(diff(), 0, &cut, "", ErrorKind::BadOutput);
            }
        }
        // Half a line of text may look like a whole one.
        let cut = TEXT_0_11.trim_end().strip_suffix(" KiB").unwrap();
        fails(diff(), 0, cut, "", ErrorKind::BadOutput);
    }

    #[test]
    fn an_unknown_snapshot_is_not_found() {
        let stack = "no matching ID found\ngithub.com/restic/restic/internal/restic.init\n\tgithub.com/restic/restic/internal/restic/backend_find.go:11\nruntime.main\n\truntime/proc.go:191\n";
        let error = fails(diff(), 1, "", stack, ErrorKind::NotFound);
        assert_eq!(error.message(), "no matching ID found");
    }
}
