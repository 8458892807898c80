//! Progress, of which there is more or less each time.

/// How many lines of progress are kept of a call.
const LINES: u32 = 4;

/// How many lines of progress are kept of what came before a signal: a program that stops after
/// up to that many finds them on a replay.
pub const LINES_BEFORE_SIGNAL: u32 = 16;

/// Progress in fewer steps than this depends on luck, and is left out.
const STEADY: usize = 8;

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
    /// A line from its middle, when there was enough of it to be no matter of luck.
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
        let share = |line: &Line| line.get("percent_done").and_then(serde_json::Value::as_f64);
        let mut shares: Vec<_> = lines.iter().filter_map(share).collect();
        let last = shares.last().copied().unwrap_or(0.0);
        // A small backup that has to wait says the same many times.
        shares.dedup();
        let is_steady = shares.len() >= STEADY;
        let middle = lines.get(lines.len() / 2).filter(|_| is_steady).cloned();
        Self {
            middle,
            newest: lines.into_iter().next_back(),
            last,
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
    let share = |step| end * f64::from(step) / f64::from(count);
    (1..=count)
        .map(|step| line(template, share(step), step == 1))
        .collect()
}

/// Written field by field, in restic's order, which a map of JSON does not keep.
fn line(template: &Line, share: f64, is_first: bool) -> String {
    let number = |name: &str| template.get(name).and_then(serde_json::Value::as_u64);
    let mut line = STATUS.to_owned();
    if !is_first {
        line += ",\"seconds_elapsed\":1";
    }
    line += &format!(",\"percent_done\":{share}");
    for (total, name) in [
        ("total_files", "files_done"),
        ("total_files", "files_restored"),
        ("total_bytes", "bytes_done"),
        ("total_bytes", "bytes_restored"),
    ] {
        let Some(all) = number(total) else { continue };
        if !line.contains(total) {
            line += &format!(",\"{total}\":{all}");
        }
        #[allow(
            clippy::cast_precision_loss,
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a share of a number of bytes, roughly"
        )]
        let done = (all as f64 * share) as u64;
        if template.contains_key(name) && done > 0 {
            line += &format!(",\"{name}\":{done}");
        }
    }
    if let Some(files) = template.get("current_files").filter(|_| share < 1.0) {
        line += &format!(",\"current_files\":{files}");
    }
    line + "}\n"
}
