//! restic behind other programs, which may hide from it what this program has.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use restic_cli_wrap::commands::{Backup, CatConfig, KeyAdd, Snapshots};
use restic_cli_wrap::{ErrorKind, Repository, Restic, ResticBuilder, Scripted};

use crate::support::{Alone, Bench, on_each, within};
use restic_test_support::cheap_repository;
use restic_test_support::fake::{Fake, STATUS, lingering, make_program};
use restic_test_support::leftovers::locks;

/// Runs as nobody, who sees neither the descriptors of this process nor its private files.
const AS_NOBODY: &[&str] = &[
    "setpriv",
    "--reuid=65534",
    "--regid=65534",
    "--clear-groups",
];

/// Runs as the first of processes that see no others. The parent of these hands no signal on.
const AMONG_OTHERS: &[&str] = &["unshare", "--pid", "--fork", "--mount-proc"];

/// Clears the environment but for what it is asked to keep, and stays to look after restic.
const AS_SOMEBODY: &[&str] = &[
    "sudo",
    "--non-interactive",
    "--user=nobody",
    "--preserve-env=RESTIC_PASSWORD",
];

const WRAPPERS: [&[&str]; 4] = [
    AS_SOMEBODY,
    AS_NOBODY,
    AMONG_OTHERS,
    // One after the other.
    &[
        "unshare", "--pid", "--fork", "nice", "-n", "5", "env", "A=b",
    ],
];

/// Whether this user may run programs so. Says so when it may not.
fn works(test: &str, wrapper: &[&str]) -> bool {
    let [program, arguments @ ..] = wrapper else {
        return false;
    };
    let mut command = Command::new(program);
    let quiet = command.args(arguments).arg("true").stderr(Stdio::null());
    let works = quiet.status().is_ok_and(|status| status.success());
    if !works {
        println!("{test}: SKIPPED {wrapper:?}, which this user may not, or which is missing");
    }
    works
}

/// Lets everybody do everything in a directory.
fn open_to_everybody(directory: &Path) {
    let mut change = Command::new("chmod");
    let change = change.args(["-R", "a+rwX"]).arg(directory);
    assert!(change.status().unwrap().success());
}

/// Puts the program where everybody can reach it.
fn reachable(bench: &Bench) -> PathBuf {
    let binary = bench.path("restic");
    fs::copy(&bench.binary, &binary).unwrap();
    binary
}

/// What a program needs that is not linked into it.
fn libraries(binary: &Path) -> Vec<PathBuf> {
    let output = Command::new("ldd").arg(binary).output().unwrap();
    let output = String::from_utf8(output.stdout).unwrap();
    let words = output.split_whitespace();
    let paths = words.filter(|word| word.starts_with("/lib") || word.starts_with("/usr"));
    paths.map(PathBuf::from).collect()
}

fn through(builder: ResticBuilder, wrapper: &[&str]) -> Restic {
    builder.wrapper(wrapper.iter().copied()).build()
}

#[test]
fn restic_works_behind_other_programs() {
    const NAME: &str = "wrappers::restic_works_behind_other_programs";
    Alone::new(NAME).run(|| {
        on_each(NAME, |bench| {
            let binary = reachable(bench);
            fs::write(bench.path("data/file"), "content").unwrap();
            for wrapper in WRAPPERS.iter().filter(|it| works(NAME, it)) {
                open_to_everybody(bench.directory.path());
                let restic = through(bench.builder().binary(&binary), wrapper);
                restic.version().unwrap();
                let saved = restic.run(Backup::new([bench.path("data")])).unwrap();
                assert!(saved.is_complete(), "{wrapper:?}: {saved:?}");
            }
            let tried = WRAPPERS.iter().filter(|it| works(NAME, it)).count();
            assert_eq!(bench.restic().run(Snapshots::new()).unwrap().len(), tried);
        });
    });
}

