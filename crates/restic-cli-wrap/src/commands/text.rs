use std::fmt;

use serde::{Deserialize, Serialize};

use crate::decode::{Decoder, End, Fault, Line, NoEvents};
use crate::notes::{Notes, Stream};

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
    stream: Stream,
}

impl TextDecoder {
    pub(crate) fn of(stream: Stream) -> Self {
        Self {
            text: PlainText::default(),
            stream,
        }
    }

    fn push(&mut self, stream: Stream, line: &Line<'_>, notes: &mut Notes) {
        if stream == self.stream {
            self.text.lines.push(line.text.to_owned());
        } else {
            notes.notice(stream, line.text);
        }
    }
}

impl Decoder for TextDecoder {
    type Event = NoEvents;
    type Output = PlainText;

    fn stdout(&mut self, line: &Line<'_>, notes: &mut Notes) -> Option<NoEvents> {
        self.push(Stream::Stdout, line, notes);
        None
    }

    fn stderr(&mut self, line: &Line<'_>, notes: &mut Notes) -> Option<NoEvents> {
        self.push(Stream::Stderr, line, notes);
        None
    }

    fn finish(self, end: &End<'_>) -> Result<PlainText, Fault<PlainText>> {
        if end.is_success() {
            Ok(self.text)
        } else {
            Err(end.failure().with(Some(self.text)))
        }
    }
}
