mod patterns;

use restic_core::Exit;
use restic_types::ExitCode;

use crate::ErrorKind;
use crate::diagnostics::{Diagnostics, NoticeSource};
use crate::failure::patterns::PATTERNS;

/// What kind of failure the exit and restic's words tell.
///
/// The code counts first. Words decide only where every code is 1: before restic 0.17, and
/// for what never got a code of its own.
pub(crate) fn classify(exit: Exit, words: &str, diagnostics: &Diagnostics) -> ErrorKind {
    match exit.code().map(ExitCode) {
        None => return ErrorKind::Killed,
        Some(ExitCode::NO_REPOSITORY) => return ErrorKind::NoRepository,
        Some(ExitCode::LOCKED) => return ErrorKind::Locked,
        Some(ExitCode::WRONG_PASSWORD) if keys_were_read(diagnostics) => {
            return ErrorKind::WrongPassword;
        }
        Some(ExitCode::INTERRUPTED) => return ErrorKind::Interrupted,
        Some(_) => {}
    }
    match kind_of_words(words, diagnostics) {
        Some(ErrorKind::WrongPassword) if !keys_were_read(diagnostics) => ErrorKind::Network,
        Some(kind) => kind,
        None if was_interrupted(words, diagnostics) => ErrorKind::Interrupted,
        None => ErrorKind::Failed,
    }
}

/// Whether restic was trying to reach a server, again and again perhaps, when it was stopped.
pub(crate) fn waited_for_network(words: &str, diagnostics: &Diagnostics) -> bool {
    kind_of_words(words, diagnostics) == Some(ErrorKind::Network)
}

fn kind_of_words(words: &str, diagnostics: &Diagnostics) -> Option<ErrorKind> {
    kind_of_lines(diagnostics.on(NoticeSource::Stderr).chain([words]))
}

fn kind_of_lines<'a>(lines: impl Iterator<Item = &'a str> + Clone) -> Option<ErrorKind> {
    let is_said = |phrase: &&[&str]| {
        let mut lines = lines.clone();
        lines.any(|line| phrase.iter().all(|part| line.contains(part)))
    };
    PATTERNS
        .iter()
        .find(|(_, phrases)| phrases.iter().any(is_said))
        .map(|(kind, _)| *kind)
}

/// What kind of failure one line tells that is known to be one.
pub(crate) fn kind_of(line: &str) -> ErrorKind {
    kind_of_lines([line].into_iter()).unwrap_or(ErrorKind::Failed)
}

/// What it means that restic's search for snapshots leaves something out, which it says on
/// standard error and calls a success before restic 0.20:
///
/// * `Ignoring "xyz", it is not a snapshot id` (0.11 to 0.14),
/// * `Ignoring "latest", no snapshot matched given filter (…)` (0.11 to 0.14),
/// * `Ignoring "xyz": no matching ID found for prefix "xyz"` (0.15 to 0.19),
/// * `Ignoring "07d61686", could not load snapshot: load <snapshot/07d61686b9>: invalid data
///   returned` (0.11 to 0.14),
/// * `could not load snapshot 07d61686: load <snapshot/07d61686b9>: invalid data returned`
///   (0.11 to 0.14, without an id),
/// * `Ignoring "846f0d92": failed to load snapshot 846f0d92: LoadRaw(<snapshot/846f0d9207>):
///   invalid data returned` (0.15 to 0.19),
/// * `Ignoring "latest": Error loading snapshot 846f0d92: failed to load …` (0.15 to 0.19).
pub(crate) fn left_out(line: &str) -> Option<ErrorKind> {
    let unreadable = ["could not load snapshot", "failed to load", "Error loading"];
    let is_unreadable = |why: &str| unreadable.iter().any(|begin| why.starts_with(begin));
    if line.starts_with("could not load snapshot") {
        return Some(kind_of_unreadable(line));
    }
    let ignored = line.strip_prefix("Ignoring \"")?;
    // The id is anybody's word, quoted as Go does it.
    let mut escaped = false;
    let end = ignored.find(|c| {
        let is_literal = escaped;
        escaped = c == '\\' && !is_literal;
        c == '"' && !is_literal
    });
    let why = end.and_then(|end| ignored.get(end + 3..));
    match why.filter(|why| is_unreadable(why)) {
        Some(why) => Some(kind_of_unreadable(why)),
        None => Some(ErrorKind::NotFound),
    }
}

/// A file of the repository that is there and cannot be read is damaged, unless restic gives
/// another reason.
fn kind_of_unreadable(words: &str) -> ErrorKind {
    match kind_of(words) {
        ErrorKind::Failed => ErrorKind::Damaged,
        kind => kind,
    }
}

/// Whether somebody else has interrupted restic, as a backup of 0.18 tells it: with code 1.
fn was_interrupted(words: &str, diagnostics: &Diagnostics) -> bool {
    let is_signal = |line: &str| line.starts_with("signal ") && line.contains(" received");
    words.ends_with("context canceled") && diagnostics.on(NoticeSource::Stderr).any(is_signal)
}

/// Whether the keys of the repository could be read. Where they could not, a proxy perhaps
/// having answered with a page of its own, restic finds that none fits.
fn keys_were_read(diagnostics: &Diagnostics) -> bool {
    let failed = |line: &str| {
        ["List(key) returned error", "Load(<key/"]
            .iter()
            .any(|begin| line.starts_with(begin))
    };
    !diagnostics.on(NoticeSource::Stderr).any(failed)
}

/// restic's own words for its failure: the last thing it said that is a reason. There may be
/// secrets in them.
pub(crate) fn reason(exit: Exit, diagnostics: &Diagnostics) -> String {
    if let Some(error) = diagnostics.exit_error() {
        let lines: Vec<&str> = error.message.trim().lines().collect();
        let stack = (0..lines.len()).find(|&at| is_stack(&lines, at));
        return lines[..stack.unwrap_or(lines.len())].join("\n");
    }
    let tail: Vec<&str> = diagnostics.tail().collect();
    let said = (0..tail.len()).rev().filter(|&at| !tail[at].is_empty());
    let fatal = said.clone().find(|&at| tail[at].starts_with("Fatal: "));
    let reason = || said.clone().find(|&at| !is_hint(&tail, at));
    match fatal.or_else(reason) {
        Some(at) => tail[at].to_owned(),
        None => format!("it ended with {exit} and without a word"),
    }
}

/// Lines that come after the reason: the place of a lock, a stack of Go functions.
fn is_hint(lines: &[&str], at: usize) -> bool {
    ["lock was created at", "storage ID", "the `unlock` command"]
        .iter()
        .any(|begin| lines[at].starts_with(begin))
        || is_stack(lines, at)
}

/// Whether a line is of a stack: the name of a function with its place, indented, behind it.
fn is_stack(lines: &[&str], at: usize) -> bool {
    let is_place = |line: &str| line.starts_with(['\t', ' ']);
    is_place(lines[at]) || lines.get(at + 1).is_some_and(|next| next.starts_with('\t'))
}