/// A stop reaches restic itself, however far it is below, and whatever the wrapper does about
/// signals.
#[test]
fn restic_is_interrupted_behind_other_programs() {
    const NAME: &str = "wrappers::restic_is_interrupted_behind_other_programs";
    Alone::new(NAME).run(|| {
        on_each(NAME, |bench| {
            let binary = reachable(bench);
            drop(bench.endless());
            for wrapper in WRAPPERS.iter().filter(|it| works(NAME, it)) {
                // One for each: restic 0.11 may leave half of a snapshot in it.
                let place = tempfile::tempdir_in(bench.directory.path()).unwrap();
                cheap_repository::make(place.path()).unwrap();
                open_to_everybody(bench.directory.path());
                let builder = bench.builder().binary(&binary).repository(place.path());
                let restic = through(builder, wrapper);
                let mut run = restic.start(Backup::new([bench.path("huge")])).unwrap();
                run.next().unwrap().unwrap();
                assert_eq!(locks(place.path()).unwrap().len(), 1);
                let error = within(Duration::from_secs(2), || {
                    run.stop();
                    run.finish().unwrap_err()
                });
                assert_eq!(error.kind(), ErrorKind::Cancelled, "{wrapper:?}: {error:?}");
                assert!(locks(place.path()).unwrap().is_empty(), "{wrapper:?}");
            }
        });
    });
}

/// As in a container: restic sees neither `/proc` nor any other file of this program's.
#[test]
fn restic_works_in_another_file_system() {
    const NAME: &str = "wrappers::restic_works_in_another_file_system";
    if !works(NAME, &["chroot", "/"]) {
        return;
    }
    Alone::new(NAME).run(|| {
        on_each(NAME, |bench| {
            for library in libraries(&reachable(bench)) {
                let inside = bench.path(library.strip_prefix("/").unwrap().to_str().unwrap());
                fs::create_dir_all(inside.parent().unwrap()).unwrap();
                fs::copy(&library, &inside).unwrap();
            }
            fs::create_dir(bench.path("tmp")).unwrap();
            let root = bench.directory.path().to_str().unwrap();
            let inside = Restic::builder().binary("/restic").no_cache(true);
            let inside = inside.repository("/repo").password("secret");
            let restic = through(inside, &["chroot", root]);
            let saved = restic.run(Backup::new(["/data"])).unwrap();
            assert!(saved.is_complete(), "{saved:?}");
            // Given in a file, it is one that restic sees.
            fs::write(bench.path("password"), "secret\n").unwrap();
            let by_file = restic.with(|it| it.password_file("/password"));
            assert_eq!(by_file.run(Snapshots::new()).unwrap().len(), 1);
            // For a new password there is no variable.
            let error = restic.run(KeyAdd::new("another")).unwrap_err();
            assert!(error.message().contains("name a file"), "{error}");
        });
    });
}

/// restic drops what is around a password in a file. It opens the same repository behind a
/// wrapper and without one.
#[test]
fn a_password_is_the_same_behind_a_wrapper() {
    const NAME: &str = "wrappers::a_password_is_the_same_behind_a_wrapper";
    on_each(NAME, |bench| {
        let restic = bench.builder().password(" secret\n").build();
        restic.run(CatConfig::new()).unwrap();
        let behind = restic.with(|it| it.wrapper(["nice"]));
        behind.run(CatConfig::new()).unwrap();
    });
}

/// A script, or a program of its own, in the place of restic.
#[test]
fn a_wrapper_in_the_place_of_the_binary_is_recognised() {
    const NAME: &str = "wrappers::a_wrapper_in_the_place_of_the_binary_is_recognised";
    on_each(NAME, |bench| {
        let binary = reachable(bench);
        open_to_everybody(bench.directory.path());
        for wrapper in [AS_NOBODY, AMONG_OTHERS] {
            if !works(NAME, wrapper) {
                continue;
            }
            let script = bench.path("wrapper");
            let words = wrapper.join(" ");
            make_program(
                &script,
                &format!("exec {words} {} \"$@\"", binary.display()),
            );
            open_to_everybody(bench.directory.path());
            let error = bench.builder().binary(&script).build();
            let error = error.run(Snapshots::new()).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::NoPassword, "{error:?}");
            assert!(error.message().contains("`wrapper(..)`"), "{error}");
        }
    });
}

