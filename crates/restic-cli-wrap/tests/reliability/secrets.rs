//! Secrets are where restic reads them, for as long as it does, and nowhere else.

use std::error::Error as _;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use restic_cli_wrap::commands::*;
use restic_cli_wrap::{Command as _, Error, ErrorKind, Repository, Restic};

use rustix::process::{DumpableBehavior, set_dumpable_behavior};

use crate::fake::{Fake, STATUS, SUMMARY, lingering};
use crate::leftovers::descriptors;
use crate::support::{alone, on_each};

const PASSWORD: &str = "own-pass\"word";
const SECOND_PASSWORD: &str = "second-password";
const URL_PASSWORD: &str = "url%2Fpassword";
const S3_KEY: &str = "s3-secret-key";
const RCLONE: &str = "rclone-secret";

/// Everything a test plants, in the forms in which it may come back.
fn forms() -> Vec<String> {
    let planted = [PASSWORD, SECOND_PASSWORD, URL_PASSWORD, S3_KEY, RCLONE];
    let mut forms: Vec<String> = planted.map(String::from).into();
    forms.extend(["own-pass\\\"word", "own-pass%22word", "url/password"].map(String::from));
    forms
}

#[track_caller]
fn assert_clean(what: &str, text: &str, forms: &[String]) {
    for secret in forms {
        assert!(
            !text.contains(secret.as_str()),
            "{secret} in {what}: {text}"
        );
    }
}

fn plant(fake: &Fake) -> Restic {
    fake.builder()
        .repository(format!("rest:http://alice:{URL_PASSWORD}@127.0.0.1:1/"))
        .password(PASSWORD)
        .env("AWS_SECRET_ACCESS_KEY", S3_KEY)
        .env("RCLONE_CONFIG_REMOTE_PASS", RCLONE)
        .restic_version("0.19.1")
        .build()
}

/// Everything that an error says.
fn texts(error: &Error) -> String {
    let mut text = format!("{error:?} {error} {error:#?} {}", error.message());
    let mut source = error.source();
    while let Some(error) = source {
        text += &format!(" {error:?} {error}");
        source = error.source();
    }
    let invocation = error.invocation();
    text + &format!(" {invocation:?} {}", error.stderr_tail())
}

#[test]
fn a_new_password_reaches_restic_alone() {
    alone("secrets::a_new_password_reaches_restic_alone", || {
        let fake = Fake::new(
            "cat /proc/$$/cmdline /proc/$$/environ > $here/seen\n\
             for word; do case $word in --new-*=*) cat \"${word#*=}\" | tee $here/read >&2;; esac; done\n\
             exit 1",
        );
        let restic = plant(&fake);
        let new = [SECOND_PASSWORD.to_owned()];
        let check = |command: &str, error: Error| {
            let seen = fs::read(fake.path("seen")).unwrap();
            assert_clean(command, &String::from_utf8_lossy(&seen), &new);
            let read = fs::read_to_string(fake.path("read")).unwrap();
            assert_eq!(read, SECOND_PASSWORD, "restic itself could read it");
            assert_clean(command, &texts(&error), &new);
        };
        let add = KeyAdd::new(SECOND_PASSWORD);
        assert_clean("a command", &format!("{add:?} {add:#?}"), &new);
        check("key add", restic.run(add).unwrap_err());
        let passwd = KeyPasswd::new(SECOND_PASSWORD);
        assert_clean("a command", &format!("{passwd:?} {passwd:#?}"), &new);
        check("key passwd", restic.run(passwd).unwrap_err());
    });
}

