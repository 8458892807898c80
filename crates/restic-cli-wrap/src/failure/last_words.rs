use restic_types::search::{contains, rsplit_once, split_once, trim};

use crate::diagnostics::{Diagnostics, context};
use crate::failure::patterns::{self, PATTERNS};
use crate::wording::{Patterns, is_one_of, lines, lines_of};

/// How many lines one message of restic's may have behind its first.
const CONTINUED: usize = 4;

/// The same where the first line announces a list.
const LISTED: usize = 60;

/// What restic itself said at its end, without what came before it, without what its helpers
/// said, and without a stack of Go functions.
#[derive(Debug)]
pub(crate) struct LastWords<'a> {
    /// The message, line by line; of an error with a stack the root of the chain is first.
    lines: Vec<&'a str>,
    /// The message begins with its root, and each line says what failed because of the one
    /// before it.
    is_chain: bool,
}

impl<'a> LastWords<'a> {
    /// The words of `exit_error`, which restic has printed since 0.18.0, or else the end of
    /// standard error. Empty when there are none.
    pub(crate) fn of(diagnostics: &'a Diagnostics) -> Self {
        match diagnostics.exit_error() {
            Some(error) => {
                let mut words = Self::saying(trim(&error.message));
                words.lines.truncate(before_stack(&words.lines));
                words
            }
            None => Self::at_the_end_of(diagnostics.tail()),
        }
    }

    /// Other words of restic's, in the place of its last ones.
    pub(crate) fn saying(words: &'a str) -> Self {
        Self {
            lines: lines_of(words),
            is_chain: false,
        }
    }

    fn at_the_end_of(tail: &'a str) -> Self {
        let mut lines = lines_of(tail);
        lines.retain(|line| !line.is_empty());
        while lines.last().is_some_and(|line| is_aside(line)) {
            lines.pop();
        }
        let is_chain = lines.last().is_some_and(|line| is_of_stack(line));
        if is_chain {
            lines = chain(&lines);
        } else {
            lines.drain(..begin_of_message(&lines));
        }
        Self { lines, is_chain }
    }

    pub(crate) fn lines(&self) -> &[&'a str] {
        &self.lines
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// Whether one of these sentences is among them.
    pub(crate) fn include(&self, patterns: Patterns) -> bool {
        self.lines.iter().any(|line| is_one_of(patterns, line))
    }

    /// Whether all that restic said is that it was ended.
    pub(crate) fn is_only_cancelled(&self) -> bool {
        self.include(lines![["context canceled$"]])
    }

    /// The message as one text.
    pub(crate) fn text(&self) -> String {
        if self.is_chain {
            let mut lines = self.lines.clone();
            lines.reverse();
            return lines.join(": ");
        }
        self.lines.join("\n")
    }
}

/// The messages of an error that ends in a stack, from the root of the chain to its end. Each
/// but the first, and what follows a root of one word, has a stack on both sides.
fn chain<'a>(lines: &[&'a str]) -> Vec<&'a str> {
    let mut messages = Vec::new();
    let mut rest = lines;
    while let Some((message, before)) = rest
        .iter()
        .rposition(|line| !is_of_stack(line))
        .map(|at| (rest[at], &rest[..at]))
    {
        messages.push(message);
        rest = before;
        if !rest.last().is_some_and(|line| is_place(line)) {
            break;
        }
    }
    // What a step of restic's, such as `ReadFile`, failed with has no stack of its own.
    if let Some(step) = messages.last()
        && !contains(step, " ")
        && let Some(cause) = rest.last()
    {
        messages.push(cause);
    }
    messages.reverse();
    messages
}

/// How many lines of a message are before the first stack in it, which begins with the name of a
/// function.
fn before_stack(lines: &[&str]) -> usize {
    let place = lines.iter().position(|line| is_place(line));
    place.map_or(lines.len(), |place| place.saturating_sub(1))
}

/// Where the last message of these lines begins. Without a stack only its first line shows
/// that: `Fatal: `, which restic prints when it ends and then no more.
fn begin_of_message(said: &[&str]) -> usize {
    let last = said.len().saturating_sub(1);
    let lock = said.iter().rposition(|line| !is_hint_of_lock(line));
    if let Some(lock) = lock.filter(|lock| *lock < last) {
        return lock;
    }
    let fatal = said.iter().rposition(|line| line.starts_with("Fatal: "));
    fatal
        .filter(|fatal| is_continued(said[*fatal], &said[fatal + 1..]))
        .unwrap_or(last)
}

/// Whether these lines belong to a message that begins with this one.
fn is_continued(fatal: &str, rest: &[&str]) -> bool {
    if fatal.ends_with(':') {
        return rest.len() <= LISTED;
    }
    let known = lines![
        ["^unable to open config file: "],
        ["^parsing repository location failed"],
    ];
    let is_known = is_one_of(known, patterns::own_words(fatal));
    let stands_alone = |line: &&str| {
        context::is_attempt(line) || !is_known && patterns::find(PATTERNS, line).is_some()
    };
    rest.len() <= CONTINUED && !rest.iter().any(stands_alone)
}

/// What may come after the last words: what a helper says when it is ended, that a signal has
/// come, what cannot be cleaned up.
fn is_aside(line: &str) -> bool {
    let asides = lines![["^unable to umount "], ["^error while unlocking: "], ["^{"],];
    context::helper(line).is_some() || context::is_signal(line) || is_one_of(asides, line)
}

/// What restic says about a lock that is in the way, behind the message that it is.
fn is_hint_of_lock(line: &str) -> bool {
    let hints = lines![
        ["^lock was created at "],
        ["^storage ID "],
        ["^the `unlock` command "],
    ];
    is_one_of(hints, line)
}

/// The name of a function in Go's source, such as `path/filepath.walk` or
/// `main.glob..func15`, or the place of one.
fn is_of_stack(line: &str) -> bool {
    let name = rsplit_once(line, "/").map_or(line, |(_, name)| name);
    let is_name = line.starts_with(|c: char| c.is_ascii_lowercase())
        && !line.bytes().any(|byte| b" :\"".contains(&byte))
        && split_once(name, ".").is_some_and(|(_, function)| !function.is_empty());
    is_name || is_place(line)
}

/// The place of a function in Go's source, which stands, indented, behind its name.
fn is_place(line: &str) -> bool {
    line.starts_with('\t') && contains(line, ":")
}
