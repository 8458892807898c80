use restic_types::{BackupMessage, ExitCode, ExitError, Message, serde_json};

use crate::support::document;

const LINE: &str = r#"{"message_type":"exit_error","code":3,"message":"Warning: at least one source file could not be read"}"#;

#[test]
fn an_exit_error() {
    let error: ExitError = document(LINE);
    assert_eq!(ExitError::read(LINE), Some(error.clone()));
    assert_eq!(
        ExitError::read(&format!("\u{feff} {LINE}\r\n")),
        Some(error.clone())
    );
    assert_eq!(serde_json::to_string(&error).unwrap(), LINE);
    assert_eq!(error.code, ExitCode::INCOMPLETE);
    assert_eq!(
        error.message,
        "Warning: at least one source file could not be read"
    );
}

#[test]
fn a_message_of_several_lines() {
    let line = r#"{"message_type":"exit_error","code":10,"message":"Fatal: repository does not exist: unable to open config file: stat /srv/nosuch/config: no such file or directory\nIs there a repository at the following location?\n/srv/nosuch"}"#;
    let error = ExitError::read(line).unwrap();
    assert_eq!(error.code, ExitCode::NO_REPOSITORY);
    assert_eq!(error.message.lines().count(), 3);
}

#[test]
fn everything_else_is_no_exit_error() {
    let lines = [
        "",
        "Fatal: wrong password or no key found",
        r#"{"message_type":"error","code":1,"message":"\"message_type\":\"exit_error\""}"#,
        r#"{"message_type":"exit_error","code":"x","message":""}"#,
        r#"{"message_type":"exit_error","code":1"#,
        r#"{"code":1,"message":"text"}"#,
    ];
    for line in lines {
        assert_eq!(ExitError::read(line), None, "{line}");
    }
}

#[test]
fn messages_keep_an_exit_error_and_report_a_broken_one() {
    let Some(BackupMessage::Unknown(whole)) = BackupMessage::read(LINE) else {
        panic!("not kept")
    };
    assert_eq!(
        (whole.message_type.as_deref(), whole.problem),
        (Some("exit_error"), None)
    );
    let Some(BackupMessage::Unknown(broken)) =
        BackupMessage::read(r#"{"message_type":"exit_error","code":"x"}"#)
    else {
        panic!("not kept")
    };
    assert!(broken.problem.unwrap().contains("expected i32"));
}
