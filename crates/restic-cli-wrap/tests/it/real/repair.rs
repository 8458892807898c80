//! Checking and repairing.

use std::fs;
use std::path::{Path, PathBuf};

use restic_cli_wrap::ErrorKind;
use restic_cli_wrap::commands::*;

use super::{builder, files_in, on_each, packs};

#[test]
fn damage_is_found() {
    on_each("damage_is_found", |bench| {
        let restic = &bench.restic;
        bench.backup();
        let report = restic.run(Check::new().read_data(true)).unwrap();
        assert!(report.is_ok(), "{report:?}");
        assert_eq!(report.summary.is_some(), !bench.is_older_than(18));
        let quiet = builder(&bench.binary, bench.directory.path())
            .quiet(true)
            .build();
        assert!(quiet.run(Check::new()).unwrap().is_ok());

        // The largest is the one with the files: a lost directory makes an old restic try
        // again for a long time.
        let packs = files_in(&bench.path("repo/data"));
        let size = |pack: &PathBuf| fs::metadata(pack).unwrap().len();
        let pack = packs.into_iter().max_by_key(size).unwrap();
        let mut bytes = fs::read(&pack).unwrap();
        bytes[20] ^= 1;
        fs::remove_file(&pack).unwrap();
        fs::write(&pack, bytes).unwrap();
        let mut run = restic.start(Check::new().read_data(true)).unwrap();
        run.by_ref().for_each(|event| drop(event.unwrap()));
        let report = run.finish().unwrap();
        assert!(!report.is_ok() && !report.errors.is_empty(), "{report:?}");

        fs::remove_dir_all(bench.path("repo")).unwrap();
        assert_eq!(bench.kind(Check::new()), ErrorKind::NoRepository);
    });
}

fn name(pack: &Path) -> &str {
    pack.file_name().unwrap().to_str().unwrap()
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
        assert_eq!(
            bench.kind(Migrate::new("nosuch").arg("--quiet")),
            ErrorKind::NotFound
        );
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
