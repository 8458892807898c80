use std::env;
use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use restic_core::{Replay, ReplayError, Scenario};
use restic_process::{Executor, Invocation, Secret};
use restic_record::{PendingRecording, RecordOrReplay, Recorder};

/// Fields of restic's JSON with numbers that are others on each run.
const MASKED: &str = "data_added|data_added_packed|data_blobs|tree_blobs|total_duration|\
                      seconds_elapsed|inode|device_id|pid";

/// The placeholder of the whole directory.
const DIRECTORY: &str = "dir";

/// One run of a [`RecordedTest`](super::RecordedTest): with restic, or on a recording.
pub struct TestRun {
    version: String,
    source: Source,
}

enum Source {
    Recorder(Box<Recorder>),
    Replay(Replay, OwnDirectory),
}

impl TestRun {
    pub(super) fn recording(recorder: Recorder, version: String) -> Self {
        let directory = recorder.directory().to_owned();
        Self {
            version,
            source: Source::Recorder(Box::new(recorder.placeholder(DIRECTORY, directory))),
        }
    }

    pub(super) fn of(scenario: Scenario, change: &dyn Fn(Replay) -> Replay) -> io::Result<Self> {
        let version = scenario.recorded_with().restic.clone();
        let directory = OwnDirectory(random_directory()?);
        let bindings = bindings(&scenario, &directory.0);
        let mut replay = Replay::new(scenario).effects_in(&directory.0);
        for (name, path) in bindings {
            replay = replay.bind(&name, path.to_string_lossy());
        }
        Ok(Self {
            version,
            source: Source::Replay(change(replay), directory),
        })
    }

    /// Runs restic, or answers as it did.
    #[must_use]
    pub fn executor(&self) -> Arc<dyn Executor> {
        match &self.source {
            Source::Recorder(recorder) => recorder.executor(),
            Source::Replay(replay, _) => replay.executor(),
        }
    }

    /// A directory of this run, which is removed with it. It is empty at first.
    #[must_use]
    pub fn directory(&self) -> &Path {
        match &self.source {
            Source::Recorder(recorder) => recorder.directory(),
            Source::Replay(_, directory) => &directory.0,
        }
    }

    /// A path in that directory.
    #[must_use]
    pub fn path(&self, name: impl AsRef<Path>) -> PathBuf {
        let name = name.as_ref();
        if let (Source::Recorder(recorder), Some(first)) = (&self.source, name.iter().next()) {
            // Recordings are easier to read when this is a placeholder of its own.
            let first = first.to_string_lossy();
            if !first.starts_with("tmp") {
                let _ = recorder.path(&first);
            }
        }
        self.directory().join(name)
    }

    /// Writes a file in that directory, and makes the directories above it.
    ///
    /// # Errors
    ///
    /// When it cannot be written.
    pub fn write(&self, name: impl AsRef<Path>, content: impl AsRef<[u8]>) -> io::Result<PathBuf> {
        let path = self.path(name);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        fs::write(&path, content)?;
        Ok(path)
    }

    /// Where the program is to create its repository.
    #[must_use]
    pub fn repository(&self) -> PathBuf {
        self.path("repo")
    }

    /// A password for it that is worth nothing elsewhere.
    #[must_use]
    pub fn password(&self) -> Secret {
        match &self.source {
            Source::Recorder(recorder) => recorder.password(),
            Source::Replay(..) => Secret::new("of no worth on a replay"),
        }
    }

    /// The version of restic that runs, or that was recorded.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    /// Whether restic runs.
    #[must_use]
    pub fn is_recording(&self) -> bool {
        matches!(self.source, Source::Recorder(_))
    }

    /// The calls so far that have ended, without the question for the version.
    #[must_use]
    pub fn calls(&self) -> Vec<Invocation> {
        let calls = match &self.source {
            Source::Recorder(recorder) => recorder.calls(),
            Source::Replay(replay, _) => replay.calls(),
        };
        let counts = |call: &Invocation| call.command_name() != Some("version");
        calls.into_iter().filter(counts).collect()
    }

