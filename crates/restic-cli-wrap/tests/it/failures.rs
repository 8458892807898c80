//! What kind of failure restic's words tell, each as some version has said it.

use restic_cli_wrap::commands::Snapshots;
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
        "Stat(<config/>) returned error, retrying after 4.0s: Head \"http://:***@no-such-host.invalid/config\": dial tcp: lookup no-such-host.invalid on 10.0.0.53:53: no such host\n{\"message_type\":\"exit_error\",\"code\":1,\"message\":\"Fatal: unable to open config file: gave up\"}",
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
fn arguments_that_restic_refuses_are_told() {
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
fn an_interrupt_by_somebody_else_is_told_on_every_version() {
    let signal = "\u{1b}[2Ksignal interrupt received, cleaning up\n";
    let cancelled = "{\"message_type\":\"exit_error\",\"code\":1,\"message\":\"Fatal: unable to save snapshot: context canceled\"}\n";
    let error = failure(&format!("{signal}{cancelled}"), 1);
    assert_eq!(error.kind(), ErrorKind::Interrupted);
    assert_eq!(failure(signal, 130).kind(), ErrorKind::Interrupted);
    assert_eq!(failure(cancelled, 1).kind(), ErrorKind::Failed);
}
