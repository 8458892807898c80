//! Keys, tags, copies, the cache and mounts on real programs.

use std::ffi::OsStr;
use std::fs;
use std::path::Path;
use std::time::{Duration, SystemTime};

use restic_cli_wrap::commands::*;
use restic_cli_wrap::types::TagMessage;
use restic_cli_wrap::{ErrorKind, Repository, Restic, ResticBuilder, Stop};

use crate::real::{Bench, builder, on_each};

/// A client of the bench's repository with another password.
fn with_password(bench: &Bench, password: &str) -> Restic {
    let builder = builder(&bench.binary, bench.folder.path());
    builder.password(password).build()
}

#[test]
fn keys_are_added_listed_changed_and_removed() {
    on_each("keys_are_added_listed_changed_and_removed", |bench| {
        let restic = &bench.restic;
        let first = restic.run(KeyList::new()).unwrap();
        assert!(first.len() == 1 && first[0].current, "{first:?}");

        let add = KeyAdd::new("second").user("bob").host("other");
        let added = restic.run(add).unwrap();
        let keys = restic.run(KeyList::new()).unwrap();
        let new = keys.iter().find(|key| key.user_name == "bob").unwrap();
        assert_eq!((keys.len(), new.current), (2, false));
        assert_eq!(new.host_name, "other");
        if let Some(id) = added.id {
            assert_eq!(id, new.id);
        } else {
            assert_eq!(added.username.as_deref(), Some("bob"));
            assert_eq!(added.hostname.as_deref(), Some("other"));
            assert!(added.created.is_some() && bench.is_older_than(17));
        }

        let second = with_password(&bench, "second");
        let saved = second.run(KeyPasswd::new("third")).unwrap();
        assert!(saved.id.is_some() || saved.created.is_some(), "{saved:?}");
        let gone = second.run(Snapshots::new()).unwrap_err();
        assert_eq!(gone.kind(), ErrorKind::WrongPassword, "{gone}");
        let third = with_password(&bench, "third");
        let keys = third.run(KeyList::new()).unwrap();
        let current = keys.iter().find(|key| key.current).unwrap();
        assert_eq!(keys.len(), 2);
        assert_ne!(current.id, new.id);

        let own = KeyRemove::new(current.id.as_str());
        assert_eq!(third.run(own).unwrap_err().kind(), ErrorKind::Usage);
        assert_eq!(bench.kind(KeyRemove::new("deadbeef")), ErrorKind::NotFound);
        let removed = restic.run(KeyRemove::new(current.id.as_str())).unwrap();
        let is_it = |id: restic_cli_wrap::types::KeyId| id.short() == current.id.short();
        assert!(removed.id.is_none_or(is_it));
        assert_eq!(restic.run(KeyList::new()).unwrap().len(), 1);

        let file = bench.path("new");
        fs::write(&file, "fourth\n").unwrap();
        restic.run(KeyAdd::password_file(&file)).unwrap();
        let fourth = with_password(&bench, "fourth");
        assert_eq!(fourth.run(KeyList::new()).unwrap().len(), 2);

        let open = KeyAdd::no_password();
        if bench.is_older_than(17) {
            assert_eq!(bench.kind(open), ErrorKind::Unsupported);
        } else {
            restic.run(open).unwrap();
            let plain = builder(&bench.binary, bench.folder.path()).no_password();
            assert_eq!(plain.build().run(KeyList::new()).unwrap().len(), 3);
        }
        let wrong = with_password(&bench, "not it").run(KeyAdd::new("x"));
        let wrong = wrong.unwrap_err();
        assert_eq!(wrong.kind(), ErrorKind::WrongPassword, "{wrong:?}");
    });
}

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

        let quiet = builder(&bench.binary, bench.folder.path()).quiet(true);
        let _ = quiet.build().run(Tag::new().add("e")).unwrap();
        assert!(tags().iter().all(|tags| tags.contains(&"e".to_owned())));
    });
}