#[test]
fn secrets_are_in_no_list_and_no_text() {
    alone("secrets::secrets_are_in_no_list_and_no_text", || {
        let fake = Fake::new(
            "cat /proc/$$/cmdline > $here/cmdline; cat /proc/$$/environ > $here/environ\n\
             for word; do case $word in *-file*=*) cat \"${word#*=}\" >> $here/read;; esac; done\n\
             echo failed >&2; exit 1",
        );
        let restic = plant(&fake);
        let second = Repository::new(format!("sftp:bob:{URL_PASSWORD}@host:/srv"));
        let second = second.password(SECOND_PASSWORD);
        let command = Init::new().from(second.clone());
        let error = restic.run(command.clone()).unwrap_err();

        let forms = forms();
        let read = |name: &str| {
            let bytes = fs::read(fake.path(name)).unwrap();
            String::from_utf8_lossy(&bytes).into_owned()
        };
        assert_clean("the argument list", &read("cmdline"), &forms);
        let passwords: Vec<_> = forms
            .iter()
            .filter(|secret| !secret.ends_with("key") && !secret.starts_with("rclone"))
            .cloned()
            .collect();
        assert_eq!(passwords.len(), 6);
        assert_clean("the environment", &read("environ"), &passwords);
        assert!(read("environ").contains(S3_KEY) && read("environ").contains(RCLONE));
        let given = read("read");
        for secret in [PASSWORD, SECOND_PASSWORD, URL_PASSWORD] {
            assert!(given.contains(secret), "restic itself could read it");
        }

        let invocation = command.invocation(&restic);
        assert_clean(
            "a call",
            &format!("{invocation:?} {invocation} {invocation:#?}"),
            &forms,
        );
        assert_clean(
            "a client",
            &format!("{restic:?} {restic:#?} {second:?}"),
            &forms,
        );
        assert_clean("an error", &texts(&error), &forms);
        let run = restic.start(Snapshots::new()).unwrap();
        assert_clean("a run", &format!("{run:?} {run:#?}"), &forms);
        assert_clean("an error", &texts(&run.finish().unwrap_err()), &forms);
        let run = restic.start_async(Snapshots::new());
        assert_clean("an asynchronous run", &format!("{run:?}"), &forms);

        // What could not even be started.
        let nul = Snapshots::new().snapshot("a\0b");
        assert_clean("an error", &texts(&restic.run(nul).unwrap_err()), &forms);
        let missing = Restic::builder().binary("/no/such/restic");
        let missing = missing.password(PASSWORD).env("A", S3_KEY).build();
        let error = missing.run(Snapshots::new()).unwrap_err();
        assert_clean("an error", &texts(&error), &forms);

        // What a panic shows.
        let panicked = catch_unwind(AssertUnwindSafe(|| {
            restic.run(Snapshots::new()).unwrap();
        }));
        let panicked = panicked.unwrap_err();
        assert_clean(
            "a panic",
            panicked.downcast_ref::<String>().unwrap(),
            &forms,
        );
    });
}

#[test]
fn a_client_that_panics_is_shown_without_secrets() {
    alone(
        "secrets::a_client_that_panics_is_shown_without_secrets",
        || {
            let fake = Fake::new("exit 1");
            let restic = plant(&fake);
            let shown = catch_unwind(AssertUnwindSafe(|| panic!("{restic:?}")));
            let shown = shown.unwrap_err();
            assert_clean("a panic", shown.downcast_ref::<String>().unwrap(), &forms());
        },
    );
}

/// restic prints the password of a URL that it cannot parse.
#[test]
fn a_url_that_restic_prints_is_kept_secret() {
    const NAME: &str = "secrets::a_url_that_restic_prints_is_kept_secret";
    alone(NAME, || {
        let secret = "url-password";
        on_each(NAME, |bench| {
            for url in [
                "rest:http://alice:url-password@bad host/",
                "rest:http://alice:url-password@host/%zz",
                "rest:alice:url-password@host/repo",
                "rest:http://alice:url-password@127.0.0.1:1/",
                "sftp:alice:url-password@host",
                "s3:http://alice:url-password@127.0.0.1:1/bucket",
            ] {
                let restic = bench.builder().repository(url);
                let restic = restic.total_deadline(Duration::from_secs(1)).build();
                let error = restic.run(Snapshots::new()).unwrap_err();
                let text = texts(&error);
                assert!(!text.contains(secret), "{url}: {text}");
            }
        });
    });
}

