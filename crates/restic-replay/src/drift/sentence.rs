//! Lines of text, without what differs from call to call.

/// A line as a sentence in which a `…` stands for what differs from call to call: numbers, ids,
/// paths. `None` when it says nothing else, or only how far restic is.
pub(super) fn of(line: &str) -> Option<String> {
    // Old versions clear a line, even where there is no terminal.
    let line = line.replace("\u{1b}[2K", "");
    if is_progress(line.trim()) {
        return None;
    }
    let words = line.split_whitespace().map(masked);
    let words = words.filter(|word| !word.is_empty()).collect::<Vec<_>>();
    let sentence = words.join(" ");
    sentence.contains(char::is_alphabetic).then_some(sentence)
}

/// As in `[0:05] 50.00%  1 / 2 packs processed`, which comes as often as it takes.
fn is_progress(line: &str) -> bool {
    let inside = line.strip_prefix('[').and_then(|line| line.split_once(']'));
    inside.is_some_and(|(time, _)| {
        let is_time = |c: char| c.is_ascii_digit() || c == ':';
        time.contains(':') && time.chars().all(is_time)
    })
}

/// What a number of bytes may be followed by.
const UNITS: [&str; 5] = ["B", "KiB", "MiB", "GiB", "TiB"];

fn masked(word: &str) -> String {
    let is_id = word.len() >= 8 && word.chars().all(|c| c.is_ascii_hexdigit());
    let has_digit = word.chars().any(|c| c.is_ascii_digit());
    let plain = word.trim_start_matches(['[', '(', '"', '<', '\'']);
    let is_path = plain.starts_with('/') && plain.len() > 1;
    // Of a masked word its end may still matter: `repository … opened,`
    let end = word.trim_end_matches([',', ':', ')', ']', '.']).len();
    let is_unit = UNITS.contains(&&word[..end]);
    if word.contains("{{") || is_id || has_digit || is_path || is_unit {
        format!("…{}", &word[end..])
    } else {
        word.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::of;

    #[test]
    fn what_differs_from_call_to_call_is_masked() {
        let is = |line: &str, expected: &str| assert_eq!(of(line).as_deref(), Some(expected));
        is(
            "created restic repository 0123456789 at {{repo}}",
            "created restic repository … at …",
        );
        is(
            "\u{1b}[2Ksignal interrupt received",
            "signal interrupt received",
        );
        is(
            "ignoring error for /src/a b: no such file",
            "ignoring error for … b: no such file",
        );
        is(
            "snapshot 00000001 of [/tmp/x/src] at 2026-01-01 by root@example",
            "snapshot … of …] at … by root@example",
        );
        is("took 5 s,", "took … s,");
        is("to delete: 3 blobs / 1.2 KiB", "to delete: … blobs / … …");
    }

    #[test]
    fn progress_and_lines_without_words_say_nothing() {
        for line in [
            "",
            "  \r",
            "{{repo}}",
            "/srv/repo",
            "[0:00] 100.00%  1 / 1 packs processed",
            "[1:02:03] 7 snapshots",
            "----------",
        ] {
            assert_eq!(of(line), None, "{line:?}");
        }
        assert!(of("[repository] is damaged").is_some());
    }
}
