//! More words than a system passes to a program.

use std::fs;

use restic_cli_wrap::commands::*;
use restic_cli_wrap::{Error, ErrorKind, Outcome};

use crate::support::{Alone, alone, on_each};
use restic_test_support::fake::{Fake, SUMMARY};
use restic_test_support::leftovers::descriptors;

/// How many there are, and how many of them differ: the rest costs a restic nothing.
const PATHS: usize = 200_000;
const FILES: usize = 500;

#[track_caller]
fn assert_short(error: &Error) {
    for text in [
        error.to_string(),
        format!("{error:?}"),
        format!("{error:#?}"),
    ] {
        assert!(text.len() < 16 * 1024, "{} bytes", text.len());
    }
    assert!(error.message().len() < 1024, "{}", error.message());
}

#[test]
fn a_backup_of_very_many_paths_saves_them_all() {
    const NAME: &str = "many_words::a_backup_of_very_many_paths_saves_them_all";
    Alone::new(NAME).memory(256).run(|| {
        on_each(NAME, |bench| {
            let name = |number| bench.path(&format!("data/a name, -{number}*?\n"));
            for number in 0..FILES {
                fs::write(name(number), "").unwrap();
            }
            let paths = (0..PATHS).map(|number| name(number % FILES));
            let result = bench.restic().run(Backup::new(paths));
            if bench.minor < 12 {
                let error = result.unwrap_err();
                assert_eq!(error.kind(), ErrorKind::CannotStart, "{error}");
                assert!(error.message().contains("200006 arguments"), "{error}");
                assert!(error.message().contains("in files"), "{error}");
                assert_short(&error);
                return;
            }
            let Outcome::Complete(summary) = result.unwrap() else {
                panic!("not complete");
            };
            assert_eq!(summary.total_files_processed, FILES as u64);
            let snapshots = bench.restic().run(Snapshots::new()).unwrap();
            assert_eq!(snapshots[0].paths.len(), PATHS);
            // One that is not there is no success among many either.
            let paths = (0..PATHS / 10).map(|number| name(number % FILES));
            let paths = paths.chain([bench.path("data/nope")]);
            let result = bench.restic().run(Backup::new(paths)).unwrap();
            let Outcome::Incomplete(partial) = result else {
                panic!("complete");
            };
            assert!(partial.errors[0].path.ends_with("nope"), "{partial:?}");
        });
    });
}

/// Paths reach restic byte for byte, and the file of them is gone afterwards.
#[test]
fn very_many_paths_are_read_from_a_private_file() {
    const NAME: &str = "many_words::very_many_paths_are_read_from_a_private_file";
    alone(NAME, || {
        let fake = Fake::new(&format!(
            "for word; do case $word in --files-from-raw=*) cat \"${{word#*=}}\" > $here/list;; esac; done\n\
             echo '{SUMMARY}'"
        ));
        let restic = fake.builder().restic_version("0.19.1").build();
        let paths: Vec<String> = (0..20_000)
            .map(|number| format!("-/ü\n*{number}"))
            .collect();
        let open = descriptors().unwrap().len();
        let backup = Backup::new(paths.clone()).tag("nightly");
        let call = restic.invocation(&backup).to_string();
        assert_eq!(
            call,
            "restic --json --repo=/srv/repo backup --tag=nightly '--files-from-raw={{list}}'"
        );
        assert!(restic.run(backup).unwrap().is_complete());
        let list = fs::read_to_string(fake.path("list")).unwrap();
        assert!(list == paths.join("\0") + "\0");
        assert_eq!(descriptors().unwrap().len(), open);
        // Few stay where everybody can see them.
        let few = restic.invocation(&Backup::new(&paths[..10])).to_string();
        assert!(few.contains(" -- '-/ü"), "{few}");
        // restic 0.11 has no flag for such a file.
        let old = fake.builder().restic_version("0.11.0").build();
        let old = old.invocation(&Backup::new(&paths)).to_string();
        assert!(old.contains(" -- '-/ü"));
        // An empty path is none that a file could have.
        let odd = Backup::new(paths.iter().map(String::as_str).chain([""]));
        let odd = restic.invocation(&odd).to_string();
        assert!(!odd.contains("--files-from-raw"));
        // What is no path is no path in a file either.
        let program = Backup::stdin_from_command(&paths);
        let program = restic.invocation(&program).to_string();
        assert!(!program.contains("--files-from-raw"));
    });
}

