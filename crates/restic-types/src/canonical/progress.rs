//! Progress, of which there is more or less each time.

/// How many lines of progress are kept of a call.
const LINES: u32 = 4;

/// How many lines of progress are kept of what came before a signal: a program that stops after
/// up to that many finds them on a replay.
pub const LINES_BEFORE_SIGNAL: u32 = 16;

/// Progress of little in fewer steps than this depends on luck, and is left out.
const STEADY: usize = 8;

/// Bytes that no machine saves or restores before restic has reported progress. How often it does
/// so depends on its version and on the machine.
const LARGE: u64 = 256 << 20;

pub(super) const STATUS: &str = r#"{"message_type":"status""#;

/// How many lines of progress there are in an output.
#[must_use]
pub fn progress_lines(stdout: &[u8]) -> u32 {
    let lines = stdout.split(|byte| *byte == b'\n');
    let status = lines.filter(|line| line.starts_with(STATUS.as_bytes()));
    status.count().try_into().unwrap_or(u32::MAX)
}

/// The progress of one call.
pub(super) struct StatusLines {
    /// A line from its middle, when it is no matter of luck that there is one.
    middle: Option<Line>,
    newest: Option<Line>,
    /// The share that was done in the last line.
    last: f64,
}

type Line = serde_json::Map<String, serde_json::Value>;

impl StatusLines {
    pub(super) fn of(text: &str) -> Self {
        let lines = text.lines().filter(|line| line.starts_with(STATUS));
        let lines: Vec<Line> = lines
            .filter_map(|line| serde_json::from_str(line).ok())
            .collect();
        let last = lines.iter().filter_map(share).next_back();
        Self {
            last: last.unwrap_or(0.0),
            newest: lines.last().cloned(),
            middle: middle(lines),
        }
    }

    /// Evenly spread progress in the form of the recorded one.
    pub(super) fn all(&self) -> String {
        spread(self.middle.as_ref(), 1.0, LINES)
    }

    /// The same up to the last line, or a little more: where it stops differs from time to time,
    /// and whoever waited for a certain share is to see it again. However little there was, it may
    /// be what made the program send the signal.
    pub(super) fn until_now(&self) -> String {
        let end = (self.last * 20.0).ceil() / 20.0;
        let template = self.middle.as_ref().or(self.newest.as_ref());
        spread(template, end, LINES_BEFORE_SIGNAL)
    }
}

/// This number of lines up to a share.
fn spread(template: Option<&Line>, end: f64, count: u32) -> String {
    let Some(template) = template else {
        return String::new();
    };
    let pace = end / f64::from(count);
    (1..=count).map(|step| line(template, step, pace)).collect()
}

/// The share that is done.
fn share(line: &Line) -> Option<f64> {
    line.get("percent_done")?.as_f64()
}

fn number(line: &Line, name: &str) -> Option<u64> {
    line.get(name)?.as_u64()
}

/// The line that is nearest to the middle, with the totals of the end.
fn middle(lines: Vec<Line>) -> Option<Line> {
    let mut shares: Vec<_> = lines.iter().filter_map(share).collect();
    // A small backup that has to wait says the same many times.
    shares.dedup();
    let total = |name| lines.iter().filter_map(|line| number(line, name)).max();
    let totals = ["total_files", "total_bytes"].map(|name| (name, total(name)));
    let is_large = totals[1].1.is_some_and(|bytes| bytes >= LARGE);
    let distance = |line: &Line| (share(line).unwrap_or(0.0) - 0.5).abs();
    // A large file that is unchanged is done at once, and what comes before it or after is little.
    let is_amid = |line: &Line| distance(line) < 0.45;
    let steady = shares.len() >= STEADY || is_large;
    let amid = lines.into_iter().filter(|line| steady && is_amid(line));
    let mut middle = amid.min_by(|one, other| distance(one).total_cmp(&distance(other)))?;
    for (name, total) in totals {
        middle.extend(total.map(|total| (name.to_owned(), total.into())));
    }
    Some(middle)
}

/// The line after a number of steps, of which each does this share and takes a second. Written
/// field by field, in restic's order, which a map of JSON does not keep.
fn line(template: &Line, step: u32, pace: f64) -> String {
    let share = (pace * f64::from(step) * 1000.0).round() / 1000.0;
    let elapsed = step - 1;
    let mut line = STATUS.to_owned();
    if elapsed > 0 {
        line += &format!(",\"seconds_elapsed\":{elapsed}");
    }
    let is_restore = template.contains_key("bytes_restored");
    let remaining = ((1.0 - share) / pace).round();
    // Every backup that takes seconds has an estimate, and a restore has none.
    if !is_restore && remaining > 0.0 && remaining.is_finite() {
        line += &format!(",\"seconds_remaining\":{remaining}");
    }
    line += &format!(",\"percent_done\":{share}");
    // A count that is nothing is left out, whether it was in the template or not.
    let done = if is_restore {
        ["files_restored", "bytes_restored"]
    } else {
        ["files_done", "bytes_done"]
    };
    for (total, name) in ["total_files", "total_bytes"].into_iter().zip(done) {
        let Some(all) = number(template, total) else {
            continue;
        };
        line += &format!(",\"{total}\":{all}");
        #[allow(
            clippy::cast_precision_loss,
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a share of a number of bytes, roughly"
        )]
        let done = (all as f64 * share) as u64;
        if done > 0 {
            line += &format!(",\"{name}\":{done}");
        }
    }
    if let Some(files) = template.get("current_files").filter(|_| share < 1.0) {
        line += &format!(",\"current_files\":{files}");
    }
    line + "}\n"
}
