//! Recordings that are the same each time: ids, times and machines have fixed names, and what
//! refers to the same thing still does.

use std::collections::{BTreeMap, BTreeSet};

/// What a directory, host or user was called, and the placeholder or word that stands for it.
pub(crate) type Names = Vec<(String, String)>;

/// Digits of a long id.
const LONG: usize = 64;

/// What stands before a short id whose long form nobody printed.
const BEFORE_SHORT_IDS: [&str; 9] = [
    "as [",
    "repository ",
    "snapshot ",
    "Snapshot ",
    "key ",
    "keyID ",
    "key with ID ",
    "\"short_id\":\"",
    "\"id\":\"",
];

/// Fields of JSON that depend on the machine or the moment, and what they always say.
const MASKED: [(&str, &str); 12] = [
    ("total_duration", "1.5"),
    ("seconds_elapsed", "1"),
    ("seconds_remaining", "1"),
    ("data_added", "4096"),
    ("data_added_packed", "2048"),
    // Each repository cuts files at places of its own.
    ("data_blobs", "1"),
    ("inode", "1"),
    ("device_id", "1"),
    ("pid", "1"),
    ("mtime", "\"2020-01-01T00:00:00Z\""),
    ("atime", "\"2020-01-01T00:00:00Z\""),
    ("ctime", "\"2020-01-01T00:00:00Z\""),
];

/// How many lines of progress are kept of a call.
const STATUS_LINES: u32 = 4;

/// Fewer lines of progress than this depend on luck, and are left out.
const STEADY: usize = 8;

const STATUS: &str = r#"{"message_type":"status""#;

/// Gives all texts of a scenario their canonical form, together: an id has one name in all.
pub(crate) struct Canonical {
    ids: BTreeMap<String, String>,
    times: BTreeMap<String, usize>,
    names: Names,
}

impl Canonical {
    /// Looks at all texts, in the order in which they were said.
    pub(crate) fn of<'a>(texts: impl Iterator<Item = &'a str> + Clone, mut names: Names) -> Self {
        let mut longs = Vec::new();
        let mut shorts = Vec::new();
        let mut times = BTreeSet::new();
        for text in texts {
            for (at, token) in hex_tokens(text) {
                if token.len() == LONG {
                    longs.push(token);
                } else if is_short_id(text, at, token) {
                    shorts.push(token);
                }
            }
            let exact = time_tokens(text).filter(|(_, time, ..)| time.len() > 19);
            times.extend(exact.map(|(_, time, ..)| time_key(time)));
        }
        // The longest directory first: the others may be above it.
        names.sort_by_key(|(name, _)| std::cmp::Reverse(name.len()));
        let mut canonical = Self {
            ids: BTreeMap::new(),
            times: times.into_iter().zip(1..).collect(),
            names,
        };
        for token in longs.into_iter().chain(shorts) {
            if canonical.id(token).is_none() {
                let number = canonical.ids.len() + 1;
                canonical
                    .ids
                    .insert(token.to_owned(), format!("{number:08x}").repeat(8));
            }
        }
        canonical
    }

    /// The name of an id that is known, or begins as one.
    fn id(&self, token: &str) -> Option<&str> {
        let (known, name) = self.ids.range(token.to_owned()..).next()?;
        known.starts_with(token).then(|| &name[..token.len()])
    }

    pub(crate) fn text(&self, text: &str) -> String {
        let mut text = self.times(&self.ids(text));
        for (name, placeholder) in &self.names {
            text = replace_word(&text, name, placeholder);
        }
        text
    }

    /// What restic printed, with its progress thinned.
    pub(crate) fn output(&self, text: &str) -> String {
        let status = StatusLines::of(text);
        let (mut canonical, mut has_status) = (String::with_capacity(text.len()), false);
        for line in text.split_inclusive('\n') {
            if line.starts_with(STATUS) {
                if !std::mem::replace(&mut has_status, true) {
                    canonical += &self.text(&status.lines());
                }
                continue;
            }
            let line = if line.trim_start().starts_with(['{', '[', '"']) {
                mask_fields(line)
            } else {
                mask_words(line)
            };
            canonical += &self.text(&line);
        }
        canonical
    }

    fn ids(&self, text: &str) -> String {
        let (mut replaced, mut end) = (String::with_capacity(text.len()), 0);
        for (at, token) in hex_tokens(text) {
            let is_id = token.len() == LONG || token.len() == 8 || token.len() == 10;
            if let Some(name) = self.id(token).filter(|_| is_id) {
                replaced += &text[end..at];
                replaced += name;
                end = at + token.len();
            }
        }
        replaced + &text[end..]
    }

    /// Times keep their order; those without fractions are the same for all.
    fn times(&self, text: &str) -> String {
        let (mut replaced, mut end) = (String::with_capacity(text.len()), 0);
        for (at, time, separator) in time_tokens(text) {
            let rank = self.times.get(&time_key(time)).copied().unwrap_or(0);
            replaced += &text[end..at];
            let (hour, minute, second) = (rank / 3600 % 24, rank / 60 % 60, rank % 60);
            replaced += &format!("2020-01-01{separator}{hour:02}:{minute:02}:{second:02}");
            if rank > 0 {
                replaced += ".123456789";
            }
            end = at + time.len();
        }
        replaced + &text[end..]
    }
}

