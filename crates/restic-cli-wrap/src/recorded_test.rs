use std::error::Error;
use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use restic_core::{Replay, Scenario};
use restic_record::{Kept, PendingRecording, RecordError, Recorder};

mod run;
mod surroundings;

use run::Guard;
use surroundings::{Mode, Surroundings};

pub use run::TestRun;

/// Recordings beside the tests that use them.
const ATTRIBUTES: &str = "# What restic printed is bytes: no line ending changes on checkout.\n\
                          * -text\n";

/// How much of what a new recording changes is shown.
const DIFF_LINES: usize = 40;

/// What a test returns when something in it failed.
type Failure = Box<dyn Error>;

/// A test that you write once: it replays recordings of restic, and makes them when it is run
/// with `RESTIC_RECORD=1`.
///
/// ```
/// use restic_cli_wrap::{RecordedTest, TestRun};
/// # use std::error::Error;
/// # fn back_up(_: &TestRun) -> Result<(), Box<dyn Error>> { Ok(()) }
///
/// #[test]
/// fn nightly_backup() {
///     RecordedTest::new("nightly").run(|test| {
///         test.write("src/notes.txt", "a few words\n")?;
///         back_up(test) // with `Restic::for_test(test)` and `test.path("src")`
///     });
/// }
/// ```
///
/// * `cargo test` runs it once for each version of restic in `tests/recordings/nightly/`, without
///   restic, each time in a new directory of its own. A test without a recording fails, and says
///   which command records it.
/// * `RESTIC_RECORD=1 cargo test` runs it with each restic that `RESTIC_BINARIES` names (paths,
///   separated like those in `PATH`; the default is the `restic` in `PATH`), in a directory that
///   is always the same. The recording is kept when the test passes, passes again on a replay in
///   another directory, and no secret is in it. One that differs from what is there waits beside
///   it, and the test fails with the difference: `restic-replay accept` or `reject` decides.
/// * `RESTIC_RECORD=accept cargo test` puts it in place at once, for those who review it in
///   version control.
///
/// Nothing is recorded where the variable `CI` is set. Tests run in parallel in both modes. Their
/// names must differ, because each names a directory of recordings; one that no directory can have
/// on some system is refused.
///
/// Everything below [`TestRun::directory`] is a placeholder in a recording, and so are
/// directories for temporary files that the program under test makes for itself. What else
/// differs from run to run must not be in a call: a host's name, the time of day. Standard input
/// is compared with what was recorded.
#[allow(
    clippy::test_attr_in_doctest,
    reason = "it shows how a test is written"
)]
#[must_use = "a test does nothing before it is run"]
pub struct RecordedTest {
    name: String,
    versions: Vec<String>,
    recorder: Box<dyn Fn(Recorder) -> Recorder>,
    replay: Box<dyn Fn(Replay) -> Replay>,
    surroundings: Surroundings,
}

