use restic_types::search::{contains, split_once};

use crate::diagnostics::{Diagnostics, context};
use crate::failure::patterns::{self, PATTERNS};

/// How many lines one message of restic's may have behind its first.
const CONTINUED: usize = 4;

/// The same where the first line announces a list.
const LISTED: usize = 60;

/// What restic itself said at its end, without what came before it, without what its helpers
/// said, and without a stack of Go functions.
#[derive(Debug, Default)]
pub(crate) struct LastWords {
    /// The message, line by line; of an error with a stack the root of the chain is first.
    lines: Vec<String>,
    /// The message begins with its root, and each line says what failed because of the one
    /// before it.
    is_chain: bool,
}

impl LastWords {
    /// The words of `exit_error`, which restic has printed since 0.18.0, or else the end of
    /// standard error. Empty when there are none.
    pub(crate) fn of(diagnostics: &Diagnostics) -> Self {
        match diagnostics.exit_error() {
            Some(error) => {
                let lines: Vec<&str> = error.message.trim().lines().collect();
                Self::from_lines(before_stack(&lines).to_vec(), false)
            }
            None => Self::at_the_end_of(&diagnostics.tail().collect::<Vec<_>>()),
        }
    }

    /// Other words of restic's, in the place of its last ones.
    pub(crate) fn saying(words: &str) -> Self {
        Self::from_lines(words.lines().collect(), false)
    }

    fn from_lines(lines: Vec<&str>, is_chain: bool) -> Self {
        Self {
            lines: lines.into_iter().map(str::to_owned).collect(),
            is_chain,
        }
    }

    fn at_the_end_of(tail: &[&str]) -> Self {
        let said: Vec<&str> = tail
            .iter()
            .copied()
            .filter(|line| !line.is_empty())
            .collect();
        let end = said.iter().rposition(|line| !is_aside(line));
        let said = &said[..end.map_or(0, |end| end + 1)];
        if said.last().is_some_and(|line| is_of_stack(line)) {
            return Self::from_lines(chain(said), true);
        }
        Self::from_lines(message(said).to_vec(), false)
    }

    pub(crate) fn lines(&self) -> impl Iterator<Item = &str> + Clone {
        self.lines.iter().map(String::as_str)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// Whether all that restic said is that it was ended.
    pub(crate) fn is_only_cancelled(&self) -> bool {
        let lines = &self.lines;
        lines.iter().any(|line| line.ends_with("context canceled"))
    }

    /// The message as one text.
    pub(crate) fn text(&self) -> String {
        if self.is_chain {
            let lines: Vec<&str> = self.lines.iter().rev().map(String::as_str).collect();
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

/// The lines of a message before the first stack in it.
fn before_stack<'a, 'b>(lines: &'b [&'a str]) -> &'b [&'a str] {
    let is_stack = |at: &usize| lines[*at..].iter().take(2).any(|line| is_place(line));
    let stack = (0..lines.len()).find(is_stack);
    &lines[..stack.unwrap_or(lines.len())]
}

/// The last message of these lines. Without a stack only its first line shows where it
/// begins: `Fatal: `, which restic prints when it ends and then no more.
fn message<'a, 'b>(said: &'b [&'a str]) -> &'b [&'a str] {
    let Some(last) = said.len().checked_sub(1) else {
        return said;
    };
    if let Some(lock) = said.iter().rposition(|line| !is_hint_of_lock(line))
        && lock < last
    {
        return &said[lock..];
    }
    let fatal = said.iter().rposition(|line| line.starts_with("Fatal: "));
    match fatal {
        Some(fatal) if is_continued(said[fatal], &said[fatal + 1..]) => &said[fatal..],
        _ => &said[last..],
    }
}

/// Whether these lines belong to a message that begins with this one.
fn is_continued(fatal: &str, rest: &[&str]) -> bool {
    if fatal.ends_with(':') {
        return rest.len() <= LISTED;
    }
    let is_known = [
        "unable to open config file: ",
        "parsing repository location failed",
    ]
    .iter()
    .any(|begin| patterns::own_words(fatal).starts_with(begin));
    let stands_alone = |line: &&str| {
        context::is_attempt(line) || !is_known && patterns::find(PATTERNS, line).is_some()
    };
    rest.len() <= CONTINUED && !rest.iter().any(stands_alone)
}

/// What may come after the last words: what a helper says when it is ended, that a signal has
/// come, what cannot be cleaned up.
fn is_aside(line: &str) -> bool {
    context::helper(line).is_some()
        || context::is_signal(line)
        || line.starts_with("unable to umount ")
        || line.starts_with("error while unlocking: ")
        || line.starts_with('{')
}

/// What restic says about a lock that is in the way, behind the message that it is.
fn is_hint_of_lock(line: &str) -> bool {
    [
        "lock was created at ",
        "storage ID ",
        "the `unlock` command ",
    ]
    .iter()
    .any(|begin| line.starts_with(begin))
}

/// The name of a function in Go's source, such as `path/filepath.walk` or
/// `main.glob..func15`, or the place of one.
fn is_of_stack(line: &str) -> bool {
    let name = line.rsplit('/').next().unwrap_or(line);
    let is_name = line.starts_with(|c: char| c.is_ascii_lowercase())
        && !line.bytes().any(|byte| b" :\"".contains(&byte))
        && split_once(name, ".").is_some_and(|(_, function)| !function.is_empty());
    is_name || is_place(line)
}

/// The place of a function in Go's source, which stands, indented, behind its name.
fn is_place(line: &str) -> bool {
    line.starts_with('\t') && contains(line, ":")
}
