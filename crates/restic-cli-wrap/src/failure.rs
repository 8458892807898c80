pub(crate) mod advice;
mod last_words;
mod patterns;

use restic_process::Exit;
use restic_types::ExitCode;
use restic_types::search::{self, split_once, trim_end};

use crate::ErrorKind;
use crate::diagnostics::Diagnostics;
use crate::failure::patterns::{PATTERNS, RCLONE, SSH};
use crate::wording::{Patterns, is_one_of, lines, lines_of};

pub(crate) use last_words::LastWords;

/// Why nobody knows how restic ended, and what to do.
pub(crate) const LOST: &str = "the exit status of restic was lost: this program ignores SIGCHLD, \
    or waits for all of its children; set SIGCHLD to its default, and wait for the children by \
    their ids";

/// The kind of failure, from the exit and restic's last words.
///
/// A code that means something counts first, then the words with which restic ended. What was
/// said on the way is no reason: it went well in the end, or somebody else said it. It counts
/// only where restic's last words refer to it.
pub(crate) fn classify(exit: Exit, words: &LastWords<'_>, diagnostics: &Diagnostics) -> ErrorKind {
    let context = diagnostics.context();
    if exit == Exit::Lost {
        return kind_of_words(words, diagnostics).unwrap_or(ErrorKind::Io);
    }
    match exit.code().map(ExitCode) {
        None => return ErrorKind::Killed,
        Some(ExitCode::NO_REPOSITORY) => return ErrorKind::NoRepository,
        Some(ExitCode::LOCKED) => return ErrorKind::Locked,
        Some(ExitCode::WRONG_PASSWORD) if !context.keys_are_unread => {
            return ErrorKind::WrongPassword;
        }
        Some(ExitCode::INTERRUPTED) => return why_cancelled(diagnostics, ErrorKind::Interrupted),
        Some(_) => {}
    }
    if crash(exit, diagnostics).is_some() {
        return ErrorKind::Failed;
    }
    match kind_of_words(words, diagnostics) {
        // No key fits where none could be read, a proxy perhaps having answered with a page of
        // its own.
        Some(ErrorKind::WrongPassword) if context.keys_are_unread => ErrorKind::Network,
        Some(kind) => kind,
        None if words.is_only_cancelled() => why_cancelled(diagnostics, ErrorKind::Failed),
        None => ErrorKind::Failed,
    }
}

/// Why restic has ended everything that it was doing. It does so with 130 or 1, depending on
/// the release, when a signal asks it to, and, since 0.15.0, when it has lost its lock.
fn why_cancelled(diagnostics: &Diagnostics, otherwise: ErrorKind) -> ErrorKind {
    let context = diagnostics.context();
    match (context.was_interrupted, context.lost_lock) {
        (true, _) => ErrorKind::Interrupted,
        (false, true) => ErrorKind::LockLost,
        (false, false) => otherwise,
    }
}

/// Whether restic said that it failed.
pub(crate) fn is_said(diagnostics: &Diagnostics) -> bool {
    let mut tail = search::lines(diagnostics.tail());
    diagnostics.exit_error().is_some() || tail.any(|line| line.starts_with("Fatal: "))
}

/// The first words of a crash of Go. Whatever restic was doing, it could not clean up.
pub(crate) fn crash(exit: Exit, diagnostics: &Diagnostics) -> Option<&str> {
    let words = diagnostics.context().crash();
    words.filter(|_| exit.code() == Some(2))
}

/// Whether restic was waiting for a server when it was stopped, again and again perhaps.
///
/// What it complained about last says so, or the request that our own stop has ended. A
/// restic that has said nothing at all has not yet opened its repository; where that is on a
/// server, it was waiting for it.
pub(crate) fn waited_for_network(
    words: &LastWords<'_>,
    diagnostics: &Diagnostics,
    is_unopened_server: bool,
) -> bool {
    let requests = lines![
        ["Head \"", "\": context canceled$"],
        ["Get \"", "\": context canceled$"],
        ["Post \"", "\": context canceled$"],
        ["Put \"", "\": context canceled$"],
        ["Delete \"", "\": context canceled$"],
    ];
    let by_words = kind_of_words(words, diagnostics);
    let complaint = diagnostics.context().complaint();
    match complaint.map(|line| patterns::find(PATTERNS, cause(line))) {
        _ if by_words == Some(ErrorKind::Network) => true,
        Some(kind) => kind == Some(ErrorKind::Network),
        None => words.include(requests) || is_unopened_server && by_words.is_none(),
    }
}

/// What restic was busy with when it was stopped, as far as it complained: its last words
/// only report our own stop then.
pub(crate) fn complaint(words: &LastWords<'_>, diagnostics: &Diagnostics) -> Option<String> {
    if !words.is_empty() && !words.is_only_cancelled() {
        return Some(reason_of(words, diagnostics));
    }
    diagnostics.context().complaint().map(str::to_owned)
}

