mod values;

use std::ffi::OsString;

use restic_cli_wrap::commands::{Backup, Check, Forget, Init, Prune, Snapshots};
use restic_cli_wrap::{Arguments, Command, ErrorKind, Feature, Repository, Restic, Stop};

use restic_test_support::fake::{Fake, SUMMARY};

/// A restic that knows its version and makes backups.
fn restic(version: &str) -> String {
    format!(
        "case \"$*\" in *' version') echo 'restic {version} compiled with go1.19.8 on linux/amd64';; \
         *) echo '{SUMMARY}';; esac"
    )
}

#[test]
fn what_restic_does_not_have_is_refused_before_it_is_started() {
    let fake = Fake::new(&restic("0.14.0"));
    let backup = Backup::new(["/data"]).skip_if_unchanged(true);
    let error = fake.restic().run(backup).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    assert_eq!(
        error.to_string(),
        "--skip-if-unchanged needs restic 0.17.0, this is 0.14.0"
    );
    assert_eq!(fake.calls(), ["--json version"]);
}

/// A command of a user's that adds flags to those of another.
#[derive(Clone, Debug)]
struct WithFlags<C>(C, fn(&mut Arguments));

impl<C: Command> Command for WithFlags<C> {
    type Output = C::Output;
    type Event = C::Event;
    type Decoder = C::Decoder;

    fn arguments(&self) -> Arguments {
        let mut arguments = self.0.arguments();
        self.1(&mut arguments);
        arguments
    }

    fn decoder(&self) -> C::Decoder {
        self.0.decoder()
    }
}

#[test]
fn flags_that_a_user_adds_to_a_command_are_checked_too() {
    let fake = Fake::new(&restic("0.11.0"));
    let old = fake.restic();
    let latest = WithFlags(Snapshots::new(), |it| it.set("--latest", 1_u32));
    let error = old.run(latest).unwrap_err();
    assert_eq!(
        error.to_string(),
        "--latest needs restic 0.12.1, this is 0.11.0"
    );
    let dry = WithFlags(Prune::new(), |it| it.switch("--dry-run", true));
    let error = old.run(dry).unwrap_err();
    assert_eq!(
        error.to_string(),
        "--dry-run needs restic 0.12.0, this is 0.11.0"
    );
    let fast = WithFlags(Check::new(), |it| {
        it.add("--compression", OsString::from("max"));
    });
    let error = old.supports(&fast).unwrap_err();
    assert_eq!(
        error.to_string(),
        "--compression needs restic 0.14.0, this is 0.11.0"
    );
}

#[test]
fn global_flags_and_missing_passwords_are_checked_too() {
    let fake = Fake::new(&restic("0.14.0"));
    let old = fake
        .builder()
        .compression("max")
        .no_extra_verify(true)
        .build();
    let error = old.run(Backup::new(["/data"])).unwrap_err();
    assert_eq!(
        error.to_string(),
        "--no-extra-verify needs restic 0.16.4, this is 0.14.0"
    );
    let open = fake.builder().no_password().build();
    let error = open.run(Backup::new(["/data"])).unwrap_err();
    assert_eq!(
        error.to_string(),
        "--insecure-no-password needs restic 0.17.0, this is 0.14.0"
    );
}

#[test]
fn the_version_is_asked_for_once_and_only_when_it_matters() {
    let fake = Fake::new(&restic("0.18.0"));
    let restic_ = fake.restic();
    let asked = || {
        fake.calls()
            .iter()
            .filter(|call| call.ends_with(" version"))
            .count()
    };
    let _ = restic_.run(Backup::new(["/data"])).unwrap();
    assert_eq!(asked(), 0);
    for _ in 0..3 {
        let _ = restic_
            .run(Backup::new(["/data"]).skip_if_unchanged(true))
            .unwrap();
    }
    assert_eq!(asked(), 1);
    // An update of the program.
    fake.becomes(&restic("0.14.0-dev (compiled manually)"));
    let error = restic_
        .run(Backup::new(["/data"]).skip_if_unchanged(true))
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    assert_eq!(asked(), 2);
}

#[test]
fn a_trusted_version_is_not_asked_for() {
    let fake = Fake::new(&restic("0.11.0"));
    let trusting = fake.builder().restic_version("0.19.1").build();
    let _ = trusting
        .run(Backup::new(["/data"]).skip_if_unchanged(true))
        .unwrap();
    assert_eq!(
        fake.calls(),
        ["--json --repo=/srv/repo backup --skip-if-unchanged -- /data"]
    );
    let wrong = fake.builder().restic_version("new").build();
    let error = wrong
        .run(Backup::new(["/data"]).skip_if_unchanged(true))
        .unwrap_err();
    assert!(error.to_string().contains("\"new\""), "{error}");
}

#[test]
fn a_restic_that_does_not_say_its_version_is_an_error() {
    let fake = Fake::new("echo hello");
    let error = fake
        .restic()
        .run(Backup::new(["/data"]).no_scan(true))
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::BadOutput, "{error}");
}

