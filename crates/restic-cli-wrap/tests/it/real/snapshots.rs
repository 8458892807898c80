//! Snapshots.

use std::fs;

use restic_cli_wrap::ErrorKind;
use restic_cli_wrap::commands::*;
use restic_cli_wrap::types::TagMessage;

use super::{builder, on_each};

#[test]
fn tags_are_changed() {
    on_each("tags_are_changed", |bench| {
        let restic = &bench.restic;
        let ids = [bench.backup(), bench.backup()];
        let tags = || {
            let snapshots = restic.run(Snapshots::new()).unwrap();
            let tags = snapshots.into_iter().map(|snapshot| snapshot.tags);
            let mut tags: Vec<_> = tags.collect();
            tags.sort();
            tags
        };

        let mut run = restic
            .start(Tag::new().add("a,b").snapshot(&ids[0]))
            .unwrap();
        let events: Vec<_> = run.by_ref().map(Result::unwrap).collect();
        let report = run.finish().unwrap();
        assert_eq!(report.changed_snapshots, Some(1));
        assert_eq!(tags(), [vec![], vec!["a".to_owned(), "b".to_owned()]]);
        if bench.is_older_than(18) {
            assert!(events.is_empty() && report.changed.is_empty());
        } else {
            assert!(
                matches!(&events[0], TagMessage::Changed(changed) if report.changed == [changed.clone()])
            );
            let old = report.changed[0].old_snapshot_id.as_str();
            assert!(old.starts_with(&ids[0]));
        }

        let nothing = restic.run(Tag::new().remove("neverthere")).unwrap();
        assert_eq!(nothing.changed_snapshots, Some(0));
        let report = restic.run(Tag::new().set("c")).unwrap();
        assert_eq!(report.changed_snapshots, Some(2));
        assert_eq!(tags(), [["c"], ["c"]]);

        let unknown = Tag::new().add("d").snapshot("latest").snapshot("deadbeef");
        let error = restic.run(unknown).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotFound, "{error}");
        let partial = error.partial::<Tag>().unwrap();
        assert_eq!(partial.changed_snapshots, Some(1));
        assert_eq!(bench.kind(Tag::new()), ErrorKind::Usage);

        let quiet = builder(&bench.binary, bench.directory.path()).quiet(true);
        let _ = quiet.build().run(Tag::new().add("e")).unwrap();
        assert!(tags().iter().all(|tags| tags.contains(&"e".to_owned())));
    });
}

#[test]
fn snapshots_are_rewritten() {
    on_each("snapshots_are_rewritten", |bench| {
        let restic = &bench.restic;
        let id = bench.backup();
        let rewrite = Rewrite::new().exclude("*.bin").snapshot(&id);
        if bench.is_older_than(15) {
            assert_eq!(bench.kind(rewrite), ErrorKind::Unsupported);
            return;
        }
        let count = || restic.run(Snapshots::new()).unwrap().len();

        let plan = rewrite.clone().dry_run(true).forget(true);
        let plan = restic.run(plan).unwrap();
        assert!(plan.dry_run && plan.modified == Some(1), "{plan:?}");
        let entry = &plan.snapshots[0];
        assert_eq!(entry.snapshot.id.as_str(), &id[..8]);
        assert!(entry.modified && entry.removed && entry.new_id.is_none());
        assert_eq!(count(), 1);

        let report = restic.run(rewrite.clone()).unwrap();
        assert!(!report.dry_run && report.modified == Some(1), "{report:?}");
        let entry = &report.snapshots[0];
        assert!(entry.modified && !entry.removed);
        assert_eq!(entry.excluded.is_empty(), !bench.is_older_than(19));
        let new = entry.new_id.clone().unwrap();
        assert_eq!(count(), 2);
        let listing = restic.run(Ls::new(new.as_str())).unwrap();
        assert!(listing.nodes.iter().all(|node| node.name != "b.bin"));

        let nothing = Rewrite::new().exclude("*.bin").snapshot(new.as_str());
        let nothing = restic.run(nothing).unwrap();
        assert_eq!(nothing.modified, Some(0));
        assert!(!nothing.snapshots[0].modified);

        let host = Rewrite::new()
            .new_host("srv9")
            .new_time("2020-02-03 04:05:06");
        let report = restic.run(host.forget(true)).unwrap();
        assert_eq!(report.modified, Some(2));
        assert!(
            report
                .snapshots
                .iter()
                .all(|entry| entry.removed && entry.new_id.is_some())
        );
        assert_eq!(restic.run(Snapshots::new().host("srv9")).unwrap().len(), 2);
        assert_eq!(count(), 2);

        let unknown = rewrite.snapshot("deadbeef");
        assert_eq!(bench.kind(unknown), ErrorKind::NotFound);
        assert_eq!(bench.kind(Rewrite::new()), ErrorKind::Usage);
        let include = Rewrite::new().include("*.txt");
        if bench.is_older_than(19) {
            assert_eq!(bench.kind(include), ErrorKind::Unsupported);
        } else {
            assert_eq!(restic.run(include).unwrap().modified, Some(2));
        }
    });
}

#[test]
fn snapshots_are_compared() {
    on_each("snapshots_are_compared", |bench| {
        let restic = &bench.restic;
        let first = bench.backup();
        fs::write(bench.path("data/new.txt"), "new\n").unwrap();
        fs::write(bench.path("data/a.txt"), "changed\n").unwrap();
        fs::remove_file(bench.path("data/docs/b.bin")).unwrap();
        let second = bench.backup();
        let difference = restic.run(Diff::new(&first, &second)).unwrap();
        let changes: Vec<_> = difference
            .changes
            .iter()
            .map(|change| {
                (
                    change.modifier.as_str(),
                    change.path.rsplit('/').next().unwrap(),
                )
            })
            .collect();
        assert_eq!(changes, [("M", "a.txt"), ("-", "b.bin"), ("+", "new.txt")]);
        let statistics = &difference.statistics;
        assert_eq!(
            (
                statistics.changed_files,
                statistics.added.files,
                statistics.removed.files
            ),
            (1, 1, 1)
        );
        assert!(statistics.removed.bytes.bytes > 5000);
        assert_eq!(statistics.removed.bytes.rounded, bench.is_older_than(13));
        let metadata = Diff::new(&first, &second).metadata(true);
        assert!(restic.run(metadata).unwrap().changes.len() > 3);
        let same = restic.run(Diff::new(&first, &first)).unwrap();
        assert_eq!(
            (same.changes.len(), same.statistics.added.bytes.bytes),
            (0, 0)
        );
        assert_eq!(
            bench.kind(Diff::new(&first, "deadbeef")),
            ErrorKind::NotFound
        );
    });
}
