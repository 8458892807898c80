//! What depends on the machine or the moment, and what it always says in a recording.

use super::sentences;

/// Fields of JSON that depend on the machine or the moment, and what they always say.
const MASKED: [(&str, &str); 21] = [
    ("total_duration", "1.5"),
    ("seconds_remaining", "1"),
    // Trees have the times and numbers of files in them, of which some are longer than others.
    ("data_added", "4096"),
    ("data_added_packed", "2048"),
    ("bytes", "4096"),
    ("total_uncompressed_size", "4096"),
    ("compression_ratio", "2"),
    ("compression_space_saving", "50"),
    // Each repository cuts files at places of its own.
    ("data_blobs", "1"),
    ("chunker_polynomial", "\"25b468838dcb75\""),
    ("inode", "1"),
    ("device_id", "1"),
    ("pid", "1"),
    // Whoever records.
    ("username", "\"user\""),
    ("user", "\"user\""),
    ("group", "\"user\""),
    ("uid", "1000"),
    ("gid", "1000"),
    ("mtime", "\"2020-01-01T00:00:00Z\""),
    ("atime", "\"2020-01-01T00:00:00Z\""),
    ("ctime", "\"2020-01-01T00:00:00Z\""),
];

/// Gives what depends on the machine or the moment its fixed value, in one line.
pub(super) fn masked(line: &str) -> String {
    let is_json = line.trim_start().starts_with(['{', '[', '"']);
    let masked = if is_json {
        mask_fields(line)
    } else {
        mask_words(line)
    };
    sentences::masked(&masked)
}

/// Leaves out how many seconds something took: restic does so where it was none.
fn without_elapsed(line: &str) -> String {
    const FIELD: &str = "\"seconds_elapsed\":";
    let (mut kept, mut rest) = (String::with_capacity(line.len()), line);
    while let Some((before, after)) = rest.split_once(FIELD) {
        kept += before;
        let after = after.trim_start_matches(|c: char| c.is_ascii_digit());
        match after.strip_prefix(',') {
            Some(after) => rest = after,
            // It is the last one, and its comma is before it.
            None => {
                kept += FIELD;
                kept += "1";
                rest = after;
            }
        }
    }
    kept + rest
}

/// Whether a field says how much of something there is: nothing is the same on every machine.
fn is_size(field: &str) -> bool {
    field.starts_with("data_") || field == "bytes"
}

/// Gives masked fields of JSON their fixed values.
fn mask_fields(line: &str) -> String {
    let mut masked = without_elapsed(line);
    // What is stored takes more or less space, what it holds does not.
    let counts_files =
        line.contains("\"total_file_count\":") && !line.contains("\"total_file_count\":0,");
    if line.contains("\"total_blob_count\":") && !counts_files {
        masked = replace_field(&masked, "total_size", "4096");
    }
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
        let is_nothing = old[..length] == *"0";
        let fits = is_string == value.starts_with('"')
            && !old.starts_with(['{', '[', 'n'])
            && !(is_nothing && is_size(field));
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
        let number = word.trim_start_matches('(');
        let is_number = number.starts_with(|c: char| c.is_ascii_digit());
        // Nothing is the same on every machine, and its share of something.
        let is_nothing = match follower {
            "of" => number == "0.00%",
            _ => number == "0" && (unit == "B" || unit == "blobs"),
        };
        if is_nothing {
            continue;
        }
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