/// The runs of hexadecimal digits that are words of their own.
fn hex_tokens(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    let is_hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    let bytes = text.as_bytes();
    let mut at = 0;
    std::iter::from_fn(move || {
        while at < bytes.len() {
            let start = at;
            while at < bytes.len() && is_word(bytes[at]) {
                at += 1;
            }
            let token = &bytes[start..at];
            at += usize::from(start == at);
            let is_id = [8, 10, LONG].contains(&token.len());
            if is_id && token.iter().copied().all(is_hex) {
                return Some((start, &text[start..start + token.len()]));
            }
        }
        None
    })
}

fn is_short_id(text: &str, at: usize, token: &str) -> bool {
    token.len() < LONG
        && BEFORE_SHORT_IDS
            .iter()
            .any(|before| text[..at].ends_with(before))
}

/// The times in a text, without their zones: where each is, and what separates its date.
fn time_tokens(text: &str) -> impl Iterator<Item = (usize, &str, char)> {
    let bytes = text.as_bytes();
    let mut from = 0;
    std::iter::from_fn(move || {
        while let Some(found) = memchr::memchr(b':', &bytes[from.min(bytes.len())..]) {
            let colon = from + found;
            from = colon + 1;
            let Some(at) = colon.checked_sub(13) else {
                continue;
            };
            let Some(time) = text
                .get(at..at + 19)
                .filter(|time| is_time(time.as_bytes()))
            else {
                continue;
            };
            let mut end = at + 19;
            if bytes.get(end) == Some(&b'.') && bytes.get(end + 1).is_some_and(u8::is_ascii_digit) {
                end += 1;
                while bytes.get(end).is_some_and(u8::is_ascii_digit) {
                    end += 1;
                }
            }
            from = end;
            return Some((at, &text[at..end], char::from(time.as_bytes()[10])));
        }
        None
    })
}

/// Whether it looks like `2026-11-28T05:45:48`.
fn is_time(bytes: &[u8]) -> bool {
    let fits = |(byte, wanted): (&u8, &u8)| match wanted {
        b'0' => byte.is_ascii_digit(),
        b'T' => b"T ".contains(byte),
        wanted => byte == wanted,
    };
    bytes.len() == 19 && bytes.iter().zip(b"0000-00-00T00:00:00").all(fits)
}

/// A time as it is compared with others, to the nanosecond.
fn time_key(time: &str) -> String {
    let (seconds, fraction) = time.split_once('.').unwrap_or((time, ""));
    format!("{}.{fraction:0<9}", seconds.replace('T', " "))
}

/// Replaces a directory or name where it is not a part of a longer one.
fn replace_word(text: &str, name: &str, with: &str) -> String {
    if name.is_empty() {
        return text.to_owned();
    }
    let (mut replaced, mut end) = (String::with_capacity(text.len()), 0);
    for (at, _) in text.match_indices(name) {
        let next = text[at + name.len()..].chars().next();
        if next.is_some_and(|c| c.is_alphanumeric() || c == '_') {
            continue;
        }
        replaced += &text[end..at];
        replaced += with;
        end = at + name.len();
    }
    replaced + &text[end..]
}

/// Gives masked fields of JSON their fixed values.
fn mask_fields(line: &str) -> String {
    let mut masked = line.to_owned();
    for (field, value) in MASKED {
        masked = replace_field(&masked, field, value);
    }
    masked
}

/// Replaces the value of a field, a number or a string, wherever it has one.
fn replace_field(json: &str, field: &str, value: &str) -> String {
    let key = format!("\"{field}\":");
    let (mut replaced, mut rest) = (String::with_capacity(json.len()), json);
    while let Some((before, after)) = rest.split_once(&key) {
        replaced += before;
        replaced += &key;
        let blank = after.len() - after.trim_start().len();
        let (space, old) = after.split_at(blank);
        let is_string = old.starts_with('"');
        let length = if is_string {
            old[1..].find('"').map_or(old.len(), |end| end + 2)
        } else {
            old.find([',', '}', ']', '\n']).unwrap_or(old.len())
        };
        let fits = is_string == value.starts_with('"') && !old.starts_with(['{', '[', 'n']);
        replaced += space;
        replaced += if fits { value } else { &old[..length] };
        rest = &old[length..];
    }
    replaced + rest
}