    /// What differs from run to run in texts of this one, as regular expressions, and what to write
    /// instead: the directory, ids, times, the version of restic, and in fields of JSON the numbers
    /// that depend on the machine. Made for insta's filters:
    ///
    /// ```no_run
    /// # fn example(test: &restic_cli_wrap::TestRun) {
    /// let mut settings = insta::Settings::clone_current();
    /// for (pattern, replacement) in test.snapshot_filters() {
    ///     settings.add_filter(&pattern, replacement);
    /// }
    /// // A test runs once for each version: what it asserts is the same for all.
    /// settings.bind(|| insta::allow_duplicates! { insta::assert_snapshot!(test.calls()[0]) });
    /// # }
    /// ```
    #[must_use]
    pub fn snapshot_filters(&self) -> Vec<(String, &'static str)> {
        let directory = escaped(&self.directory().to_string_lossy());
        let restic = format!("restic {}", escaped(&self.version));
        let day = r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d";
        vec![
            (directory, "{{dir}}"),
            (r"\b([0-9a-f]{64}|[0-9a-f]{8})\b".to_owned(), "[id]"),
            (format!(r"{day}(\.\d+)?(Z|[+-]\d\d:\d\d)?"), "[time]"),
            (restic, "restic [version]"),
            (format!(r#""({MASKED})": \d[\d.]*"#), r#""$1": "[number]""#),
        ]
    }

    /// The reports of calls that did not match so far.
    pub(super) fn misses(&self) -> Vec<String> {
        match &self.source {
            Source::Recorder(_) => Vec::new(),
            Source::Replay(replay, _) => replay.misses(),
        }
    }

    pub(super) fn finish(self) -> Result<(), ReplayError> {
        match self.source {
            Source::Recorder(_) => Ok(()),
            Source::Replay(replay, _) => replay.finish(),
        }
    }

    pub(super) fn propose(self, directory: &Path) -> Result<PendingRecording, String> {
        match self.source {
            Source::Recorder(recorder) => {
                recorder.propose(directory).map_err(|error| error.in_full())
            }
            Source::Replay(..) => Err("a replay is not recorded".to_owned()),
        }
    }
}

/// For what takes part in the test beside the executor, such as a stand-in for programs that spawn
/// restic.
impl<'a> From<&'a TestRun> for RecordOrReplay<'a> {
    fn from(run: &'a TestRun) -> Self {
        match &run.source {
            Source::Recorder(recorder) => (&**recorder).into(),
            Source::Replay(replay, _) => replay.into(),
        }
    }
}

impl fmt::Debug for TestRun {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TestRun")
            .field("version", &self.version)
            .field("is_recording", &self.is_recording())
            .field("directory", &self.directory())
            .finish_non_exhaustive()
    }
}

/// A text as a regular expression for itself.
fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for letter in text.chars() {
        if letter.is_ascii_punctuation() {
            escaped.push('\\');
        }
        escaped.push(letter);
    }
    escaped
}

fn bindings(scenario: &Scenario, directory: &Path) -> Vec<(String, PathBuf)> {
    let path = |name: &str| match name {
        DIRECTORY => directory.to_owned(),
        name => directory.join(name),
    };
    let names = scenario.placeholders();
    // A directory that the program makes for itself is known when it is used.
    let names = names.filter(|name| !name.starts_with("tmp"));
    names.map(|name| (name.to_owned(), path(name))).collect()
}

/// A directory that is removed with this.
struct OwnDirectory(PathBuf);

impl Drop for OwnDirectory {
    fn drop(&mut self) {
        // It is in the directory for temporary files, which somebody cleans.
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// A new directory of random name.
fn random_directory() -> io::Result<PathBuf> {
    use std::hash::{BuildHasher as _, RandomState};

    let number = RandomState::new().hash_one(std::process::id());
    let directory = env::temp_dir().join(format!("restic-test-{number:016x}"));
    fs::create_dir(&directory)?;
    Ok(directory)
}

/// Says which run it was when a test panics in it: there may be one for each version.
pub(super) struct Guard<'a> {
    run: &'a TestRun,
}

impl<'a> Guard<'a> {
    pub(super) fn new(run: &'a TestRun) -> Self {
        Self { run }
    }
}

impl Drop for Guard<'_> {
    #[allow(
        clippy::print_stderr,
        reason = "the report of a test that panics, which its harness shows"
    )]
    fn drop(&mut self) {
        if !std::thread::panicking() {
            return;
        }
        let version = &self.run.version;
        let origin = match &self.run.source {
            Source::Recorder(recorder) => recorder.program(),
            Source::Replay(replay, _) => Some(replay.directory()),
        };
        let origin = origin.unwrap_or(Path::new("which is none")).display();
        eprintln!("this was with restic {version}, {origin}");
        for miss in self.run.misses() {
            eprintln!("{miss}");
        }
    }
}
