//! Forgetting and pruning.

use std::fs;

use restic_cli_wrap::ErrorKind;
use restic_cli_wrap::commands::*;

use super::{on_each, packs};

#[test]
fn snapshots_are_made_listed_and_forgotten() {
    on_each("snapshots_are_made_listed_and_forgotten", |bench| {
        let restic = &bench.restic;
        assert_eq!(bench.kind(Init::new()), ErrorKind::AlreadyExists);
        let ids = [bench.backup(), bench.backup(), bench.backup()];

        let snapshots = restic.run(Snapshots::new()).unwrap();
        assert_eq!(snapshots.len(), 3);
        let one = restic.run(Snapshots::new().snapshot(&ids[0])).unwrap();
        assert!(one[0].id.as_str().starts_with(&ids[0]));
        assert_eq!(restic.run(Snapshots::new().last(true)).unwrap().len(), 1);
        let groups = restic.run(SnapshotGroups::new("host")).unwrap();
        assert_eq!(groups[0].snapshots.len(), 3);
        let unknown = Snapshots::new().snapshot("deadbeef");
        assert_eq!(bench.kind(unknown), ErrorKind::NotFound);

        let policy = Forget::new().keep_last(2);
        let plan = restic.run(policy.clone().dry_run(true)).unwrap();
        assert_eq!(
            (plan.groups[0].keep.len(), plan.groups[0].remove.len()),
            (2, 1)
        );
        assert!(plan.dry_run && plan.groups[0].reasons[0].is_for(&plan.groups[0].keep[0]));
        let plan = restic.run(policy.prune(true)).unwrap();
        assert_eq!(plan.groups[0].remove.len(), 1);
        let nothing = Forget::new().keep_last(1).host("nobody");
        assert!(restic.run(nothing).unwrap().is_empty());

        let unknown = ForgetSnapshots::new(["deadbeef"]);
        assert_eq!(bench.kind(unknown), ErrorKind::NotFound);
        let forgotten = restic.run(ForgetSnapshots::new([&ids[1]])).unwrap();
        assert_eq!(forgotten.pruned, None);
        let pruned = ForgetSnapshots::new([&ids[2]]).prune(true);
        let pruned = restic.run(pruned).unwrap().pruned;
        assert_eq!(pruned.is_some(), bench.is_older_than(19));
        assert!(restic.run(Snapshots::new()).unwrap().is_empty());
    });
}

#[test]
fn what_no_snapshot_needs_is_pruned() {
    on_each("what_no_snapshot_needs_is_pruned", |bench| {
        let restic = &bench.restic;
        let first = bench.backup();
        fs::write(bench.path("data/docs/b.bin"), "small\n").unwrap();
        bench.backup();
        let _ = restic.run(ForgetSnapshots::new([first])).unwrap();
        let before = packs(&bench);

        match restic.run(Prune::new().dry_run(true)) {
            Ok(plan) => {
                assert!(plan.dry_run && plan.removed_blobs().unwrap() > 0);
                assert_eq!(packs(&bench), before);
            }
            Err(error) => {
                assert!(bench.is_older_than(12), "{error}");
                assert_eq!(error.kind(), ErrorKind::Unsupported);
            }
        }
        let mut run = restic.start(Prune::new()).unwrap();
        assert!(run.by_ref().filter(Result::is_ok).count() > 2);
        let report = run.finish().unwrap();
        assert_eq!(report.snapshots, Some(1));
        assert_eq!(report.old.is_some(), bench.is_older_than(12));
        assert!(report.removed_size().unwrap().bytes > 5000, "{report:?}");
        assert!(!packs(&bench).contains(&before[0]), "the data is gone");
        let again = restic.run(Prune::new()).unwrap();
        assert_eq!(again.removed_blobs(), Some(0), "{again:?}");
        assert!(restic.run(Check::new()).unwrap().is_ok());
    });
}

#[test]
fn a_policy_of_tags_keeps_what_an_old_restic_would_remove() {
    on_each(
        "a_policy_of_tags_keeps_what_an_old_restic_would_remove",
        |bench| {
            let restic = &bench.restic;
            bench.backup();
            let policy = Forget::new().keep_tag("nobody-has-it");
            let plan = restic.run(policy.clone().dry_run(true));
            let removed = plan.map(|plan| plan.groups[0].remove.len());
            assert_eq!(removed.ok(), bench.is_older_than(17).then_some(1));
            let error = restic.run(policy.clone()).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Usage, "{error}");
            // A newer restic refuses it by itself.
            assert_eq!(error.exit().is_none(), bench.is_older_than(17), "{error}");
            assert_eq!(restic.run(Snapshots::new()).unwrap().len(), 1);
            if bench.is_older_than(17) {
                let report = restic.run(policy.allow_removing_all_on_old_restic(true));
                assert_eq!(report.unwrap().groups[0].remove.len(), 1);
                assert!(restic.run(Snapshots::new()).unwrap().is_empty());
            }
        },
    );
}
