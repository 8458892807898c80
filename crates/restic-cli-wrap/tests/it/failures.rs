//! The kind of failure in restic's words, each as some version has said it.

mod backends;
mod context;
#[cfg(unix)]
mod deadlines;
mod sentences;

use restic_cli_wrap::commands::{Snapshots, Tag};
use restic_cli_wrap::{Error, ErrorKind, Restic, Scripted};

fn failure(stderr: &str, code: i32) -> Error {
    let script = Scripted::new().stderr(stderr).exit(code);
    let restic = Restic::builder().executor(Scripted::executor([script]));
    restic.build().run(Snapshots::new()).unwrap_err()
}

#[test]
fn a_server_that_cannot_be_reached_may_be_later() {
    for words in [
        // restic 0.11 and 0.14.
        "Fatal: unable to open config file: client.Head: Head \"http://127.0.0.1:1/config\": dial tcp 127.0.0.1:1: connect: connection refused",
        "Fatal: unable to open config file: client.Head: Head \"http://no-such-host.invalid/config\": dial tcp: lookup no-such-host.invalid on 10.0.0.53:53: no such host",
        "Fatal: unable to open config file: client.Head: Head \"http://[2001:db8::1]/config\": dial tcp [2001:db8::1]:80: connect: no route to host",
        "Fatal: unable to open config file: client.Head: Head \"http://127.0.0.1:8000/config\": read tcp 127.0.0.1:54510->127.0.0.1:8000: read: connection reset by peer",
        "Fatal: unable to open config file: client.Head: Head \"http://127.0.0.1:8000/config\": EOF",
        "Fatal: unable to open config file: client.Head: Head \"http://127.0.0.1:8000/config\": http: server closed idle connection",
        "Fatal: unable to open config file: unexpected HTTP response (429): 429 Too Many Requests",
        "Fatal: unable to open config file: unexpected HTTP response (503): 503 Service Unavailable",
        "subprocess ssh: ssh: connect to host 127.0.0.1 port 1: Connection refused\nFatal: unable to open repo at sftp:alice@127.0.0.1:/x: unable to start the sftp session, error: EOF",
        "Fatal: unable to open config file: client.Head: Head \"http://127.0.0.1:8000/config\": read tcp 127.0.0.1:54510->127.0.0.1:8000: i/o timeout",
        // restic 0.18 and 0.19.
        "{\"message_type\":\"exit_error\",\"code\":1,\"message\":\"Fatal: unable to open repository at sftp:alice@127.0.0.1:/x: unable to start the sftp session, error: error receiving version packet from server: read |0: file already closed\"}",
        "{\"message_type\":\"exit_error\",\"code\":1,\"message\":\"Fatal: unable to open config file: Head \\\"http://:***@no-such-host.invalid/config\\\": dial tcp: lookup no-such-host.invalid on 10.0.0.53:53: no such host\\nIs there a repository at the following location?\\nrest:http://no-such-host.invalid/\"}",
    ] {
        let error = failure(&format!("{words}\n"), 1);
        assert_eq!(error.kind(), ErrorKind::Network, "{words}");
        assert!(error.is_retryable());
    }
}

#[test]
fn a_server_that_forbids_will_forbid_later_too() {
    for words in [
        "Fatal: unable to open config file: unexpected HTTP response (401): 401 Unauthorized",
        "Fatal: unable to open config file: unexpected HTTP response (403): 403 Forbidden",
    ] {
        let error = failure(&format!("{words}\n"), 1);
        assert_eq!(error.kind(), ErrorKind::AccessDenied, "{words}");
        assert!(!error.is_retryable());
    }
}

/// restic finds that no key fits when it could read none.
#[test]
fn keys_that_cannot_be_read_are_no_wrong_password() {
    let waiting = "List(key) returned error, retrying after 2.0s: Decode: invalid character '<' looking for beginning of value\n";
    let old = "Fatal: wrong password or no key found\n";
    let new = "{\"message_type\":\"exit_error\",\"code\":12,\"message\":\"Fatal: wrong password or no key found\"}\n";
    for (words, code) in [(old, 1), (new, 12)] {
        assert_eq!(failure(words, code).kind(), ErrorKind::WrongPassword);
        let error = failure(&format!("{waiting}{words}"), code);
        assert_eq!(error.kind(), ErrorKind::Network);
    }
}

#[test]
fn arguments_that_restic_refuses_are_reported() {
    for words in [
        "unknown shorthand flag: 'd' in -dashx",
        "Fatal: unknown grouping option: 'nope'",
        "invalid argument \"nope\" for \"-g, --group-by\" flag: unknown grouping option: \"nope\"",
        "unknown counting mode: nope (use the -h flag to get a list of supported modes)",
        "Fatal: wrong number of arguments",
    ] {
        let error = failure(&format!("{words}\n"), 1);
        assert_eq!(error.kind(), ErrorKind::Usage, "{words}");
    }
}