/// What else there may be many of, or much of.
#[test]
fn what_is_too_long_is_named_with_advice_that_fits() {
    const NAME: &str = "many_words::what_is_too_long_is_named_with_advice_that_fits";
    Alone::new(NAME).memory(256).run(|| {
        let fake = Fake::new("exit 1");
        let restic = fake.restic();
        let names = || (0..100_000).map(|number| format!("{number:064}"));
        let check = |error: Error, words: &[&str]| {
            assert_eq!(error.kind(), ErrorKind::CannotStart, "{error}");
            assert!(!error.is_retryable());
            assert_short(&error);
            for word in words {
                assert!(error.message().contains(word), "{word}: {error}");
            }
        };
        let fewer = ["arguments of", "in files", "fewer snapshots in one call"];
        let restore = Restore::new("latest").target("/to").includes(names());
        check(restic.run(restore).unwrap_err(), &fewer);
        let forget = ForgetSnapshots::new(names());
        check(restic.run(forget).map(drop).unwrap_err(), &fewer);
        let tag = names().fold(Tag::new().add("a"), Tag::snapshot);
        check(restic.run(tag).map(drop).unwrap_err(), &fewer);
        let backup = Backup::new(["/data"]).excludes(names());
        check(restic.run(backup).unwrap_err(), &fewer);

        let long = "x".repeat(200_000);
        let one = Backup::new(["/data"]).exclude(long.as_str());
        check(
            restic.run(one).unwrap_err(),
            &["the argument --exclude=xx", "200010 bytes", "in a file"],
        );
        let variable = fake.builder().env("AWS_THING", long);
        let error = variable.build().run(Snapshots::new()).unwrap_err();
        check(
            error,
            &["the variable AWS_THING", "200011 bytes", "shorter"],
        );
        let variables = (0..300).map(|number| (format!("NAME_{number}"), "x".repeat(20_000)));
        let mut much = fake.builder();
        for (name, value) in variables {
            much = much.env(name, value);
        }
        let error = much.build().run(Snapshots::new()).unwrap_err();
        check(error, &["variables of", "the longest is NAME_"]);
    });
}

/// A run, its error, and what is logged of it show the beginning of what was asked for.
#[test]
fn what_is_shown_of_a_long_call_is_short() {
    const NAME: &str = "many_words::what_is_shown_of_a_long_call_is_short";
    alone(NAME, || {
        let fake = Fake::new("head -c 300000 /dev/zero | tr '\\0' x >&2; exit 1");
        let ids = (0..10_000).map(|number| format!("{number:064}"));
        let run = fake.restic().start(ForgetSnapshots::new(ids)).unwrap();
        let shown = format!("{run:?}");
        assert!(shown.len() < 16 * 1024, "{} bytes", shown.len());
        let error = run.finish().map(drop).unwrap_err();
        assert!(error.to_string().len() < 24 * 1024);
        assert!(format!("{error:?}").len() < 64 * 1024);
        let message = "y".repeat(1 << 20);
        let message = format!(r#"{{"message_type":"exit_error","code":1,"message":"{message}"}}"#);
        let fake = Fake::new("cat $here/said >&2; exit 1");
        fs::write(fake.path("said"), message).unwrap();
        let error = fake.restic().run(Snapshots::new()).unwrap_err();
        assert!(error.to_string().len() < 24 * 1024);
        assert!(error.message().contains("bytes more"));
    });
}
