//! The commands on real programs: those in `RESTIC_BINARIES`, with `:` between them.

use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::thread;

use restic_cli_wrap::commands::*;
use restic_cli_wrap::types::{ResticVersion, RestoreMessage};
use restic_cli_wrap::{ErrorKind, FailedItem, Outcome, Restic, ResticBuilder};
use tempfile::TempDir;

use crate::binaries::binaries;
use crate::cheap_repository;

/// A repository of its own for one program, and a folder to back up.
pub(crate) struct Bench {
    pub(crate) folder: TempDir,
    pub(crate) binary: PathBuf,
    pub(crate) version: ResticVersion,
    pub(crate) restic: Restic,
}

impl Bench {
    fn new(binary: PathBuf) -> Self {
        let folder = TempDir::new().unwrap();
        let data = folder.path().join("data");
        fs::create_dir_all(data.join("docs")).unwrap();
        fs::write(data.join("a.txt"), "hello\n").unwrap();
        fs::write(data.join("docs/b.bin"), noise()).unwrap();
        symlink("a.txt", data.join("link")).unwrap();
        let restic = builder(&binary, folder.path()).build();
        let version = restic
            .run(Version::new())
            .unwrap()
            .restic_version()
            .unwrap();
        // What `init` makes takes half a second to open, each time.
        cheap_repository::make(&folder.path().join("repo")).unwrap();
        Self {
            folder,
            binary,
            version,
            restic,
        }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn backup(&self) -> String {
        let outcome = self.restic.run(Backup::new([self.path("data")])).unwrap();
        assert!(outcome.is_complete());
        let id = outcome.summary().unwrap().snapshot_id.clone();
        id.unwrap().as_str().to_owned()
    }

    pub(crate) fn is_older_than(&self, minor: u32) -> bool {
        self.version < ResticVersion::new(0, minor, 0)
    }

    pub(crate) fn kind<C: restic_cli_wrap::Command>(&self, command: C) -> ErrorKind {
        match self.restic.run(command) {
            Ok(_) => panic!("{}: a success", self.version),
            Err(error) => error.kind(),
        }
    }
}

pub(crate) fn builder(binary: &Path, folder: &Path) -> ResticBuilder {
    Restic::builder()
        .binary(binary)
        .repository(folder.join("repo"))
        .password("secret")
        .no_cache(true)
        .current_dir(folder)
}

/// Runs a test on every program.
pub(crate) fn on_each(test: &str, run: impl Fn(Bench)) {
    for binary in binaries(test) {
        println!("with {}", binary.display());
        run(Bench::new(binary));
    }
}

/// Runs a test on every program at the same time: for one that waits a lot, for locks and keys.
pub(crate) fn on_each_at_once(test: &str, run: impl Fn(Bench) + Sync) {
    let run = &run;
    thread::scope(|scope| {
        for binary in binaries(test) {
            let name = format!("with {}", binary.display());
            println!("{name}");
            // A panic tells the name of its thread.
            let thread = thread::Builder::new().name(name);
            thread
                .spawn_scoped(scope, move || run(Bench::new(binary)))
                .unwrap();
        }
    });
}

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
        assert_eq!((plan[0].keep.len(), plan[0].remove.len()), (2, 1));
        assert!(plan.dry_run && plan[0].reasons[0].is_for(&plan[0].keep[0]));
        let plan = restic.run(policy.prune(true)).unwrap();
        assert_eq!(plan[0].remove.len(), 1);
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
fn what_was_saved_is_listed_counted_and_restored() {
    on_each("what_was_saved_is_listed_counted_and_restored", |bench| {
        let restic = &bench.restic;
        let id = bench.backup();
        let listing = restic.run(Ls::new(&id)).unwrap();
        assert!(listing.nodes.iter().any(|node| node.name == "b.bin"));
        assert!(listing.snapshot.unwrap().id.as_str().starts_with(&id));
        let docs = Ls::new("latest").dir(bench.path("data/docs"));
        assert_eq!(restic.run(docs).unwrap().nodes.len(), 2);
        assert_eq!(bench.kind(Ls::new("deadbeef")), ErrorKind::NotFound);

        assert_eq!(restic.run(Stats::new()).unwrap().total_size, 5006);
        let raw = Stats::new().snapshot("latest").mode(StatsMode::RawData);
        assert!(restic.run(raw).unwrap().total_blob_count > 2);
        match restic.run(StatsDebug::new()) {
            Ok(text) => assert!(text.to_string().contains("File Type: data")),
            Err(error) => assert!(bench.is_older_than(16), "{error}"),
        }

        let target = bench.path("restored");
        let restore = Restore::new(&id).target(&target);
        let mut run = restic.start(restore.clone().verify(true)).unwrap();
        let errors = run
            .by_ref()
            .filter(|event| matches!(event.as_ref().unwrap(), RestoreMessage::Error(_)));
        assert_eq!(errors.count(), 0);
        let Outcome::Complete(restored) = run.finish().unwrap() else {
            panic!("incomplete")
        };
        assert_eq!(restored.summary.is_none(), bench.is_older_than(16));
        let inside = bench
            .path("data")
            .strip_prefix("/")
            .unwrap()
            .join("docs/b.bin");
        assert_eq!(fs::read(target.join(&inside)).unwrap(), noise());

        // A link that is there already is an error for an old restic, and a folder in the
        // place of a file for a new one.
        fs::remove_file(target.join(&inside)).unwrap();
        fs::create_dir_all(target.join(&inside).join("in/the/way")).unwrap();
        let Outcome::Incomplete(partial) = restic.run(restore).unwrap() else {
            panic!("{}: complete", bench.version)
        };
        let name = if bench.is_older_than(16) {
            "/link"
        } else {
            "/docs/b.bin"
        };
        let failed = |item: &FailedItem| item.path.ends_with(name);
        assert!(partial.errors.iter().any(failed), "{partial:?}");
        assert!(partial.message.contains("There were"), "{partial:?}");

        let unknown = Restore::new("deadbeef").target(bench.path("x"));
        assert_eq!(bench.kind(unknown), ErrorKind::NotFound);
        assert_eq!(bench.kind(Restore::new(&id)), ErrorKind::Usage);
    });
}

#[test]
fn damage_is_found() {
    on_each("damage_is_found", |bench| {
        let restic = &bench.restic;
        bench.backup();
        let report = restic.run(Check::new().read_data(true)).unwrap();
        assert!(report.is_ok(), "{report:?}");
        assert_eq!(report.summary.is_some(), !bench.is_older_than(18));
        let quiet = builder(&bench.binary, bench.folder.path())
            .quiet(true)
            .build();
        assert!(quiet.run(Check::new()).unwrap().is_ok());

        // The largest is the one with the files: a lost folder makes an old restic try
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

#[test]
fn locks_are_removed_and_files_generated() {
    on_each("locks_are_removed_and_files_generated", |bench| {
        let restic = &bench.restic;
        bench.backup();
        assert_eq!(restic.run(Unlock::new()).unwrap().removed, None);
        restic.run(Unlock::new().remove_all(true)).unwrap();

        let script = bench.path("restic.bash");
        restic
            .run(Generate::new().bash_completion(&script))
            .unwrap();
        assert!(fs::read_to_string(&script).unwrap().contains("restic"));
        assert_eq!(bench.kind(Generate::new()), ErrorKind::Usage);
    });
}

#[test]
fn a_second_repository_gives_its_chunker_parameters() {
    on_each(
        "a_second_repository_gives_its_chunker_parameters",
        |bench| {
            let second = builder(&bench.binary, bench.folder.path())
                .repository(bench.path("second"))
                .build();
            let first = restic_cli_wrap::Repository::new(bench.path("repo")).password("secret");
            let init = Init::new().from(first).copy_chunker_params(true);
            second.run(init).unwrap();
            assert_eq!(second.run(Snapshots::new()).unwrap(), []);
        },
    );
}

#[test]
fn flags_that_an_old_restic_has_not() {
    on_each("flags_that_an_old_restic_has_not", |bench| {
        let id = bench.backup();
        let dry = Restore::new(OsString::from(id))
            .target(bench.path("dry"))
            .dry_run(true);
        if bench.is_older_than(17) {
            assert_eq!(bench.kind(dry), ErrorKind::Unsupported);
        } else {
            assert!(bench.restic.run(dry).unwrap().is_complete());
        }
        assert_eq!(bench.kind(Forget::new().keep_last(-1)), ErrorKind::Usage);
        assert_eq!(bench.restic.run(Snapshots::new()).unwrap().len(), 1);
    });
}

/// Bytes that cannot be compressed.
pub(crate) fn noise() -> Vec<u8> {
    let mut state = 1_u32;
    let next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state.to_be_bytes()[0]
    };
    std::iter::repeat_with(next).take(5000).collect()
}

pub(crate) fn files_in(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    paths
        .flat_map(|path| {
            if path.is_dir() {
                files_in(&path)
            } else {
                vec![path]
            }
        })
        .collect()
}