#[test]
fn a_second_repository_is_named_as_the_version_wants_it() {
    let created = "created restic repository 1cfe4abd33 at /srv/repo";
    let cases = [
        (
            "0.11.0",
            "--repo2=/srv/other --password-file2=/etc/other --key-hint2=ab",
        ),
        (
            "0.14.0",
            "--from-repo=/srv/other --from-password-file=/etc/other --from-key-hint=ab",
        ),
    ];
    for (version, expected) in cases {
        let fake = Fake::new(&format!(
            "case \"$*\" in *' version') echo 'restic {version} compiled with go1.15 on linux/amd64';; \
             *) echo '{created}';; esac"
        ));
        let other = Repository::new("/srv/other")
            .password_file("/etc/other")
            .key_hint("ab");
        fake.restic()
            .run(Init::new().from(other).copy_chunker_params(true))
            .unwrap();
        let wanted = format!("--json --repo=/srv/repo init {expected} --copy-chunker-params");
        assert_eq!(fake.calls().last(), Some(&wanted));
    }
}

/// restic before 0.12 has `--repository-file`, and its `init` does not look at it.
#[test]
fn init_is_given_a_secret_url_as_the_version_wants_it() {
    let url = "rest:http://alice:secret@host/alice";
    let cases = [
        ("0.11.0", " init", url),
        ("0.14.0", "--repository-file=", ""),
    ];
    for (version, argument, variable) in cases {
        let fake = Fake::new(&format!(
            "case \"$*\" in *' version') echo 'restic {version} compiled with go1.15 on linux/amd64';; \
             *) printf '%s' \"$RESTIC_REPOSITORY\" > $here/variable; \
                echo 'created restic repository 1cfe4abd33 at somewhere';; esac"
        ));
        let restic = fake.builder().repository(url).build();
        restic.run(Init::new()).unwrap();
        let calls = fake.calls();
        let call = calls.last().unwrap();
        assert!(
            call.starts_with("--json") && call.contains(argument),
            "{call}"
        );
        assert!(!call.contains("secret"), "{call}");
        assert_eq!(call.contains("--repository-file"), variable.is_empty());
        let found = std::fs::read_to_string(fake.path("variable")).unwrap();
        assert_eq!(found, variable, "{version}");
    }
}

#[test]
fn nothing_is_asked_of_a_plain_call() {
    let fake = Fake::new("echo '[]'");
    assert_eq!(fake.restic().run(Snapshots::new()).unwrap(), []);
    assert_eq!(fake.calls(), ["--json --repo=/srv/repo snapshots"]);
}

#[test]
fn a_lock_is_waited_for_by_restic_or_in_its_place() {
    let patience = std::time::Duration::from_secs(2);
    let new = Fake::new(&restic("0.18.0"));
    let _ = new
        .builder()
        .retry_lock(patience)
        .build()
        .run(Backup::new(["/data"]))
        .unwrap();
    let expected = "--json --repo=/srv/repo --retry-lock=2s backup -- /data";
    assert_eq!(new.calls().last().map(String::as_str), Some(expected));

    // Locked once, and free when it is asked again.
    let locked = "[ -e $here/locked ] || { touch $here/locked; echo 'create exclusive lock'; \
        echo 'unable to create lock in backend: repository is already locked by PID 1 on a by b (UID 0, GID 0)' >&2; \
        exit 1; }";
    let old = restic("0.14.0").replace("*) echo", &format!("*) {locked}; echo"));
    let old = Fake::new(&old);
    let waiting = old.builder().retry_lock(patience).build();
    let run = waiting.start(Backup::new(["/data"])).unwrap();
    let (outcome, notices) = run.finish_with_notices().unwrap();
    assert!(outcome.is_complete());
    assert_eq!(notices, [], "the try that failed leaves no trace");
    let plain = "--json --repo=/srv/repo backup -- /data";
    assert_eq!(old.calls(), ["--json version", plain, plain]);
}

#[test]
fn what_is_held_back_for_a_lock_is_a_sign_of_life() {
    // An old restic prints text until its end, and so it is not known that it has its lock.
    let slow = "for i in 1 2 3 4 5 6 7 8; do echo \"$i packs\"; sleep 0.2; done";
    let old = Fake::new(&restic("0.14.0").replace("*) echo", &format!("*) {slow}; echo")));
    let builder = old.builder().retry_lock(std::time::Duration::from_secs(2));
    let restic = builder
        .idle_deadline(std::time::Duration::from_secs(1))
        .build();
    assert!(restic.run(Backup::new(["/data"])).unwrap().is_complete());
}

