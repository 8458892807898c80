//! The shape of what restic printed on one stream.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::kind::DriftKind;
use super::severity::Severity;

/// What is on a stream, without its values.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Content {
    /// Messages by name, each with its fields and their types.
    messages: BTreeMap<String, Fields>,
    /// Sentences without numbers, ids and paths.
    text: BTreeSet<String>,
    /// Something that is not UTF-8.
    has_bytes: bool,
}

/// Types by the path of a field, such as `.summary.files_new`.
type Fields = BTreeMap<String, BTreeSet<&'static str>>;

/// One difference between two streams.
pub(super) struct Found {
    pub(super) kind: DriftKind,
    pub(super) severity: Severity,
    pub(super) text: String,
}

/// Reports of progress come as often as it takes.
const STATUS: &str = "status";

impl Content {
    pub(super) fn of(bytes: &[u8]) -> Self {
        let mut content = Self::default();
        let Ok(text) = std::str::from_utf8(bytes) else {
            content.has_bytes = true;
            return content;
        };
        let whole: Result<Vec<Value>, _> = serde_json::Deserializer::from_str(text)
            .into_iter()
            .collect();
        if let Ok(documents) = whole {
            documents.iter().for_each(|one| content.add_document(one));
            return content;
        }
        for line in text.split(['\n', '\r']) {
            let is_json = line.starts_with(['{', '[']);
            match serde_json::from_str(line) {
                Ok(document) if is_json => content.add_document(&document),
                _ => content.add_sentence(line),
            }
        }
        content
    }

    fn add_document(&mut self, document: &Value) {
        let tag = |name: &str| document.get(name).and_then(Value::as_str);
        let name = tag("message_type").or(tag("struct_type"));
        let name = name.unwrap_or("document").to_owned();
        add_fields(self.messages.entry(name).or_default(), "", document);
    }

    fn add_sentence(&mut self, line: &str) {
        let sentence = masked(line);
        if !sentence.is_empty() {
            self.text.insert(sentence);
        }
    }

    /// The form of it, in words.
    fn form(&self) -> String {
        let names = || {
            let names = self.messages.keys().map(String::as_str);
            names.collect::<Vec<_>>().join(", ")
        };
        match (self.messages.is_empty(), self.text.is_empty()) {
            _ if self.has_bytes => "bytes".to_owned(),
            (true, true) => "empty".to_owned(),
            (true, false) => "text".to_owned(),
            (false, true) => format!("JSON ({})", names()),
            (false, false) => format!("text and JSON ({})", names()),
        }
    }

    /// Whether it is of the same form as another, apart from progress.
    fn is_like(&self, other: &Self) -> bool {
        let form = |content: &Self| {
            let messages = content.messages.keys().any(|name| name != STATUS);
            (content.has_bytes, messages, !content.text.is_empty())
        };
        form(self) == form(other)
    }

    /// Whether one pair of streams is the other with both in the first.
    pub(super) fn is_both(&self, stderr: &Self, new: &Self, new_stderr: &Self) -> bool {
        let one = |one: &Self, empty: &Self, a: &Self, b: &Self| {
            *empty == Self::default() && *b != Self::default() && *one == a.and(b)
        };
        one(self, stderr, new, new_stderr) || one(new, new_stderr, self, stderr)
    }

    fn and(&self, other: &Self) -> Self {
        let mut messages = self.messages.clone();
        for (name, fields) in &other.messages {
            let all = messages.entry(name.clone()).or_default();
            for (path, types) in fields {
                all.entry(path.clone()).or_default().extend(types);
            }
        }
        Self {
            messages,
            text: self.text.union(&other.text).cloned().collect(),
            has_bytes: self.has_bytes || other.has_bytes,
        }
    }

    /// Reports how a newer stream differs from this one.
    pub(super) fn compare(&self, new: &Self, mut report: impl FnMut(Found)) {
        let mut found = |kind, severity, text| {
            report(Found {
                kind,
                severity,
                text,
            });
        };
        if !self.is_like(new) {
            let text = format!("it was {}, and now is {}", self.form(), new.form());
            found(DriftKind::Stream, Severity::Error, text);
        }
        for (name, fields) in &self.messages {
            match new.messages.get(name) {
                Some(new) => compare_fields(name, fields, new, &mut found),
                None if name == STATUS => {}
                None => {
                    let text = format!("the message `{name}` is missing");
                    found(DriftKind::Message, Severity::Warning, text);
                }
            }
        }
        let is_new = |name: &&String| !self.messages.contains_key(*name) && *name != STATUS;
        for name in new.messages.keys().filter(is_new) {
            let text = format!("the message `{name}` is new");
            found(DriftKind::Message, Severity::Info, text);
        }
        // That all of it is gone was said.
        let is_gone = new.text.is_empty() && self.messages.is_empty();
        for sentence in self.text.difference(&new.text).filter(|_| !is_gone) {
            let text = format!("the text {sentence:?} is missing");
            found(DriftKind::Text, Severity::Warning, text);
        }
        for sentence in new.text.difference(&self.text) {
            let text = format!("the text {sentence:?} is unknown");
            found(DriftKind::Text, Severity::Error, text);
        }
    }
}

