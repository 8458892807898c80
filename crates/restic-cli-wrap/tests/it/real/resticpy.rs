//! What resticpy is tested with from end to end, through our client: on every real restic.

use std::fs;

use restic_cli_wrap::commands::*;
use restic_cli_wrap::{ErrorKind, Repository};

use super::{Bench, builder, on_each};
use restic_test_support::cheap_repository;

/// The newest snapshot's files below `data`, by name.
fn names(bench: &Bench) -> Vec<String> {
    let nodes = bench.restic.run(Ls::new("latest")).unwrap().nodes;
    let inside = nodes
        .into_iter()
        .filter(|node| node.path.contains("/data/"));
    inside.map(|node| node.name).collect()
}

#[test]
fn backup_and_restore() {
    on_each("backup_and_restore", |bench| {
        let restic = &bench.restic;
        let backup = Backup::new([bench.path("data")])
            .exclude("*.bin")
            .host("srv1");
        let outcome = restic.run(backup.tags(["first", "second"])).unwrap();
        let summary = outcome.summary().unwrap();
        assert_eq!(summary.total_bytes_processed, 6);

        let groups = restic.run(SnapshotGroups::new("host")).unwrap();
        assert_eq!(groups[0].group_key.hostname, "srv1");
        assert_eq!(groups[0].snapshots[0].tags, ["first", "second"]);
        let found = restic.run(Find::new(["a.txt"])).unwrap();
        assert_eq!((found.len(), found[0].hits), (1, 1));
        assert!(restic.run(Find::new(["b.bin"])).unwrap().is_empty());
        let stats = Stats::new().mode("blobs-per-file").tags(["first"]);
        let stats = restic.run(stats).unwrap();
        assert_eq!((stats.total_size, stats.total_blob_count), (6, 1));
        assert!(restic.run(Check::new().read_data(true)).unwrap().is_ok());

        let target = bench.path("restored");
        let restore = Restore::new("latest").include("a.txt").target(&target);
        assert!(restic.run(restore).unwrap().is_complete());
        let data = bench.path("data");
        let data = target.join(data.strip_prefix("/").unwrap());
        assert_eq!(fs::read(data.join("a.txt")).unwrap(), b"hello\n");
        assert!(!data.join("link").exists());
    });
}

#[test]
fn rewriting_a_snapshot() {
    on_each("rewriting_a_snapshot", |bench| {
        bench.backup();
        let rewrite = Rewrite::new().excludes(["b.bin"]).forget(true);
        if bench.is_older_than(15) {
            assert_eq!(bench.kind(rewrite), ErrorKind::Unsupported);
            return;
        }
        assert!(names(&bench).contains(&"b.bin".to_owned()));
        let report = bench.restic.run(rewrite).unwrap();
        assert_eq!(report.modified, Some(1), "{report:?}");
        assert!(report.snapshots[0].removed);
        assert_eq!(bench.restic.run(Snapshots::new()).unwrap().len(), 1);
        assert!(!names(&bench).contains(&"b.bin".to_owned()));
    });
}

#[test]
fn changing_keys() {
    on_each("changing_keys", |bench| {
        let restic = &bench.restic;
        let file = bench.path("new-password");
        fs::write(&file, "another\n").unwrap();
        restic
            .run(KeyAdd::password_file(&file).user("bob").host("other"))
            .unwrap();
        let keys = restic.run(KeyList::new()).unwrap();
        let added = keys.iter().find(|key| !key.current).unwrap();
        assert_eq!(
            (keys.len(), &*added.user_name, &*added.host_name),
            (2, "bob", "other")
        );
        restic.run(KeyRemove::new(added.id.as_str())).unwrap();

        restic.run(KeyPasswd::password_file(&file)).unwrap();
        assert_eq!(bench.kind(KeyList::new()), ErrorKind::WrongPassword);
        let changed = builder(&bench.binary, bench.directory.path())
            .password_file(&file)
            .build();
        assert_eq!(changed.run(KeyList::new()).unwrap().len(), 1);
    });
}

#[test]
fn config_master_key_and_locks() {
    on_each("config_master_key_and_locks", |bench| {
        let restic = &bench.restic;
        let config = restic.run(CatConfig::new()).unwrap();
        assert_eq!((config.version, config.id.as_str().len()), (1, 64));
        let key = restic.run(CatMasterKey::new()).unwrap();
        assert!(!format!("{key:?}").contains(std::str::from_utf8(key.encrypt.expose()).unwrap()));
        // restic 0.11 sees the lock that it has made to look.
        let locks = restic.run(List::locks()).unwrap();
        assert_eq!(locks.len(), usize::from(bench.is_older_than(12)));
    });
}

#[test]
fn pruning() {
    on_each("pruning", |bench| {
        let restic = &bench.restic;
        bench.backup();
        fs::remove_file(bench.path("data/docs/b.bin")).unwrap();
        bench.backup();
        let policy = Forget::new().keep_daily(1).group_by("host").prune(true);
        let report = restic.run(policy).unwrap();
        assert_eq!(
            (report.groups[0].keep.len(), report.groups[0].remove.len()),
            (1, 1)
        );
        assert_eq!(report.pruned.is_some(), bench.is_older_than(19));
        let raw = restic.run(Stats::new().mode("raw-data")).unwrap();
        assert!(raw.total_size < 5000, "{raw:?}");
    });
}

#[test]
fn copying_to_a_second_repository() {
    on_each("copying_to_a_second_repository", |bench| {
        let id = bench.backup();
        cheap_repository::make(&bench.path("second")).unwrap();
        let second = builder(&bench.binary, bench.directory.path());
        let second = second.repository(bench.path("second")).build();
        let from = Repository::new(bench.path("repo")).password("secret");
        let report = second.run(Copy::from(from)).unwrap();
        let source = &report.snapshots[0].source;
        assert!(id.starts_with(source.id.as_str()));
        let (ours, theirs) = (
            second.run(Snapshots::new()),
            bench.restic.run(Snapshots::new()),
        );
        let (ours, theirs) = (ours.unwrap(), theirs.unwrap());
        assert_eq!((ours.len(), &ours[0].tree), (1, &theirs[0].tree));
    });
}
