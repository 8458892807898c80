use std::borrow::Cow;

use restic_types::search::find;
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
    let masked = message
        .unknown()
        .and_then(|unknown| without_secrets(unknown, diagnostics));
    let message = masked
        .and_then(|masked| M::read_any(&masked))
        .unwrap_or(message);
    if let Some(unknown) = message.unknown() {
        report(unknown, M::PROGRESS, line, source, diagnostics);
    }
    (text, Some(message))
}

/// Keeps in the notes what is wrong with a message.
fn report(
    unknown: &UnknownMessage,
    progress: &[&str],
    line: &Line<'_>,
    source: NoticeSource,
    diagnostics: &mut Diagnostics,
) {
    let Some(problem) = &unknown.problem else {
        return;
    };
    // Whether it is none that the result rests on.
    let is_progress = match &unknown.message_type {
        Some(name) => progress.contains(&name.as_str()),
        // Commands with progress report errors on standard error, and a summary that is not
        // there is missed by itself.
        None => source == NoticeSource::Stdout && !progress.is_empty(),
    };
    if is_progress {
        diagnostics.unreadable(source, line.number, problem, line.text);
    } else {
        diagnostics.malformed(source, line.number, problem, line.text);
    }
}

/// A message that is kept as restic printed it has no secrets in it. Absent when there are none.
fn without_secrets(unknown: &UnknownMessage, diagnostics: &Diagnostics) -> Option<String> {
    match diagnostics.masked(&unknown.raw) {
        Cow::Owned(masked) => Some(masked),
        Cow::Borrowed(_) => None,
    }
}

/// A message behind a text that has no line end: another program shares restic's output, or
/// restic moves the cursor of a terminal that is none.
fn behind_text<M: Message>(line: &str) -> Option<(&str, M)> {
    let begin = find(line.as_bytes(), b"{\"")?;
    let (text, object) = line.split_at_checked(begin)?;
    // An object without a tag may be anybody's.
    let has_tag = |message: &M| {
        message
            .unknown()
            .is_none_or(|other| other.message_type.is_some())
    };
    let message = M::read_any(object).filter(has_tag)?;
    Some((text, message))
}