impl RecordedTest {
    /// A test whose recordings are in `tests/recordings/NAME/VERSION/` of its package.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            versions: Vec::new(),
            recorder: Box::new(|recorder| recorder),
            replay: Box::new(|replay| replay),
            surroundings: Surroundings::of_this_process(),
        }
    }

    /// Fails when there is no recording of one of these versions, such as `0.19.1`. Without it,
    /// a recording of any version is enough.
    pub fn versions<I>(mut self, versions: I) -> Self
    where
        I: IntoIterator,
        I::Item: Into<String>,
    {
        self.versions.extend(versions.into_iter().map(Into::into));
        self
    }

    /// Keeps the recordings below this directory instead of `tests/recordings`; a relative one is
    /// in the package.
    pub fn directory(mut self, directory: impl AsRef<Path>) -> Self {
        self.surroundings.recordings = self.surroundings.package.join(directory);
        self
    }

    /// Names the command that runs this test, for what it says when it fails. The default is
    /// `cargo test` with its package and name, which is not enough where a feature is needed.
    pub fn command(mut self, command: impl Into<String>) -> Self {
        self.surroundings.command = Some(command.into());
        self
    }

    /// Changes how it is recorded, such as by [`Recorder::throw_away`].
    pub fn recorder(mut self, change: impl Fn(Recorder) -> Recorder + 'static) -> Self {
        self.recorder = Box::new(change);
        self
    }

    /// Changes how it is replayed, such as by [`Replay::order`].
    pub fn replay(mut self, change: impl Fn(Replay) -> Replay + 'static) -> Self {
        self.replay = Box::new(change);
        self
    }

    /// Runs the test on every recording, or with every restic.
    ///
    /// # Panics
    ///
    /// When the test fails, and as [`RecordedTest`] says: it is an assertion.
    #[track_caller]
    pub fn run(&self, test: impl Fn(&TestRun) -> Result<(), Failure>) {
        let mut running = pin!(self.try_run(async |run: &TestRun| test(run)));
        let polled = running
            .as_mut()
            .poll(&mut Context::from_waker(Waker::noop()));
        match polled {
            Poll::Ready(Ok(())) => {}
            Poll::Ready(Err(problem)) => panic!("{problem}"),
            Poll::Pending => unreachable!("nothing in it waits"),
        }
    }

    /// Runs an asynchronous test like [`run`](Self::run), on any runtime.
    ///
    /// ```
    /// # use restic_cli_wrap::RecordedTest;
    /// # async fn nightly_backup() {
    /// RecordedTest::new("nightly")
    ///     .run_async(async |test| {
    ///         test.write("src/notes.txt", "a few words\n")?;
    ///         Ok(())
    ///     })
    ///     .await;
    /// # }
    /// ```
    ///
    /// # Panics
    ///
    /// Like [`run`](Self::run).
    pub async fn run_async(&self, test: impl AsyncFn(&TestRun) -> Result<(), Failure>) {
        if let Err(problem) = self.try_run(test).await {
            panic!("{problem}");
        }
    }

    async fn try_run(
        &self,
        test: impl AsyncFn(&TestRun) -> Result<(), Failure>,
    ) -> Result<(), String> {
        check_name(&self.name)?;
        match self.surroundings.mode()? {
            Mode::Replay => {
                for directory in self.recorded()? {
                    self.replayed(&directory, &test).await?;
                }
                Ok(())
            }
            Mode::Record { accepts } => {
                let mut waiting = Vec::new();
                for binary in self.surroundings.binaries() {
                    waiting.extend(self.recorded_with(&binary, accepts, &test).await?);
                }
                if waiting.is_empty() {
                    return Ok(());
                }
                Err(waiting.join("\n"))
            }
        }
    }

    fn directory_of_recordings(&self) -> PathBuf {
        self.surroundings.recordings.join(&self.name)
    }

    /// The directories of all recordings, the oldest version first.
    fn recorded(&self) -> Result<Vec<PathBuf>, String> {
        let directory = self.directory_of_recordings();
        let mut found = versions_in(&directory)
            .map_err(|error| format!("{}: cannot be read: {error}", directory.display()))?;
        found.sort_by_key(|version| numbers(version));
        let command = self.surroundings.command();
        if found.is_empty() {
            return Err(format!(
                "there is no recording of the test {:?} in {}. To record it, where restic is \
                 installed:\n  RESTIC_RECORD=1 {command}",
                self.name,
                directory.display()
            ));
        }
        let missing = self.versions.iter().find(|wanted| !found.contains(wanted));
        if let Some(missing) = missing {
            return Err(format!(
                "the test {:?} has no recording of restic {missing}, only of {}. To record it:\n  \
                 RESTIC_RECORD=1 RESTIC_BINARIES=/path/to/restic-{missing} {command}",
                self.name,
                found.join(", ")
            ));
        }
        Ok(found
            .iter()
            .map(|version| directory.join(version))
            .collect())
    }

    /// Runs the test without restic.
    async fn replayed(
        &self,
        recording: &Path,
        test: &impl AsyncFn(&TestRun) -> Result<(), Failure>,
    ) -> Result<(), String> {
        let failed = |error: &dyn fmt::Display| format!("{}: {error}", recording.display());
        let scenario = Scenario::load(recording).map_err(|error| {
            let command = self.surroundings.command();
            format!("{error}\n  to record it again: RESTIC_RECORD=1 {command}")
        })?;
        let run = TestRun::of(scenario, &self.replay).map_err(|error| failed(&error))?;
        let guard = Guard::new(&run);
        let result = test(&run).await;
        drop(guard);
        let misses = run.misses();
        let verdict = run.finish();
        match result {
            Ok(()) => verdict.map_err(|error| failed(&error)),
            Err(failure) => {
                let failure = failure.to_string();
                // What the program made of a call that did not match may say nothing of it.
                let hidden = misses.iter().filter(|miss| !failure.contains(*miss));
                let hidden: String = hidden.map(|miss| format!("\n{miss}")).collect();
                Err(failed(&format!("the test failed: {failure}{hidden}")))
            }
        }
    }

    /// Runs the test with this restic, and without it on what that has recorded. What a new
    /// recording changes is returned when it waits.
    async fn recorded_with(
        &self,
        binary: &Path,
        accepts: bool,
        test: &impl AsyncFn(&TestRun) -> Result<(), Failure>,
    ) -> Result<Option<String>, String> {
        let text = |error: &dyn fmt::Display| format!("{}: {error}", binary.display());
        let recorder = Recorder::scratch(&self.name).map_err(|error| text(&error))?;
        let recorder = recorder
            .binary(binary)
            .note(format!("the test {:?}", self.name))
            .record_again(format!("RESTIC_RECORD=1 {}", self.surroundings.command()))
            .placeholders_are_bound();
        let recorder = (self.recorder)(recorder);
        let version = recorder.version();
        let version = version
            .map_err(|error| text(&format!("{error}; RESTIC_BINARIES names what is recorded")))?;
        let recording = self.directory_of_recordings().join(&version);
        let run = TestRun::recording(recorder.restic_version(&version), version);

        let guard = Guard::new(&run);
        let result = test(&run).await;
        drop(guard);
        result.map_err(|failure| text(&format!("the test failed, nothing is kept: {failure}")))?;
        self.prepare().map_err(|error| text(&error))?;
        let pending = run.propose(&recording)?;
        let directory = pending.directory().to_owned();
        if let Err(problem) = self.replayed(&directory, test).await {
            // The reason it is removed for is more important than a failure of that.
            let _ = pending.reject();
            return Err(format!(
                "the test passes with restic and not on the replay of it, and the recording was \
                 not kept: something differs on each run, such as a name or a time in a call, or \
                 the test asserts what a recording changes (`guide::testing` has a list of both)\n\
                 {problem}"
            ));
        }
        settle(pending, &recording, accepts).map_err(|error| text(&error))
    }

    /// Makes the directory of all recordings.
    fn prepare(&self) -> io::Result<()> {
        fs::create_dir_all(self.directory_of_recordings())?;
        let attributes = self.surroundings.recordings.join(".gitattributes");
        if attributes.exists() {
            return Ok(());
        }
        fs::write(attributes, ATTRIBUTES)
    }
}