#[test]
fn snapshots_are_copied_into_the_clients_repository() {
    on_each(
        "snapshots_are_copied_into_the_clients_repository",
        |bench| {
            let ids = [bench.backup(), bench.backup()];
            let client = |password: &str| {
                let builder = builder(&bench.binary, bench.folder.path());
                builder.repository(bench.path("second")).password(password)
            };
            let second = client("other").build();
            second.run(Init::new()).unwrap();
            let first = || Repository::new(bench.path("repo")).password("secret");
            let short = |id: &str| id[..8].to_owned();

            let report = second.run(Copy::from(first()).snapshot(&ids[0])).unwrap();
            assert_eq!(report.snapshots.len(), 1, "{report:?}");
            let entry = &report.snapshots[0];
            assert_eq!(entry.source.id.as_str(), short(&ids[0]));
            assert_eq!(Path::new(&entry.source.paths), bench.path("data"));
            assert!(entry.source.time.is_some() && !entry.already_there);
            let copies = second.run(Snapshots::new()).unwrap();
            assert_eq!(copies.len(), 1);
            assert_eq!(
                Some(copies[0].short_id.as_str()),
                entry.new_id.as_ref().map(|id| id.as_str())
            );
            assert_eq!(bench.restic.run(Snapshots::new()).unwrap().len(), 2);

            // The events are counters, where there are some.
            let mut run = second.start(Copy::from(first())).unwrap();
            let counters = run.by_ref().map(Result::unwrap).count();
            assert_eq!(counters == 0, bench.is_older_than(14));
            let report = run.finish().unwrap();
            let new = report.snapshots.iter().filter(|entry| !entry.already_there);
            assert_eq!(new.count(), 1, "{report:?}");

            let verbose = client("other").verbose(2_u32).build();
            let report = verbose.run(Copy::from(first())).unwrap();
            assert_eq!(report.snapshots.len(), 2, "{report:?}");
            assert!(
                report
                    .snapshots
                    .iter()
                    .all(|entry| entry.already_there && entry.new_id.is_some())
            );
            let quiet = client("other").quiet(true).build();
            assert!(quiet.run(Copy::from(first())).unwrap().snapshots.is_empty());

            let fails = |restic: &Restic, copy: Copy| restic.run(copy).unwrap_err().kind();
            let unknown = Copy::from(first()).snapshot("deadbeef");
            assert_eq!(fails(&second, unknown), ErrorKind::NotFound);
            let swapped = Copy::from(Repository::new(bench.path("repo")).password("other"));
            assert_eq!(fails(&second, swapped), ErrorKind::WrongPassword);
            let wrong = client("secret").build();
            assert_eq!(fails(&wrong, Copy::from(first())), ErrorKind::WrongPassword);
            let nowhere = Copy::from(Repository::new(bench.path("nowhere")).password("x"));
            assert_eq!(fails(&second, nowhere), ErrorKind::NoRepository);
        },
    );
}