/// Gives sizes, shares, process ids and durations in sentences fixed values.
fn mask_words(line: &str) -> String {
    let mut words: Vec<String> = line.split(' ').map(str::to_owned).collect();
    for index in 0..words.len() {
        let follower = words.get(index + 1).map(String::as_str).unwrap_or_default();
        let unit = follower.trim_end_matches(|c: char| !c.is_ascii_alphanumeric());
        let is_size = ["B", "KiB", "MiB", "GiB"].contains(&unit);
        let word = &words[index];
        let is_number = word
            .trim_start_matches('(')
            .starts_with(|c: char| c.is_ascii_digit());
        let is_after_pid = index > 0 && words[index - 1].ends_with("PID");
        let masked = if (is_size || unit == "blobs") && is_number {
            Some(if word.starts_with('(') { "(1" } else { "1" }.to_owned())
        } else if index > 0 && words[index - 1] == "in" && is_minutes(word.trim_end()) {
            Some(word.replace(word.trim_end(), "0:01"))
        } else if is_after_pid && is_number {
            let rest = word.trim_start_matches(|c: char| c.is_ascii_digit());
            Some(format!("1{rest}"))
        } else if is_progress_time(word) {
            Some("[0:00]".to_owned())
        } else if let Some((_, rest)) = word.split_once("restic-check-cache-") {
            let kept = word.len() - rest.len();
            let rest = rest.trim_start_matches(|c: char| c.is_ascii_digit());
            Some(format!("{}0{rest}", &word[..kept]))
        } else if follower.starts_with("ago") {
            Some(if word.starts_with('(') { "(1s" } else { "1s" }.to_owned())
        } else if let Some(at) = word.find('%').filter(|_| word.contains('.')) {
            let start = word[..at]
                .rfind(|c: char| !c.is_ascii_digit() && c != '.')
                .map_or(0, |before| before + 1);
            (start < at).then(|| format!("{}1.00{}", &word[..start], &word[at..]))
        } else {
            None
        };
        if let Some(masked) = masked {
            words[index] = masked;
        }
        if is_size {
            let end = words[index + 1][unit_length(&words[index + 1])..].to_owned();
            words[index + 1] = format!("KiB{end}");
        }
    }
    words.join(" ")
}

fn unit_length(word: &str) -> usize {
    word.find(|c: char| !c.is_ascii_alphanumeric())
        .unwrap_or(word.len())
}

/// Whether it looks like `[0:01]`.
fn is_progress_time(word: &str) -> bool {
    let inner = word
        .strip_prefix('[')
        .and_then(|word| word.strip_suffix(']'));
    inner.is_some_and(is_minutes)
}

/// Whether it looks like `0:01`.
fn is_minutes(time: &str) -> bool {
    time.contains(':') && time.chars().all(|c| c.is_ascii_digit() || c == ':')
}

/// The progress of one call.
struct StatusLines {
    /// A line from its middle, when there was enough of it to be no matter of luck.
    template: Option<serde_json::Map<String, serde_json::Value>>,
}

impl StatusLines {
    fn of(text: &str) -> Self {
        let lines: Vec<_> = text
            .lines()
            .filter(|line| line.starts_with(STATUS))
            .collect();
        let middle = lines.get(lines.len() / 2);
        let template = middle
            .filter(|_| lines.len() >= STEADY)
            .and_then(|line| serde_json::from_str(line).ok());
        Self { template }
    }

    /// Evenly spread progress in the form of the recorded one.
    fn lines(&self) -> String {
        let Some(template) = &self.template else {
            return String::new();
        };
        let line = |step: u32| self.line(template, step);
        (1..=STATUS_LINES).map(line).collect()
    }

