//! Every command on every real program: a result that fits what is known, or *unsupported*
//! exactly where the table of commands says so. What else a command does is tested elsewhere.

use std::collections::BTreeSet;
use std::fs;
use std::process::Command as Process;

use restic_cli_wrap::commands::*;
use restic_cli_wrap::types::cli;
use restic_cli_wrap::{ErrorKind, Repository, Restic, Result};

use super::{Bench, builder, on_each_at_once};
use restic_test_support::cheap_repository;

/// What `data` holds, in bytes.
const BYTES: u64 = 5006;

/// A command by its words, and a call of it whose result is checked.
type Row = (&'static str, fn(&Fixture) -> Result<()>);

/// In this order: what comes later may change what is there.
const ROWS: &[Row] = &[
    ("backup", |it| {
        let outcome = it.restic.run(Backup::new([it.bench.path("data")]))?;
        let summary = outcome.summary().unwrap();
        assert_eq!(summary.total_bytes_processed, BYTES);
        assert_eq!((summary.files_new, summary.files_changed), (0, 0));
        Ok(())
    }),
    ("snapshots", |it| {
        let ids = it.restic.run(Snapshots::new())?;
        assert_eq!(ids.len(), 3);
        let groups = it.restic.run(SnapshotGroups::new("host"))?;
        assert_eq!((groups.len(), groups[0].snapshots.len()), (1, 3));
        Ok(())
    }),
    ("ls", |it| {
        let nodes = it.restic.run(Ls::new(&it.ids[0]))?.nodes;
        let files = nodes.iter().filter(|node| node.path.contains("/data/"));
        assert_eq!(files.count(), 4, "two files, a directory and a link");
        Ok(())
    }),
    ("stats", |it| {
        assert_eq!(
            it.restic.run(Stats::new().snapshot("latest"))?.total_size,
            BYTES
        );
        Ok(())
    }),
    ("cat", |it| {
        assert_eq!(it.restic.run(CatConfig::new())?.version, 1);
        let snapshot = it.restic.run(CatSnapshot::new(&it.ids[0]))?;
        assert_eq!(
            snapshot.paths,
            [it.bench.path("data").display().to_string()]
        );
        Ok(())
    }),
    ("list", |it| {
        assert_eq!(it.restic.run(List::snapshots())?.len(), 3);
        Ok(())
    }),
    ("find", |it| {
        let found = it.restic.run(Find::new(["a.txt"]).snapshot(&it.ids[0]))?;
        assert_eq!(
            (found.len(), found[0].hits, found[0].matches[0].size),
            (1, 1, 6)
        );
        Ok(())
    }),
    ("dump", |it| {
        let path = it.bench.path("data/a.txt");
        assert_eq!(it.restic.run(Dump::new(&it.ids[0], path))?, b"hello\n");
        Ok(())
    }),
    ("diff", |it| {
        let difference = it.restic.run(Diff::new(&it.ids[0], &it.ids[1]))?;
        assert!(difference.changes.is_empty());
        Ok(())
    }),
    ("check", |it| {
        assert!(it.restic.run(Check::new())?.is_ok());
        Ok(())
    }),
    ("restore", |it| {
        let target = it.bench.path("restored");
        assert!(
            it.restic
                .run(Restore::new(&it.ids[0]).target(&target))?
                .is_complete()
        );
        let data = it.bench.path("data/a.txt");
        let file = target.join(data.strip_prefix("/").unwrap());
        assert_eq!(fs::read(file).unwrap(), b"hello\n");
        Ok(())
    }),
    ("tag", |it| {
        let report = it.restic.run(Tag::new().add("kept").snapshot("latest"))?;
        assert_eq!(report.changed_snapshots, Some(1));
        Ok(())
    }),
    ("copy", |it| {
        let second = it.at("second");
        cheap_repository::make(&it.bench.path("second")).unwrap();
        let first = Repository::new(it.bench.path("repo")).password("secret");
        let report = second.run(Copy::from(first).snapshot(&it.ids[0]))?;
        assert_eq!(report.snapshots.len(), 1);
        assert_eq!(second.run(Snapshots::new())?.len(), 1);
        Ok(())
    }),
    ("rewrite", |it| {
        let rewrite = Rewrite::new().exclude("*.bin").snapshot(&it.ids[0]);
        let report = it.restic.run(rewrite.dry_run(true))?;
        assert!(report.dry_run && report.snapshots[0].modified, "{report:?}");
        Ok(())
    }),
    ("forget", |it| {
        let plan = it.restic.run(Forget::new().keep_last(1).dry_run(true))?;
        assert!(plan.dry_run);
        assert_eq!(
            plan.iter().map(|group| group.remove.len()).sum::<usize>(),
            2
        );
        let _ = it.restic.run(ForgetSnapshots::new([&it.ids[0]]))?;
        assert_eq!(it.restic.run(Snapshots::new())?.len(), 2);
        Ok(())
    }),
    ("prune", |it| {
        assert!(it.restic.run(Prune::new())?.removed_blobs().is_some());
        Ok(())
    }),
    ("rebuild-index", |it| {
        it.restic.run(RebuildIndex::new())?;
        assert!(it.restic.run(Check::new())?.is_ok());
        Ok(())
    }),
    ("repair index", |it| {
        assert_eq!(it.restic.run(RepairIndex::new())?.missing_packs, []);
        Ok(())
    }),
    ("repair snapshots", |it| {
        let report = it.restic.run(RepairSnapshots::new())?;
        assert!(
            report
                .snapshots
                .iter()
                .all(|snapshot| snapshot.damage.is_empty())
        );
        Ok(())
    }),
    ("repair packs", |it| {
        let pack = it.restic.run(List::packs())?[0].to_string();
        assert_eq!(it.restic.run(RepairPacks::new([pack]))?.lost, []);
        Ok(())
    }),
    ("recover", |it| {
        // restic 0.11 makes a snapshot also when no directory is lost.
        let recovered = it.restic.run(Recover::new())?;
        assert_eq!(recovered.snapshot_id.is_some(), it.bench.is_older_than(12));
        Ok(())
    }),
    ("migrate", |it| {
        let known = it.restic.run(Migrations::new())?.migrations;
        assert_eq!(known.is_empty(), it.bench.is_older_than(14), "{known:?}");
        Ok(())
    }),
    ("unlock", |it| {
        it.restic.run(Unlock::new())?;
        assert_eq!(
            fs::read_dir(it.bench.path("repo/locks")).unwrap().count(),
            0
        );
        Ok(())
    }),
    ("mount", |it| {
        // Mounting itself is tested where there is FUSE.
        let nowhere = Mount::new(it.bench.path("nowhere/at/all"));
        let old = it.bench.is_older_than(12).then_some(ErrorKind::Failed);
        let expected = old.unwrap_or(ErrorKind::NotFound);
        assert_eq!(it.bench.kind(nowhere), expected);
        Ok(())
    }),
    ("init", |it| {
        assert!(
            it.at("third")
                .run(Init::new())?
                .repository
                .ends_with("third")
        );
        Ok(())
    }),
    ("key list", |it| {
        assert_eq!(it.restic.run(KeyList::new())?.len(), 1);
        Ok(())
    }),
    ("key add", |it| {
        it.restic.run(KeyAdd::new("another").user("bob"))?;
        assert_eq!(it.restic.run(List::keys())?.len(), 2);
        Ok(())
    }),
    ("key remove", |it| {
        let keys = it.restic.run(KeyList::new())?;
        let other = keys.iter().find(|key| !key.current).unwrap();
        it.restic.run(KeyRemove::new(other.id.as_str()))?;
        assert_eq!(it.restic.run(KeyList::new())?.len(), 1);
        Ok(())
    }),
    ("key passwd", |it| {
        it.restic.run(KeyPasswd::new("changed"))?;
        assert_eq!(it.bench.kind(Snapshots::new()), ErrorKind::WrongPassword);
        Ok(())
    }),
    ("cache", |it| {
        let place = it.bench.path("cache");
        fs::create_dir(&place).unwrap();
        let client = Restic::builder()
            .binary(&it.bench.binary)
            .cache_dir(place.as_os_str());
        assert!(client.build().run(Cache::new())?.directories.is_empty());
        Ok(())
    }),
    ("options", |it| {
        let options = it.restic.run(Options::new())?.options;
        assert!(options.iter().any(|option| option.name == "rclone.program"));
        Ok(())
    }),
    ("features", |it| {
        assert!(!it.restic.run(Features::new())?.features.is_empty());
        Ok(())
    }),
    ("generate", |it| {
        let file = it.bench.path("restic.bash");
        it.restic
            .run(Generate::new().bash_completion(file.as_os_str()))?;
        assert!(fs::read_to_string(file).unwrap().contains("restic"));
        Ok(())
    }),
    ("version", |it| {
        let version = it.restic.run(Version::new())?.restic_version();
        assert_eq!(version.unwrap(), it.bench.version);
        Ok(())
    }),
    ("self-update", |it| {
        // Never over the program itself, and never from the network. Some builds have no such
        // command, which no table can know: they do not list it.
        let output = it.bench.path("new-restic");
        let offline = builder(&it.bench.binary, it.bench.directory.path())
            .env("HTTPS_PROXY", "http://127.0.0.1:1")
            .build();
        let help = Process::new(&it.bench.binary).arg("help").output().unwrap();
        let has_it = String::from_utf8(help.stdout)
            .unwrap()
            .contains("self-update");
        let expected = if has_it {
            ErrorKind::Network
        } else {
            ErrorKind::Unsupported
        };
        let error = offline
            .run(SelfUpdate::new().output(output.as_os_str()))
            .unwrap_err();
        assert_eq!(error.kind(), expected, "{error}");
        assert!(!output.exists());
        Ok(())
    }),
];

/// A program, its repository, and two snapshots of the same data in it.
struct Fixture<'a> {
    bench: &'a Bench,
    restic: &'a Restic,
    ids: [String; 2],
}