#[test]
fn a_reader_is_not_read_twice_for_a_lock() {
    let locked = "echo 'unable to create lock in backend: repository is already locked by PID 1 on a by b (UID 0, GID 0)' >&2; exit 1";
    let old = Fake::new(&restic("0.14.0").replace("*) echo", &format!("*) {locked}; echo")));
    let patience = std::time::Duration::from_millis(300);
    let waiting = old
        .builder()
        .password("secret")
        .retry_lock(patience)
        .build();
    let backup = Backup::from_input().stdin_filename("dump.sql");
    let run = waiting.start_with_input(backup, &b"rows"[..]).unwrap();
    let error = run.finish().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Locked);
    assert!(error.is_retryable());
    assert_eq!(old.calls().len(), 2, "the version, and one try");
}

#[test]
fn waiting_for_a_lock_ends_with_patience_and_with_a_stop() {
    let locked = "echo 'unable to create lock in backend: repository is already locked by PID 1 on a by b (UID 0, GID 0)' >&2; exit 1";
    let old = restic("0.14.0").replace("*) echo", &format!("*) {locked}; echo"));
    let old = Fake::new(&old);
    let patience = std::time::Duration::from_millis(300);
    let impatient = old.builder().retry_lock(patience).build();
    let error = impatient.run(Backup::new(["/data"])).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Locked);
    assert_eq!(
        error.stderr_tail().lines().count(),
        1,
        "one error at the end"
    );
    assert_eq!(old.calls().len(), 3, "the version, and two tries");

    let patient = old.builder().retry_lock(patience * 1000).build();
    let stop = Stop::new();
    let button = stop.clone();
    let pressed = std::thread::spawn(move || {
        // The first try has failed by then, or it is stopped in it: both end at once.
        std::thread::sleep(patience);
        button.stop();
    });
    let error = patient
        .with_stop(&stop)
        .run(Backup::new(["/data"]))
        .unwrap_err();
    pressed.join().unwrap();
    assert_eq!(error.kind(), ErrorKind::Cancelled);
}

#[test]
fn what_restic_has_is_answered_without_starting_anything() {
    let answer = |version: &str, what: Feature| {
        let restic = Restic::builder().restic_version(version).build();
        match restic.supports(what) {
            Ok(()) => "yes".to_owned(),
            Err(error) => format!("{:?}: {}", error.kind(), error.message()),
        }
    };
    let check = |version, words: &str, expected| {
        assert_eq!(answer(version, words.into()), expected, "{version} {words}");
    };
    check("0.11.0", "backup", "yes");
    check(
        "0.11.0",
        "rewrite",
        "Unsupported: rewrite needs restic 0.15.0, this is 0.11.0",
    );
    check("0.15.0", "rewrite --exclude --dry-run", "yes");
    check(
        "0.15.0",
        "rewrite --exclude --include",
        "Unsupported: --include needs restic 0.19.0, this is 0.15.0",
    );
    check("0.16.0", "repair index", "yes");
    check(
        "0.14.0",
        "--retry-lock",
        "Unsupported: --retry-lock needs restic 0.16.0, this is 0.14.0",
    );
    check("0.16.0", "snapshots --retry-lock", "yes");
    check(
        "0.19.1",
        "backup --hostnames",
        "Unsupported: this library knows no flag `--hostnames` of restic backup",
    );
    for words in ["bakcup", "bakcup --tag", "", "--nope", "backup -n"] {
        assert!(
            answer("0.19.1", words.into()).starts_with("Unsupported: this library"),
            "{words}"
        );
    }

    let new = Backup::new(["/data"]).skip_if_unchanged(true);
    let expected = "Unsupported: --skip-if-unchanged needs restic 0.17.0, this is 0.16.4";
    assert_eq!(answer("0.16.4", (&new).into()), expected);
    assert_eq!(answer("0.17.0", (&new).into()), "yes");
    let dangerous = Forget::new().keep_last(-2);
    assert!(answer("0.19.1", (&dangerous).into()).starts_with("Usage: "));
    // What the client adds belongs to the command, but not to a name.
    let restic = Restic::builder()
        .restic_version("0.11.0")
        .compression("max")
        .build();
    assert!(restic.supports("backup").is_ok());
    let error = restic.supports(&Backup::new(["/data"])).unwrap_err();
    assert!(
        error.message().starts_with("--compression needs"),
        "{error}"
    );
}

#[test]
fn the_version_is_asked_for_once_by_all_questions_and_runs() {
    let fake = Fake::new(&restic("0.16.0"));
    let restic = fake.restic();
    restic.supports("backup --tag").unwrap();
    assert!(fake.calls().is_empty(), "every restic has it");
    let ask = async {
        restic
            .supports_async("backup --skip-if-unchanged")
            .await
            .unwrap_err();
        restic.supports_async("backup --no-scan").await.unwrap();
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    runtime.block_on(ask);
    restic
        .supports(&Backup::new(["/data"]).no_scan(true))
        .unwrap();
    assert_eq!(fake.calls(), ["--json version"]);

    let silent = Fake::new("exit 1");
    let error = silent.restic().supports("rewrite").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Failed, "{error}");
}
