//! What the properties and the fuzz targets have found.

use restic_cli_wrap::commands::Check;
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