fn kind_of_words(words: &LastWords<'_>, diagnostics: &Diagnostics) -> Option<ErrorKind> {
    if let Some(kind) = kind_of_helper(words, diagnostics) {
        return Some(kind);
    }
    let mut lines = words.lines().iter();
    let of_line = lines.find_map(|line| patterns::find(PATTERNS, line));
    // A message of many lines may have its subject in the first, and the reason in another.
    let of_lines = of_line.or_else(|| patterns::find(PATTERNS, &words.text()));
    // A snapshot that cannot be removed is named without the reason, which is that of the
    // attempt.
    let unexplained = lines![
        ["^unable to remove snapshot/"],
        ["^unable to remove unreadable snapshot file "],
        ["^failed to remove one or more snapshots$"],
    ];
    let attempt = diagnostics.context().removal();
    let is_unexplained = |line: &&str| is_one_of(unexplained, patterns::own_words(line));
    let attempt = attempt.filter(|_| words.lines().iter().any(is_unexplained));
    of_lines.or_else(|| patterns::find(PATTERNS, cause(attempt?)))
}

/// What is behind a line such as `Save(<lock/0123456789>) returned error, retrying after
/// 1.1s: …`.
fn cause(line: &str) -> &str {
    let attempt = split_once(line, ") returned error, retrying after ");
    let cause = attempt.and_then(|(_, rest)| split_once(rest, ": "));
    let failed = || split_once(line, ") failed: ");
    cause.or_else(failed).map_or(line, |(_, cause)| cause)
}

/// What the words of a helper mean where restic says no more than that it is gone.
fn kind_of_helper(words: &LastWords<'_>, diagnostics: &Diagnostics) -> Option<ErrorKind> {
    let (name, rows, otherwise) = helper_of(words)?;
    let (_, said) = diagnostics.context().helper(name).unwrap_or_default();
    let by_helper = |rows| search::lines(said).find_map(|line| patterns::find(rows, line));
    by_helper(rows)
        .or_else(|| by_helper(PATTERNS))
        .or(otherwise)
}

/// The helper that restic's last words are about, what its words mean, and what it means when
/// they are unknown.
fn helper_of(words: &LastWords<'_>) -> Option<(&'static str, patterns::Rows, Option<ErrorKind>)> {
    let ssh = lines![
        ["unable to start the sftp session"],
        ["ssh command exited: "],
    ];
    if words.include(ssh) {
        return Some(("ssh", SSH, Some(ErrorKind::Network)));
    }
    // What rclone did not do has many reasons; without its words restic's count.
    let rclone = lines![["error talking HTTP to rclone: "], ["rclone exited"]];
    let is_rclone = words.include(rclone);
    is_rclone.then_some(("rclone", RCLONE, Some(ErrorKind::Failed)))
}

/// The kind of failure in one line that is known to report one.
pub(crate) fn kind_of(line: &str) -> ErrorKind {
    patterns::find(PATTERNS, line).unwrap_or(ErrorKind::Failed)
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
    let unreadable = lines![
        ["^could not load snapshot"],
        ["^failed to load"],
        ["^Error loading"],
    ];
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
    match why.filter(|why| is_one_of(unreadable, why)) {
        Some(why) => Some(kind_of_unreadable(why)),
        None => Some(ErrorKind::NotFound),
    }
}

/// What it means that pruning could not remove a pack. restic goes on, says that it is `done`, and
/// calls that a success in all releases:
///
/// * `Remove(<data/0dde93de84>) failed: remove /srv/repo/data/0d/0dde…: permission denied` (0.18 on),
/// * `unable to remove data/0dde… from the repository` (0.18 on), `unable to remove <data/0dde…> from
///   the repository` (0.11 to 0.16, after a quarter of an hour of retries).
///
/// The first has the reason. An index or a snapshot that could not be removed is no pack.
pub(crate) fn pack_left(line: &str) -> Option<ErrorKind> {
    let left = lines![
        ["^Remove(<data/", ">) failed: "],
        ["^unable to remove data/", " from the repository$"],
        ["^unable to remove <data/", " from the repository$"],
    ];
    is_one_of(left, line).then(|| kind_of(line))
}

/// How each backend says that a file is not there: local and sftp, local on Windows, a REST
/// server by each release, S3 and its kin.
const MISSING_FILE: Patterns = lines![
    ["no such file or directory$"],
    ["The system cannot find the file specified.$"],
    ["does not exist$"],
    ["does not exist.$"],
    ["(404)$"],
    ["404 Not Found$"],
];

/// A file of the repository that is there and cannot be read is damaged, unless restic gives
/// another reason. A whole id is not looked for before its file is opened: without a file,
/// there is no such snapshot, or it was removed meanwhile.
fn kind_of_unreadable(words: &str) -> ErrorKind {
    if is_one_of(MISSING_FILE, trim_end(words)) {
        return ErrorKind::NotFound;
    }
    match kind_of(words) {
        ErrorKind::Failed => ErrorKind::Damaged,
        kind => kind,
    }
}

/// restic's own words for its failure, with those of its helper where they are about it. There
/// may be secrets in them. Absent when it had none.
pub(crate) fn reason(exit: Exit, diagnostics: &Diagnostics) -> Option<String> {
    if let Some(words) = crash(exit, diagnostics) {
        return Some(format!("restic crashed: {words}"));
    }
    let words = LastWords::of(diagnostics);
    let lost = || (exit == Exit::Lost).then(|| LOST.to_owned());
    let said = (!words.is_empty()).then(|| reason_of(&words, diagnostics));
    said.or_else(lost)
}

fn reason_of(words: &LastWords<'_>, diagnostics: &Diagnostics) -> String {
    let text = words.text();
    let said = helper_of(words).and_then(|(name, ..)| diagnostics.context().helper(name));
    match said {
        Some((name, said)) => format!("{text}; {name} said: {}", lines_of(said).join("; ")),
        None => text,
    }
}
