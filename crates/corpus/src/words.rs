//! The words that our types keep without knowing them.

/// What a word that an open enum does not know looks like in `Debug`. Quotes in data are escaped there, so it can be
/// nothing else.
const UNKNOWN: &str = "Unknown(\"";

/// What `diff` says of an item is a word of letters, each of which means something.
const LETTERS: &str = "DiffModifier(\"";

/// The letters that our type has a question for.
const KNOWN_LETTERS: &str = "+-MUT?";

/// The unknown words in a value, by how it is shown with `Debug`.
pub(super) fn unknown(shown: &str) -> Vec<String> {
    let letters =
        quoted(shown, LETTERS).filter(|word| word.contains(|c| !KNOWN_LETTERS.contains(c)));
    let mut words: Vec<_> = quoted(shown, UNKNOWN).chain(letters).collect();
    words.sort();
    words.dedup();
    words
}

/// What stands in quotes behind a mark.
fn quoted<'a>(shown: &'a str, mark: &'a str) -> impl Iterator<Item = String> + 'a {
    shown.match_indices(mark).filter_map(|(at, mark)| {
        let rest = &shown[at + mark.len()..];
        let mut escaped = false;
        let end = rest.find(|c| {
            let is_end = c == '"' && !escaped;
            escaped = c == '\\' && !escaped;
            is_end
        })?;
        Some(rest[..end].to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use restic_types::{BackupMessage, Message as _};

    #[test]
    fn words_are_known_or_not() {
        let unknown = |line: &str| unknown(&format!("{:?}", BackupMessage::read(line).unwrap()));
        let item = |action: &str, item: &str| {
            format!(
                r#"{{"message_type":"verbose_status","action":"{action}","item":"{item}","duration":0,"data_size":1,"metadata_size":0,"total_files":0}}"#
            )
        };
        assert!(unknown(&item("new", "/a")).is_empty());
        assert_eq!(unknown(&item("added", "/a")), ["added"]);
        assert!(unknown(&item("new", r#"Unknown(\"x\")"#)).is_empty());
        assert!(unknown(r#"{"message_type":"novel","a":"Unknown(\"x\")"}"#).is_empty());
        assert!(unknown("{}").is_empty());
    }

    #[test]
    fn letters_are_known_or_not() {
        let shown = |word: &str| format!("{:?}", restic_types::DiffModifier::from(word));
        assert!(unknown(&shown("MU?")).is_empty());
        assert_eq!(unknown(&shown("MX")), ["MX"]);
    }
}
