//! Secrets are where restic reads them, for as long as it does, and nowhere else.

use std::error::Error as _;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use restic_cli_wrap::commands::*;
use restic_cli_wrap::{Arguments, Command, Error, ErrorKind, Repository, Restic};

use rustix::process::{DumpableBehavior, set_dumpable_behavior};

use crate::support::{Alone, alone, on_each};
use restic_test_support::fake::{Fake, STATUS, SUMMARY, lingering};
use restic_test_support::leftovers::{children, descriptors};

const PASSWORD: &str = "own-pass\"word";
const NEW_PASSWORD: &str = "new@pass/word";
const SECOND_PASSWORD: &str = "second-password";
const URL_PASSWORD: &str = "url%/pass:word";
const S3_KEY: &str = "s3+secret/key";
const RCLONE: &str = "rclone-secret&<>";

/// What nobody but restic may read: passwords, that of a URL too.
const PASSWORDS: [&str; 4] = [PASSWORD, NEW_PASSWORD, SECOND_PASSWORD, URL_PASSWORD];

/// What restic gets by its environment.
const CREDENTIALS: [&str; 2] = [S3_KEY, RCLONE];

/// The ways in which somebody may write these.
fn forms(secrets: &[&str]) -> Vec<String> {
    secrets.iter().copied().flat_map(forms_of).collect()
}

fn forms_of(secret: &str) -> [String; 7] {
    let encoded = restic_core::percent_encoded(secret.as_bytes());
    let json = serde_json::to_string(secret).unwrap();
    let json = json[1..json.len() - 1].to_owned();
    let go = json.replace('<', "\\u003c").replace('>', "\\u003e");
    [
        secret.to_owned(),
        encoded.to_lowercase(),
        encoded,
        json,
        go.replace('&', "\\u0026"),
        base64(secret),
        format!("{secret:?}"),
    ]
}

fn base64(text: &str) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    // Whole groups of three bytes, whose digits do not depend on what follows.
    let digits = |group: &[u8]| {
        let bits = u32::from_be_bytes([0, group[0], group[1], group[2]]);
        [18, 12, 6, 0].map(|shift| char::from(DIGITS[(bits >> shift & 63) as usize]))
    };
    text.as_bytes().chunks_exact(3).flat_map(digits).collect()
}

#[track_caller]
fn assert_clean(what: &str, text: &str, secrets: &[&str]) {
    for form in forms(secrets) {
        assert!(!text.contains(&form), "{form} in {what}: {text}");
    }
}

/// All that is planted.
fn all() -> Vec<&'static str> {
    [&PASSWORDS[..], &CREDENTIALS].concat()
}

fn plant(fake: &Fake) -> Restic {
    fake.builder()
        .repository(Repository::rest("http://127.0.0.1:1/").login("alice", URL_PASSWORD))
        .password(PASSWORD)
        .env("AWS_SECRET_ACCESS_KEY", S3_KEY)
        .restic_version("0.19.1")
        .build()
}

/// The second repository of a command.
fn second() -> Repository {
    let remote = Repository::rclone("box", "repo").remote_option("pass", RCLONE);
    remote.password(SECOND_PASSWORD).into()
}

/// Everything that an error says.
fn texts(error: &Error) -> String {
    let notices = error.notices();
    let mut text = format!(
        "{error:?} {error} {error:#?} {} {notices:?}",
        error.message()
    );
    let mut source = error.source();
    while let Some(error) = source {
        text += &format!(" {error:?} {error}");
        source = error.source();
    }
    let invocation = error.invocation();
    text + &format!(" {invocation:?} {}", error.stderr_tail())
}

/// A command of our own that takes a new password, and reads a second repository.
#[derive(Clone, Debug)]
struct Rekey;

impl Command for Rekey {
    type Event = <Snapshots as Command>::Event;
    type Output = <Snapshots as Command>::Output;
    type Decoder = <Snapshots as Command>::Decoder;

    fn arguments(&self) -> Arguments {
        let mut arguments = Arguments::new("key add");
        arguments.secret_file("--new-password-file", NEW_PASSWORD);
        arguments.source(second());
        arguments
    }

    fn decoder(&self) -> Self::Decoder {
        Snapshots::new().decoder()
    }
}

/// A restic that writes down what it can be seen by, and reads its secret files. Then it
/// says them, as text and in messages, on both streams.
fn telltale() -> Fake {
    let fake = Fake::new(
        "cat /proc/$$/cmdline > $here/cmdline; cat /proc/$$/environ > $here/environ\n\
         find \"$TMPDIR\" -type f ! -path \"$here/*\" -exec cat {} + > $here/files\n\
         for word; do case $word in *-file=*) cat \"${word#*=}\" >> $here/read;; esac; done\n\
         cat $here/said; cat $here/said >&2; exit 1",
    );
    let mut said = String::new();
    for secret in all() {
        let [raw, lower, encoded, json, go, ..] = forms_of(secret);
        for form in [&raw, &lower, &encoded] {
            said += &format!("rclone: {form}\nFatal: parse \"rest:http://alice:{form}@x y/\"\n");
        }
        for form in [&json, &go] {
            for message in [
                "{\"message_type\":\"exit_error\",\"code\":1,\"message\":\"FORM\"}",
                "{\"message_type\":\"error\",\"error\":{\"message\":\"FORM\"},\"item\":\"\"}",
                "{\"message_type\":\"weather\",\"of\":\"FORM\"}",
                "{\"level\":\"error\",\"msg\":\"FORM\"}",
                "[\"FORM\"]",
            ] {
                said += &format!("{}\n", message.replace("FORM", form));
            }
        }
    }
    fs::write(fake.path("said"), said).unwrap();
    fake
}

