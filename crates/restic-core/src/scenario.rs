use std::fmt;
use std::path::{Path, PathBuf};

mod digest;
mod error;
mod input;
mod manifest;
mod recording;
mod stream_file;
mod untrusted;
mod writer;

use manifest::{Envelope, Manifest};

use crate::effects::content_name;
use untrusted::{has_at_most_values, read_bounded};

pub use error::ScenarioError;
pub use input::Input;
pub(crate) use input::{ExpectedInput, RecordedInput};
pub(crate) use manifest::RecordedCall;
pub use manifest::{PlaceholderKind, RecordedWith};
pub use manifest::{RecordedSignal, SignalName};
pub use recording::Recording;
pub(crate) use stream_file::StreamFile;
pub use writer::ScenarioWriter;

/// The file that says what is in a scenario's directory.
pub const MANIFEST: &str = "scenario.json";

/// How long it may be: a scenario may come from a stranger.
const MANIFEST_BYTES: u64 = 8 * 1024 * 1024;

/// How much may be in it: 25 values a call, when there are as many calls as there may be.
const MANIFEST_VALUES: usize = 250_000;

/// A recorded scenario: what a program did with restic, call by call, in one directory.
///
/// `scenario.json` lists the calls; beside it are files with what restic printed. A directory
/// is read with distrust: a manifest of more than 8 MiB or 250,000 values, a stream of more than
/// 64 MiB, more than 10,000 calls, a link, or a name that leads out of the directory is an
/// error.
#[derive(Clone, Debug)]
pub struct Scenario {
    pub(crate) directory: PathBuf,
    pub(crate) manifest: Manifest,
}

impl Scenario {
    /// How much restic may have printed on one stream of one call.
    pub(crate) const STREAM_BYTES: usize = recording::STREAM_BYTES;

    /// Reads a scenario's manifest and checks it. What restic printed is read when a call is
    /// replayed.
    ///
    /// # Errors
    ///
    /// When there is no scenario, it is of another format, or it is not to be trusted.
    pub fn load(directory: impl AsRef<Path>) -> Result<Self, ScenarioError> {
        let directory = directory.as_ref();
        let path = directory.join(MANIFEST);
        let bytes = match read_bounded(&path, MANIFEST_BYTES) {
            Err(error) if error.is_missing() => return Err(missing(directory)),
            result => result?,
        };
        if !Self::is_manifest_bearable(&bytes) {
            let problem = format!("has more than {MANIFEST_VALUES} values");
            return Err(ScenarioError::new(path, problem));
        }
        let unreadable = |error: serde_json::Error| {
            ScenarioError::new(&path, format!("is no scenario: {error}"))
        };
        // The format first: what else is in there depends on it.
        let envelope: Envelope = serde_json::from_slice(&bytes).map_err(unreadable)?;
        envelope
            .check()
            .map_err(|problem| ScenarioError::new(&path, problem))?;
        let manifest: Manifest = serde_json::from_slice(&bytes).map_err(unreadable)?;
        manifest
            .check()
            .map_err(|problem| ScenarioError::new(&path, problem))?;
        if !manifest.is_unchanged() {
            let problem = "is not what was written: restore it, or record the scenario again \
                           (after a change on purpose, remove `digest` from its end)";
            return Err(ScenarioError::new(path, problem));
        }
        Ok(Self {
            directory: directory.to_owned(),
            manifest,
        })
    }

    /// Whether so much manifest is read, before what it says is.
    fn is_manifest_bearable(bytes: &[u8]) -> bool {
        bytes.len() as u64 <= MANIFEST_BYTES && has_at_most_values(bytes, MANIFEST_VALUES)
    }

    /// What it was recorded with.
    #[must_use]
    pub fn recorded_with(&self) -> &RecordedWith {
        &self.manifest.recorded_with
    }

    /// The names of its placeholders.
    pub fn placeholders(&self) -> impl Iterator<Item = &str> {
        self.manifest.placeholders.keys().map(String::as_str)
    }

    /// The recorded calls.
    pub fn calls(&self) -> impl Iterator<Item = Recording<'_>> {
        self.manifest
            .calls
            .iter()
            .map(|call| Recording::new(&self.directory, call))
    }

    /// Whether the same version of restic answers the same calls in both, as far as the manifests
    /// say.
    #[doc(hidden)]
    #[must_use]
    pub fn has_same_calls(&self, other: &Self) -> bool {
        let essence = |scenario: &Self| Manifest {
            note: String::new(),
            recorded_with: RecordedWith::here(&scenario.recorded_with().restic),
            record_again: None,
            digest: None,
            ..scenario.manifest.clone()
        };
        essence(self) == essence(other)
    }

    /// The command that records it again.
    pub(crate) fn record_again(&self) -> &str {
        let command = &self.manifest.record_again;
        command.as_deref().unwrap_or("as it was recorded at first")
    }

    /// What is in a file that a call left, if it is what was recorded.
    pub(crate) fn read_left(&self, file: &StreamFile) -> Result<Vec<u8>, ScenarioError> {
        let bytes = self.read(file)?;
        if content_name(&bytes) == file.file {
            return Ok(bytes);
        }
        let problem = "has another content than was recorded: restore it, or record again";
        Err(ScenarioError::new(self.directory.join(&file.file), problem))
    }

    /// What restic printed on one stream of one call.
    pub(crate) fn read(&self, stream: &StreamFile) -> Result<Vec<u8>, ScenarioError> {
        recording::read(&self.directory, stream)
    }
}

/// What somebody reads whose recording was never made, or is somewhere else.
fn missing(directory: &Path) -> ScenarioError {
    let shown = directory.display();
    let problem = format!(
        "there is no recording here: scenario.json is missing\n  to make one: \
         `restic-replay record --scenario {shown} -- COMMAND`, or `Recorder::keep` in Rust"
    );
    ScenarioError::new(directory, problem)
}

/// A table of the calls.
impl fmt::Display for Scenario {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let RecordedWith { restic, os, .. } = self.recorded_with();
        writeln!(f, "restic {restic} on {os}: {}", self.manifest.note)?;
        for call in &self.manifest.calls {
            let exit = call.exit;
            let size = |stream: &Option<StreamFile>| stream.as_ref().map_or(0, |file| file.bytes);
            let (stdout, stderr) = (size(&call.stdout), size(&call.stderr));
            let changes = if call.mutates { "changes" } else { "reads" };
            writeln!(
                f,
                "{:<20} {exit:<12} {changes:<8} {stdout:>9} B out {stderr:>7} B err  {}",
                call.id,
                call.argv.join(" ")
            )?;
        }
        Ok(())
    }
}
