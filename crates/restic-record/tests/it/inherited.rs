//! Secrets that reach restic through the variables of this process.

use std::process::Command;

use restic_core::{Invocation, Scripted};
use restic_record::{RecordError, Recorder};

/// What is named to restic, and what it sees without that.
const VARIABLES: [(&str, &str, &str); 5] = [
    (
        "RESTIC_PASSWORD",
        "inherited-passphrase",
        "the value of RESTIC_PASSWORD",
    ),
    (
        "RESTIC_REST_PASSWORD",
        "inherited-of-the-server",
        "the value of RESTIC_REST_PASSWORD",
    ),
    (
        "RESTIC_REPOSITORY",
        "rest:http://me:inherited-in-url@host/",
        "the password in the location of a repository",
    ),
    (
        "AWS_SECRET_ACCESS_KEY",
        "inherited-of-the-cloud",
        "the value of AWS_SECRET_ACCESS_KEY",
    ),
    (
        "HTTPS_PROXY",
        "http://me:inherited-of-proxy@proxy:3128",
        "the password in the value of HTTPS_PROXY",
    ),
];

/// Makes one call that prints this, with all variables of restic's own being passed on.
fn keep(printed: &str) -> Result<(), RecordError> {
    let directory = tempfile::tempdir().unwrap();
    let recorder = Recorder::scratch("inherited").unwrap();
    let recorder = recorder.restic_version("0.19.1");
    let recorder = recorder.allow_foreign_repositories();
    let recorder = recorder.around(Scripted::executor([Scripted::new().stdout(printed)]));
    let mut invocation = Invocation::new(["snapshots"]);
    for (name, _, _) in VARIABLES {
        if name.starts_with("RESTIC_") {
            invocation.inherited.insert(name.into());
        }
    }
    let mut process = recorder.executor().start(&invocation).unwrap();
    while process.next_event(None).is_ok() {}
    let kept = recorder.keep(directory.path().join("0.19.1"));
    kept.map(|_| ())
}

#[test]
fn what_restic_inherits_is_searched_for() {
    // Only in the child below are there such variables.
    if std::env::var_os("INHERITED").is_some() {
        for (_, value, named) in VARIABLES {
            let begin = value.find("inherited-").unwrap();
            let secret = value[begin..].split('@').next().unwrap();
            let error = keep(&format!("it is {secret}\n")).unwrap_err().to_string();
            assert!(
                error.contains(&format!("would have {named} in it")),
                "{error}"
            );
            assert!(!error.contains(secret), "{error}");
        }
        // Neither passed on nor meant for restic: too short to be found, and no hindrance.
        keep("it has nothing of 123 in it\n").unwrap();
        return;
    }
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "inherited::what_restic_inherits_is_searched_for"])
        .env("INHERITED", "1")
        .env("OTHER_KEY", "123")
        .env("RESTIC_PASSWORD2", "123")
        .envs(VARIABLES.map(|(name, value, _)| (name, value)))
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
}