#[test]
fn what_the_environment_says_of_a_copy_is_right() {
    on_each("what_the_environment_says_of_a_copy_is_right", |bench| {
        bench.backup();
        let folder = bench.folder.path();
        let own = builder(&bench.binary, folder)
            .repository(bench.path("second"))
            .password("other")
            .build();
        own.run(Init::new()).unwrap();
        let second = Restic::builder()
            .binary(&bench.binary)
            .no_cache(true)
            .env("RESTIC_REPOSITORY", bench.path("second").into_os_string())
            .env("RESTIC_PASSWORD", "other")
            .env("RESTIC_FROM_PASSWORD", "secret")
            .build();
        let report = second.run(Copy::from(bench.path("repo"))).unwrap();
        assert_eq!(report.snapshots.len(), 1);
        assert_eq!(own.run(Snapshots::new()).unwrap().len(), 1);
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
fn caches_are_listed_and_cleaned() {
    on_each("caches_are_listed_and_cleaned", |bench| {
        let place = bench.path("cache");
        fs::create_dir(&place).unwrap();
        let restic = builder(&bench.binary, bench.folder.path())
            .no_cache(false)
            .cache_dir(place.as_os_str())
            .build();
        let report = restic.run(Cache::new()).unwrap();
        assert!(report.folders.is_empty(), "{report:?}");
        assert_eq!(
            report.place.as_deref().map(OsStr::new),
            Some(place.as_os_str())
        );

        restic.run(Snapshots::new()).unwrap();
        let old = place.join("0123456789".repeat(7).split_off(6));
        fs::create_dir(&old).unwrap();
        fs::write(old.join("version"), "1").unwrap();
        let before = SystemTime::now() - Duration::from_secs(40 * 86_400);
        fs::File::open(&old).unwrap().set_modified(before).unwrap();

        let report = restic.run(Cache::new()).unwrap();
        assert_eq!(report.folders.len(), 2);
        let folder = report.folders.iter().find(|folder| folder.is_old).unwrap();
        assert_eq!(folder.repository.as_str(), "6789012345");
        assert_eq!(folder.unused_days, 40);
        assert_eq!(folder.size.unwrap().bytes, 1);
        assert!(!folder.size.unwrap().rounded);
        let short = restic.run(Cache::new().no_size(true)).unwrap();
        assert!(short.folders.iter().all(|folder| folder.size.is_none()));

        let cleaned = restic.run(Cache::new().cleanup(true)).unwrap();
        assert_eq!(cleaned.removed, Some(1));
        assert!(!old.exists());
        let again = Cache::new().cleanup(true).max_age(10_u32);
        assert_eq!(restic.run(again).unwrap().removed, Some(0));
        assert_eq!(bench.kind(Cache::new()), ErrorKind::Usage);
    });
}

#[test]
fn options_and_features_are_listed() {
    on_each("options_and_features_are_listed", |bench| {
        // Without a repository.
        let restic = Restic::builder().binary(&bench.binary).build();
        let options = restic.run(Options::new()).unwrap().options;
        let rclone = options
            .iter()
            .find(|option| option.name == "rclone.program");
        assert_eq!(rclone.unwrap().default.as_deref(), Some("rclone"));
        assert!(options.len() > 10 && options.iter().all(|option| !option.description.is_empty()));
        if bench.is_older_than(17) {
            assert_eq!(bench.kind(Features::new()), ErrorKind::Unsupported);
        } else {
            let features = restic.run(Features::new()).unwrap().features;
            let found = features
                .iter()
                .find(|feature| feature.name == "safe-forget-keep-tags");
            assert!(found.unwrap().default);
        }
    });
}

/// What keeps a repository from being mounted here, in words.
fn cannot_mount() -> Option<&'static str> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let has_program = std::env::split_paths(&path).any(|folder| folder.join("fusermount").exists());
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
        let folder = bench.path("mounted");
        fs::create_dir(&folder).unwrap();
        let is_empty = || fs::read_dir(&folder).unwrap().next().is_none();
        let restic = &bench.restic;

        let mounted = restic.mount(Mount::new(&folder)).unwrap();
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

        drop(restic.mount(Mount::new(&folder)).unwrap());
        assert!(is_empty());

        // As any other command.
        let stop = Stop::new();
        let mut run = restic.with_stop(&stop).start(Mount::new(&folder)).unwrap();
        let MountEvent::Ready(place) = run.next().unwrap().unwrap() else {
            panic!("another event")
        };
        assert_eq!(Path::new(&place), folder);
        stop.stop();
        assert_eq!(run.finish().unwrap().folder, Some(place));
        assert!(is_empty());

        // While a file in it is open.
        let mounted = restic.mount(Mount::new(&folder)).unwrap();
        let open = fs::File::open(folder.join("ids")).unwrap();
        let error = mounted.unmount().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Failed, "{error}");
        assert!(error.message().starts_with("unable to umount"), "{error}");
        drop(open);
        let mut clean = std::process::Command::new("fusermount");
        assert!(clean.arg("-u").arg(&folder).status().unwrap().success());
    });
}

#[test]
fn what_cannot_be_mounted_is_an_error() {
    on_each("what_cannot_be_mounted_is_an_error", |bench| {
        let missing = bench.path("missing");
        let client = || builder(&bench.binary, bench.folder.path());
        let kind = |builder: ResticBuilder, folder: &Path| {
            builder
                .build()
                .mount(Mount::new(folder))
                .unwrap_err()
                .kind()
        };
        // restic 0.11 makes the folder when it is not to print JSON.
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
