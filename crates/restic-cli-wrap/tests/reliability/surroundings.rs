//! The program, its environment and its disks.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use restic_cli_wrap::commands::*;
use restic_cli_wrap::{Error, ErrorKind, Repository, Restic};

use crate::support::{Alone, alone, on_each};
use restic_test_support::cheap_repository;
use restic_test_support::fake::{Fake, SUMMARY};

/// Variables that would change or break every call.
const HOSTILE: [(&str, &str); 12] = [
    ("RESTIC_REPOSITORY", "/no/such/repository"),
    ("RESTIC_REPOSITORY_FILE", "/no/such/file"),
    ("RESTIC_PASSWORD", "wrong"),
    ("RESTIC_PASSWORD_FILE", "/no/such/file"),
    ("RESTIC_PASSWORD_COMMAND", "false"),
    ("RESTIC_FROM_REPOSITORY", "/no/such/repository"),
    ("RESTIC_KEY_HINT", "ffff"),
    ("RESTIC_HOST", "another"),
    ("RESTIC_COMPRESSION", "nonsense"),
    ("RESTIC_PACK_SIZE", "nonsense"),
    ("RESTIC_FEATURES", "nonsense=true"),
    ("RESTIC_CACERT", "/no/such/file"),
];

#[test]
fn variables_of_the_parent_change_nothing() {
    const NAME: &str = "surroundings::variables_of_the_parent_change_nothing";
    let test = Alone::new(NAME)
        .env("AWS_SECRET_ACCESS_KEY", "somebody's")
        .env("B2_ACCOUNT_KEY", "somebody's");
    let test = HOSTILE
        .iter()
        .fold(test, |test, (name, value)| test.env(name, value));
    test.run(|| {
        on_each(NAME, |bench| {
            fs::write(bench.path("data/a"), "a").unwrap();
            let restic = bench.restic();
            let backup = Backup::new([bench.path("data")]);
            assert!(restic.run(backup).unwrap().is_complete());
            let snapshots = restic.run(Snapshots::new()).unwrap();
            assert_ne!(snapshots[0].hostname, "another");
        });
        // What is passed on: all but those that begin with RESTIC_.
        let fake = Fake::new(&format!("env > $here/environ; echo '{SUMMARY}'"));
        let restic = fake.builder().inherit_env("RESTIC_HOST").build();
        let _ = restic.run(Backup::new(["/data"])).unwrap();
        let environment = fs::read_to_string(fake.path("environ")).unwrap();
        let passed = |name: &str| {
            environment
                .lines()
                .any(|line| line.starts_with(&format!("{name}=")))
        };
        for (name, _) in HOSTILE {
            assert_eq!(passed(name), name == "RESTIC_HOST", "{name}");
        }
        assert!(passed("B2_ACCOUNT_KEY") && passed("PATH"));
    });
}

/// For programs that are configured by them.
#[test]
fn variables_of_the_parent_open_a_repository() {
    const NAME: &str = "surroundings::variables_of_the_parent_open_a_repository";
    let place = tempfile::tempdir().unwrap();
    let path = |name: &str| place.path().join(name).to_str().unwrap().to_owned();
    let (repository, password) = (path("repo"), path("password"));
    Alone::new(NAME)
        .env("RESTIC_REPOSITORY", &repository)
        .env("RESTIC_PASSWORD_FILE", &password)
        .env("RESTIC_HOST", "srv1")
        .run(|| {
            let repository = std::env::var("RESTIC_REPOSITORY").unwrap();
            cheap_repository::make(Path::new(&repository)).unwrap();
            fs::write(std::env::var("RESTIC_PASSWORD_FILE").unwrap(), "secret").unwrap();
            on_each(NAME, |bench| {
                let data = bench.path("data");
                fs::write(data.join("a"), "a").unwrap();
                let plain = || Restic::builder().binary(&bench.binary).no_cache(true);
                let restic = plain().inherit_restic_env().build();
                let backup = || Backup::new([&data]).tag(bench.minor.to_string());
                assert!(restic.run(backup()).unwrap().is_complete());
                let saved = Snapshots::new().tag(bench.minor.to_string());
                let saved = restic.run(saved).unwrap();
                assert_eq!(saved.len(), 1);
                // A variable for backups since restic 0.18.
                assert!(bench.minor < 18 || saved[0].hostname == "srv1");

                // What is set here wins, and clashes with none of them.
                let own = restic.with(|it| it.password("wrong"));
                let error = own.run(Snapshots::new()).unwrap_err();
                assert_eq!(error.kind(), ErrorKind::WrongPassword, "{error:?}");
                let own = restic.with_repository(bench.path("repo"));
                assert!(own.run(Snapshots::new()).unwrap().is_empty());
                let own = restic.with(|it| it.env("RESTIC_PASSWORD", "secret"));
                own.run(CatConfig::new()).unwrap();
                // It reads from the one of the environment otherwise.
                let input = Backup::from_input();
                let input = restic.start_with_input(input, &b"content"[..]).unwrap();
                assert!(input.finish().unwrap().is_complete());

                // Those who count on them are given a word.
                let error = plain().build().run(Snapshots::new()).unwrap_err();
                assert_eq!(error.kind(), ErrorKind::Usage, "{error:?}");
                assert!(error.message().contains("inherit_restic_env()"), "{error}");
                let error = bench.locked_out().build().run(Snapshots::new());
                let error = error.unwrap_err();
                assert_eq!(error.kind(), ErrorKind::NoPassword, "{error:?}");
                assert!(error.message().contains("RESTIC_PASSWORD_FILE"), "{error}");
                assert!(error.message().contains("inherit_restic_env()"), "{error}");
            });
        });
}

