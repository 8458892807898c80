//! Progress, of which there is more or less each time.

/// How many lines of progress are kept of a call.
const STATUS_LINES: u32 = 4;

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
    template: Option<Line>,
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
        let middle = (shares.len() >= STEADY).then(|| lines.get(lines.len() / 2).cloned());
        Self {
            template: middle.flatten(),
            last,
        }
    }

    /// Evenly spread progress in the form of the recorded one.
    pub(super) fn all(&self) -> String {
        self.lines(1.0)
    }

    /// The same up to the last line, or a little less: where it stops differs from time to time.
    pub(super) fn until_now(&self) -> String {
        self.lines((self.last * 20.0).floor() / 20.0)
    }

    fn lines(&self, end: f64) -> String {
        let Some(template) = &self.template else {
            return String::new();
        };
        let steps = 1..=STATUS_LINES;
        let share = |step| end * f64::from(step) / f64::from(STATUS_LINES);
        steps
            .map(|step| line(template, share(step), step == 1))
            .collect()
    }
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
