//! The shape of what restic printed on one stream.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::difference::Difference;
use super::kind::DriftKind;
use super::sentence;
use super::severity::Severity;

/// What is on a stream, without its values.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Content {
    /// Messages by name, each with its fields and their types.
    messages: BTreeMap<String, Fields>,
    /// Sentences without numbers, ids and paths.
    text: BTreeSet<String>,
    /// Sentences in messages of errors, by the name of the message.
    errors: BTreeMap<String, BTreeSet<String>>,
    /// Something that is not UTF-8.
    has_bytes: bool,
}

/// Types by the path of a field, such as `.summary.files_new`.
type Fields = BTreeMap<String, BTreeSet<&'static str>>;

/// Reports of progress come as often as it takes.
const STATUS: &str = "status";

/// Messages in which there is a sentence of restic's, which was text on standard error once.
const ERRORS: [&str; 2] = ["error", "exit_error"];

/// What a report of progress has depends on how far restic is: the fields that restic 0.11 to 0.20
/// leave out when there is nothing to say.
const PROGRESS: [&str; 14] = [
    ".bytes_deleted",
    ".bytes_done",
    ".bytes_restored",
    ".bytes_skipped",
    ".current_files",
    ".current_files[]",
    ".error_count",
    ".files_deleted",
    ".files_done",
    ".files_restored",
    ".files_skipped",
    ".percent_done",
    ".total_bytes",
    ".total_files",
];

/// Whole seconds, which are left out when there are none: a matter of the machine.
const SECONDS: [&str; 2] = [".seconds_elapsed", ".seconds_remaining"];

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
        if ERRORS.contains(&name.as_str()) {
            let message = document.get("message");
            let message = message.or_else(|| document.get("error")?.get("message"));
            let line = message
                .and_then(Value::as_str)
                .and_then(|text| text.lines().next());
            let sentences = self.errors.entry(name.clone()).or_default();
            sentences.extend(line.and_then(sentence::of));
        }
        add_fields(self.messages.entry(name).or_default(), "", document);
    }

    fn add_sentence(&mut self, line: &str) {
        self.text.extend(sentence::of(line));
    }

    /// The form of it, in words.
    fn form(&self) -> String {
        let names = || {
            let names = self.messages.keys().map(String::as_str);
            let names: Vec<_> = names.filter(|name| *name != STATUS).collect();
            match names.is_empty() {
                true => STATUS.to_owned(),
                false => names.join(", "),
            }
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
        let mut errors = self.errors.clone();
        for (name, sentences) in &other.errors {
            let all = errors.entry(name.clone()).or_default();
            all.extend(sentences.iter().cloned());
        }
        Self {
            messages,
            errors,
            text: self.text.union(&other.text).cloned().collect(),
            has_bytes: self.has_bytes || other.has_bytes,
        }
    }

    /// How a newer stream differs from this one.
    pub(super) fn compare(&self, new: &Self) -> Vec<Difference> {
        let mut found = Vec::new();
        let is_like = self.is_like(new);
        if !is_like {
            let (was, is) = (self.form(), new.form());
            found.push(Difference::changed(DriftKind::Stream, "it", was, is));
        }
        for (name, fields) in &self.messages {
            if let Some(new) = new.messages.get(name) {
                compare_fields(name, fields, new, &mut found);
            }
        }
        // The form names all messages where one of the streams has none.
        if is_like || !self.messages.is_empty() && !new.messages.is_empty() {
            let mut add = |one: &Self, other: &Self, severity, what: &str| {
                let is_alone = |name: &&String| !other.messages.contains_key(*name);
                for name in one.messages.keys().filter(is_alone) {
                    if name != STATUS {
                        let text = format!("the message `{name}` is {what}");
                        let one = Difference::new(severity, DriftKind::Message, text);
                        found.push(one.of_message(name));
                    }
                }
            };
            add(self, new, Severity::Warning, "missing");
            add(new, self, Severity::Info, "new");
        }
        // That all of it is gone is what the form says.
        let is_gone = new.text.is_empty() && !is_like;
        let before = if is_gone {
            &BTreeSet::new()
        } else {
            &self.text
        };
        found.extend(compare_sentences("the text", before, &new.text));
        for (name, sentences) in &self.errors {
            if let Some(new) = new.errors.get(name) {
                let what = format!("in `{name}` the text");
                let changed = compare_sentences(&what, sentences, new);
                found.extend(changed.into_iter().map(|one| one.of_message(name)));
            }
        }
        found
    }
}