#[test]
fn a_variable_of_the_parent_is_kept_secret() {
    const NAME: &str = "surroundings::a_variable_of_the_parent_is_kept_secret";
    let test = Alone::new(NAME)
        .env("RESTIC_PASSWORD", "old-tractor-song")
        .env("RESTIC_REPOSITORY", "rest:http://alice:quiet-river@x/")
        .env("RESTIC_FROM_REPOSITORY", "/srv/other")
        .env("RESTIC_FROM_PASSWORD_FILE", "/etc/other");
    test.run(|| {
        let says = "echo \"Fatal: $RESTIC_PASSWORD at $RESTIC_REPOSITORY\" >&2; exit 1";
        let fake = Fake::new(says);
        let builder = || Restic::builder().binary(fake.path("restic"));
        let one = builder()
            .inherit_env("RESTIC_PASSWORD")
            .inherit_env("RESTIC_REPOSITORY");
        for restic in [builder().inherit_restic_env(), one] {
            let error = restic.build().run(Snapshots::new()).unwrap_err();
            let shown = format!("{error} {error:?}");
            assert!(shown.contains("***"), "{shown}");
            for secret in ["old-tractor-song", "quiet-river"] {
                assert!(!shown.contains(secret), "{shown}");
            }
        }
        // All of a second repository that is given is its own, but for what it does not say.
        let restic = builder()
            .inherit_restic_env()
            .restic_version("0.19.1")
            .build();
        let other = Repository::new("/srv/third");
        let call = restic.invocation(&Copy::from(other.clone()));
        let has = |name: &str| call.environment.contains_key(OsStr::new(name));
        assert!(has("RESTIC_FROM_PASSWORD_FILE") && has("RESTIC_PASSWORD"));
        assert!(!has("RESTIC_FROM_REPOSITORY"));
        let call = restic.invocation(&Copy::from(other.password("x")));
        let has = |name: &str| call.environment.contains_key(OsStr::new(name));
        assert!(!has("RESTIC_FROM_PASSWORD_FILE") && has("RESTIC_PASSWORD"));
    });
}

#[test]
fn the_ways_of_having_no_restic_are_distinguished() {
    alone(
        "surroundings::the_ways_of_having_no_restic_are_distinguished",
        || {
            let directory = tempfile::tempdir().unwrap();
            let path = |name: &str| directory.path().join(name);
            let file = |name: &str, content: &str, mode: u32| -> PathBuf {
                fs::write(path(name), content).unwrap();
                fs::set_permissions(path(name), fs::Permissions::from_mode(mode)).unwrap();
                path(name)
            };
            std::os::unix::fs::symlink("nowhere", path("link")).unwrap();
            let cases = [
                (path("absent"), ErrorKind::BinaryNotFound, "does not exist"),
                (path("link"), ErrorKind::BinaryNotFound, "dangling symlink"),
                (
                    directory.path().to_owned(),
                    ErrorKind::BinaryNotExecutable,
                    "a directory",
                ),
                (
                    file("plain", "text", 0o644),
                    ErrorKind::BinaryNotExecutable,
                    "is not executable",
                ),
                (
                    file("hidden", "#!/bin/sh\n", 0o000),
                    ErrorKind::BinaryNotExecutable,
                    "is not executable",
                ),
                (
                    file("empty", "", 0o755),
                    ErrorKind::BinaryNotExecutable,
                    "is empty",
                ),
                (
                    file("foreign", "MZ\u{1}\u{2}", 0o755),
                    ErrorKind::BinaryNotExecutable,
                    "no program for this system",
                ),
                (
                    file("script", "#!/no/such/interpreter\n", 0o755),
                    ErrorKind::BinaryNotExecutable,
                    "interpreter is missing",
                ),
            ];
            for (program, kind, words) in cases {
                let restic = Restic::builder().binary(&program).build();
                let error = restic.run(Snapshots::new()).unwrap_err();
                assert_eq!((error.kind(), error.exit()), (kind, None), "{error}");
                assert!(error.message().contains(words), "{error}");
            }
        },
    );
}

