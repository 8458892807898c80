//! The counters that restic prints as text.

use serde::{Deserialize, Serialize};

use crate::decimal::{fraction, whole};
use crate::serde_help::is_default;

/// How far a part of a command has come, such as `[0:00] 100.00%  6 / 6 snapshots`.
///
/// Commands without JSON print these on standard output. On a pipe each comes once, when its part is done, or several
/// times a second when `RESTIC_PROGRESS_FPS` is set.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Counter {
    /// Seconds since this part began.
    pub elapsed_seconds: u64,
    /// How much is done, from 0 to 100, rounded to a hundredth. Absent when the total is not known.
    #[serde(default, skip_serializing_if = "is_default")]
    pub percent: Option<f64>,
    /// How many are done.
    pub done: u64,
    /// How many there are to do. Absent when restic does not know.
    #[serde(default, skip_serializing_if = "is_default")]
    pub total: Option<u64>,
    /// What is counted, in restic's words: `snapshots`, `packs repacked`, `snapshots, 3 files, 1.2 KiB`.
    pub what: String,
}

impl Counter {
    /// Reads one line. Returns `None` if it is not a counter.
    #[must_use]
    pub fn read(line: &str) -> Option<Self> {
        let (clock, rest) = line.trim().strip_prefix('[')?.split_once(']')?;
        let elapsed_seconds = seconds(clock)?;
        let rest = rest.trim_start();
        let (percent, rest) = match rest.split_once("% ") {
            Some((percent, rest)) => (Some(fraction(percent)?), rest.trim_start()),
            None => (None, rest),
        };
        let (done, rest) = number(rest)?;
        let (total, what) = match rest.strip_prefix("/ ") {
            Some(rest) => number(rest).map(|(total, what)| (Some(total), what))?,
            None => (None, rest),
        };
        Some(Self {
            elapsed_seconds,
            percent,
            done,
            total,
            what: what.to_owned(),
        })
    }
}

/// `1:02` or `1:02:03`.
fn seconds(clock: &str) -> Option<u64> {
    let mut parts = clock.split(':');
    let first = whole(parts.next()?)?;
    parts.try_fold(first, |seconds: u64, part| {
        seconds.checked_mul(60)?.checked_add(whole(part)?)
    })
}

/// The number at the beginning, and what follows the blank behind it.
fn number(text: &str) -> Option<(u64, &str)> {
    let (number, rest) = text.split_once(' ')?;
    Some((whole(number)?, rest))
}
