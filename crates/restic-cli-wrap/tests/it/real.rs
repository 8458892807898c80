//! The commands on real programs, one file per group of commands: those in `RESTIC_BINARIES`,
//! with `:` between them.

mod backup;
mod contents;
mod copy;
mod forget;
mod keys;
mod matrix;
mod outcomes;
mod patterns;
mod program;
mod repair;
mod repository;
mod resticpy;
mod restore;
mod snapshots;
mod values;

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::thread;

use restic_cli_wrap::commands::*;
use restic_cli_wrap::types::ResticVersion;
use restic_cli_wrap::{Error, ErrorKind, Restic, ResticBuilder};
use tempfile::TempDir;

use restic_test_support::binaries::binaries;
use restic_test_support::cheap_repository;

/// A repository of its own for one program, and a directory to back up.
pub(crate) struct Bench {
    pub(crate) directory: TempDir,
    pub(crate) binary: PathBuf,
    pub(crate) version: ResticVersion,
    pub(crate) restic: Restic,
}

impl Bench {
    fn new(binary: PathBuf) -> Self {
        let directory = TempDir::new().unwrap();
        let data = directory.path().join("data");
        fs::create_dir_all(data.join("docs")).unwrap();
        fs::write(data.join("a.txt"), "hello\n").unwrap();
        fs::write(data.join("docs/b.bin"), noise()).unwrap();
        symlink("a.txt", data.join("link")).unwrap();
        let restic = builder(&binary, directory.path()).build();
        let version = restic
            .run(Version::new())
            .unwrap()
            .restic_version()
            .unwrap();
        // What `init` makes takes half a second to open, each time.
        cheap_repository::make(&directory.path().join("repo")).unwrap();
        Self {
            directory,
            binary,
            version,
            restic,
        }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    pub(crate) fn backup(&self) -> String {
        let outcome = self.restic.run(Backup::new([self.path("data")])).unwrap();
        assert!(outcome.is_complete());
        let id = outcome.summary().unwrap().snapshot_id.clone();
        id.unwrap().as_str().to_owned()
    }

    pub(crate) fn is_older_than(&self, minor: u16) -> bool {
        self.version < ResticVersion::new(0, minor, 0)
    }

    pub(crate) fn kind<C: restic_cli_wrap::Command>(&self, command: C) -> ErrorKind {
        match self.restic.run(command) {
            Ok(_) => panic!("{}: a success", self.version),
            Err(error) => error.kind(),
        }
    }
}

pub(crate) fn builder(binary: &Path, directory: &Path) -> ResticBuilder {
    Restic::builder()
        .binary(binary)
        .repository(directory.join("repo"))
        .password("secret")
        .no_cache(true)
        .current_dir(directory)
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
            // A panic prints the name of its thread.
            let thread = thread::Builder::new().name(name);
            thread
                .spawn_scoped(scope, move || run(Bench::new(binary)))
                .unwrap();
        }
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

pub(crate) fn files_in(directory: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(directory).unwrap();
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

pub(crate) fn is_unsupported(error: &Error) -> bool {
    error.kind() == ErrorKind::Unsupported
}

/// The packs of a repository, the largest first: it has the data in it, the others trees.
pub(crate) fn packs(bench: &Bench) -> Vec<PathBuf> {
    let directories = fs::read_dir(bench.path("repo/data")).unwrap();
    let files = directories.flat_map(|directory| fs::read_dir(directory.unwrap().path()).unwrap());
    let mut packs: Vec<_> = files.map(|file| file.unwrap().path()).collect();
    packs.sort_by_key(|pack| std::cmp::Reverse(pack.metadata().unwrap().len()));
    packs
}