/// A program in the current directory is never taken for one in `PATH`, and a relative path is
/// meant from where this program runs, whatever directory restic runs in.
#[test]
fn the_current_directory_is_never_searched() {
    const NAME: &str = "surroundings::the_current_directory_is_never_searched";
    Alone::new(NAME)
        .env("PATH", ":.:relative:/usr/bin:/bin")
        .run(|| {
            let fake = Fake::new("echo '[]'");
            let directory = fake.path("");
            std::env::set_current_dir(&directory).unwrap();
            let by_name = Restic::builder().binary("restic");
            let error = by_name.build().run(Snapshots::new()).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::BinaryNotFound);
            assert!(fake.calls().is_empty());

            let by_path = Restic::builder().binary("./restic").current_dir("/");
            let by_path = by_path.build();
            assert!(by_path.run(Snapshots::new()).unwrap().is_empty());
            std::env::set_current_dir("/").unwrap();
            assert!(by_path.run(Snapshots::new()).unwrap().is_empty());
        });
}

/// A disk of one megabyte.
fn small_disk(path: &Path) {
    fs::create_dir_all(path).unwrap();
    let mut mount = Command::new("mount");
    mount.args(["-t", "tmpfs", "-o", "size=1m", "tmpfs"]);
    assert!(mount.arg(path).status().unwrap().success());
}

#[test]
fn a_full_disk_is_reported() {
    const NAME: &str = "surroundings::a_full_disk_is_reported";
    Alone::new(NAME).mounts().run(|| {
        on_each(NAME, |bench| {
            let noise: Vec<u8> = (0..4_000_000_u32)
                .map(|number| (number.wrapping_mul(2_654_435_761) >> 13) as u8)
                .collect();
            fs::write(bench.path("data/noise"), noise).unwrap();
            let backup = || Backup::new([bench.path("data")]);

            // Where restic keeps packs until they are whole.
            let temporary = bench.path("tmp");
            small_disk(&temporary);
            let restic = bench.builder().env("TMPDIR", temporary.as_os_str()).build();
            match restic.run(backup()) {
                Ok(outcome) => assert!(outcome.is_complete(), "it needs no such space"),
                Err(error) => assert_eq!(error.kind(), ErrorKind::NoSpace, "{error:?}"),
            }

            // The repository's. An old restic tries for long, and says why meanwhile.
            let disk = bench.path("disk");
            small_disk(&disk);
            cheap_repository::make(&disk.join("repo")).unwrap();
            let restic = bench
                .builder()
                .repository(disk.join("repo"))
                .total_deadline(std::time::Duration::from_secs(5))
                .build();
            let error = restic.run(backup()).map(drop).unwrap_err();
            let kinds = [ErrorKind::NoSpace, ErrorKind::TimedOut];
            assert!(kinds.contains(&error.kind()), "{error:?}");
            let said = format!("{} {}", error.message(), error.stderr_tail());
            assert!(said.contains("no space left on device"), "{error:?}");
        });
    });
}

/// With nothing between, restic's output is a pipe. Here something writes it to a disk first, as a
/// wrapper may.
#[test]
fn lists_that_a_full_disk_swallows_are_no_success() {
    const NAME: &str = "surroundings::lists_that_a_full_disk_swallows_are_no_success";
    alone(NAME, || {
        on_each(NAME, |bench| {
            let wrapper = Fake::new(&format!(
                "{} \"$@\" > /dev/full; exit $?",
                bench.binary.display()
            ));
            let restic = bench.builder().binary(wrapper.path("restic"));
            let restic = restic.restic_version("0.19.1").build();
            let check = |what: &str, result: Result<(), Error>| {
                let kind = result.expect_err(what).kind();
                // Where restic notices, it says so; where not, its silence does.
                let kinds = [ErrorKind::BadOutput, ErrorKind::NoSpace];
                assert!(kinds.contains(&kind), "{what}: {kind:?}");
            };
            check("keys", restic.run(List::keys()).map(drop));
            check("key list", restic.run(KeyList::new()).map(drop));
            check("snapshots", restic.run(Snapshots::new()).map(drop));
            let latest = restic.run(Ls::new("latest")).map(drop);
            assert!(latest.is_err());
        });
    });
}

#[test]
fn a_program_that_never_says_its_version_is_given_up() {
    alone(
        "surroundings::a_program_that_never_says_its_version_is_given_up",
        || {
            let fake = Fake::new("exec sleep 60");
            let error = fake.restic().version().unwrap_err();
            assert_eq!(error.kind(), ErrorKind::TimedOut, "{error:?}");
            assert!(error.message().contains("version"), "{error}");
        },
    );
}

/// A package may come with the time of its build, and be as large as the one before.
#[test]
fn another_program_of_the_same_size_and_time_is_asked_again() {
    let says =
        |version: &str| format!("echo 'restic {version} compiled with go1.22 on linux/amd64'");
    let fake = Fake::new(&says("0.14.0"));
    let modified = || {
        fs::metadata(fake.path("restic"))
            .unwrap()
            .modified()
            .unwrap()
    };
    let restic = fake.restic();
    assert_eq!(restic.version().unwrap().to_string(), "0.14.0");
    let before = modified();
    fake.becomes(&says("0.18.0"));
    let file = fs::File::options()
        .write(true)
        .open(fake.path("restic"))
        .unwrap();
    file.set_modified(before).unwrap();
    drop(file);
    assert_eq!(modified(), before);
    assert_eq!(restic.version().unwrap().to_string(), "0.18.0");
}
