//! Secrets that are words of restic's own, and secrets where one does not look for them.

use restic_cli_wrap::commands::{Backup, Snapshots};
use restic_cli_wrap::{Error, ErrorKind, Outcome, Restic, Scripted};

const SUMMARY: &str = r#"{"message_type":"summary","files_new":1,"files_changed":0,"files_unmodified":0,"dirs_new":0,"dirs_changed":0,"dirs_unmodified":0,"data_blobs":1,"tree_blobs":1,"data_added":5,"total_files_processed":1,"total_bytes_processed":5,"total_duration":0.5,"snapshot_id":"a3a41cf6"}"#;

fn restic(password: &str, script: Scripted) -> Restic {
    Restic::builder()
        .executor(Scripted::executor([script]))
        .repository("/srv/repo")
        .password(password)
        .restic_version("0.14.0")
        .build()
}

fn texts(error: &Error) -> String {
    format!("{error}\n{error:?}\n{}", error.stderr_tail())
}

#[test]
fn a_password_that_restic_says_by_chance_changes_no_kind() {
    let check = |password: &str, stderr: &str, kind: ErrorKind| {
        let script = Scripted::new().stderr(stderr).exit(1);
        let error = restic(password, script).run(Snapshots::new()).unwrap_err();
        assert_eq!(error.kind(), kind, "{error}");
    };
    let wrong = "Fatal: wrong password or no key found\n";
    check("password", wrong, ErrorKind::WrongPassword);
    check("no key found", wrong, ErrorKind::WrongPassword);
    check("rd or no ke", wrong, ErrorKind::WrongPassword);
    let exit_error = r#"{"message_type":"exit_error","code":1,"message":"Fatal: wrong password or no key found"}"#;
    for password in ["password", "exit_error", "message_type", "code"] {
        let script = Scripted::new().stderr(exit_error).exit(1);
        let error = restic(password, script).run(Snapshots::new()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::WrongPassword, "{password}");
    }
}

#[test]
fn a_password_that_restic_says_by_chance_loses_no_message() {
    let failed = r#"{"message_type":"error","error":{"message":"permission denied"},"during":"archival","item":"/data/1234"}"#;
    for password in [
        "error",
        "message_type",
        "archival",
        "item",
        "\"item\":",
        "1234",
    ] {
        let script = Scripted::new()
            .stdout(SUMMARY)
            .stderr(format!("{failed}\n"))
            .exit(3);
        let outcome = restic(password, script)
            .run(Backup::new(["/data"]))
            .unwrap();
        let Outcome::Incomplete(partial) = outcome else {
            panic!("{password}: {outcome:?}");
        };
        let item = &partial.errors[0];
        assert!(item.path.starts_with("/data/"), "{password}: {item:?}");
        assert_eq!(item.messages, ["permission denied"], "{password}");
    }
}

#[test]
fn a_secret_is_masked_wherever_a_line_ends_up() {
    let check = |stdout: &str, stderr: &str| {
        let script = Scripted::new().stdout(stdout).stderr(stderr);
        let error = restic("hunter2 ü", script)
            .run(Backup::new(["/data"]))
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::BadOutput);
        assert!(!texts(&error).contains("hunter"), "{}", texts(&error));
    };
    check("{\"helper\": hunter2 ü", "");
    check("[helper] hunter2 ü\n", "");
    check(
        "{\"message_type\":\"summary\",\"x\":\"hunter2%20%c3%bc\"}\n",
        "",
    );
    check("", "hun\u{1b}[2Kter2 ü\n");
    check("", &format!("{}hunter2 ü\n", "x".repeat(4096 - 6)));
    check("", &format!("{{{}hunter2 ü\n", "x".repeat(4096 - 8)));
}
