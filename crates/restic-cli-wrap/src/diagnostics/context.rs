use restic_types::search::{self, split_once};

use crate::wording::{is_one_of, lines};

/// How many helper programs are listened to, and how many of their last lines are kept.
const HELPERS: usize = 4;
const HELPER_LINES: usize = 4;

/// After how many other lines the first words of a crash are no longer the reason of a stack.
const CRASH_DISTANCE: u32 = 200;

/// How many of its first lines are kept.
const CRASH_WORDS: u32 = 3;

/// What was said on the way and explains an end that restic reports in other words. It is noted when
/// it is read, in constant memory however much is said.
#[derive(Debug, Default)]
pub(crate) struct Context {
    /// A signal asked restic to end.
    pub(crate) was_interrupted: bool,
    /// restic has lost its lock, and has begun to end because of that.
    pub(crate) lost_lock: bool,
    /// The last thing that restic tried in vain was to read a key.
    pub(crate) keys_are_unread: bool,
    complaint: Option<String>,
    /// How the last attempt to remove a snapshot failed.
    removal: Option<String>,
    helpers: Vec<Helper>,
    crash: Crash,
}

/// A program that restic started, whose words it passes on behind its name.
#[derive(Debug)]
struct Helper {
    name: String,
    /// The last ones, each with its end.
    lines: String,
}

/// A crash of Go: its first words, and then the stacks, which may be very long.
#[derive(Debug, Default)]
struct Crash {
    /// One line of several.
    words: String,
    /// How many.
    count: u32,
    lines_since: u32,
    has_stack: bool,
}

impl Context {
    /// Takes one line of standard error that is no message.
    pub(crate) fn read(&mut self, line: &str) {
        self.crash.read(line);
        if line.is_empty() {
            return;
        }
        if let Some((name, words)) = helper(line) {
            self.hear(name, words);
            return;
        }
        if is_signal(line) {
            self.was_interrupted = true;
            return;
        }
        self.lost_lock |= is_one_of(lines![["failed to refresh lock in time$"]], line);
        if is_one_of(lines![[" operation successful after "]], line) {
            self.keys_are_unread = false;
            self.complaint = None;
        } else if !is_one_of(lines![["^{"], ["context canceled$"]], line) {
            // Neither a message of the command nor only its end.
            self.complaint = Some(line.to_owned());
            if is_attempt(line) {
                self.keys_are_unread = is_about_keys(line);
                if line.starts_with("Remove(<snapshot/") {
                    self.removal = Some(line.to_owned());
                }
            }
        }
    }

    /// What restic itself complained about last, unless that has gone well since, and unless
    /// it only reported its own end.
    pub(crate) fn complaint(&self) -> Option<&str> {
        self.complaint.as_deref()
    }

    /// How restic last failed to remove a snapshot.
    pub(crate) fn removal(&self) -> Option<&str> {
        self.removal.as_deref()
    }

    /// The last words of a helper with this name; without one of that name, of the one that
    /// was heard last.
    pub(crate) fn helper(&self, name: &str) -> Option<(&str, &str)> {
        let named = self.helpers.iter().find(|helper| helper.name == name);
        let helper = named.or(self.helpers.last())?;
        Some((&helper.name, &helper.lines))
    }

    /// The first words of a crash, when a stack followed.
    pub(crate) fn crash(&self) -> Option<&str> {
        self.crash.has_stack.then_some(&self.crash.words)
    }

    fn hear(&mut self, name: &str, words: &str) {
        // What rclone says at its end has no level.
        let levels = lines![[" DEBUG : "], [" INFO  : "], [" NOTICE: "], [" ERROR : "],];
        if is_one_of(levels, words) {
            return;
        }
        let known = self.helpers.iter().position(|helper| helper.name == name);
        let mut helper = match known {
            Some(place) => self.helpers.remove(place),
            None => Helper {
                name: name.to_owned(),
                lines: String::new(),
            },
        };
        if search::lines(&helper.lines).count() == HELPER_LINES
            && let Some((_, later)) = split_once(&helper.lines, "\n")
        {
            helper.lines = later.to_owned();
        }
        helper.lines.push_str(words);
        helper.lines.push('\n');
        self.helpers.push(helper);
        if self.helpers.len() > HELPERS {
            // ssh and rclone speak for the repository, others for themselves.
            let backends = lines![["^ssh$"], ["^rclone$"]];
            let other = |helper: &Helper| !is_one_of(backends, &helper.name);
            let gone = self.helpers.iter().position(other).unwrap_or(0);
            self.helpers.remove(gone);
        }
    }
}

impl Crash {
    fn read(&mut self, line: &str) {
        if self.has_stack {
            return;
        }
        self.lines_since = self.lines_since.saturating_add(1);
        if is_crash(line) {
            if self.lines_since > CRASH_DISTANCE {
                self.words.clear();
                self.count = 0;
            }
            self.lines_since = 0;
            if self.count < CRASH_WORDS {
                if self.count > 0 {
                    self.words.push_str("; ");
                }
                self.words.push_str(line);
                self.count += 1;
            }
        } else if is_goroutine(line) {
            self.has_stack = self.count > 0 && self.lines_since <= CRASH_DISTANCE;
        }
    }
}

/// The words of a program that restic started, and its name.
pub(crate) fn helper(line: &str) -> Option<(&str, &str)> {
    if let Some(words) = line.strip_prefix("rclone: ") {
        return Some(("rclone", words));
    }
    split_once(line.strip_prefix("subprocess ")?, ": ")
}

/// `signal interrupt received, cleaning up`.
pub(crate) fn is_signal(line: &str) -> bool {
    is_one_of(lines![["^signal ", " received"]], line)
}

/// `Load(<data/0123456789>, 0, 0) returned error, retrying after 1.1s: …`, or since restic
/// 0.17.0 `Load(<data/0123456789>, 0, 0) failed: …`.
pub(crate) fn is_attempt(line: &str) -> bool {
    let attempts = lines![[") returned error, retrying after "], [") failed: "]];
    is_one_of(attempts, line)
}

fn is_about_keys(line: &str) -> bool {
    is_one_of(lines![["^List(key) "], ["^Load(<key/"]], line)
}

/// The first words of a crash of Go.
fn is_crash(line: &str) -> bool {
    let begins = lines![
        ["^panic: "],
        ["^fatal error: "],
        ["^runtime: "],
        ["^unexpected fault address "],
    ];
    let is_signal = || {
        let name = split_once(line, ": ").map(|(name, _)| name);
        name.and_then(|name| name.strip_prefix("SIG"))
            .is_some_and(|name| name.bytes().all(|letter| letter.is_ascii_uppercase()))
    };
    is_one_of(begins, line) || is_signal()
}

/// `goroutine 47 [select, 2 minutes]:`, and with newer Go more between the two.
fn is_goroutine(line: &str) -> bool {
    let number = line.strip_prefix("goroutine ");
    number.is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
        && line.ends_with("]:")
}
