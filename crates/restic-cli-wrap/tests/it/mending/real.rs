//! The commands on real programs: those in `RESTIC_BINARIES`, with `:` between them.

use std::fs;
use std::path::{Path, PathBuf};

use restic_cli_wrap::ErrorKind;
use restic_cli_wrap::commands::*;

use crate::real::{Bench, on_each};

/// The packs of a repository, the largest first: it has the data in it, the others trees.
fn packs(bench: &Bench) -> Vec<PathBuf> {
    let folders = fs::read_dir(bench.path("repo/data")).unwrap();
    let files = folders.flat_map(|folder| fs::read_dir(folder.unwrap().path()).unwrap());
    let mut packs: Vec<_> = files.map(|file| file.unwrap().path()).collect();
    packs.sort_by_key(|pack| std::cmp::Reverse(pack.metadata().unwrap().len()));
    packs
}

fn name(pack: &Path) -> &str {
    pack.file_name().unwrap().to_str().unwrap()
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
            let removed = plan.map(|plan| plan[0].remove.len());
            assert_eq!(removed.ok(), bench.is_older_than(17).then_some(1));
            let error = restic.run(policy.clone()).unwrap_err();
            assert_eq!(
                error.kind() == ErrorKind::Usage,
                bench.is_older_than(17),
                "{error}"
            );
            assert_eq!(restic.run(Snapshots::new()).unwrap().len(), 1);
            if bench.is_older_than(17) {
                let report = restic.run(policy.allow_removing_all_on_old_restic(true));
                assert_eq!(report.unwrap()[0].remove.len(), 1);
                assert!(restic.run(Snapshots::new()).unwrap().is_empty());
            }
        },
    );
}

#[test]
fn a_removed_snapshot_is_recovered() {
    on_each("a_removed_snapshot_is_recovered", |bench| {
        let restic = &bench.restic;
        let id = bench.backup();
        let _ = restic.run(ForgetSnapshots::new([id])).unwrap();
        let recovered = restic.run(Recover::new()).unwrap();
        assert_eq!(recovered.roots, Some(1));
        let snapshots = restic.run(Snapshots::new()).unwrap();
        assert_eq!(snapshots[0].short_id, recovered.snapshot_id.unwrap());
        let again = restic.run(Recover::new()).unwrap();
        // restic 0.11 does not look what snapshots have.
        assert_eq!(again.snapshot_id.is_some(), bench.is_older_than(12));
    });
}

#[test]
fn an_index_is_made_again() {
    on_each("an_index_is_made_again", |bench| {
        let restic = &bench.restic;
        bench.backup();
        let packs = packs(&bench);
        fs::remove_dir_all(bench.path("repo/index")).unwrap();
        fs::create_dir(bench.path("repo/index")).unwrap();
        let report = restic.run(RebuildIndex::new()).unwrap();
        if bench.is_older_than(12) {
            assert_eq!(
                (report.new_indexes.len(), report.removed_count),
                (1, Some(0))
            );
        } else {
            let mut added: Vec<_> = report.added_packs.iter().map(|id| id.as_str()).collect();
            added.sort_unstable();
            let mut names: Vec<_> = packs.iter().map(|pack| name(pack)).collect();
            names.sort_unstable();
            assert_eq!(added, names);
        }
        assert!(restic.run(Check::new()).unwrap().is_ok());

        let lost = name(&packs[0]);
        fs::remove_file(&packs[0]).unwrap();
        match restic.run(RepairIndex::new()) {
            Ok(report) => assert_eq!(report.missing_packs[0].as_str(), lost),
            Err(error) => {
                assert!(bench.is_older_than(16), "{error}");
                assert_eq!(error.kind(), ErrorKind::Unsupported);
            }
        }
    });
}

#[test]
fn a_damaged_pack_is_salvaged_and_its_snapshot_repaired() {
    on_each(
        "a_damaged_pack_is_salvaged_and_its_snapshot_repaired",
        |bench| {
            let restic = &bench.restic;
            let id = bench.backup();
            let pack = packs(&bench).remove(0);
            let mut bytes = fs::read(&pack).unwrap();
            // Within the data, as the first blob in the file is larger than what is before it.
            for byte in &mut bytes[200..300] {
                *byte = !*byte;
            }
            fs::remove_file(&pack).unwrap();
            fs::write(&pack, bytes).unwrap();

            if bench.is_older_than(16) {
                let unsupported = ErrorKind::Unsupported;
                assert_eq!(bench.kind(RepairPacks::new([name(&pack)])), unsupported);
                assert_eq!(bench.kind(RepairSnapshots::new()), unsupported);
                return;
            }
            let copy = bench.path(&format!("pack-{}", name(&pack)));
            fs::write(&copy, "in the way").unwrap();
            let salvage = RepairPacks::new([name(&pack)]);
            assert_eq!(bench.kind(salvage.clone()), ErrorKind::AlreadyExists);
            fs::remove_file(&copy).unwrap();
            let report = restic.run(salvage.clone()).unwrap();
            assert_eq!(report.lost.len(), 1, "{report:?}");
            assert!(copy.exists() && !pack.exists());
            fs::remove_file(&copy).unwrap();
            assert_eq!(bench.kind(salvage), ErrorKind::NotFound);
            assert_eq!(bench.kind(RepairPacks::new(["deadbeef"])), ErrorKind::Usage);

            let repair = RepairSnapshots::new().forget(true);
            let plan = restic.run(repair.clone().dry_run(true)).unwrap();
            assert_eq!((plan.dry_run, plan.modified), (true, Some(1)));
            assert_eq!(restic.run(Snapshots::new()).unwrap()[0].id.as_str(), id);
            let repairs = restic.run(repair.clone().snapshot(&id)).unwrap();
            let repaired = &repairs.snapshots[0];
            assert!(id.starts_with(repaired.id.as_str()) && repaired.removed);
            let lost = bench.path("data/docs/b.bin");
            assert_eq!(Path::new(&repaired.damage[0].path), lost);
            let left = restic.run(Snapshots::new()).unwrap();
            assert_eq!(Some(&left[0].short_id), repaired.new_id.as_ref());
            let unknown = repair.snapshot("deadbeef");
            assert_eq!(bench.kind(unknown), ErrorKind::NotFound);
        },
    );
}

#[test]
fn a_repository_is_migrated() {
    on_each("a_repository_is_migrated", |bench| {
        let restic = &bench.restic;
        assert_eq!(bench.kind(Migrate::new("nosuch")), ErrorKind::NotFound);
        if bench.is_older_than(14) {
            assert!(restic.run(Migrations::new()).unwrap().migrations.is_empty());
            return;
        }
        let list = restic.run(Migrations::new()).unwrap();
        assert_eq!(list.migrations[0].name, "upgrade_repo_v2");
        let migrate = Migrate::new("upgrade_repo_v2");
        let migrated = restic.run(migrate.clone()).unwrap();
        assert_eq!(migrated.applied, ["upgrade_repo_v2"]);
        assert!(restic.run(Migrations::new()).unwrap().migrations.is_empty());
        assert_eq!(bench.kind(migrate), ErrorKind::Failed);
    });
}
