//! Releases that call it a success, without a word, when they cannot use their repository.

use restic_cli_wrap::commands::{Snapshots, Tag};
use restic_cli_wrap::{Error, ErrorKind, Invocation, Restic, Result, Scripted};
use restic_test_support::fake::Fake;

const BEGUN: &str = "create exclusive lock for repository\n";
const LOCKED: &str = "unable to create lock in backend: repository is already locked exclusively by PID 4711 on srv1 by alice (UID 1000, GID 1000)\n\
    lock was created at 2026-11-22 11:16:21 (1m0s ago)\n\
    storage ID 1234abcd\n\
    the `unlock` command can be used to remove stale locks\n";

fn tag() -> Tag {
    Tag::new().add("x").snapshot("9c3e655a")
}

/// What becomes of a tag, and the calls that it took.
fn run(version: &str, quiet: bool, scripts: Vec<Scripted>) -> (Result<u64>, Vec<Invocation>) {
    let executor = Scripted::executor(scripts);
    let restic = Restic::builder()
        .executor(executor.clone())
        .restic_version(version)
        .retry_lock(std::time::Duration::from_secs(600))
        .quiet(quiet)
        .build();
    let changed = restic.run(tag()).map(|it| it.changed_snapshots.unwrap());
    (changed, executor.calls())
}

fn ended(stdout: &str) -> Scripted {
    Scripted::new().stdout(stdout).exit(0)
}

#[test]
fn a_tag_that_did_nothing_fails_as_another_command_does() {
    for (exit, words, kind) in [
        (11, LOCKED, ErrorKind::Locked),
        (
            12,
            "Fatal: wrong password or no key found\n",
            ErrorKind::WrongPassword,
        ),
        // Before 0.17.1.
        (
            1,
            "Fatal: wrong password or no key found\n",
            ErrorKind::WrongPassword,
        ),
        (
            10,
            "Fatal: repository does not exist: unable to open config file: stat /srv/repo/config: no such file or directory\n",
            ErrorKind::NoRepository,
        ),
        (
            1,
            "Fatal: unable to open config file: unexpected HTTP response (403): 403 Forbidden\n",
            ErrorKind::AccessDenied,
        ),
    ] {
        for version in ["0.17.0", "0.17.1"] {
            for quiet in [false, true] {
                // Quiet, restic does not even say that it wants a lock.
                let begun = if quiet { "" } else { BEGUN };
                let other = Scripted::new().stderr(words).exit(exit);
                let (result, calls) = run(version, quiet, vec![ended(begun), other]);
                let error = result.unwrap_err();
                assert_eq!(error.kind(), kind, "{error}");
                assert_eq!(error.is_retryable(), kind == ErrorKind::Locked);
                assert!(error.message().contains(words.lines().next().unwrap()));
                let holder = error.lock().map(|holder| &*holder.host);
                assert_eq!(holder, (kind == ErrorKind::Locked).then_some("srv1"));
                let calls: Vec<_> = calls.iter().map(ToString::to_string).collect();
                let flag = if quiet { " --quiet" } else { "" };
                let other = format!("restic --json{flag} migrate");
                assert_eq!(
                    calls,
                    [
                        "restic --json --retry-lock=600s tag --add=x -- 9c3e655a".to_owned(),
                        other
                    ]
                );
            }
        }
    }
}

#[test]
fn a_tag_that_says_what_it_did_is_believed() {
    for (end, changed) in [
        ("modified tags on 1 snapshots\n", 1),
        ("no snapshots were modified\n", 0),
    ] {
        for size in [1, 7, 4096] {
            let whole = ended(&format!("{BEGUN}{end}")).in_chunks_of(size);
            let (result, calls) = run("0.17.1", true, vec![whole]);
            assert_eq!((result.unwrap(), calls.len()), (changed, 1));
        }
    }
    // A failure that is one needs no other look, and neither do releases that report it.
    let failed = Scripted::new().stderr("Fatal: nothing to do!\n").exit(1);
    let (result, calls) = run("0.17.1", false, vec![failed]);
    assert_eq!(
        (result.unwrap_err().kind(), calls.len()),
        (ErrorKind::Usage, 1)
    );
    for version in ["0.16.5", "0.17.2", "0.19.1"] {
        let (result, calls) = run(version, false, vec![ended(BEGUN)]);
        assert_eq!(
            (result.unwrap_err().kind(), calls.len()),
            (ErrorKind::BadOutput, 1)
        );
    }
}

#[test]
fn without_an_answer_it_is_still_no_success() {
    let nothing = ended("available migrations:\n  no migrations found\n");
    for scripts in [vec![ended(BEGUN), nothing], vec![ended(BEGUN)]] {
        let (result, calls) = run("0.17.1", true, scripts);
        assert_eq!(
            (result.unwrap_err().kind(), calls.len()),
            (ErrorKind::BadOutput, 2)
        );
    }
}

/// The words are there, whatever the exit says and whether the version is known.
#[test]
fn words_that_mean_a_failure_count_although_the_exit_is_a_success() {
    let waits = "repo already locked, waiting up to 0s for the lock\n";
    for (stdout, stderr, kind) in [
        (waits, "", ErrorKind::Locked),
        ("", LOCKED, ErrorKind::Locked),
        (
            "",
            "Fatal: wrong password or no key found\n",
            ErrorKind::WrongPassword,
        ),
    ] {
        for quiet in [false, true] {
            let script = ended(&format!("{BEGUN}{stdout}")).stderr(stderr);
            if quiet && stderr.is_empty() {
                continue;
            }
            let restic = Restic::builder().executor(Scripted::executor([script]));
            let error = restic.quiet(quiet).build().run(tag()).unwrap_err();
            assert_eq!(error.kind(), kind, "{stdout}{stderr}");
        }
    }
}

#[test]
fn a_program_is_asked_for_its_version_once() {
    let fake = Fake::new(
        "case \"$*\" in *version) echo 'restic 0.17.1 compiled with go1.23 on linux/amd64';; \
         *tag*) echo 'create exclusive lock for repository';; \
         *migrate*) echo 'Fatal: wrong password or no key found' >&2; exit 12;; *) echo '[]';; esac",
    );
    let restic = fake.builder().quiet(true).build();
    let kind = |error: Error| error.kind();
    for _ in 0..2 {
        assert_eq!(
            restic.run(tag()).map_err(kind),
            Err(ErrorKind::WrongPassword)
        );
    }
    assert!(restic.run(Snapshots::new()).unwrap().is_empty());
    let calls = fake.calls();
    let names: Vec<_> = calls
        .iter()
        .map(|call| call.split(' ').next_back())
        .collect();
    assert_eq!(calls.len(), 6, "{names:?}");
    assert!(calls[5].contains("--quiet"), "{calls:?}");
    assert!(!calls[1].contains("--quiet"), "{calls:?}");
}
