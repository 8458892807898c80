use std::borrow::Cow;

use restic_types::{Message, UnknownMessage};

use super::line::Line;
use crate::diagnostics::{Diagnostics, NoticeSource};

/// Reads a message of a stream, and keeps in the notes what is none.
pub(crate) fn message<M: Message>(
    line: &Line<'_>,
    source: NoticeSource,
    diagnostics: &mut Diagnostics,
) -> Option<M> {
    let (text, message) = message_among_text(line, source, diagnostics);
    diagnostics.notice(source, text);
    message
}

/// Reads a message of a stream, and returns the text before it, or all there is.
pub(crate) fn message_among_text<'a, M: Message>(
    line: &Line<'a>,
    source: NoticeSource,
    diagnostics: &mut Diagnostics,
) -> (&'a str, Option<M>) {
    let read = M::read_any(line.text).map(|message| ("", message));
    let behind = || behind_text(line.text).filter(|_| source == NoticeSource::Stdout);
    let Some((text, message)) = read.or_else(behind) else {
        return (line.text, None);
    };
    let message = without_secrets(message, diagnostics);
    if let Some(unknown) = message.unknown()
        && let Some(problem) = &unknown.problem
    {
        if is_progress::<M>(unknown, source) {
            diagnostics.unreadable(source, line.number, problem, line.text);
        } else {
            diagnostics.malformed(source, line.number, problem, line.text);
        }
    }
    (text, Some(message))
}

/// Whether a message that cannot be read is none that the result rests on.
fn is_progress<M: Message>(unknown: &UnknownMessage, source: NoticeSource) -> bool {
    match &unknown.message_type {
        Some(name) => M::PROGRESS.contains(&name.as_str()),
        // Commands with progress report errors on standard error, and a summary that is not
        // there is missed by itself.
        None => source == NoticeSource::Stdout && !M::PROGRESS.is_empty(),
    }
}

/// A message that is kept as restic printed it has no secrets in it.
fn without_secrets<M: Message>(message: M, diagnostics: &Diagnostics) -> M {
    match message
        .unknown()
        .map(|unknown| diagnostics.masked(&unknown.raw))
    {
        Some(Cow::Owned(masked)) => M::read_any(&masked).unwrap_or(message),
        _ => message,
    }
}

/// A message behind a text that has no line end: another program shares restic's output, or
/// restic moves the cursor of a terminal that is none.
fn behind_text<M: Message>(line: &str) -> Option<(&str, M)> {
    let (text, object) = line.split_at(line.find("{\"")?);
    // An object without a tag may be anybody's.
    let has_tag = |message: &M| {
        message
            .unknown()
            .is_none_or(|other| other.message_type.is_some())
    };
    let message = M::read_any(object).filter(has_tag)?;
    Some((text, message))
}
