use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::io::{self, Read as _};
use std::path::{Component, Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::Exit;

/// The file that says what is in a scenario's folder.
const MANIFEST: &str = "scenario.json";

/// The newest format that is read, and the one that is written.
const FORMAT: Format = Format { major: 1, minor: 0 };

/// Limits on what is read: a scenario may come from a stranger.
const MANIFEST_BYTES: u64 = 8 * 1024 * 1024;
const STREAM_BYTES: u64 = 64 * 1024 * 1024;
const CALLS: usize = 10_000;

/// A recorded scenario: what a program did with restic, call by call, in one folder.
///
/// `scenario.json` lists the calls; beside it are files with what restic printed. A folder
/// is read with distrust: a manifest of more than 8 MiB, a stream of more than 64 MiB, more
/// than 10,000 calls, a link, or a name that leads out of the folder is an error.
#[derive(Clone, Debug)]
pub struct Scenario {
    pub(crate) folder: PathBuf,
    pub(crate) manifest: Manifest,
}

/// What `scenario.json` holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Manifest {
    pub(crate) format: Format,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) note: String,
    pub(crate) recorded_with: RecordedWith,
    /// Names that stand for what differs from run to run, and what they stand for.
    #[serde(default)]
    pub(crate) placeholders: BTreeMap<String, PlaceholderKind>,
    pub(crate) calls: Vec<RecordedCall>,
}

/// The version of the format. Another major number means another format; a higher minor one
/// means fields that are not known here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Format {
    pub(crate) major: u32,
    pub(crate) minor: u32,
}

/// What a scenario was recorded with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RecordedWith {
    /// The version of restic, such as `0.19.1`.
    pub restic: String,
    /// The operating system, in Rust's words: `linux`.
    pub os: String,
    /// The processor, in Rust's words: `x86_64`.
    pub arch: String,
    /// The version of the recorder.
    pub recorder: String,
}

impl RecordedWith {
    /// This version of restic, on this machine, by this library.
    pub fn here(restic: impl Into<String>) -> Self {
        Self {
            restic: restic.into(),
            os: std::env::consts::OS.to_owned(),
            arch: std::env::consts::ARCH.to_owned(),
            recorder: env!("CARGO_PKG_VERSION").to_owned(),
        }
    }
}

/// What a placeholder stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum PlaceholderKind {
    /// A path, or the location of a repository.
    Path,
}

/// One recorded call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct RecordedCall {
    /// Its number and command, such as `02-backup`; unique.
    pub(crate) id: String,
    pub(crate) argv: Vec<String>,
    /// Whether it changes the repository.
    pub(crate) mutates: bool,
    /// Absent when nothing was printed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) stdout: Option<StreamFile>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) stderr: Option<StreamFile>,
    pub(crate) exit: RecordedExit,
}

/// Where a stream is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct StreamFile {
    /// A name in the scenario's folder.
    pub(crate) file: String,
    pub(crate) bytes: u64,
}

/// How a call ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum RecordedExit {
    Code(i32),
    Signal(i32),
}

impl From<RecordedExit> for Exit {
    fn from(exit: RecordedExit) -> Self {
        match exit {
            RecordedExit::Code(code) => Self::Code(code),
            RecordedExit::Signal(signal) => Self::Signal(signal),
        }
    }
}

impl From<Exit> for RecordedExit {
    fn from(exit: Exit) -> Self {
        match exit {
            Exit::Code(code) => Self::Code(code),
            Exit::Signal(signal) => Self::Signal(signal),
        }
    }
}

/// Why a scenario cannot be read or written.
#[derive(Debug, thiserror::Error)]
#[error("{}: {problem}", path.display())]
#[non_exhaustive]
pub struct ScenarioError {
    /// The file or folder it is about.
    pub path: PathBuf,
    /// What is wrong, and what to do.
    pub problem: String,
    source: Option<io::Error>,
}

