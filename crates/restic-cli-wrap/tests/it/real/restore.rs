//! Getting data back.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::io::{self, Write};
use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};
use std::path::Path;

use restic_cli_wrap::commands::*;
use restic_cli_wrap::{ErrorKind, ResticBuilder, Stop};

use super::{builder, files_in, is_unsupported, noise, on_each};

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

/// What keeps a repository from being mounted here, in words.
fn cannot_mount() -> Option<&'static str> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let has_program =
        std::env::split_paths(&path).any(|directory| directory.join("fusermount").exists());
    if !has_program {
        Some("there is no fusermount")
    } else if fs::File::options()
        .read(true)
        .write(true)
        .open("/dev/fuse")
        .is_err()
    {
        Some("/dev/fuse cannot be opened")
    } else {
        None
    }
}

#[test]
fn repositories_are_mounted_and_unmounted() {
    if let Some(why) = cannot_mount() {
        println!("repositories_are_mounted_and_unmounted: SKIPPED, since {why}");
        return;
    }
    on_each("repositories_are_mounted_and_unmounted", |bench| {
        let id = bench.backup();
        let directory = bench.path("mounted");
        fs::create_dir(&directory).unwrap();
        let is_empty = || fs::read_dir(&directory).unwrap().next().is_none();
        let restic = &bench.restic;

        let mounted = restic.mount(Mount::new(&directory)).unwrap();
        assert!(mounted.is_served());
        let snapshot = mounted.path().join("ids").join(&id[..8]);
        let data = bench.path("data");
        let inside = data.strip_prefix("/").unwrap();
        let text = fs::read_to_string(snapshot.join(inside).join("a.txt"));
        let text = text.or_else(|_| fs::read_to_string(snapshot.join("data/a.txt")));
        assert_eq!(text.unwrap(), "hello\n");
        mounted.unmount().unwrap();
        assert!(is_empty());
        assert!(
            bench.restic.run(Check::new()).unwrap().is_ok(),
            "no lock is left"
        );

        drop(restic.mount(Mount::new(&directory)).unwrap());
        assert!(is_empty());

        // As any other command.
        let stop = Stop::new();
        let mut run = restic
            .with_stop(&stop)
            .start(Mount::new(&directory))
            .unwrap();
        let MountEvent::Ready(place) = run.next().unwrap().unwrap() else {
            panic!("another event")
        };
        assert_eq!(Path::new(&place), directory);
        stop.stop();
        assert_eq!(run.finish().unwrap().mountpoint, Some(place));
        assert!(is_empty());

        // While a file in it is open.
        let mounted = restic.mount(Mount::new(&directory)).unwrap();
        let open = fs::File::open(directory.join("ids")).unwrap();
        let error = mounted.unmount().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Failed, "{error}");
        assert!(error.message().starts_with("unable to umount"), "{error}");
        drop(open);
        let mut clean = std::process::Command::new("fusermount");
        assert!(clean.arg("-u").arg(&directory).status().unwrap().success());
    });
}

#[test]
fn what_cannot_be_mounted_is_an_error() {
    on_each("what_cannot_be_mounted_is_an_error", |bench| {
        let missing = bench.path("missing");
        let client = || builder(&bench.binary, bench.directory.path());
        let kind = |builder: ResticBuilder, directory: &Path| {
            builder
                .build()
                .mount(Mount::new(directory))
                .unwrap_err()
                .kind()
        };
        // restic 0.11 makes the directory when it is not to print JSON.
        if !bench.is_older_than(14) {
            assert_eq!(kind(client(), &missing), ErrorKind::NotFound);
        }
        fs::create_dir_all(&missing).unwrap();
        let without = client().env("PATH", "/nowhere");
        assert_eq!(kind(without, &missing), ErrorKind::Unsupported);
        let wrong = client().password("not it");
        assert_eq!(kind(wrong, &missing), ErrorKind::WrongPassword);
    });
}

#[test]
fn files_and_directories_are_dumped() {
    on_each("files_and_directories_are_dumped", |bench| {
        let restic = &bench.restic;
        let id = bench.backup();
        let file = bench.path("data/docs/b.bin");
        let mut written = Vec::new();
        let dump = Dump::new("latest", &file);
        assert_eq!(restic.dump_to(dump.clone(), &mut written).unwrap(), 5000);
        assert_eq!(written, noise());
        assert_eq!(restic.run(dump).unwrap(), noise());
        let tar = restic.run(Dump::new(&id, bench.path("data"))).unwrap();
        assert_eq!(&tar[257..262], b"ustar");
        match restic.run(Dump::new(&id, "/").archive("zip")) {
            Ok(zip) => assert!(zip.starts_with(b"PK")),
            Err(error) => assert!(is_unsupported(&error) && bench.is_older_than(12)),
        }
        let target = bench.path("dumped").into_os_string().into_vec();
        let target = OsStr::from_bytes(&target);
        match restic.run(Dump::new(&id, &file).target(target)) {
            Ok(nothing) => {
                assert!(nothing.is_empty());
                assert_eq!(fs::read(target).unwrap(), noise());
            }
            Err(error) => assert!(is_unsupported(&error) && bench.is_older_than(17)),
        }
        assert_eq!(bench.kind(Dump::new(&id, "/nosuch")), ErrorKind::NotFound);
        assert_eq!(bench.kind(Dump::new("deadbeef", "/")), ErrorKind::NotFound);

        let mut full = Full(1000);
        let error = restic.dump_to(Dump::new(&id, "/"), &mut full).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::CannotWrite, "{error}");
        assert!(!error.lock_may_remain());
        assert!(
            files_in(&bench.path("repo/locks")).is_empty(),
            "a lock is left"
        );
    });
}

/// A disk with so much room.
struct Full(usize);

impl Write for Full {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let room = self.0.min(bytes.len());
        self.0 -= room;
        if room == 0 {
            return Err(io::ErrorKind::StorageFull.into());
        }
        Ok(room)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