impl Fixture<'_> {
    /// A client for another repository.
    fn at(&self, name: &str) -> Restic {
        let builder = builder(&self.bench.binary, self.bench.directory.path());
        builder.repository(self.bench.path(name)).build()
    }
}

#[test]
fn every_command_is_here() {
    let rows: BTreeSet<_> = ROWS.iter().map(|(name, _)| *name).collect();
    let has_more_words = |name: &str| {
        let first = format!("{name} ");
        cli::commands().iter().any(|it| it.name.starts_with(&first))
    };
    let known = cli::commands().iter().map(|command| command.name);
    // Help is for people, and `key` and `repair` are the first words of others.
    let known = known.filter(|name| *name != "help" && !has_more_words(name));
    assert_eq!(rows, known.collect());
}

#[test]
fn every_command_does_what_it_says_or_is_unsupported() {
    on_each_at_once(
        "every_command_does_what_it_says_or_is_unsupported",
        |bench| {
            let fixture = Fixture {
                bench: &bench,
                restic: &bench.restic,
                ids: [bench.backup(), bench.backup()],
            };
            let version = bench.version;
            for (name, run) in ROWS {
                let has_it = cli::command(name).unwrap().available_in(version);
                match run(&fixture) {
                    Ok(()) => assert!(has_it, "{version} has no {name}"),
                    Err(error) => {
                        assert!(!has_it, "{version}, {name}: {error}");
                        assert_eq!(error.kind(), ErrorKind::Unsupported, "{error}");
                        assert_eq!(error.exit(), None, "{name} was started");
                    }
                }
            }
        },
    );
}
