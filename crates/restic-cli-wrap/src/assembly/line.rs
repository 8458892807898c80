//! From a line of a stream to what a decoder gets to see of it.

use crate::decode::{Decoder, Line};
use crate::diagnostics::{Diagnostics, NoticeSource};
use crate::framing::lines;

/// The text of a line that is not over the limit, and whether it has an end.
pub(super) fn text<'a>(
    line: &'a lines::Line<'_>,
    source: NoticeSource,
    number: u64,
    diagnostics: &mut Diagnostics,
) -> Option<(&'a str, bool)> {
    match line {
        lines::Line::Text(text) => Some((text, true)),
        lines::Line::Last(text) => Some((text, false)),
        lines::Line::TooLong => {
            let limit = lines::LIMIT;
            let problem =
                format!("it is longer than the limit of {limit} bytes for a line or a document");
            diagnostics.malformed(source, number, &problem, "");
            None
        }
    }
}

/// Reads a line of standard output in which there may be a secret.
pub(super) fn decode<D: Decoder>(
    decoder: &mut D,
    line: Line<'_>,
    diagnostics: &mut Diagnostics,
) -> Option<D::Event> {
    let text = diagnostics.said(line.text, D::is_data(line.text));
    let line = Line {
        text: &text,
        ..line
    };
    decoder.stdout(&line, diagnostics)
}