    /// Written field by field, in restic's order, which a map of JSON does not keep.
    fn line(&self, template: &serde_json::Map<String, serde_json::Value>, step: u32) -> String {
        let number = |name: &str| template.get(name).and_then(serde_json::Value::as_u64);
        let done = |total: u64| total * u64::from(step) / u64::from(STATUS_LINES);
        let mut line = STATUS.to_owned();
        if step > 1 {
            line += ",\"seconds_elapsed\":1";
        }
        let percent = f64::from(step) / f64::from(STATUS_LINES);
        line += &format!(",\"percent_done\":{percent}");
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
            let done = done(all);
            if template.contains_key(name) && done > 0 {
                line += &format!(",\"{name}\":{done}");
            }
        }
        if let Some(files) = template
            .get("current_files")
            .filter(|_| step < STATUS_LINES)
        {
            line += &format!(",\"current_files\":{files}");
        }
        line + "}\n"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn canonical(texts: &[&str]) -> Vec<String> {
        let names = vec![
            ("/tmp/x1/repo".to_owned(), "{{repo}}".to_owned()),
            ("/tmp/x1".to_owned(), "{{tmp}}".to_owned()),
        ];
        let canonical = Canonical::of(texts.iter().copied(), names);
        texts.iter().map(|text| canonical.output(text)).collect()
    }

    #[test]
    fn ids_keep_what_they_refer_to() {
        let (a, b) = ("a".repeat(64), "5".repeat(64));
        let texts = canonical(&[
            "snapshot aaaaaaaa saved\n",
            &format!("{{\"parent\":\"{b}\",\"id\":\"{a}\"}}\n"),
            "created restic repository 836cf66f0e at /tmp/x1/repo\n",
            "deadbeef and 12345678 are names of files\n",
        ]);
        assert_eq!(texts[0], "snapshot 00000002 saved\n");
        let (one, two) = ("00000001".repeat(8), "00000002".repeat(8));
        assert_eq!(
            texts[1],
            format!("{{\"parent\":\"{one}\",\"id\":\"{two}\"}}\n")
        );
        assert_eq!(
            texts[2],
            "created restic repository 0000000300 at {{repo}}\n"
        );
        assert_eq!(texts[3], "deadbeef and 12345678 are names of files\n");
    }

    #[test]
    fn times_keep_their_order_and_their_form() {
        let texts = canonical(&[
            "[\"2026-11-28T05:45:50.2Z\",\"2026-11-28T05:45:48.87+01:00\"]\n",
            "at 2026-11-28 05:45:50.200000000 +0000 UTC and 2026-11-28 05:45:50\n",
        ]);
        assert_eq!(
            texts[0],
            "[\"2020-01-01T00:00:02.123456789Z\",\"2020-01-01T00:00:01.123456789+01:00\"]\n"
        );
        assert_eq!(
            texts[1],
            "at 2020-01-01 00:00:02.123456789 +0000 UTC and 2020-01-01 00:00:00\n"
        );
    }

    #[test]
    fn directories_are_replaced_where_they_are_whole() {
        let texts = canonical(&["/tmp/x1/repo/a /tmp/x1/repos /tmp/x12 /tmp/x1\n"]);
        assert_eq!(texts[0], "{{repo}}/a {{tmp}}/repos /tmp/x12 {{tmp}}\n");
    }

    #[test]
    fn what_depends_on_the_moment_is_masked() {
        let texts = canonical(&[
            "{\"data_added\":123,\"inode\":5,\"mtime\":\"2026-01-01T00:00:00.5Z\",\"size\":5}\n",
            "frees 4.567 KiB, locked by PID 4711 on host, [0:12] 1.23%  2 / 2 packs\n",
            "remaining: 7 blobs (1.3 MiB stored) in 0:07\nsaved as [0123abcd]\n",
        ]);
        assert_eq!(
            texts[2],
            "remaining: 1 blobs (1 KiB stored) in 0:01\nsaved as [00000001]\n"
        );
        assert_eq!(
            texts[0],
            "{\"data_added\":4096,\"inode\":1,\"mtime\":\"2020-01-01T00:00:00Z\",\"size\":5}\n"
        );
        assert_eq!(
            texts[1],
            "frees 1 KiB, locked by PID 1 on host, [0:00] 1.00%  2 / 2 packs\n"
        );
    }

    #[test]
    fn progress_is_kept_when_there_is_enough_of_it() {
        let line = "{\"message_type\":\"status\",\"percent_done\":0.33,\"total_files\":4,\
                    \"files_done\":1,\"total_bytes\":100,\"bytes_done\":33}\n";
        assert_eq!(canonical(&[line])[0], "", "a matter of luck");
        let many = line.repeat(20) + "{\"message_type\":\"summary\"}\n";
        let text = &canonical(&[&many])[0];
        assert_eq!(text.lines().count(), 5);
        assert_eq!(
            text.lines().nth(1),
            Some(
                "{\"message_type\":\"status\",\"seconds_elapsed\":1,\"percent_done\":0.5,\
                 \"total_files\":4,\"files_done\":2,\"total_bytes\":100,\"bytes_done\":50}"
            )
        );
    }
}
