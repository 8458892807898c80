use restic_core::Exit;
use restic_types::ExitCode;

use crate::ErrorKind;
use crate::notes::{Notes, Stream};

/// What kind of failure the exit and restic's words tell.
///
/// The code counts first. Words decide only where every code is 1: before restic 0.17, and
/// for what never got a code of its own.
pub(crate) fn classify(exit: Exit, words: &str, notes: &Notes) -> ErrorKind {
    match exit.code().map(ExitCode) {
        None => return ErrorKind::Killed,
        Some(ExitCode::NO_REPOSITORY) => return ErrorKind::NoRepository,
        Some(ExitCode::LOCKED) => return ErrorKind::Locked,
        Some(ExitCode::WRONG_PASSWORD) if keys_were_read(notes) => return ErrorKind::WrongPassword,
        Some(ExitCode::INTERRUPTED) => return ErrorKind::Interrupted,
        Some(_) => {}
    }
    match kind_of_words(words, notes) {
        Some(ErrorKind::WrongPassword) if !keys_were_read(notes) => ErrorKind::Network,
        Some(kind) => kind,
        None => ErrorKind::Failed,
    }
}

/// Whether restic was trying to reach a server, again and again perhaps, when it was stopped.
pub(crate) fn waited_for_network(words: &str, notes: &Notes) -> bool {
    kind_of_words(words, notes) == Some(ErrorKind::Network)
}

fn kind_of_words(words: &str, notes: &Notes) -> Option<ErrorKind> {
    let context = || notes.on(Stream::Stderr).chain([words]);
    PATTERNS
        .iter()
        .find(|(pattern, _)| context().any(|line| pattern.matches(line)))
        .map(|(_, kind)| *kind)
}

/// Whether the keys of the repository could be read. Where they could not, a proxy perhaps
/// having answered with a page of its own, restic finds that none fits.
fn keys_were_read(notes: &Notes) -> bool {
    let failed = |line: &str| {
        ["List(key) returned error", "Load(<key/"]
            .iter()
            .any(|begin| line.starts_with(begin))
    };
    !notes.on(Stream::Stderr).any(failed)
}

/// A part of what restic says.
struct Pattern {
    all_of: &'static [&'static str],
    none_of: &'static [&'static str],
}

impl Pattern {
    fn matches(&self, line: &str) -> bool {
        self.all_of.iter().all(|part| line.contains(part))
            && !self.none_of.iter().any(|part| line.contains(part))
    }
}

const fn says(all_of: &'static [&'static str]) -> Pattern {
    Pattern {
        all_of,
        none_of: &[],
    }
}

