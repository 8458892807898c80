use std::ffi::OsString;
use std::path::{Path, PathBuf};

use restic_core::{Scenario, TestRun};

use crate::journal::find_in_path;
use crate::session::StandIn;

/// A `restic` for a program under test in a [`RecordedTest`](restic_core::RecordedTest): it
/// records or replays what the program does, as the test does.
///
/// ```no_run
/// use std::process::Command;
///
/// use restic_core::RecordedTest;
/// use restic_replay::TestStandIn;
///
/// // A test, with `#[test]` before it:
/// fn a_night() {
///     RecordedTest::new("night").run(|test| {
///         let program = "target/debug/restic-stand-in"; // env!("CARGO_BIN_EXE_restic-stand-in")
///         let restic = TestStandIn::new(test, program)?;
///         let done = Command::new("my-backup") // env!("CARGO_BIN_EXE_my-backup")
///             .arg(test.repository())
///             .envs(restic.variables())
///             .status()?;
///         assert!(done.success());
///         restic.finish()?;
///         Ok(())
///     });
/// }
/// ```
///
/// The program may use any password that has at least 8 bytes and is worth nothing elsewhere, and
/// [`TestRun::password`]. What it does outside of [`TestRun::directory`] and those for temporary
/// files is no part of a recording.
#[derive(Debug)]
#[must_use = "what a stand-in was asked counts when it is finished"]
pub struct TestStandIn<'a> {
    test: &'a TestRun,
    stand_in: StandIn,
}

impl<'a> TestStandIn<'a> {
    /// A stand-in by way of a program that is nothing but [`stand_in`](crate::stand_in).
    ///
    /// # Errors
    ///
    /// When there is no such program, no restic to record, or no temporary directory can be made.
    pub fn new(test: &'a TestRun, program: impl AsRef<Path>) -> Result<Self, String> {
        let program = program.as_ref();
        let stand_in = match test.recorder() {
            Some(recorder) => {
                let stand_in = StandIn::record(real(test.origin())?, program)?;
                match recorder.has_effects() {
                    true => stand_in.with_effects(),
                    false => stand_in,
                }
            }
            None => {
                let scenario = Scenario::load(test.origin()).map_err(|error| error.to_string())?;
                let bindings = test.bindings(&scenario).into_iter().collect();
                StandIn::replay(test.origin(), program)?
                    .bound(bindings)
                    .effects_in(test.directory())?
            }
        };
        Ok(Self { test, stand_in })
    }

    /// The path of the stand-in, for programs that are given one.
    #[must_use]
    pub fn restic(&self) -> PathBuf {
        self.stand_in.restic()
    }

    /// The variables for the program under test, see [`StandIn::variables`].
    #[must_use]
    pub fn variables(&self) -> Vec<(OsString, OsString)> {
        self.stand_in.variables()
    }

    /// Hands what the program did on to the test, which reports calls that did not match and those
    /// that were never made.
    ///
    /// # Errors
    ///
    /// When something was not recorded whole, or went wrong after a call was answered.
    pub fn finish(self) -> Result<(), String> {
        match self.test.recorder() {
            Some(recorder) => self.stand_in.record_again(recorder),
            None => self.stand_in.replay_again(&*self.test.executor()),
        }
    }
}

/// The program that a test records: a path, or a name that is looked up in `PATH`.
fn real(binary: &Path) -> Result<PathBuf, String> {
    let is_name = binary.components().count() == 1;
    let found = match binary.to_str().filter(|_| is_name) {
        Some(name) => find_in_path(name, Path::new("")),
        None => Some(binary.to_owned()),
    };
    found.ok_or_else(|| format!("there is no {} in PATH", binary.display()))
}
