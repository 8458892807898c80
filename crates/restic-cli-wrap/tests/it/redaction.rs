//! What restic says is searched for secrets, and what it means is understood all the same.

use restic_cli_wrap::commands::*;
use restic_cli_wrap::types::BackupMessage;
use restic_cli_wrap::{Command, Error, ErrorKind, Restic, Scripted};

use restic_test_support::fake::SUMMARY;

/// A client of a restic that says this, with one secret as both its passwords.
fn says(secret: &str, script: Scripted) -> Restic {
    Restic::builder()
        .executor(Scripted::executor([script]))
        .repository(format!("rest:http://alice:{secret}@host/"))
        .password(secret)
        .restic_version("0.14.0")
        .build()
}

fn fails<C: Command>(secret: &str, command: C, script: Scripted) -> Error {
    match says(secret, script).run(command) {
        Ok(_) => panic!("a success"),
        Err(error) => error,
    }
}

/// Everything that an error gives.
fn texts(error: &Error) -> String {
    let notices = error.notices();
    let partial = error.partial::<Backup>();
    let tail = error.stderr_tail();
    format!("{error:?} {error} {notices:?} {partial:?} {tail}")
}

#[test]
fn a_secret_that_is_a_word_of_restic_changes_no_meaning() {
    for (kind, words) in [
        (ErrorKind::WrongPassword, "wrong password or no key found"),
        (ErrorKind::Locked, "repository is already locked"),
        (ErrorKind::NoSpace, "write: no space left on device"),
        (ErrorKind::Network, "dial tcp: connection refused"),
        (ErrorKind::NotFound, "no matching ID found"),
        (ErrorKind::Damaged, "ciphertext verification failed"),
        (ErrorKind::AlreadyExists, "config file already exists"),
        (ErrorKind::AccessDenied, "open: permission denied"),
    ] {
        for secret in words.split([' ', ':']).chain([words, "Fatal", "message"]) {
            let text = format!("Fatal: {words}\n");
            let script = Scripted::new().stderr(text).exit(1);
            let error = fails(secret, Snapshots::new(), script);
            assert_eq!(error.kind(), kind, "{secret}: {error}");
        }
    }
    let id = "a3a41cf6a3";
    for secret in ["restic", "repository", "created", "created restic", "1234"] {
        let text = format!("created restic repository {id} at /srv/1234\n");
        let made = says(secret, Scripted::new().stdout(text)).run(Init::new());
        assert_eq!(made.unwrap().id.as_str(), id, "{secret}");
    }
}

#[test]
fn messages_are_read_whatever_the_secret_is() {
    for secret in [
        "error",
        "message",
        "message_type",
        "exit_error",
        "during",
        "\"message\":\"",
        "code\":1",
    ] {
        let text = "{\"message_type\":\"exit_error\",\"code\":1,\"message\":\"repository is already locked\"}\n";
        let script = Scripted::new().stderr(text).exit(1);
        let error = fails(secret, Snapshots::new(), script);
        assert_eq!(error.kind(), ErrorKind::Locked, "{secret}: {error}");
    }
}

const SECRET: &str = "hun\"ter2";

#[test]
fn what_restic_says_in_json_is_masked() {
    let escaped = r#"hun\"ter2"#;
    let url = format!("parse rest:http://alice:{escaped}@bad host/");
    let lines = [
        format!(r#"{{"message_type":"exit_error","code":1,"message":"{url}"}}"#),
        format!(
            r#"{{"message_type":"error","error":{{"message":"{url}"}},"during":"archival","item":"/a"}}"#
        ),
        // No message of restic's, one that is newer than we are, and a torn one.
        format!(r#"{{"level":"error","text":"{url}"}}"#),
        format!(r#"["{url}"]"#),
        format!(r#"{{"message_type":"weather","url":"{url}"}}"#),
        format!(r#"{{"message_type":"summary","url":"{url}"#),
        format!(r#"{{"message_type":"status","percent_done":"{url}"}}"#),
        url.clone(),
    ];
    for line in &lines {
        for script in [
            Scripted::new().stdout(format!("{line}\n{SUMMARY}\n")),
            Scripted::new()
                .stderr(format!("{line}\n"))
                .stdout(format!("{SUMMARY}\n")),
        ] {
            let restic = says(SECRET, script.exit(1));
            let mut run = restic.start(Backup::new(["/data"])).unwrap();
            let events: Vec<_> = run.by_ref().map(Result::unwrap).collect();
            let error = run.finish().unwrap_err();
            let text = format!("{events:?} {}", texts(&error));
            assert!(!text.contains("ter2"), "{line}: {text}");
        }
    }
    // A document that cannot be read quotes what it is made of.
    for command in ["[{\"time\":", "[{\"id\":"] {
        let text = format!("{command}\"{escaped}\"}}]\n");
        let error = fails(SECRET, Snapshots::new(), Scripted::new().stdout(text));
        assert!(!texts(&error).contains("ter2"), "{error:?}");
    }
}

#[test]
fn data_stays_as_it_is() {
    let status = r#"{"message_type":"status","percent_done":0.5,"current_files":["/hun\"ter2"]}"#;
    let script = Scripted::new().stdout(format!("{status}\n{SUMMARY}\n"));
    let restic = says(SECRET, script);
    let mut run = restic.start(Backup::new(["/data"])).unwrap();
    let BackupMessage::Status(status) = run.next().unwrap().unwrap() else {
        panic!("no status")
    };
    assert_eq!(status.current_files, ["/hun\"ter2"]);
    assert!(run.finish().unwrap().is_complete());
}
