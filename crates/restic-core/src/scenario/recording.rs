use std::fmt;
use std::io;
use std::path::Path;

use super::digest::digest;
use super::error::ScenarioError;
use super::input::RecordedInput;
use super::manifest::RecordedCall;
use super::stream_file::StreamFile;
use super::untrusted::read_bounded;
use crate::{Control, Exit};

/// How much restic may have printed on one stream of one call.
pub(super) const STREAM_BYTES: usize = 64 * 1024 * 1024;

/// One recorded call of a [`Scenario`](crate::Scenario).
#[derive(Clone, Copy)]
pub struct Recording<'a> {
    directory: &'a Path,
    call: &'a RecordedCall,
}

impl<'a> Recording<'a> {
    pub(super) fn new(directory: &'a Path, call: &'a RecordedCall) -> Self {
        Self { directory, call }
    }

    /// Its number and command, such as `02-backup`; unique in the scenario.
    #[must_use]
    pub fn name(&self) -> &'a str {
        &self.call.id
    }

    /// Its arguments, with placeholders.
    #[must_use]
    pub fn arguments(&self) -> &'a [String] {
        &self.call.argv
    }

    /// How it ended.
    #[must_use]
    pub fn exit(&self) -> Exit {
        self.call.exit
    }

    /// What it printed on standard output, with placeholders.
    ///
    /// # Errors
    ///
    /// When that cannot be read, or is not as long as it was.
    pub fn stdout(&self) -> Result<Vec<u8>, ScenarioError> {
        self.read(self.call.stdout.as_ref())
    }

    /// What it printed on standard error, with placeholders.
    ///
    /// # Errors
    ///
    /// When that cannot be read, or is not as long as it was.
    pub fn stderr(&self) -> Result<Vec<u8>, ScenarioError> {
        self.read(self.call.stderr.as_ref())
    }

    /// What it was given on standard input; empty when that was nothing, is not known, or is too
    /// long to be kept, see [`stdin_length`](Self::stdin_length).
    ///
    /// # Errors
    ///
    /// When that cannot be read, or is not as long as it was.
    pub fn stdin(&self) -> Result<Vec<u8>, ScenarioError> {
        self.read(self.call.stdin.as_ref().and_then(RecordedInput::file))
    }

    /// How many bytes it was given on standard input. Of more than 1 MiB a recording has the length
    /// and a digest alone.
    #[must_use]
    pub fn stdin_length(&self) -> u64 {
        self.call.stdin.as_ref().map_or(0, RecordedInput::bytes)
    }

    fn read(&self, stream: Option<&StreamFile>) -> Result<Vec<u8>, ScenarioError> {
        stream.map_or_else(|| Ok(Vec::new()), |stream| read(self.directory, stream))
    }

    /// Whether it was signalled in the middle.
    #[must_use]
    pub fn is_signalled(&self) -> bool {
        self.call.signal.is_some()
    }

    /// Signals a process as this call was signalled, if it was.
    ///
    /// # Errors
    ///
    /// When the system refuses to.
    pub fn signal(&self, control: &dyn Control) -> io::Result<()> {
        self.call
            .signal
            .map_or(Ok(()), |signal| signal.name.send(control))
    }
}

impl fmt::Debug for Recording<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.call.fmt(f)
    }
}

/// A stream, if it is as long as it was.
pub(super) fn read(directory: &Path, stream: &StreamFile) -> Result<Vec<u8>, ScenarioError> {
    let path = directory.join(&stream.file);
    let bytes = read_bounded(&path, STREAM_BYTES as u64)?;
    if bytes.len() as u64 == stream.bytes {
        let is_changed = |recorded: &String| *recorded != digest(&bytes);
        if stream.digest.as_ref().is_some_and(is_changed) {
            let problem = "is not what was recorded: restore it, or record the scenario again";
            return Err(ScenarioError::new(path, problem));
        }
        return Ok(bytes);
    }
    let problem = format!(
        "has {} bytes, {} were recorded: restore it, or record the scenario again",
        bytes.len(),
        stream.bytes
    );
    Err(ScenarioError::new(path, problem))
}