impl ScenarioError {
    fn new(path: impl Into<PathBuf>, problem: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            problem: problem.into(),
            source: None,
        }
    }

    fn io(path: impl Into<PathBuf>, problem: &str, source: io::Error) -> Self {
        Self {
            path: path.into(),
            problem: problem.into(),
            source: Some(source),
        }
    }
}

impl Scenario {
    /// Reads a scenario's manifest and checks it. What restic printed is read when a call is
    /// replayed.
    ///
    /// # Errors
    ///
    /// When there is no scenario, it is of another format, or it is not to be trusted.
    pub fn load(folder: impl AsRef<Path>) -> Result<Self, ScenarioError> {
        let folder = folder.as_ref();
        let path = folder.join(MANIFEST);
        let bytes = read_bounded(&path, MANIFEST_BYTES)?;
        let unreadable = |error: serde_json::Error| {
            ScenarioError::new(&path, format!("is no scenario: {error}"))
        };
        // The format first: what else is in there depends on it.
        let Envelope { format } = serde_json::from_slice(&bytes).map_err(unreadable)?;
        check_format(format).map_err(|problem| ScenarioError::new(&path, problem))?;
        let manifest: Manifest = serde_json::from_slice(&bytes).map_err(unreadable)?;
        manifest
            .check()
            .map_err(|problem| ScenarioError::new(&path, problem))?;
        Ok(Self {
            folder: folder.to_owned(),
            manifest,
        })
    }

    /// What it was recorded with.
    #[must_use]
    pub fn recorded_with(&self) -> &RecordedWith {
        &self.manifest.recorded_with
    }

    /// What restic printed on one stream of one call.
    pub(crate) fn read(&self, stream: Option<&StreamFile>) -> Result<Vec<u8>, ScenarioError> {
        let Some(stream) = stream else {
            return Ok(Vec::new());
        };
        let path = self.folder.join(&stream.file);
        let bytes = read_bounded(&path, STREAM_BYTES)?;
        if bytes.len() as u64 == stream.bytes {
            return Ok(bytes);
        }
        let problem = format!(
            "has {} bytes, {} were recorded: restore it, or record the scenario anew",
            bytes.len(),
            stream.bytes
        );
        Err(ScenarioError::new(path, problem))
    }
}

/// The part of a manifest that every format has.
#[derive(Deserialize)]
struct Envelope {
    format: Format,
}

fn check_format(format: Format) -> Result<(), String> {
    let Format { major, minor } = format;
    if major != FORMAT.major {
        Err(format!(
            "is of format {major}, and this reads format {}: use the version of restic-core \
             that recorded it, or record it anew",
            FORMAT.major
        ))
    } else if minor > FORMAT.minor {
        Err(format!(
            "is of format {major}.{minor}, newer than this reads: upgrade restic-core"
        ))
    } else {
        Ok(())
    }
}

impl Manifest {
    /// Whether it can be trusted.
    fn check(&self) -> Result<(), String> {
        if self.calls.len() > CALLS {
            return Err(format!(
                "has {} calls, of {CALLS} at most",
                self.calls.len()
            ));
        }
        let mut ids = HashSet::new();
        for call in &self.calls {
            if !ids.insert(&call.id) {
                return Err(format!("has two calls named {:?}", call.id));
            }
            for stream in [&call.stdout, &call.stderr].into_iter().flatten() {
                check_name(&stream.file)?;
            }
        }
        Ok(())
    }
}

/// A name of a file in the folder itself, on every system.
fn check_name(name: &str) -> Result<(), String> {
    let mut components = Path::new(name).components();
    let single = matches!(
        (components.next(), components.next()),
        (Some(Component::Normal(_)), None)
    );
    let plain = !name.contains(['/', '\\', ':', '\0']) && !name.starts_with('.');
    if single && plain {
        Ok(())
    } else {
        Err(format!(
            "names the file {name:?}, which is not a plain name in its folder"
        ))
    }
}

