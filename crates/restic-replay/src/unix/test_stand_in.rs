use std::ffi::OsString;
use std::path::{Path, PathBuf};

use restic_record::RecordOrReplay;

use super::journal::find_in_path;
use super::session::StandIn;

/// A `restic` for a program under test in a `RecordedTest` of restic-cli-wrap: it records or replays
/// what the program does, as the test does. A [`Recorder`](restic_record::Recorder) or a
/// [`Replay`](restic_core::Replay) can be such a test, too.
///
/// ```no_run
/// use std::process::Command;
///
/// use restic_cli_wrap::RecordedTest;
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
/// The program may use the password of the test, and any other that has at least 8 bytes and is
/// worth nothing elsewhere. What it does outside of the test's directory and those for temporary
/// files is no part of a recording.
#[derive(Debug)]
#[must_use = "what a stand-in was asked counts when it is finished"]
pub struct TestStandIn<'a> {
    test: RecordOrReplay<'a>,
    stand_in: StandIn,
}

impl<'a> TestStandIn<'a> {
    /// A stand-in by way of a program that is nothing but [`stand_in`](crate::stand_in).
    ///
    /// # Errors
    ///
    /// When there is no such program, no restic to record, or no temporary directory can be made.
    pub fn new(
        test: impl Into<RecordOrReplay<'a>>,
        program: impl AsRef<Path>,
    ) -> Result<Self, String> {
        let program = program.as_ref();
        let test = test.into();
        let stand_in = match test {
            RecordOrReplay::Record(recorder) => {
                let restic = recorder.program();
                let restic = restic.ok_or("the recorder records no program, but an executor")?;
                let stand_in = StandIn::record(real(restic)?, program)?;
                match recorder.has_effects() {
                    true => stand_in.with_effects(),
                    false => stand_in,
                }
            }
            RecordOrReplay::Replay(replay) => {
                let stand_in = StandIn::replay(replay.directory(), program)?;
                let directories = replay.effects_directories();
                directories
                    .iter()
                    .try_fold(stand_in.bound(replay.bindings()), StandIn::effects_in)?
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
        match self.test {
            RecordOrReplay::Record(recorder) => self.stand_in.record_again(recorder),
            RecordOrReplay::Replay(replay) => self.stand_in.replay_again(&*replay.executor()),
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
