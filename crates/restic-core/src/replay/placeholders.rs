use std::collections::BTreeMap;

use serde::de::IgnoredAny;

use super::bindings::{Bindings, split_at_braces};
use crate::scenario::PlaceholderKind;

/// Puts values in the place of placeholders in what restic printed.
pub(super) struct Filler<'a> {
    pub(super) bindings: &'a Bindings,
    /// The placeholders that the scenario declares. Anything else in double braces is what
    /// restic printed.
    pub(super) declared: &'a BTreeMap<String, PlaceholderKind>,
    /// How many bytes may come out.
    pub(super) limit: usize,
}

/// Why it cannot be done.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum FillError {
    /// The placeholder of this name has no value yet.
    Unbound(String),
    /// The values make the output too long.
    TooLong,
}

/// A placeholder's value, as it is written in text and inside a string of JSON.
struct Value<'a> {
    plain: &'a str,
    escaped: String,
}

impl Filler<'_> {
    /// Fills the content of a file of this name. In JSON a value is inside a string, where
    /// some characters need a backslash; binary files are left alone.
    pub(super) fn fill(&self, file: &str, bytes: Vec<u8>) -> Result<Vec<u8>, FillError> {
        let Some(text) = fillable(file, &bytes) else {
            return Ok(bytes);
        };
        let values = self.values();
        let is_json_file = file.ends_with(".json") || file.ends_with(".jsonl");
        let mut filled = String::with_capacity(text.len());
        // Old versions print text among JSON, newer ones a line of JSON after text.
        for line in text.split_inclusive('\n') {
            let is_json = if is_json_file {
                begins_like_json(line)
            } else {
                is_json(line)
            };
            self.fill_line(&mut filled, line, is_json, &values)?;
        }
        Ok(filled.into_bytes())
    }

    /// One pass: a value that looks like a placeholder is a value.
    fn fill_line(
        &self,
        filled: &mut String,
        line: &str,
        is_json: bool,
        values: &BTreeMap<&str, Option<Value<'_>>>,
    ) -> Result<(), FillError> {
        let mut rest = line;
        while let Some((before, after)) = split_at_braces(rest) {
            filled.push_str(before);
            let declared = after
                .split_once("}}")
                .and_then(|(name, after)| Some((name, values.get(name)?, after)));
            if let Some((name, value, after)) = declared {
                let unbound = || FillError::Unbound(name.to_owned());
                let value = value.as_ref().ok_or_else(unbound)?;
                filled.push_str(if is_json { &value.escaped } else { value.plain });
                rest = after;
            } else {
                // One brace: the second may be the first of a placeholder.
                filled.push('{');
                rest = &rest[before.len() + 1..];
            }
            if filled.len() > self.limit {
                return Err(FillError::TooLong);
            }
        }
        filled.push_str(rest);
        Ok(())
    }

    /// The values by name; none for what is declared and has no value yet.
    fn values(&self) -> BTreeMap<&str, Option<Value<'_>>> {
        let value = |name| {
            let plain = self.bindings.get(name)?;
            let quoted = serde_json::Value::from(plain).to_string();
            let escaped = quoted[1..quoted.len() - 1].to_owned();
            Some(Value { plain, escaped })
        };
        let names = self.declared.keys().map(String::as_str);
        names.map(|name| (name, value(name))).collect()
    }
}

/// The text of a file that may have placeholders in it.
fn fillable<'a>(file: &str, bytes: &'a [u8]) -> Option<&'a str> {
    let text = std::str::from_utf8(bytes).ok()?;
    let is_fillable = !file.ends_with(".bin") && text.contains("{{");
    is_fillable.then_some(text)
}

/// Whether a line is JSON in a file of JSON, where documents may be indented or cut off.
fn begins_like_json(line: &str) -> bool {
    line.trim_start().starts_with(['{', '[', '"'])
}

/// Whether a line is a document of JSON in a file of text.
fn is_json(line: &str) -> bool {
    let begins = line.starts_with(['{', '[']);
    begins && line.contains("{{") && serde_json::from_str::<IgnoredAny>(line).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Fills with `src` = `C:\my "data"`, `odd` = `{{src}}`, and `unbound` without a value.
    fn fill(file: &str, text: &str) -> Result<String, FillError> {
        let mut bindings = Bindings::default();
        bindings.set("src", r#"C:\my "data""#.to_owned());
        bindings.set("odd", "{{src}}".to_owned());
        let declared = ["src", "odd", "unbound"]
            .map(|name| (name.to_owned(), PlaceholderKind::Path))
            .into();
        let filler = Filler {
            bindings: &bindings,
            declared: &declared,
            limit: 1000,
        };
        let filled = filler.fill(file, text.into())?;
        Ok(String::from_utf8(filled).unwrap())
    }

    #[track_caller]
    fn check(file: &str, text: &str, expected: &str) {
        assert_eq!(fill(file, text).as_deref(), Ok(expected), "{file}: {text}");
    }

    #[test]
    fn values_are_escaped_in_json_and_nowhere_else() {
        let json = r#"{"a":"C:\\my \"data\"/x"}"#;
        check("a.jsonl", r#"{"a":"{{src}}/x"}"#, json);
        check("a.txt", r#"saved {{src}}"#, r#"saved C:\my "data""#);
        check("a.txt", r#"[0:01] {{src}}"#, r#"[0:01] C:\my "data""#);
        check("a.bin", r#"{"a":"{{src}}"}"#, r#"{"a":"{{src}}"}"#);
    }

    #[test]
    fn text_among_json_is_reported_by_line() {
        let filled = "using C:\\my \"data\"\n{\"a\":\"C:\\\\my \\\"data\\\"\"}\n";
        let text = "using {{src}}\n{\"a\":\"{{src}}\"}\n";
        check("a.txt", text, filled);
        check("a.jsonl", text, filled);
    }

    #[test]
    fn documents_over_several_lines_and_cut_off_lines_are_json() {
        let indented = "{\n  \"a\": \"{{src}}\"\n}\n";
        check(
            "a.jsonl",
            indented,
            "{\n  \"a\": \"C:\\\\my \\\"data\\\"\"\n}\n",
        );
        check("a.jsonl", r#"{"a":"{{src}}/"#, r#"{"a":"C:\\my \"data\"/"#);
    }

    #[test]
    fn what_is_no_placeholder_stays() {
        for text in ["{{other}} {{", "}} {{{{", "{{ src }}", "{ {src} }"] {
            check("a.txt", text, text);
        }
        check("a.txt", "{{{src}}}", r#"{C:\my "data"}"#);
        check("a.txt", "{{x{{src}}", r#"{{xC:\my "data""#);
        check("a.txt", "{{odd}}{{odd}}", "{{src}}{{src}}");
    }

    #[test]
    fn what_cannot_be_filled_is_an_error() {
        let unbound = Err(FillError::Unbound("unbound".to_owned()));
        assert_eq!(fill("a.txt", "{{src}} {{unbound}}"), unbound);
        // It stops when it is too long, and not at the end of the line.
        let long = "{{src}}".repeat(200) + "{{unbound}}";
        assert_eq!(fill("a.txt", &long), Err(FillError::TooLong));
    }
}
