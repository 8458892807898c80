use restic_types::Counter;
use serde::{Deserialize, Serialize};

use crate::arguments::{Arguments, setters};
use crate::command::Command;
use crate::decode::{ReportDecoder, TextReport};

/// Removes stale locks, which nobody holds any longer.
///
/// `restic unlock`. It is safe while others work: a lock is removed when its process on this
/// machine is gone, or when it is half an hour old and was not refreshed.
#[must_use]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unlock {
    arguments: Arguments,
}

/// What [`Unlock`] did.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Unlocked {
    /// How many locks were removed. Absent when restic does not say: before 0.15.0 it does not
    /// count them, and since then says nothing at all with `--json`, which the client sets.
    pub removed: Option<u64>,
    /// What restic printed: one line before 0.15.0, also when there was no lock, and nothing
    /// since.
    pub text: Vec<String>,
}

impl Unlock {
    /// Removes stale locks.
    pub fn new() -> Self {
        Self {
            arguments: Arguments::ungated("unlock"),
        }
    }
}

setters! { Unlock:
    /// Removes all locks, including those of a running restic, which can damage the repository.
    switch remove_all: "--remove-all";
}

impl Default for Unlock {
    fn default() -> Self {
        Self::new()
    }
}

impl Command for Unlock {
    type Event = Counter;
    type Output = Unlocked;
    type Decoder = ReportDecoder<Unlocked>;

    fn arguments(&self) -> Arguments {
        self.arguments.clone()
    }

    fn decoder(&self) -> ReportDecoder<Unlocked> {
        ReportDecoder::default()
    }
}

impl TextReport for Unlocked {
    fn stdout(&mut self, line: &str) {
        self.removed = removed(line).or(self.removed);
        self.text.push(line.to_owned());
    }
}

/// `successfully removed 1 locks`; an old restic leaves the number out.
fn removed(line: &str) -> Option<u64> {
    let words = line.strip_prefix("successfully removed ")?;
    words.strip_suffix(" locks")?.parse().ok()
}
