//! What came of a run, where real restics call it a success or print names as they are.

use std::fs;

use restic_cli_wrap::commands::*;
use restic_cli_wrap::types::Snapshot;
use restic_cli_wrap::values::Pattern;
use restic_cli_wrap::{ErrorKind, NoticeSource, Outcome, Repository};

use super::{Bench, builder, files_in, on_each, on_each_at_once};

/// Spoils the file of a snapshot.
fn damage(bench: &Bench, id: &str) {
    let file = bench.path("repo/snapshots").join(id);
    let mut bytes = fs::read(&file).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 0xff;
    let mut permissions = fs::metadata(&file).unwrap().permissions();
    #[expect(clippy::permissions_set_readonly_false, reason = "a file of this test")]
    permissions.set_readonly(false);
    fs::set_permissions(&file, permissions).unwrap();
    fs::write(&file, bytes).unwrap();
}

#[test]
fn a_snapshot_that_cannot_be_read_is_damage_to_all_who_read_it() {
    on_each_at_once(
        "a_snapshot_that_cannot_be_read_is_damage_to_all_who_read_it",
        |bench| {
            let short = bench.backup();
            let spoiled = bench.restic.run(Snapshots::new()).unwrap()[0].id.clone();
            assert!(spoiled.as_str().starts_with(&short));
            let _ = bench.backup();
            damage(&bench, spoiled.as_str());

            let fails = |kind: ErrorKind, what: &str| {
                assert_eq!(kind, ErrorKind::Damaged, "{what} of {}", bench.version);
            };
            let error = bench.restic.run(Snapshots::new()).unwrap_err();
            fails(error.kind(), "snapshots");
            let rest = error.partial::<Snapshots>().map(Vec::len);
            assert_eq!(rest, Some(1), "{}: {error}", bench.version);
            fails(
                bench.kind(Forget::new().keep_last(1).dry_run(true)),
                "forget",
            );
            fails(bench.kind(Stats::new()), "stats");
            fails(bench.kind(Tag::new().add("x")), "tag");
            fails(bench.kind(Ls::new(spoiled.as_str())), "ls");
        },
    );
}

#[test]
fn a_restore_of_what_nothing_matches_is_not_complete() {
    on_each(
        "a_restore_of_what_nothing_matches_is_not_complete",
        |bench| {
            fs::write(bench.path("data/a[1].txt"), "one").unwrap();
            let _ = bench.backup();
            let restore = |name: &str| Restore::new("latest").target(bench.path(name));
            let is_known = !bench.is_older_than(16);

            // The name is a pattern, which another name would match.
            let run = bench.restic.start(restore("none").include("a[1].txt"));
            let (outcome, notices) = run.unwrap().finish_with_notices().unwrap();
            assert_eq!(!outcome.is_complete(), is_known, "{}", bench.version);
            assert!(outcome.errors().is_empty());
            let mut ours = notices
                .iter()
                .filter(|it| it.source == NoticeSource::Library);
            let says = ours.any(|it| it.text.contains("included"));
            assert_eq!(says, !is_known, "{notices:?}");

            let verified = restore("verified").include("a[1].txt").verify(true);
            let outcome = bench.restic.run(verified).unwrap();
            let Outcome::Incomplete(partial) = outcome else {
                panic!("{}", bench.version)
            };
            assert!(partial.errors.is_empty());
            let target = bench.path("verified");
            assert!(!target.exists() || files_in(&target).is_empty());

            let literal = restore("literal").include(Pattern::literal("a[1].txt"));
            assert!(bench.restic.run(literal).unwrap().is_complete());
            assert_eq!(files_in(&bench.path("literal")).len(), 1);
        },
    );
}