/// The content of every file below a directory, but for those in one of its directories.
fn content(directory: &Path, but: &Path) -> String {
    let entries = fs::read_dir(directory).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    let text = |path: PathBuf| match path.is_dir() {
        true => content(&path, but),
        false => String::from_utf8_lossy(&fs::read(path).unwrap()).into_owned(),
    };
    paths.filter(|path| path != but).map(text).collect()
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
        let new = [SECOND_PASSWORD];
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
    let temporary = tempfile::tempdir().unwrap();
    let directory = temporary.path().to_str().unwrap();
    let test = Alone::new("secrets::secrets_are_in_no_list_and_no_text").env("TMPDIR", directory);
    test.run(|| {
        #[cfg(feature = "tracing")]
        let (log, _subscribed) = {
            let log = restic_test_support::log::Log::default();
            let subscribed = tracing::subscriber::set_default(log.clone());
            (log, subscribed)
        };
        let fake = telltale();
        let restic = plant(&fake);
        let error = restic.run(Rekey).unwrap_err();

        let read = |name: &str| {
            let bytes = fs::read(fake.path(name)).unwrap();
            String::from_utf8_lossy(&bytes).into_owned()
        };
        assert_clean("the argument list", &read("cmdline"), &all());
        assert_clean("the environment", &read("environ"), &PASSWORDS);
        assert_clean("a file", &read("files"), &all());
        for secret in CREDENTIALS {
            assert!(
                read("environ").contains(secret),
                "restic itself gets {secret}"
            );
        }
        let given = read("read");
        for secret in [PASSWORD, NEW_PASSWORD, SECOND_PASSWORD] {
            assert!(given.contains(secret), "restic itself could read {secret}");
        }
        assert!(given.contains(&restic_core::percent_encoded(URL_PASSWORD.as_bytes())));

        let invocation = restic.invocation(&Rekey);
        assert_clean(
            "a call",
            &format!("{invocation:?} {invocation} {invocation:#?}"),
            &all(),
        );
        let arguments = Rekey.arguments();
        assert_clean(
            "a client",
            &format!("{restic:?} {restic:#?} {:?} {arguments:?}", second()),
            &all(),
        );
        assert_clean("an error", &texts(&error), &all());
        let mut run = restic.start(Backup::new(["/data"])).unwrap();
        assert_clean("a run", &format!("{run:?} {run:#?}"), &PASSWORDS);
        let events: Vec<_> = run.by_ref().collect();
        // A call knows its own secrets only.
        let own = [PASSWORD, URL_PASSWORD, S3_KEY];
        assert_clean("an event", &format!("{events:?}"), &own);
        let error = run.finish().unwrap_err();
        assert_clean("an error", &texts(&error), &own);
        let partial = error.partial::<Backup>();
        assert_clean("a result", &format!("{partial:?}"), &own);
        let run = restic.start_async(Rekey);
        assert_clean("an asynchronous run", &format!("{run:?}"), &all());

        // What could not even be started.
        let nul = Snapshots::new().snapshot("a\0b");
        assert_clean("an error", &texts(&restic.run(nul).unwrap_err()), &all());
        let missing = Restic::builder().binary("/no/such/restic");
        let missing = missing.password(PASSWORD).env("A", S3_KEY).build();
        let error = missing.run(Rekey).unwrap_err();
        assert_clean("an error", &texts(&error), &all());

        // What a panic shows.
        let panicked = catch_unwind(AssertUnwindSafe(|| drop(restic.run(Rekey).unwrap())));
        let panicked = panicked.unwrap_err();
        let shown = panicked.downcast_ref::<String>().unwrap();
        assert_clean("a panic", shown, &all());

        // What is left of all this.
        let program = fake.path("restic");
        let left = content(&std::env::temp_dir(), program.parent().unwrap());
        assert_clean("a file", &left, &all());
        #[cfg(feature = "tracing")]
        {
            assert!(log.text().contains("key add") || log.text().contains("command=\"key\""));
            assert_clean("a log", &log.text(), &all());
        }
    });
}

/// restic itself, while it works.
#[test]
fn a_restic_that_runs_shows_no_secret() {
    const NAME: &str = "secrets::a_restic_that_runs_shows_no_secret";
    alone(NAME, || {
        on_each(NAME, |bench| {
            let restic = bench.builder().env("AWS_SECRET_ACCESS_KEY", S3_KEY).build();
            let run = bench.at_work(&restic);
            let [pid] = children().unwrap()[..] else {
                panic!("{:?}", children())
            };
            let read = |name: &str| {
                let bytes = fs::read(format!("/proc/{pid}/{name}")).unwrap();
                String::from_utf8_lossy(&bytes).into_owned()
            };
            assert!(read("cmdline").contains("--password-file=/proc/"));
            assert_clean("the argument list", &read("cmdline"), &[S3_KEY]);
            for place in ["cmdline", "environ"] {
                // The password of the repository, as a value of something.
                assert!(!read(place).contains("=secret\0"), "{}", read(place));
            }
            drop(run);
        });
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
            assert_clean("a panic", shown.downcast_ref::<String>().unwrap(), &all());
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
        for directory in files() {
            assert_eq!(
                (mode(&directory), mode(&directory.join("secret"))),
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