impl fmt::Debug for RecordedTest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RecordedTest")
            .field("name", &self.name)
            .field("versions", &self.versions)
            .field("recordings", &self.surroundings.recordings)
            .finish_non_exhaustive()
    }
}

/// Refuses a name that is no name of a directory on some system, or one of another directory.
fn check_name(name: &str) -> Result<(), String> {
    let is_plain = |c: char| !c.is_control() && !r#"/\:*?"<>|"#.contains(c);
    if !name.is_empty() && !name.starts_with('.') && name.chars().all(is_plain) {
        return Ok(());
    }
    Err(format!(
        "{name:?} is no name for a recorded test: it names a directory below tests/recordings. \
         Use letters, digits and hyphens; `RecordedTest::directory` chooses another place"
    ))
}

/// Puts a recording in its place, or says what it would change.
fn settle(
    pending: PendingRecording,
    recording: &Path,
    accepts: bool,
) -> Result<Option<String>, RecordError> {
    if accepts {
        pending.accept()?;
        return Ok(None);
    }
    let Kept::Pending(_) = pending.clone().settle()? else {
        return Ok(None);
    };
    let diff = pending.diff()?;
    let mut lines: Vec<_> = diff.lines().take(DIFF_LINES).collect();
    if diff.lines().nth(DIFF_LINES).is_some() {
        lines.push("…");
    }
    let directory = recording.display();
    Ok(Some(format!(
        "the new recording differs from {directory} and waits beside it:\n{}\n  to keep one of \
         them: restic-replay accept {directory}\n                     restic-replay reject \
         {directory}\n  or run the test with RESTIC_RECORD=accept",
        lines.join("\n")
    )))
}

/// The versions that have a directory of their own; what waits has none.
fn versions_in(directory: &Path) -> io::Result<Vec<String>> {
    let entries = match fs::read_dir(directory) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?,
    };
    let mut found = Vec::new();
    for entry in entries {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let waits = name.ends_with(".new") || name.ends_with(".old");
        if entry.file_type()?.is_dir() && !waits && !name.starts_with('.') {
            found.push(name);
        }
    }
    Ok(found)
}

/// By what versions are sorted: 0.9 is older than 0.19.
fn numbers(version: &str) -> (Vec<u64>, String) {
    let numbers = version.split('.').map(|part| part.parse().unwrap_or(0));
    (numbers.collect(), version.to_owned())
}

#[cfg(test)]
mod tests;