#[test]
fn what_is_missing_is_named() {
    let fake = Fake::new("echo '[]'");
    let run = |wrapper: &[&str], binary: &str| {
        let restic = through(fake.builder().binary(binary), wrapper);
        restic.run(Snapshots::new()).unwrap_err()
    };
    let here = fake.path("restic");
    let here = here.to_str().unwrap();
    let error = run(&["no-such-wrapper", "-n"], here);
    assert_eq!(error.kind(), ErrorKind::BinaryNotFound);
    assert!(error.message().contains("no-such-wrapper"), "{error}");
    assert!(
        error.message().contains("wrapper that was to run"),
        "{error}"
    );
    for wrapper in [&["nice"][..], &["setpriv", "--no-new-privs"], &["unshare"]] {
        for binary in ["no-such-restic", "/no/such/restic"] {
            let error = run(wrapper, binary);
            assert_eq!(error.kind(), ErrorKind::BinaryNotFound, "{error:?}");
            assert!(error.message().contains(wrapper[0]), "{error}");
        }
        let error = run(wrapper, "/etc");
        assert_eq!(error.kind(), ErrorKind::BinaryNotExecutable, "{error:?}");
    }
    // As sudo says it, and as docker does.
    for (code, words) in [
        (1, "sudo: restic: command not found"),
        (
            126,
            "OCI runtime exec failed: exec failed: unable to start container process: exec: \"restic\": executable file not found in $PATH: unknown",
        ),
    ] {
        let script = format!("echo '{words}' >&2; exit {code}");
        let sudo = Fake::new(&script);
        let sudo = sudo.path("restic");
        let error = run(&[sudo.to_str().unwrap()], "restic");
        assert_eq!(error.kind(), ErrorKind::BinaryNotFound, "{error:?}");
    }
    // What a restic of no wrapper says of itself is left as it is.
    let script = Scripted::new()
        .stderr("sh: 1: x: command not found\n")
        .exit(127);
    let plain = Restic::builder().executor(Scripted::executor([script]));
    let error = plain.build().run(Snapshots::new()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Failed);
}

/// As sudo does unless it is asked not to.
#[test]
fn a_wrapper_that_clears_the_environment_is_named() {
    const NAME: &str = "wrappers::a_wrapper_that_clears_the_environment_is_named";
    let clears: [&[&str]; 2] = [&["env", "--ignore-environment"], &AS_SOMEBODY[..3]];
    on_each(NAME, |bench| {
        let binary = reachable(bench);
        open_to_everybody(bench.directory.path());
        for wrapper in clears.iter().filter(|it| works(NAME, it)) {
            let restic = through(bench.builder().binary(&binary), wrapper);
            let error = restic.run(Snapshots::new()).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::NoPassword, "{error:?}");
            assert!(error.message().contains("RESTIC_PASSWORD"), "{error}");
            let server = Repository::new("rest:http://alice:hunter2@127.0.0.1:1/");
            let error = restic.with_repository(server).run(Snapshots::new());
            let error = error.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Usage, "{error:?}");
            assert!(error.message().contains("RESTIC_REPOSITORY"), "{error}");
        }
    });
}