/// From the most to the least certain. Each has a recorded sample in the tests.
const PATTERNS: &[(Pattern, ErrorKind)] = &[
    (says(&["unknown command \""]), ErrorKind::Unsupported),
    (says(&["unknown flag: "]), ErrorKind::Usage),
    (says(&["unknown shorthand flag: "]), ErrorKind::Usage),
    (says(&["invalid argument \"", "flag"]), ErrorKind::Usage),
    (says(&["flag needs an argument"]), ErrorKind::Usage),
    (says(&["lease specify "]), ErrorKind::Usage),
    (says(&["no policy was specified"]), ErrorKind::Usage),
    (says(&["unknown grouping option"]), ErrorKind::Usage),
    (says(&["Fatal: nothing to do!"]), ErrorKind::Usage),
    (says(&["Nothing to do: no excludes"]), ErrorKind::Usage),
    (
        says(&["refusing to remove key currently"]),
        ErrorKind::Usage,
    ),
    (says(&["the cache is disabled"]), ErrorKind::Usage),
    (says(&["unknown counting mode"]), ErrorKind::Usage),
    (says(&["for --max-unused"]), ErrorKind::Usage),
    (says(&["must pass id '"]), ErrorKind::Usage),
    (says(&["no ids specified"]), ErrorKind::Usage),
    (says(&["invalid length for ID"]), ErrorKind::Usage),
    (says(&["more than one snapshot ID"]), ErrorKind::Usage),
    (says(&["strconv.Parse", "invalid syntax"]), ErrorKind::Usage),
    (says(&["only repository versions"]), ErrorKind::Usage),
    (says(&["only either '--json' or"]), ErrorKind::Usage),
    (says(&["option ", " is not known"]), ErrorKind::Usage),
    (says(&["repository location failed"]), ErrorKind::Usage),
    (
        says(&["fusermount", "executable file not found"]),
        ErrorKind::Unsupported,
    ),
    (
        says(&["failed to open /dev/fuse", "Permission denied"]),
        ErrorKind::AccessDenied,
    ),
    (
        says(&["wrong password or no key found"]),
        ErrorKind::WrongPassword,
    ),
    (says(&["an empty password is not"]), ErrorKind::NoPassword),
    (says(&["esolving password failed"]), ErrorKind::NoPassword),
    (says(&["nable to read password"]), ErrorKind::NoPassword),
    (
        says(&["config file already exists"]),
        ErrorKind::AlreadyExists,
    ),
    (
        says(&["open pack-", ": file exists"]),
        ErrorKind::AlreadyExists,
    ),
    (says(&["epository is already locked"]), ErrorKind::Locked),
    (says(&["connection refused"]), ErrorKind::Network),
    (says(&["connection reset by peer"]), ErrorKind::Network),
    (says(&["no such host"]), ErrorKind::Network),
    (says(&["dial tcp"]), ErrorKind::Network),
    (says(&["i/o timeout"]), ErrorKind::Network),
    // The server has closed the connection: `Head "http://…": EOF`.
    (says(&["\": EOF"]), ErrorKind::Network),
    (says(&["server closed idle connection"]), ErrorKind::Network),
    // The server's own failures, and `429 Too Many Requests`.
    (says(&["unexpected HTTP response (5"]), ErrorKind::Network),
    (
        says(&["unexpected HTTP response (429)"]),
        ErrorKind::Network,
    ),
    // ssh has said why, in its own words.
    (
        says(&["unable to start the sftp session"]),
        ErrorKind::Network,
    ),
    (says(&["401 Unauthorized"]), ErrorKind::AccessDenied),
    (says(&["403 Forbidden"]), ErrorKind::AccessDenied),
    (
        says(&["unexpected HTTP response (401)"]),
        ErrorKind::AccessDenied,
    ),
    (
        says(&["unexpected HTTP response (403)"]),
        ErrorKind::AccessDenied,
    ),
    (
        says(&["unable to open config file", "no such file"]),
        ErrorKind::NoRepository,
    ),
    (
        says(&["unable to open config file", "does not exist"]),
        ErrorKind::NoRepository,
    ),
    (says(&["no matching ID found"]), ErrorKind::NotFound),
    (says(&["not found in snapshot"]), ErrorKind::NotFound),
    (says(&["blob not found"]), ErrorKind::NotFound),
    (says(&["unable to find pack(s)"]), ErrorKind::NotFound),
    (says(&["unable to parse ID"]), ErrorKind::Usage),
    (says(&["wrong number of arguments"]), ErrorKind::Usage),
    (says(&["it is not a snapshot id"]), ErrorKind::NotFound),
    (says(&["no snapshot found"]), ErrorKind::NotFound),
    (says(&["multiple IDs with prefix"]), ErrorKind::NotFound),
    (says(&["do not exist"]), ErrorKind::NotFound),
    (
        says(&["ciphertext verification failed"]),
        ErrorKind::Damaged,
    ),
    (says(&["invalid data returned"]), ErrorKind::Damaged),
    (
        says(&["packs from index missing in repo"]),
        ErrorKind::Damaged,
    ),
    (says(&["not found in the new index"]), ErrorKind::Damaged),
    (
        says(&["id ", " not found in repository"]),
        ErrorKind::Damaged,
    ),
    (says(&["hash does not match id"]), ErrorKind::Damaged),
    (says(&["no space left on device"]), ErrorKind::NoSpace),
    (says(&["permission denied"]), ErrorKind::AccessDenied),
];

/// restic's own words for its failure: the last thing it said that is a reason. There may be
/// secrets in them.
pub(crate) fn words(exit: Exit, notes: &Notes) -> String {
    if let Some(error) = notes.exit_error() {
        let lines: Vec<&str> = error.message.trim().lines().collect();
        let stack = (0..lines.len()).find(|&at| is_stack(&lines, at));
        return lines[..stack.unwrap_or(lines.len())].join("\n");
    }
    let tail: Vec<&str> = notes.tail().collect();
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
