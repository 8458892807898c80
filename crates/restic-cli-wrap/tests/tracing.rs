//! What `tracing` gets to see of a run.
//!
//! In a process of its own: `tracing` keeps for all threads whether anybody listens, and
//! forgets a listener that begins just when another thread comes by for the first time.
#![allow(missing_docs, reason = "a test crate has no public interface")]
#![allow(clippy::unwrap_used, reason = "helpers of tests are tests too")]

use restic_cli_wrap::commands::Snapshots;
use restic_cli_wrap::{Restic, Scripted};
use restic_test_support::log::Log;

#[test]
fn one_span_describes_a_run_without_its_secrets() {
    let log = Log::default();
    let restic = Restic::builder()
        .executor(Scripted::executor([
            Scripted::new().stdout("[]\n"),
            Scripted::new()
                .stderr("Fatal: wrong password or no key found\n")
                .exit(1),
        ]))
        .repository("rest:http://alice:url-password@host/")
        .password("own-password")
        .restic_version("0.19.1")
        .build();
    tracing::subscriber::with_default(log.clone(), || {
        restic.run(Snapshots::new()).unwrap();
        restic.run(Snapshots::new()).unwrap_err();
    });
    let log = log.text();
    for part in [
        "command=\"snapshots\"",
        "version=\"0.19.1\"",
        "--password-file={{secret}}",
        "exit=exit code 0",
        "bytes=3",
        "exit=exit code 1",
        "error=WrongPassword",
        "message=restic failed",
    ] {
        assert!(log.contains(part), "{part} is not in:\n{log}");
    }
    assert!(
        !log.contains("url-password") && !log.contains("own-password"),
        "{log}"
    );
}