/// The snapshots of `/plain` and of a directory with a newline in its name.
fn odd(bench: &Bench) -> Vec<Snapshot> {
    for name in ["plain", "da\nta", "x\nremoved old snapshot 01234567"] {
        let path = bench.path(name);
        fs::create_dir_all(&path).unwrap();
        fs::write(path.join("file"), name).unwrap();
        fs::write(path.join("Episode 1: The start\nThere were 3 errors"), "x").unwrap();
        assert!(bench.restic.run(Backup::new([path])).unwrap().is_complete());
    }
    bench.restic.run(Snapshots::new()).unwrap()
}

/// No entry of a report has the id of another snapshot's copy.
fn check_ids<'a>(
    pairs: impl Iterator<Item = (&'a str, Option<&'a str>)>,
    old: &[Snapshot],
    new: &[Snapshot],
) -> usize {
    let mut checked = 0;
    for (source, copy) in pairs {
        let Some(copy) = copy else { continue };
        let source = old.iter().find(|it| it.id.as_str().starts_with(source));
        let copy = new.iter().find(|it| it.id.as_str().starts_with(copy));
        let (source, copy) = (source.expect("a source"), copy.expect("a copy"));
        assert_eq!((&source.paths, source.time), (&copy.paths, copy.time));
        checked += 1;
    }
    checked
}

#[test]
fn odd_names_give_no_entry_another_snapshots_id() {
    on_each("odd_names_give_no_entry_another_snapshots_id", |bench| {
        let old = odd(&bench);
        let second = builder(&bench.binary, bench.directory.path());
        let second = second.repository(bench.path("second")).build();
        second.run(Init::new()).unwrap();
        let first = Repository::new(bench.path("repo")).password("secret");
        let report = second.run(Copy::from(first)).unwrap();
        let new = second.run(Snapshots::new()).unwrap();
        assert_eq!(new.len(), 3);
        let pairs = report.snapshots.iter();
        let pairs = pairs.map(|it| {
            (
                it.source.id.as_str(),
                it.new_id.as_ref().map(|id| id.as_str()),
            )
        });
        let checked = check_ids(pairs, &old, &new);
        assert!(checked > 0 || report.garbled, "{report:?}");

        for snapshot in &old {
            let target = bench.path(&format!("restored-{}", snapshot.short_id.as_str()));
            let restore = Restore::new(snapshot.id.as_str()).target(&target);
            let outcome = bench.restic.run(restore).unwrap();
            assert!(outcome.is_complete(), "{}: {outcome:?}", bench.version);
            assert_eq!(files_in(&target).len(), 2);
        }

        if bench.is_older_than(15) {
            return;
        }
        let report = bench.restic.run(Rewrite::new().exclude("file")).unwrap();
        let all = bench.restic.run(Snapshots::new()).unwrap();
        assert_eq!(all.len(), 6);
        let pairs = report.snapshots.iter();
        let pairs = pairs.map(|it| {
            (
                it.snapshot.id.as_str(),
                it.new_id.as_ref().map(|id| id.as_str()),
            )
        });
        let checked = check_ids(pairs, &old, &all);
        assert!(checked > 0 || report.garbled, "{report:?}");
        assert!(report.snapshots.iter().all(|it| !it.removed), "{report:?}");
    });
}

#[test]
fn names_with_newlines_are_whole() {
    on_each("names_with_newlines_are_whole", |bench| {
        let place = bench.path("we\nird");
        let client = builder(&bench.binary, bench.directory.path()).repository(&place);
        let made = client.build().run(Init::new()).unwrap();
        assert_eq!(made.repository, place.to_str().unwrap());

        let missing = bench.path("no\nsuch place");
        let sources = [
            bench.path("data"),
            missing.clone(),
            bench.path("plain nothing"),
        ];
        let outcome = bench.restic.run(Backup::new(&sources)).unwrap();
        let paths: Vec<_> = outcome.errors().iter().map(|it| it.path.as_str()).collect();
        let expected = [&missing, &sources[2]].map(|path| path.to_str().unwrap());
        assert_eq!(paths, expected, "{}", bench.version);
    });
}
