//! Sources that are named and are not there: `/nope does not exist, skipping`.

use std::collections::{HashSet, VecDeque};

use crate::arguments::Arguments;

/// Why restic leaves out a source that is named. The second since restic 0.19.0.
const REASONS: [&str; 2] = [" does not exist, skipping", " cannot be accessed, skipping"];

/// Reads such lines of standard error. A name with newlines in it is spread over several, and
/// which of them is known from what was asked for.
#[derive(Debug, Default)]
pub(super) struct LeftOut {
    /// The names with newlines in them.
    asked: HashSet<String>,
    /// How many lines the longest of them has before its last.
    lines: usize,
    /// As many of the lines before.
    before: VecDeque<String>,
    /// Names that are not known may have newlines in them.
    may_be_part: bool,
}

/// A source that is not there.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Missing {
    pub(super) path: String,
    pub(super) why: &'static str,
    /// It is the whole name.
    pub(super) is_certain: bool,
}

impl LeftOut {
    pub(super) fn of(arguments: &Arguments) -> Self {
        let names = arguments.given().operands.iter();
        let names = names.map(|name| name.to_string_lossy().into_owned());
        let asked: HashSet<_> = names.filter(|name| name.contains('\n')).collect();
        let raw = |word: &str| word.starts_with("--files-from-raw");
        let mut extra = arguments.given().extra.iter();
        Self {
            lines: (asked.iter().map(|name| name.matches('\n').count()))
                .max()
                .unwrap_or(0),
            asked,
            before: VecDeque::new(),
            may_be_part: arguments.given().has("--files-from-raw")
                || extra.any(|word| raw(&word.to_string_lossy())),
        }
    }

    /// The source that this line is about, or the end of it.
    pub(super) fn read(&mut self, line: &str) -> Option<Missing> {
        let about = |reason: &&'static str| {
            let why = reason.trim_start().trim_end_matches(", skipping");
            Some((line.strip_suffix(reason)?, why))
        };
        let Some((end, why)) = REASONS.iter().find_map(about) else {
            self.keep(line);
            return None;
        };
        let whole = self.whole_name(end);
        let is_certain = whole.is_some() || !self.may_be_part;
        self.before.clear();
        Some(Missing {
            path: whole.unwrap_or_else(|| end.to_owned()),
            why,
            is_certain,
        })
    }

    /// The longest name that was asked for and ends here.
    fn whole_name(&self, end: &str) -> Option<String> {
        let mut name = end.to_owned();
        let mut found = None;
        for line in self.before.iter().rev() {
            name = format!("{line}\n{name}");
            if self.asked.contains(&name) {
                found = Some(name.clone());
            }
        }
        found
    }

    fn keep(&mut self, line: &str) {
        if self.lines > 0 {
            if self.before.len() == self.lines {
                self.before.pop_front();
            }
            self.before.push_back(line.to_owned());
        }
    }
}
