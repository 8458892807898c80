//! What is in the files of a scenario, with the paths of a replay in it.

use super::bindings::Bindings;
use super::left::as_in_snapshot;
use super::placeholders::{FillError, Filler};
use super::signalled::Printed;
use crate::effects::{Content, Left};
use crate::scenario::{RecordedCall, Scenario, StreamFile};

/// A scenario as it is with these values of its placeholders.
#[derive(Clone, Copy)]
pub(super) struct Filled<'a> {
    pub(super) scenario: &'a Scenario,
    pub(super) bindings: &'a Bindings,
}

impl Filled<'_> {
    pub(super) fn read(&self, stream: Option<&StreamFile>) -> Result<Vec<u8>, String> {
        let read = |stream| self.scenario.read(stream);
        let bytes = stream.map_or_else(|| Ok(Vec::new()), read);
        bytes.map_err(|error| error.to_string())
    }

    /// What restic printed, with the paths of this replay in it.
    pub(super) fn filled(&self, call: &RecordedCall, printed: Printed) -> Result<Printed, String> {
        let fill = |stream: &Option<StreamFile>, bytes| match stream {
            Some(stream) => self
                .fill(&stream.file, bytes)
                .map_err(|problem| format!("the output of {}: {problem}", call.id)),
            None => Ok(bytes),
        };
        Ok(Printed {
            stdout: fill(&call.stdout, printed.stdout)?,
            stderr: fill(&call.stderr, printed.stderr)?,
        })
    }

    /// The content of this file with the values of placeholders in it.
    pub(super) fn fill(&self, file: &str, bytes: Vec<u8>) -> Result<Vec<u8>, String> {
        let filler = Filler {
            bindings: self.bindings,
            declared: &self.scenario.manifest.placeholders,
            limit: Scenario::STREAM_BYTES,
        };
        filler.fill(file, bytes).map_err(|error| match error {
            FillError::Unbound(name) => format!(
                "{file} uses {{{{{name}}}}}, which no call has given a value yet: say \
                 `replay.bind(\"{name}\", …)`"
            ),
            FillError::TooLong => format!(
                "{file} has more than {} bytes with its placeholders filled: record less output",
                filler.limit
            ),
        })
    }

    /// The files that a call left.
    pub(super) fn all_left(&self, call: &RecordedCall) -> Result<Vec<Left>, String> {
        call.left.iter().map(|left| self.left(left)).collect()
    }

    /// A file that a call left, with the paths of this replay in its name.
    fn left(&self, left: &Left<StreamFile>) -> Result<Left, String> {
        let path = self.fill("the name of a file", left.path.clone().into())?;
        let is = left.is.with_content(|file| {
            let bytes = self.scenario.read_left(file);
            let bytes = bytes.map_err(|error| error.to_string())?;
            Ok::<_, String>(Content { bytes })
        })?;
        let path = as_in_snapshot(&String::from_utf8_lossy(&path));
        Ok(Left { path, is })
    }
}
