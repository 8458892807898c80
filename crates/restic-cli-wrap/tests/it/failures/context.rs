//! The end decides: what was said on the way, and by whom, is context.

use restic_cli_wrap::ErrorKind;

use super::failure;

/// What restic says while it goes on, and what others say through it.
const TALK: [&str; 14] = [
    "Load(<data/4fb4c2a8b1>, 0, 0) returned error, retrying after 1.1s: read tcp 127.0.0.1:1->127.0.0.1:2: read: connection reset by peer",
    "Load(<data/4fb4c2a8b1>, 0, 0) operation successful after 1 retries",
    "unable to open cache: unable to create cache directory: mkdir /nowhere: permission denied",
    "Save(<data/4fb4c2a8b1>) failed: open /srv/repo/data/4f: permission denied",
    "subprocess pg_dump: pg_dump: error: connection to server failed: Connection refused",
    "subprocess pg_dump: could not write: No space left on device",
    "subprocess pg_dump: unknown flag: --all",
    "subprocess pg_dump: Permission denied",
    "subprocess pg_dump: Fatal: wrong password or no key found",
    "rclone: 2026/11/22 11:26:28 ERROR : file: Failed to copy: 403 Forbidden",
    "warning: unable to load extended attributes",
    "error: no space left on device",
    "ciphertext verification failed",
    "Fatal: wrong password or no key found",
];

/// Last words as they are and behind much talk, of which any line may be the last.
fn check(words: &str, code: i32, kind: ErrorKind) {
    let error = failure(&format!("{words}\n"), code);
    assert_eq!(error.kind(), kind, "{words}");
    for last in TALK {
        let talk = format!("{}\n{last}\n", TALK.join("\n")).repeat(300);
        let behind = failure(&format!("{talk}{words}\n"), code);
        assert_eq!(behind.kind(), kind, "{words} behind {last}");
        assert_eq!(behind.message(), error.message());
        assert_eq!(behind.is_retryable(), error.is_retryable());
        assert_eq!(behind.lock_may_remain(), error.lock_may_remain());
    }
}

#[test]
fn what_was_said_on_the_way_is_not_the_reason() {
    for (words, kind) in [
        (
            "Fatal: unable to save snapshot: something else",
            ErrorKind::Failed,
        ),
        (
            "Fatal: unable to save snapshot: snapshot command failed: exit status 1",
            ErrorKind::Failed,
        ),
        (
            "no matching ID found for prefix \"ab\"",
            ErrorKind::NotFound,
        ),
        ("unknown flag: --nosuchflag", ErrorKind::Usage),
        (
            "strconv.ParseInt: parsing \"abc\": invalid syntax",
            ErrorKind::Usage,
        ),
        (
            "Fatal: unable to save snapshot: write /srv/repo/data/4f: no space left on device",
            ErrorKind::NoSpace,
        ),
        (
            "Fatal: unable to open config file: unexpected HTTP response (403): 403 Forbidden\nIs there a repository at the following location?\nrest:http://127.0.0.1:9/",
            ErrorKind::AccessDenied,
        ),
        (
            "Fatal: unable to open config file: stat /srv/nosuch/config: no such file or directory\nIs there a repository at the following location?\n/srv/nosuch",
            ErrorKind::NoRepository,
        ),
        (
            "unable to create lock in backend: repository is already locked by PID 1 on a by b (UID 0, GID 0)\nlock was created at 2026-11-22 11:19:27 (3.5s ago)\nstorage ID 8d299942\nthe `unlock` command can be used to remove stale locks",
            ErrorKind::Locked,
        ),
        (
            "Fatal: --include: invalid pattern(s) provided:\na[\nb[",
            ErrorKind::Usage,
        ),
        (
            "{\"message_type\":\"exit_error\",\"code\":1,\"message\":\"Fatal: ciphertext verification failed\"}",
            ErrorKind::Damaged,
        ),
        (
            "{\"message_type\":\"exit_error\",\"code\":1,\"message\":\"Fatal: something else\"}",
            ErrorKind::Failed,
        ),
        (
            "id 40a3ddd8 not found in repository\ngithub.com/restic/restic/internal/repository.(*Repository).LoadBlob\n\tgithub.com/restic/restic/internal/repository/repository.go:256\nmain.runLs\n\tgithub.com/restic/restic/cmd/restic/cmd_ls.go:223",
            ErrorKind::Damaged,
        ),
    ] {
        check(words, 1, kind);
    }
}

#[test]
fn codes_that_mean_something_count_before_words() {
    let words = "{\"message_type\":\"exit_error\",\"code\":1,\"message\":\"Fatal: dial tcp: connection refused\"}";
    check(words, 10, ErrorKind::NoRepository);
    check(words, 11, ErrorKind::Locked);
    check(words, 12, ErrorKind::WrongPassword);
    check(words, 130, ErrorKind::Interrupted);
}