/// Reads a regular file, and never more of it than the limit.
fn read_bounded(path: &Path, limit: u64) -> Result<Vec<u8>, ScenarioError> {
    let failed = |error| ScenarioError::io(path, "cannot be read", error);
    let metadata = fs::symlink_metadata(path).map_err(failed)?;
    if !metadata.is_file() {
        return Err(ScenarioError::new(path, "is not a regular file"));
    }
    if metadata.len() > limit {
        let problem = format!("has {} bytes, of {limit} at most", metadata.len());
        return Err(ScenarioError::new(path, problem));
    }
    let mut bytes = Vec::new();
    let file = fs::File::open(path).map_err(failed)?;
    file.take(limit).read_to_end(&mut bytes).map_err(failed)?;
    Ok(bytes)
}

/// A scenario on its way to disk.
#[derive(Clone, Debug)]
pub struct ScenarioWriter {
    manifest: Manifest,
    files: Vec<(String, Vec<u8>)>,
}

impl ScenarioWriter {
    /// A scenario without calls. The note says what happens in it.
    pub fn new(note: impl Into<String>, recorded_with: RecordedWith) -> Self {
        let manifest = Manifest {
            format: FORMAT,
            note: note.into(),
            recorded_with,
            placeholders: BTreeMap::new(),
            calls: Vec::new(),
        };
        Self {
            manifest,
            files: Vec::new(),
        }
    }

    /// Declares a placeholder that arguments and output use.
    pub fn placeholder(&mut self, name: impl Into<String>, kind: PlaceholderKind) {
        self.manifest.placeholders.insert(name.into(), kind);
    }

    /// Adds a call: its command for its name, its arguments, what it printed and how it
    /// ended.
    pub fn call(
        &mut self,
        command: &str,
        argv: Vec<String>,
        mutates: bool,
        stdout: Vec<u8>,
        stderr: Vec<u8>,
        exit: Exit,
    ) {
        let number = self.manifest.calls.len() + 1;
        let id = format!("{number:02}-{}", command.replace(' ', "-"));
        let stdout = self.stream(&id, "stdout", stdout);
        let stderr = self.stream(&id, "stderr", stderr);
        let exit = exit.into();
        self.manifest.calls.push(RecordedCall {
            id,
            argv,
            mutates,
            stdout,
            stderr,
            exit,
        });
    }

    fn stream(&mut self, id: &str, stream: &str, bytes: Vec<u8>) -> Option<StreamFile> {
        if bytes.is_empty() {
            return None;
        }
        let file = format!("{id}.{stream}.{}", extension(&bytes));
        let recorded = StreamFile {
            file: file.clone(),
            bytes: bytes.len() as u64,
        };
        self.files.push((file, bytes));
        Some(recorded)
    }

    /// Writes it to a folder, in place of what is there.
    ///
    /// # Errors
    ///
    /// When it cannot be written.
    pub fn write(&self, folder: impl AsRef<Path>) -> Result<(), ScenarioError> {
        let folder = folder.as_ref();
        let failed = |error| ScenarioError::io(folder, "cannot be written", error);
        let mut manifest = serde_json::to_vec_pretty(&self.manifest)
            .map_err(|error| failed(io::Error::from(error)))?;
        manifest.push(b'\n');
        if folder.join(MANIFEST).exists() {
            fs::remove_dir_all(folder).map_err(failed)?;
        }
        fs::create_dir_all(folder).map_err(failed)?;
        fs::write(folder.join(MANIFEST), manifest).map_err(failed)?;
        for (name, bytes) in &self.files {
            fs::write(folder.join(name), bytes).map_err(failed)?;
        }
        Ok(())
    }
}

/// What an editor should take a stream for.
fn extension(bytes: &[u8]) -> &'static str {
    match std::str::from_utf8(bytes) {
        Err(_) => "bin",
        Ok(text) if text.starts_with(['{', '[']) => "jsonl",
        Ok(_) => "txt",
    }
}
