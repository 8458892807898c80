//! Programs that know nothing of a recording, recorded and replayed.
#![cfg(unix)]
#![allow(clippy::print_stderr, reason = "a test says why it was skipped")]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod drift;
mod input;
mod programs;
mod test_stand_in;
mod tools;
mod transparency;

use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

/// A directory for one test, with a scenario and programs in it.
struct Place(TempDir);

impl Place {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn program(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path(name);
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        path
    }

    /// `restic-replay` with these arguments, as a person calls it.
    fn restic_replay<I: AsRef<OsStr>>(&self, arguments: &[I]) -> assert_cmd::Command {
        let mut command = assert_cmd::Command::new(env!("CARGO_BIN_EXE_restic-replay"));
        command.args(arguments).env_remove("CI");
        command
    }

    fn record(&self, restic: &Path, program: &[&str]) -> assert_cmd::Command {
        let scenario = self.path("scenario");
        let mut command = self.restic_replay(&["record", "--scenario"]);
        command
            .arg(scenario)
            .arg("--restic")
            .arg(restic)
            .arg("--")
            .args(program);
        command
    }

    fn replay(&self, program: &[&str]) -> assert_cmd::Command {
        let mut command = self.restic_replay(&["replay", "--scenario"]);
        command.arg(self.path("scenario")).arg("--").args(program);
        command
    }
}

/// The text of an error.
fn stderr(assert: &assert_cmd::assert::Assert) -> String {
    String::from_utf8_lossy(&assert.get_output().stderr).into_owned()
}
