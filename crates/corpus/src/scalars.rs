//! What a value that was read from text says, and whether the text says it.

use restic_types::{ByteCount, Time};
use serde_json::Value;

/// One thing that a value says.
#[derive(Debug, PartialEq)]
pub(super) enum Leaf {
    /// As it stands in the text.
    Plain(String),
    /// A time, which texts have in another form.
    Time(Time),
    /// A number of bytes, of which the text has less than all digits.
    Rounded(ByteCount),
}

impl Leaf {
    /// All that a value says, tags aside: its strings and its numbers but 0.
    pub(super) fn all(value: &Value) -> Vec<Self> {
        let mut leaves = Vec::new();
        collect(value, &mut leaves);
        leaves
    }

    /// Whether a text says it.
    pub(super) fn is_in(&self, text: &str) -> bool {
        match self {
            Self::Plain(leaf) => text.contains(leaf.as_str()),
            Self::Time(time) => text.contains(&in_text(*time)),
            Self::Rounded(bytes) => {
                let words = text.split_whitespace();
                let words: Vec<_> = words.map(|word| word.trim_end_matches(',')).collect();
                let is_it = |pair: &[&str]| ByteCount::read(&pair.join(" ")) == Some(*bytes);
                words.windows(2).any(is_it)
            }
        }
    }
}

impl std::fmt::Display for Leaf {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Plain(leaf) => f.write_str(leaf),
            Self::Time(time) => time.fmt(f),
            Self::Rounded(bytes) => bytes.fmt(f),
        }
    }
}

fn collect(value: &Value, leaves: &mut Vec<Leaf>) {
    match value {
        Value::String(text) => leaves.extend(text.lines().next().map(leaf)),
        Value::Number(number) if number.as_f64() != Some(0.0) => {
            leaves.push(Leaf::Plain(number.to_string()));
        }
        Value::Object(fields) if fields.get("rounded") == Some(&Value::Bool(true)) => {
            leaves.extend(serde_json::from_value(value.clone()).map(Leaf::Rounded));
        }
        Value::Object(fields) => fields
            .iter()
            .filter(|(name, _)| *name != "message_type")
            .for_each(|(_, value)| collect(value, leaves)),
        Value::Array(items) => items.iter().for_each(|item| collect(item, leaves)),
        _ => {}
    }
}

fn leaf(text: &str) -> Leaf {
    let plain = || Leaf::Plain(text.to_owned());
    text.parse().map_or_else(|_| plain(), Leaf::Time)
}

/// A time as texts have it, without the name of its zone: `2026-11-22 11:16:22.229766901 +0100`.
fn in_text(time: Time) -> String {
    let minutes = time.offset_minutes();
    let sign = if minutes < 0 { '-' } else { '+' };
    let size = minutes.unsigned_abs();
    let text = time.to_string();
    // The offset may be a single letter.
    let clock = text
        .strip_suffix('Z')
        .unwrap_or_else(|| &text[..text.len() - 6]);
    let clock = clock.replacen('T', " ", 1);
    format!("{clock} {sign}{:02}{:02}", size / 60, size % 60)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_text_says_what_was_read_from_it() {
        let check = |value: Value, text: &str, expected: bool| {
            let leaves = Leaf::all(&value);
            let found = leaves.iter().all(|leaf| leaf.is_in(text));
            assert_eq!(found, expected, "{leaves:?} in {text}");
        };
        let text = "snapshot 1f of [/a] at 2026-11-22 11:16:22.5 -0330 X, 11.283 KiB, 3 files";
        check(json!({"id": "1f", "files": 3, "none": 0}), text, true);
        check(json!(["2f"]), text, false);
        check(json!("2026-11-22T11:16:22.5-03:30"), text, true);
        check(json!("2026-11-22T11:16:22.5+03:30"), text, false);
        check(
            json!("2026-11-22T11:16:22Z"),
            "2026-11-22 11:16:22 +0000 UTC",
            true,
        );
        check(json!({"bytes": 11553, "rounded": true}), text, true);
        check(json!({"bytes": 11554, "rounded": true}), text, false);
        check(json!({"bytes": 11, "rounded": false}), text, true);
    }
}