/// A backup of restic 0.18 ends with code 1 when somebody else interrupts it.
#[test]
fn an_interrupt_by_somebody_else_is_reported_on_every_version() {
    let signal = "\u{1b}[2Ksignal interrupt received, cleaning up\n";
    let cancelled = "{\"message_type\":\"exit_error\",\"code\":1,\"message\":\"Fatal: unable to save snapshot: context canceled\"}\n";
    let error = failure(&format!("{signal}{cancelled}"), 1);
    assert_eq!(error.kind(), ErrorKind::Interrupted);
    assert_eq!(failure(signal, 130).kind(), ErrorKind::Interrupted);
    assert_eq!(failure(cancelled, 1).kind(), ErrorKind::Failed);
}

/// What restic leaves out, and calls a success, is found however much it says besides.
#[test]
fn what_is_left_out_counts_however_much_else_is_said() {
    let talk =
        "Load(<data/4fb4c2a8b1>, 0, 0) returned error, retrying after 1.1s: EOF\n".repeat(5_000);
    for (words, kind) in [
        (
            "Ignoring \"bogus\": no matching ID found for prefix \"bogus\"",
            ErrorKind::NotFound,
        ),
        (
            "Ignoring \"bogus\", it is not a snapshot id",
            ErrorKind::NotFound,
        ),
        (
            "Ignoring \"\": multiple IDs with prefix \"\" found",
            ErrorKind::NotFound,
        ),
        (
            "Ignoring \"permission denied\": no matching ID found for prefix \"permission denied\"",
            ErrorKind::NotFound,
        ),
        (
            "Ignoring \"4fb4c2a8\": failed to load snapshot 4fb4c2a8: invalid data returned",
            ErrorKind::Damaged,
        ),
        (
            "could not load snapshot 4fb4c2a8: load <snapshot/4fb4c2a8>: invalid data returned",
            ErrorKind::Damaged,
        ),
        (
            "Ignoring \"4fb4c2a8\", could not load snapshot: load <snapshot/4fb4c2a8b1>: invalid data returned",
            ErrorKind::Damaged,
        ),
        (
            "Ignoring \"latest\": Error loading snapshot 4fb4c2a8: failed to load snapshot 4fb4c2a8: LoadRaw(<snapshot/4fb4c2a8b1>): Head \"http://localhost/\": dial tcp: connection refused",
            ErrorKind::Network,
        ),
        (
            "Ignoring \"a\\\": failed to load\": no matching ID found for prefix \"a\\\": failed to load\"",
            ErrorKind::NotFound,
        ),
        (
            "Ignoring \"26e85d7a\": failed to load snapshot 26e85d7a: open /srv/repo/snapshots/26e85d7a: no such file or directory",
            ErrorKind::NotFound,
        ),
        (
            "could not load snapshot 4fb4c2a8: ciphertext verification failed",
            ErrorKind::Damaged,
        ),
        (
            "could not load snapshot 4fb4c2a8: open /srv/repo/snapshots/4f: permission denied",
            ErrorKind::AccessDenied,
        ),
    ] {
        for stderr in [
            format!("{words}\n"),
            format!("{talk}{words}\n"),
            format!("{talk}{words}\n{talk}"),
        ] {
            let script = Scripted::new().stdout("[]\n").stderr(stderr).exit(0);
            let restic = Restic::builder().executor(Scripted::executor([script]));
            let error = restic.build().run(Snapshots::new()).unwrap_err();
            assert_eq!(error.kind(), kind, "{words}");
            assert_eq!(error.message(), words);
            assert_eq!(error.partial::<Snapshots>().map(Vec::len), Some(0));
        }
    }
}

/// Damage counts more than an id that is not there, whichever comes first.
#[test]
fn the_worst_of_what_is_left_out_counts() {
    let missing = "Ignoring \"bogus\": no matching ID found for prefix \"bogus\"\n";
    let damaged = "could not load snapshot 4fb4c2a8: ciphertext verification failed\n";
    for stderr in [format!("{missing}{damaged}"), format!("{damaged}{missing}")] {
        let script = Scripted::new().stdout("[]\n").stderr(stderr).exit(0);
        let restic = Restic::builder().executor(Scripted::executor([script]));
        let error = restic.build().run(Snapshots::new()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Damaged);
    }
}

/// `tag` goes on, and calls it a success, when a server does not let it write.
#[test]
fn tags_that_cannot_be_changed_are_a_failure() {
    let left = "unable to modify the tags for snapshot ID \"4fb4c2a8\", ignoring: ";
    for (why, kind) in [
        (
            "blob not removed, server response: 403 Forbidden (403)",
            ErrorKind::AccessDenied,
        ),
        (
            "unexpected HTTP response (403): 403 Forbidden",
            ErrorKind::AccessDenied,
        ),
        (
            "write /srv/repo/snapshots/4f: no space left on device",
            ErrorKind::NoSpace,
        ),
        ("something else", ErrorKind::Failed),
    ] {
        let changed = "{\"message_type\":\"summary\",\"changed_snapshots\":1}\n";
        let script = Scripted::new()
            .stdout(changed)
            .stderr(format!("{left}{why}\n"));
        let restic = Restic::builder().executor(Scripted::executor([script.exit(0)]));
        let error = restic.build().run(Tag::new().add("x")).unwrap_err();
        assert_eq!(error.kind(), kind, "{why}");
        let partial = error.partial::<Tag>().unwrap();
        assert_eq!(partial.changed_snapshots, Some(1));
    }
}