fn compare_fields(
    name: &str,
    old: &Fields,
    new: &Fields,
    found: &mut impl FnMut(DriftKind, Severity, String),
) {
    // Which fields a line of progress has depends on how far it is.
    let counts = name != STATUS;
    let mut missing = |a: &Fields, b: &Fields, severity, what: &str| {
        for path in a.keys().filter(|path| !b.contains_key(*path)) {
            // A field inside of something that is not there, or inside of an empty list, says
            // nothing of its own.
            if counts && !path.ends_with("[]") && b.contains_key(parent(path)) {
                let text = format!("`{path}` of `{name}` is {what}");
                found(DriftKind::Field, severity, text);
            }
        }
    };
    missing(old, new, Severity::Warning, "missing");
    missing(new, old, Severity::Info, "new");
    for (path, types) in old {
        let Some(now) = new.get(path) else { continue };
        let known = |types: &BTreeSet<&'static str>| {
            let known = types.iter().filter(|one| **one != "null");
            known.copied().collect::<Vec<_>>()
        };
        let (was, is) = (known(types), known(now));
        if !was.is_empty() && is.iter().any(|one| !was.contains(one)) {
            let (was, is) = (was.join(" or "), is.join(" or "));
            let text = format!("`{path}` of `{name}` was {was}, and now is {is}");
            found(DriftKind::Type, Severity::Error, text);
        }
    }
}

/// The field that a field is in.
fn parent(path: &str) -> &str {
    let end = path.rfind(['.', '[']).unwrap_or(0);
    &path[..end]
}

fn add_fields(fields: &mut Fields, path: &str, value: &Value) {
    let kind = match value {
        Value::Null => "null",
        Value::Bool(_) => "a truth value",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    };
    fields.entry(path.to_owned()).or_default().insert(kind);
    match value {
        Value::Array(items) => {
            let path = format!("{path}[]");
            items
                .iter()
                .for_each(|item| add_fields(fields, &path, item));
        }
        Value::Object(members) => {
            for (name, member) in members {
                add_fields(fields, &format!("{path}.{name}"), member);
            }
        }
        _ => {}
    }
}

/// A sentence without what differs from call to call.
fn masked(line: &str) -> String {
    let mask = |word: &str| {
        let is_id = word.len() >= 8 && word.chars().all(|c| c.is_ascii_hexdigit());
        let has_digit = word.chars().any(|c| c.is_ascii_digit());
        let varies = word.contains("{{") || is_id || has_digit;
        // Of a masked word its end may still matter: `repository … opened,`
        let end = word.trim_end_matches([',', ':', ')', ']', '.']).len();
        if varies {
            format!("…{}", &word[end..])
        } else {
            word.to_owned()
        }
    };
    // Old versions clear a line, even where there is no terminal.
    let line = line.replace("\u{1b}[2K", "");
    let words = line.split_whitespace().map(mask);
    words
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn compared(old: &str, new: &str) -> Vec<String> {
        let mut all = Vec::new();
        let new = Content::of(new.as_bytes());
        Content::of(old.as_bytes()).compare(&new, |found| {
            all.push(format!("{} {}", found.severity, found.text));
        });
        all
    }

    #[test]
    fn what_is_alike_is_alike() {
        let text = "created restic repository 0123456789 at {{repo}}\n\u{1b}[2Ktook 5 s\n";
        let same = "created restic repository ffffffff at {{other}}\ntook 17 s\n";
        assert!(compared(text, same).is_empty());
        let progress = "{\"message_type\":\"status\",\"percent_done\":0.5}\n";
        let summary = "{\"message_type\":\"summary\",\"files\":[],\"parent\":null}\n";
        let other = "{\"message_type\":\"summary\",\"files\":[{\"a\":1}],\"parent\":\"x\"}\n";
        assert!(compared(&format!("{progress}{summary}"), other).is_empty());
        assert!(compared(progress, "").is_empty());
        assert!(compared("\u{0}\n", "\u{0}\n").is_empty());
    }

    #[test]
    fn fields_and_types_are_graded() {
        let old = "[{\"id\":\"a\",\"size\":5,\"tags\":[\"x\"],\"gone\":{\"inner\":1}}]";
        let new = "[{\"id\":\"a\",\"size\":\"5\",\"tags\":[\"x\"],\"summary\":{\"a\":1}}]";
        assert_eq!(
            compared(old, new),
            [
                "warning `[].gone` of `document` is missing",
                "info `[].summary` of `document` is new",
                "error `[].size` of `document` was a number, and now is a string",
            ]
        );
    }

    #[test]
    fn messages_text_and_forms_are_graded() {
        let old = "created restic repository 0123456789 at {{repo}}\n";
        let new = "{\"message_type\":\"initialized\",\"id\":\"0\"}\n";
        assert_eq!(
            compared(old, new)[0],
            "error it was text, and now is JSON (initialized)"
        );
        assert_eq!(
            compared("a 1\nb\n", "a 2\nc\n"),
            [
                "warning the text \"b\" is missing",
                "error the text \"c\" is unknown"
            ]
        );
    }
}