/// How many files of secrets this process holds.
fn secret_files() -> usize {
    let memory = descriptors().unwrap();
    memory
        .iter()
        .filter(|target| target.contains("memfd:"))
        .count()
}

#[test]
fn secret_files_are_gone_however_the_run_ended() {
    alone(
        "secrets::secret_files_are_gone_however_the_run_ended",
        || {
            let good = Fake::new(&format!("echo '{STATUS}'; echo '{SUMMARY}'"));
            let bad = Fake::new("exit 1");
            let slow = Fake::new(&lingering());
            let backup = || Backup::new(["/data"]);

            // It is counted at all.
            let run = plant(&slow).start(backup()).unwrap();
            assert_eq!(secret_files(), 2);
            slow.wait_for("started");
            run.stop();
            assert_eq!(run.finish().unwrap_err().kind(), ErrorKind::Cancelled);
            assert_eq!(secret_files(), 0, "after a cancel");

            assert!(plant(&good).run(backup()).unwrap().is_complete());
            assert_eq!(secret_files(), 0, "after a success");
            plant(&bad).run(backup()).map(drop).unwrap_err();
            assert_eq!(secret_files(), 0, "after a failure");

            let missing = Restic::builder()
                .binary("/no/such/restic")
                .password(PASSWORD);
            missing.build().run(backup()).map(drop).unwrap_err();
            assert_eq!(secret_files(), 0, "after no start");

            let mut run = plant(&slow).start(backup()).unwrap();
            run.next().unwrap().unwrap();
            drop(run);
            assert_eq!(secret_files(), 0, "after a drop");

            let panicked = catch_unwind(AssertUnwindSafe(|| {
                let mut run = plant(&slow).start(backup()).unwrap();
                run.next().unwrap().unwrap();
                panic!("on purpose: {run:?}");
            }));
            assert!(panicked.is_err());
            assert_eq!(secret_files(), 0, "after a panic");

            // The end is seen before anybody asks for it.
            let mut run = plant(&good).start(backup()).unwrap();
            while run.next().is_some() {}
            assert_eq!(secret_files(), 0, "after the last event");
            drop(run);
            thread::sleep(Duration::from_millis(1));
        },
    );
}

/// As above, where memory cannot be shared by name: in private files.
#[test]
fn secret_files_on_disk_are_private_and_gone_in_the_end() {
    const NAME: &str = "secrets::secret_files_on_disk_are_private_and_gone_in_the_end";
    alone(NAME, || {
        let fake = Fake::new(&lingering());
        let backup = || Backup::new(["/data"]);
        let mine = format!("restic-{}-", std::process::id());
        let files = || {
            let entries = fs::read_dir(std::env::temp_dir()).unwrap();
            let paths = entries.map(|entry| entry.unwrap().path());
            let is_mine = |path: &PathBuf| {
                let name = path.file_name().unwrap().to_string_lossy();
                name.starts_with(&mine)
            };
            paths.filter(is_mine).collect::<Vec<_>>()
        };
        set_dumpable_behavior(DumpableBehavior::NotDumpable).unwrap();
        let mut run = plant(&fake).start(backup()).unwrap();
        run.next().unwrap().unwrap();
        assert_eq!(files().len(), 2);
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        for folder in files() {
            assert_eq!(
                (mode(&folder), mode(&folder.join("secret"))),
                (0o700, 0o600)
            );
        }
        drop(run);
        assert_eq!(files().len(), 0, "after a drop");

        let panicked = catch_unwind(AssertUnwindSafe(|| {
            let mut run = plant(&fake).start(backup()).unwrap();
            run.next().unwrap().unwrap();
            panic!("on purpose: {run:?}");
        }));
        assert!(panicked.is_err());
        assert_eq!(files().len(), 0, "after a panic");
        set_dumpable_behavior(DumpableBehavior::Dumpable).unwrap();
    });
}
