use std::env;
use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::{Executor, PendingRecording, Recorder, Replay, ReplayError, Scenario, Secret};

/// The placeholder of the whole directory.
const DIRECTORY: &str = "dir";

/// One run of a [`RecordedTest`](super::RecordedTest): with restic, or on a recording.
pub struct TestRun {
    version: String,
    source: Source,
}

enum Source {
    Recorder(Recorder),
    Replay(Replay, OwnDirectory),
}

impl TestRun {
    pub(super) fn recording(recorder: Recorder, version: String) -> Self {
        let directory = recorder.directory().to_owned();
        Self {
            version,
            source: Source::Recorder(recorder.placeholder(DIRECTORY, directory)),
        }
    }

    pub(super) fn of(scenario: Scenario, change: &dyn Fn(Replay) -> Replay) -> io::Result<Self> {
        let version = scenario.recorded_with().restic.clone();
        let directory = OwnDirectory(random_directory()?);
        let names: Vec<_> = scenario.placeholders().map(str::to_owned).collect();
        let mut replay = Replay::new(scenario).effects_in(&directory.0);
        for name in names {
            // A directory that the program makes for itself is known when it is used.
            if !name.starts_with("tmp") {
                let path = directory.path(&name).to_string_lossy().into_owned();
                replay = replay.bind(&name, path);
            }
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

    /// Where the repository goes, for the program to make it there.
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
            Source::Recorder(recorder) => recorder
                .propose(directory)
                .map_err(|error| error.to_string()),
            Source::Replay(..) => Err("a replay is not recorded".to_owned()),
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

/// A directory that is removed with this.
struct OwnDirectory(PathBuf);

impl OwnDirectory {
    fn path(&self, placeholder: &str) -> PathBuf {
        if placeholder == DIRECTORY {
            return self.0.clone();
        }
        self.0.join(placeholder)
    }
}

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
    origin: &'a Path,
}

impl<'a> Guard<'a> {
    pub(super) fn new(run: &'a TestRun, origin: &'a Path) -> Self {
        Self { run, origin }
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
        eprintln!("this was with restic {version}, {}", self.origin.display());
        for miss in self.run.misses() {
            eprintln!("{miss}");
        }
    }
}
