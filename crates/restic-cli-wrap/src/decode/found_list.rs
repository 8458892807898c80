use serde::de::DeserializeOwned;

use super::{DecodeFailure, Line, RunEnd};
use crate::ErrorKind;
use crate::diagnostics::{Diagnostics, NoticeSource};

/// How restic reports, in the middle of its document, that it could not load a directory. The next
/// line says in which snapshot.
const NOT_LOADED: &str = "Unable to load tree ";

/// Reads the parts of the list that `restic find` prints.
#[derive(Debug, Default)]
pub(crate) struct FoundList {
    /// The end of the list has come.
    complete: bool,
    /// What restic said of the first directory that it could not load, and how many there were.
    not_loaded: Option<String>,
    count: usize,
}

impl FoundList {
    /// Returns `None` if the text is not a part of the list.
    pub(crate) fn read<T: DeserializeOwned>(
        &mut self,
        line: &Line<'_>,
        diagnostics: &mut Diagnostics,
    ) -> Option<T> {
        if line.text.starts_with('{') {
            let part = serde_json::from_str(line.text);
            let malformed = |error: serde_json::Error| {
                diagnostics.malformed(
                    NoticeSource::Stdout,
                    line.number,
                    &error.to_string(),
                    line.text,
                );
            };
            return part.map_err(malformed).ok();
        }
        if line.text == "[]" {
            self.complete = true;
            return None;
        }
        if line.text.contains(NOT_LOADED) {
            self.count += 1;
            self.not_loaded.get_or_insert_with(|| line.text.to_owned());
        }
        diagnostics.notice(NoticeSource::Stdout, line.text);
        None
    }

    /// The result, when the list is complete and nothing was left out.
    pub(crate) fn finish<T>(self, found: T, end: &RunEnd<'_>) -> Result<T, DecodeFailure<T>> {
        let fault = if !end.is_success() {
            end.failure()
        } else if !self.complete {
            end.incomplete_output("its list has no end")
        } else if let Some(first) = self.not_loaded {
            let message = format!("{first} (and {} more)", self.count - 1);
            let message = if self.count == 1 { first } else { message };
            DecodeFailure::new(ErrorKind::Damaged, message)
        } else {
            match end.nothing_ignored() {
                Ok(()) => return Ok(found),
                Err(fault) => fault,
            }
        };
        Err(fault.with(Some(found)))
    }
}
