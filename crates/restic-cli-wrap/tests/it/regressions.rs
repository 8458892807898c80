//! What the properties and the fuzz targets have found.

use restic_cli_wrap::commands::{Check, Restore};
use restic_cli_wrap::{Command, ErrorKind, Exit, Restic, Result, Scripted};

fn run<C: Command>(command: C, exit: Exit, stdout: &str, stderr: &str) -> Result<C::Output> {
    let script = Scripted::new().stdout(stdout).stderr(stderr).exits(exit);
    Restic::builder()
        .executor(Scripted::executor([script]))
        .restic_version("0.19.1")
        .build()
        .run(command)
}

#[test]
fn a_check_that_was_killed_has_found_nothing() {
    let damaged = "Fatal: repository contains errors\n";
    assert!(
        !run(Check::new(), Exit::Code(1), "", damaged)
            .unwrap()
            .is_ok()
    );
    for (exit, kind) in [
        (Exit::Signal(9), ErrorKind::Killed),
        (Exit::Code(130), ErrorKind::Interrupted),
        (Exit::Code(11), ErrorKind::Locked),
    ] {
        let error = run(Check::new(), exit, "", damaged).unwrap_err();
        assert_eq!(error.kind(), kind, "{error}");
    }
}

/// As backups always did: a helper program that shares the output may end without a line.
#[test]
fn a_check_and_a_restore_read_messages_behind_text() {
    let summary = r#"{"message_type":"summary","num_errors":0,"broken_packs":null,"suggest_repair_index":false,"suggest_prune":false}"#;
    let text = format!("helper: done {summary}\n");
    let report = run(Check::new(), Exit::Code(0), &text, "").unwrap();
    assert!(report.is_ok() && report.summary.is_some(), "{report:?}");
    assert_eq!(report.text, ["helper: done "]);

    let summary = r#"{"message_type":"summary","total_files":5,"files_restored":7,"total_bytes":292,"bytes_restored":292}"#;
    let text = format!("\u{1b}[2Khelper: done {summary}\n");
    let restore = Restore::new("latest").target("/target");
    let outcome = run(restore, Exit::Code(0), &text, "").unwrap();
    assert!(outcome.is_complete(), "{outcome:?}");
    let restored = outcome.summary().unwrap();
    assert_eq!(restored.summary.as_ref().unwrap().total_files, 5);
    assert_eq!(restored.text, ["\u{1b}[2Khelper: done "]);
}