fn compare_sentences(
    what: &str,
    old: &BTreeSet<String>,
    new: &BTreeSet<String>,
) -> Vec<Difference> {
    let missing = old.difference(new).map(|sentence| Difference {
        was: Some(sentence.clone()),
        ..Difference::new(
            Severity::Warning,
            DriftKind::Text,
            format!("{what} {sentence:?} is missing"),
        )
    });
    let unknown = new.difference(old).map(|sentence| Difference {
        is: Some(sentence.clone()),
        ..Difference::new(
            Severity::Error,
            DriftKind::Text,
            format!("{what} {sentence:?} is unknown"),
        )
    });
    missing.chain(unknown).collect()
}

fn compare_fields(name: &str, old: &Fields, new: &Fields, found: &mut Vec<Difference>) {
    let comes_and_goes = |path: &str| {
        let is_in = |list: &[&str]| list.contains(&path);
        is_in(&SECONDS) || name == STATUS && is_in(&PROGRESS)
    };
    let mut add = |one: &Fields, other: &Fields, severity, what: &str| {
        for path in one.keys().filter(|path| !other.contains_key(*path)) {
            // A field inside of something that is not there, or inside of an empty list, says
            // nothing of its own.
            let is_alone = !path.ends_with("[]") && other.contains_key(parent(path));
            if is_alone && !comes_and_goes(path) {
                let text = format!("`{path}` of `{name}` is {what}");
                let one = Difference::new(severity, DriftKind::Field, text);
                found.push(one.of_field(name, path));
            }
        }
    };
    add(old, new, Severity::Warning, "missing");
    add(new, old, Severity::Info, "new");
    for (path, types) in old {
        let Some(now) = new.get(path) else { continue };
        let known = |types: &BTreeSet<&'static str>| {
            let known = types.iter().filter(|one| **one != "null");
            known.copied().collect::<Vec<_>>()
        };
        let (was, is) = (known(types), known(now));
        if !was.is_empty() && is.iter().any(|one| !was.contains(one)) {
            let (was, is) = (was.join(" or "), is.join(" or "));
            let what = format!("`{path}` of `{name}`");
            let changed = Difference::changed(DriftKind::Type, &what, was, is);
            found.push(changed.of_field(name, path));
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

#[cfg(test)]
mod tests {
    use super::*;

    fn compared(old: &str, new: &str) -> Vec<String> {
        let new = Content::of(new.as_bytes());
        let found = Content::of(old.as_bytes()).compare(&new);
        let shown = |one: &Difference| format!("{} {}", one.severity, one.text);
        found.iter().map(shown).collect()
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
        let later =
            r#"{"message_type":"status","percent_done":1,"seconds_elapsed":1,"bytes_done":7}"#;
        assert!(compared(progress, later).is_empty());
        let slow = r#"{"message_type":"summary","seconds_elapsed":1,"files":[],"parent":null}"#;
        assert!(compared(summary, slow).is_empty());
        assert!(compared("", "[0:00] 100.00%  1 / 1 packs processed\n").is_empty());
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
        let status =
            |more: &str| format!("{{\"message_type\":\"status\",\"files_done\":1{more}}}\n");
        assert_eq!(
            compared(&status(""), &status(",\"novel\":1")),
            ["info `.novel` of `status` is new"]
        );
    }

    #[test]
    fn messages_text_and_forms_are_graded() {
        let old = "created restic repository 0123456789 at {{repo}}\n";
        let new = "{\"message_type\":\"initialized\",\"id\":\"0\"}\n";
        let form = "error it was text, and now is JSON (initialized)";
        assert_eq!(compared(old, new), [form]);
        let both = format!("done\n{new}");
        assert_eq!(
            compared(&both, new),
            ["error it was text and JSON (initialized), and now is JSON (initialized)"]
        );
        let added = format!("{new}{{\"message_type\":\"more\"}}\n");
        assert_eq!(compared(new, &added), ["info the message `more` is new"]);
        assert_eq!(
            compared(&added, new),
            ["warning the message `more` is missing"]
        );
        assert_eq!(
            compared("a 1\nb\n", "a 2\nc\n"),
            [
                "warning the text \"b\" is missing",
                "error the text \"c\" is unknown"
            ]
        );
        let failed = |text: &str| {
            format!("{{\"message_type\":\"exit_error\",\"code\":1,\"message\":\"{text}\"}}\n")
        };
        assert_eq!(
            compared(
                &failed("no key of 5 fits\\nmain.go:1"),
                &failed("no key of 6 fits")
            ),
            [""; 0]
        );
        assert_eq!(
            compared(&failed("no key"), &failed("no lock")),
            [
                "warning in `exit_error` the text \"no key\" is missing",
                "error in `exit_error` the text \"no lock\" is unknown"
            ]
        );
    }
}