#[test]
fn secrets_go_by_the_environment_and_nowhere_else() {
    let fake = Fake::new("env > $here/environment; echo '[]'");
    let server = Repository::new("rest:http://alice:hunter2@127.0.0.1:1/");
    let restic = fake
        .builder()
        .repository(server)
        .password("own-password")
        .env("RESTIC_PASSWORD_FILE", "/no/such/file")
        .wrapper(["nice"])
        .build();
    restic.run(Snapshots::new()).unwrap();
    assert_eq!(fake.calls(), ["--json snapshots"]);
    let environment = fs::read_to_string(fake.path("environment")).unwrap();
    let has = |line: &str| environment.lines().any(|it| it == line);
    assert!(has("RESTIC_PASSWORD=own-password"), "{environment}");
    assert!(has(
        "RESTIC_REPOSITORY=rest:http://alice:hunter2@127.0.0.1:1/"
    ));
    assert!(!environment.contains("RESTIC_PASSWORD_FILE"));
    // Without it they go by files, for a client that was made from this one, too.
    let plain = restic.with(|it| it.wrapper([""; 0]));
    plain.run(Snapshots::new()).unwrap();
    assert!(fake.calls()[1].contains("--password-file=/proc/"));
    // What cannot be a variable is refused before anything is started.
    let error = restic.with(|it| it.password("a\0b")).run(Snapshots::new());
    assert_eq!(error.unwrap_err().kind(), ErrorKind::CannotStart);
    assert_eq!(fake.calls().len(), 2);
}

/// The helpers of a program behind a wrapper are its own: none of them is taken for it.
#[test]
fn a_stop_reaches_a_script_behind_a_wrapper() {
    const NAME: &str = "wrappers::a_stop_reaches_a_script_behind_a_wrapper";
    Alone::new(NAME).run(|| {
        let fake = Fake::new(&lingering());
        for wrapper in [
            &["nice"][..],
            AMONG_OTHERS,
            &["sh", "-c", "\"$@\"; exit $?", "sh"],
        ] {
            if !works(NAME, wrapper) {
                continue;
            }
            let restic = through(fake.builder().binary(fake.path("restic")), wrapper);
            let mut run = restic.start(Backup::new(["/data"])).unwrap();
            run.next().unwrap().unwrap();
            run.stop();
            let error = within(Duration::from_secs(2), || run.finish().unwrap_err());
            assert_eq!(error.kind(), ErrorKind::Cancelled, "{wrapper:?}");
        }
    });
}

/// As a program that is not root's, and runs restic by sudo.
#[test]
fn a_restic_that_may_not_be_signalled_is_left_to_end_by_itself() {
    const NAME: &str = "wrappers::a_restic_that_may_not_be_signalled_is_left_to_end_by_itself";
    const AS_ROOT: &str = "WRAPPER_AS_ROOT";
    let place = tempfile::tempdir().unwrap();
    let as_root = place.path().join("setpriv");
    let as_root = as_root.to_str().unwrap();
    if std::env::var_os(AS_ROOT).is_none() {
        if !works(NAME, AS_NOBODY) {
            return;
        }
        // By this, nobody becomes root.
        let mut install = Command::new("install");
        let install = install.args(["-m", "4755", "/usr/bin/setpriv", as_root]);
        assert!(install.status().unwrap().success());
        open_to_everybody(place.path());
    }
    let test = Alone::new(NAME).through(AS_NOBODY).env(AS_ROOT, as_root);
    test.run(|| {
        let as_root = std::env::var(AS_ROOT).unwrap();
        let wrapper = [as_root.as_str(), "--reuid=0", "--clear-groups"];
        if !works(NAME, &wrapper) {
            return;
        }
        let fake = Fake::new(&format!(
            "trap '' INT TERM; echo '{STATUS}'; sleep 1; echo again; echo > $here/ended"
        ));
        let grace = Duration::from_millis(100);
        let restic = through(fake.builder().grace(grace), &wrapper);
        let mut run = restic.start(Backup::new(["/data"])).unwrap();
        run.next().unwrap().unwrap();
        run.stop();
        let error = run.finish().unwrap_err();
        assert!(!fake.path("ended").exists());
        assert_eq!(error.kind(), ErrorKind::Io, "{error:?}");
        assert!(error.message().contains("cannot be stopped"), "{error}");
        assert!(error.lock_may_remain());
        // It is read to its end, and not ended by a pipe that nobody reads.
        fake.wait_for("ended");
    });
}
