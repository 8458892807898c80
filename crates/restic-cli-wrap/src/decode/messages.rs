use std::fmt;

use serde::de::DeserializeOwned;

use super::decoder::Decoder;
use super::line::Line;
use super::run_end::{DecodeFailure, RunEnd};
use crate::diagnostics::Diagnostics;

/// Reads a command that prints JSON messages, one a line, and hands them out as they come. One of
/// them, the summary in most commands, has the result.
pub struct MessagesDecoder<M, T> {
    result_in: fn(&M) -> Option<T>,
    missing: &'static str,
    result: Option<T>,
}

impl<M, T> MessagesDecoder<M, T> {
    /// Begins to read. `result_in` returns the result that is in a message; of more than one the
    /// last counts. A run that ends well without it is an error that says what is `missing`, such as
    /// "it printed no summary".
    #[must_use]
    pub fn new(missing: &'static str, result_in: fn(&M) -> Option<T>) -> Self {
        Self {
            result_in,
            missing,
            result: None,
        }
    }
}

impl<M, T> Decoder for MessagesDecoder<M, T>
where
    M: DeserializeOwned + Send + 'static,
    T: Send + Sync + 'static,
{
    type Event = M;
    type Output = T;

    fn stdout(&mut self, line: &Line<'_>, diagnostics: &mut Diagnostics) -> Option<M> {
        let message = line.json(diagnostics)?;
        if let Some(result) = (self.result_in)(&message) {
            self.result = Some(result);
        }
        Some(message)
    }

    fn has_seen_end(&self) -> bool {
        self.result.is_some()
    }

    fn finish(self, end: &RunEnd<'_>) -> Result<T, DecodeFailure<T>> {
        end.complete(self.result, self.missing)
    }
}

impl<M, T> fmt::Debug for MessagesDecoder<M, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MessagesDecoder")
            .field("has_result", &self.result.is_some())
            .finish_non_exhaustive()
    }
}
