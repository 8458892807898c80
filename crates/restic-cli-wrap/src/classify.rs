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
        Some(ExitCode::WRONG_PASSWORD) => return ErrorKind::WrongPassword,
        Some(ExitCode::INTERRUPTED) => return ErrorKind::Interrupted,
        Some(_) => {}
    }
    let context = || notes.on(Stream::Stderr).chain([words]);
    PATTERNS
        .iter()
        .find(|(pattern, _)| context().any(|line| pattern.matches(line)))
        .map_or(ErrorKind::Failed, |(_, kind)| *kind)
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
    (says(&["please specify "]), ErrorKind::Usage),
    (says(&["no policy was specified"]), ErrorKind::Usage),
    (says(&["unknown grouping option"]), ErrorKind::Usage),
    (says(&["unknown counting mode"]), ErrorKind::Usage),
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
    (says(&["epository is already locked"]), ErrorKind::Locked),
    (says(&["connection refused"]), ErrorKind::Network),
    (says(&["no such host"]), ErrorKind::Network),
    (says(&["dial tcp"]), ErrorKind::Network),
    (says(&["i/o timeout"]), ErrorKind::Network),
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
    (says(&["it is not a snapshot id"]), ErrorKind::NotFound),
    (says(&["no snapshot found"]), ErrorKind::NotFound),
    (says(&["multiple IDs with prefix"]), ErrorKind::NotFound),
    (says(&["do not exist"]), ErrorKind::NotFound),
    (
        says(&["ciphertext verification failed"]),
        ErrorKind::Damaged,
    ),
    (says(&["no space left on device"]), ErrorKind::NoSpace),
    (says(&["permission denied"]), ErrorKind::AccessDenied),
];

/// restic's own words for its failure: the last thing it said that is a reason. There may be
/// secrets in them.
pub(crate) fn words(exit: Exit, notes: &Notes) -> String {
    if let Some(error) = notes.exit_error() {
        let lines: Vec<&str> = (error.message.trim().lines())
            .take_while(|line| !is_stack(line))
            .collect();
        return lines.join("\n");
    }
    let said: Vec<&str> = notes
        .tail()
        .filter(|line| !line.trim().is_empty())
        .collect();
    let fatal = said.iter().rev().find(|line| line.starts_with("Fatal: "));
    let last = said.iter().rev().find(|line| !is_hint(line));
    match fatal.or(last) {
        Some(line) => (*line).to_owned(),
        None => format!("it ended with {exit} and without a word"),
    }
}

/// Lines that come after the reason: the place of a lock, a stack of Go functions.
fn is_hint(line: &str) -> bool {
    ["lock was created at", "storage ID", "the `unlock` command"]
        .iter()
        .any(|begin| line.starts_with(begin))
        || is_stack(line)
}

fn is_stack(line: &str) -> bool {
    ["github.com/", "golang.org/", "main.", "runtime."]
        .iter()
        .any(|begin| line.starts_with(begin))
        || line.starts_with(['\t', ' '])
}
