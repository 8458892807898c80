use serde::de::DeserializeOwned;

use crate::diagnostics::{Diagnostics, NoticeSource};

/// One line of output, and where it stands.
#[derive(Clone, Copy, Debug)]
pub struct Line<'a> {
    /// The text without its end.
    pub(crate) text: &'a str,
    /// Counted from 1, in its stream.
    pub(crate) number: u64,
    /// Whether it has an end. What restic says as text is not to be trusted without: half of
    /// it may look like all.
    pub(crate) is_whole: bool,
}

impl<'a> Line<'a> {
    /// The text without its end.
    #[must_use]
    pub fn text(&self) -> &'a str {
        self.text
    }

    /// Which line of its stream it is, counted from 1.
    #[must_use]
    pub fn number(&self) -> u64 {
        self.number
    }

    /// Whether it has an end. A last line without one may be half of what restic would have
    /// said, and half of a text may look like all of it.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.is_whole
    }

    /// Reads a JSON message on a line of standard output. A line that is no JSON object becomes
    /// a notice. An object that does not fit the type fails the run at its end, with its
    /// place, so that an enum of messages should have a case for those that it does not know.
    pub fn json<T: DeserializeOwned>(&self, diagnostics: &mut Diagnostics) -> Option<T> {
        if !self.text.starts_with('{') {
            diagnostics.notice(NoticeSource::Stdout, self.text);
            return None;
        }
        match serde_json::from_str(self.text) {
            Ok(message) => Some(message),
            Err(error) => {
                let problem = error.to_string();
                diagnostics.malformed(NoticeSource::Stdout, self.number, &problem, self.text);
                None
            }
        }
    }
}
