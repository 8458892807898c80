//! Copying between repositories.

use std::path::Path;

use restic_cli_wrap::commands::*;
use restic_cli_wrap::{ErrorKind, Repository, Restic};

use super::{builder, on_each};

#[test]
fn snapshots_are_copied_into_the_clients_repository() {
    on_each(
        "snapshots_are_copied_into_the_clients_repository",
        |bench| {
            let ids = [bench.backup(), bench.backup()];
            let client = |password: &str| {
                let builder = builder(&bench.binary, bench.directory.path());
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
        let directory = bench.directory.path();
        let own = builder(&bench.binary, directory)
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
