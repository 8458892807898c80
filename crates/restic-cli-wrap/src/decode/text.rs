use std::fmt;

use serde::{Deserialize, Serialize};

use crate::decode::{DecodeFailure, Decoder, Line, NoEvents, RunEnd};
use crate::diagnostics::{Diagnostics, NoticeSource};

/// What a command says that prints text for people, whatever `--json` asks for.
///
/// `Display` gives it back as restic printed it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PlainText {
    /// The lines, without their ends. Empty when restic said nothing.
    pub lines: Vec<String>,
}

impl fmt::Display for PlainText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.lines.iter().try_for_each(|line| writeln!(f, "{line}"))
    }
}

/// Reads a command that prints text.
#[derive(Debug)]
pub struct TextDecoder {
    text: PlainText,
    /// Where the text is printed.
    source: NoticeSource,
}

impl TextDecoder {
    /// Begins to read the text of one stream. What restic prints on the other becomes notices.
    #[must_use]
    pub fn of(source: NoticeSource) -> Self {
        Self {
            text: PlainText::default(),
            source,
        }
    }

    fn push(&mut self, source: NoticeSource, line: &Line<'_>, diagnostics: &mut Diagnostics) {
        if source == self.source {
            self.text.lines.push(line.text.to_owned());
        } else {
            diagnostics.notice(source, line.text);
        }
    }
}

impl Decoder for TextDecoder {
    type Event = NoEvents;
    type Output = PlainText;

    fn stdout(&mut self, line: &Line<'_>, diagnostics: &mut Diagnostics) -> Option<NoEvents> {
        self.push(NoticeSource::Stdout, line, diagnostics);
        None
    }

    fn stderr(&mut self, line: &Line<'_>, diagnostics: &mut Diagnostics) -> Option<NoEvents> {
        self.push(NoticeSource::Stderr, line, diagnostics);
        None
    }

    fn finish(self, end: &RunEnd<'_>) -> Result<PlainText, DecodeFailure<PlainText>> {
        if end.is_success() {
            Ok(self.text)
        } else {
            Err(end.failure().with(Some(self.text)))
        }
    }
}