/// A root and what failed because of it, each with its stack, as restic before 0.18 prints it.
#[test]
fn a_chain_of_errors_is_reported_from_its_end_to_its_root() {
    let stack = "github.com/restic/restic/internal/backend/local.(*Local).Save\n\tgithub.com/restic/restic/internal/backend/local/local.go:90\nmain.main\n\tgithub.com/restic/restic/cmd/restic/main.go:98\n";
    let words =
        format!("open /srv/repo/locks/ab: permission denied\n{stack}Save(<lock/ab>)\n{stack}");
    let error = failure(&words, 1);
    assert_eq!(error.kind(), ErrorKind::AccessDenied);
    assert_eq!(
        error.message(),
        "Save(<lock/ab>): open /srv/repo/locks/ab: permission denied"
    );
}

/// Names that look like words of restic's.
#[test]
fn names_are_not_taken_for_reasons() {
    for words in [
        "Fatal: unable to open repository at /srv/permission denied/x: something else",
        "Fatal: unable to save snapshot: \"no space left on device\" is the name of something",
        "Fatal: lstat /data/connection refused/file: something else",
    ] {
        assert_eq!(
            failure(&format!("{words}\n"), 1).kind(),
            ErrorKind::Failed,
            "{words}"
        );
    }
}

#[test]
fn a_lock_that_was_lost_is_a_kind_of_its_own() {
    let lost = "Fatal: failed to refresh lock in time\n";
    let json = |message: &str, code: i32| {
        format!("{{\"message_type\":\"exit_error\",\"code\":{code},\"message\":\"{message}\"}}\n")
    };
    for (words, code) in [
        // restic 0.15 and 0.16, then 0.17 to 0.19.
        (
            format!("{lost}Fatal: unable to save snapshot: context canceled\n"),
            1,
        ),
        (format!("{lost}context canceled\n"), 1),
        (lost.to_owned(), 1),
        (lost.to_owned(), 130),
        (format!("{lost}{}", json("context canceled", 130)), 130),
        (
            format!(
                "{lost}{}",
                json("Fatal: unable to save snapshot: context canceled", 1)
            ),
            1,
        ),
        (
            format!("failed to refresh stale lock: lock was removed\n{lost}context canceled\n"),
            130,
        ),
    ] {
        let error = failure(&words, code);
        assert_eq!(error.kind(), ErrorKind::LockLost, "{words}");
        assert!(error.is_retryable());
    }
    // Somebody else has ended it, whatever else was wrong.
    let signal = "signal interrupt received, cleaning up\n";
    let error = failure(&format!("{lost}{signal}context canceled\n"), 130);
    assert_eq!(error.kind(), ErrorKind::Interrupted);
}

#[test]
fn a_crash_keeps_its_first_words_and_may_leave_a_lock() {
    let stacks = (1..2_000)
        .map(|number| format!("goroutine {number} [select, 2 minutes]:\nmain.run(0xc000, 0x1)\n\tmain.go:1 +0x2\n\n"))
        .collect::<String>();
    let registers = "rax    0x0\nrbx    0x1\ngs     0x0\n";
    for (first, message) in [
        (
            "SIGQUIT: quit\nPC=0x46dd21 m=0 sigcode=0\n\n",
            "restic crashed: SIGQUIT: quit",
        ),
        (
            "panic: runtime error: index out of range [3] with length 3\n\n",
            "restic crashed: panic: runtime error: index out of range [3] with length 3",
        ),
        (
            "fatal error: concurrent map writes\n\n",
            "restic crashed: fatal error: concurrent map writes",
        ),
        (
            "runtime: out of memory: cannot allocate 4194304-byte block (66453504 in use)\nfatal error: out of memory\n\nruntime stack:\nruntime.throw({0x1, 0x2})\n\tpanic.go:1 +0x5c\n\n",
            "restic crashed: runtime: out of memory: cannot allocate 4194304-byte block (66453504 in use); fatal error: out of memory",
        ),
        (
            "runtime: VirtualAlloc of 1 bytes failed with errno=1455\nfatal error: out of memory\n\n",
            "restic crashed: runtime: VirtualAlloc of 1 bytes failed with errno=1455; fatal error: out of memory",
        ),
        (
            "unexpected fault address 0x7f\nfatal error: fault\n[signal SIGBUS: bus error code=0x2 addr=0x7f pc=0x4]\n\n",
            "restic crashed: unexpected fault address 0x7f; fatal error: fault",
        ),
    ] {
        for before in [
            "",
            "Load(<data/4fb4c2a8b1>, 0, 0) returned error, retrying after 1.1s: EOF\n",
        ] {
            let error = failure(&format!("{before}{first}{stacks}{registers}"), 2);
            assert_eq!(error.kind(), ErrorKind::Failed, "{first}");
            assert_eq!(error.message(), message);
            assert!(error.lock_may_remain());
        }
    }
    // An old `dump` ends with 2 and is no crash.
    let error = failure("cannot dump file: path \"/x\" not found in snapshot\n", 2);
    assert_eq!(error.kind(), ErrorKind::NotFound);
    assert!(!error.lock_may_remain());
}

#[test]
fn an_end_without_a_word_is_reported_once() {
    let error = failure("", 1);
    assert_eq!(error.kind(), ErrorKind::Failed);
    assert_eq!(error.message(), "restic printed no error message");
    assert_eq!(
        error.to_string().matches("exit code 1").count(),
        1,
        "{error}"
    );
}
