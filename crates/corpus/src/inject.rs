//! What newer restics may print, put into a recording: it must change nothing else.

use super::recording::Recording;
use serde_json::{Value, json};

/// What is put into a recording.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Injection {
    /// A field that the types do not know, in every object.
    Fields,
    /// A message that they do not know, before every line.
    Messages,
    /// Words that they do not know, wherever a field has a choice of them.
    Words,
}

pub(super) const ALL: [Injection; 3] = [Injection::Fields, Injection::Messages, Injection::Words];

const FIELD: &[u8] = br#""novel_field":{"deep":[1,null,{"a":"b"}]}"#;
const MESSAGE: &[u8] = br#"{"message_type":"novel","struct_type":"novel","item":"/a"}"#;

/// The fields with a choice of words.
const CHOICES: &[&str] = &["action", "during", "type"];

/// That an error was one of the scan decides what becomes of a backup, and that it is over what a message is.
const DECISIVE: &[&str] = &["scan", "scan_finished"];

impl Injection {
    /// The recording with this in all of its JSON. `streams`: standard output has messages, not one document.
    pub(super) fn into_recording(self, recording: &Recording, streams: bool) -> Recording {
        let messages = matches!(self, Self::Messages);
        let stdout = if messages && !streams {
            recording.stdout.clone()
        } else {
            self.into_stream(&recording.stdout)
        };
        Recording {
            stdout,
            stderr: self.into_stream(&recording.stderr),
            ..recording.clone()
        }
    }

    /// What the client should give for it, from what it gives without.
    pub(super) fn expected(self, plain: Value) -> Value {
        match self {
            Self::Words => renamed(unfolded(plain)),
            Self::Fields | Self::Messages => unfolded(plain),
        }
    }

    /// What the client gives for it, without what is kept of the unknown.
    pub(super) fn without(self, given: Value) -> Value {
        let mut given = unfolded(given);
        remove(&mut given);
        given
    }

    fn into_stream(self, stream: &[u8]) -> Vec<u8> {
        // A document may be printed over several lines.
        if is_json(stream) && !matches!(self, Self::Messages) {
            return self.into_json(stream);
        }
        let lines = stream.split_inclusive(|byte| *byte == b'\n');
        lines.flat_map(|line| self.into_line(line)).collect()
    }

    fn into_line(self, line: &[u8]) -> Vec<u8> {
        match self {
            _ if !is_json(line) => line.to_owned(),
            Self::Messages => [MESSAGE, b"\n", line].concat(),
            Self::Fields | Self::Words => self.into_json(line),
        }
    }

    fn into_json(self, text: &[u8]) -> Vec<u8> {
        match self {
            Self::Fields => with_fields(text),
            Self::Words => {
                let value = serde_json::from_slice(text).map(renamed);
                let words = value.map(|value| format!("{value}\n").into_bytes());
                words.unwrap_or_else(|_| text.to_owned())
            }
            Self::Messages => text.to_owned(),
        }
    }
}

/// Whether this is one object or list, and nothing else.
fn is_json(text: &[u8]) -> bool {
    matches!(
        serde_json::from_slice(text),
        Ok(Value::Object(_) | Value::Array(_))
    )
}

/// The same text with a field more in every object.
fn with_fields(text: &[u8]) -> Vec<u8> {
    let mut result = Vec::with_capacity(text.len() * 2);
    let (mut in_text, mut escaped) = (false, false);
    for (place, byte) in text.iter().enumerate() {
        result.push(*byte);
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = in_text,
            b'"' => in_text = !in_text,
            b'{' if !in_text => {
                result.extend(FIELD);
                let is_empty = text[place + 1..].trim_ascii_start().starts_with(b"}");
                result.extend((!is_empty).then_some(b','));
            }
            _ => {}
        }
    }
    result
}

/// A value with other words where there is a choice of them.
fn renamed(mut value: Value) -> Value {
    match &mut value {
        Value::Object(fields) => {
            for (name, value) in fields {
                let choice = value.as_str().filter(|word| !DECISIVE.contains(word));
                let choice = choice.filter(|_| CHOICES.contains(&name.as_str()));
                *value = match choice {
                    Some(word) => json!(format!("novel {word}")),
                    None => renamed(value.take()),
                };
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|it| *it = renamed(it.take())),
        _ => {}
    }
    value
}

/// A value with lines of JSON that were kept as text read again.
fn unfolded(mut value: Value) -> Value {
    match &mut value {
        Value::String(text) => {
            let json = is_json(text.as_bytes()).then(|| serde_json::from_str(text));
            value = json.and_then(Result::ok).unwrap_or_else(|| value.take());
        }
        Value::Object(fields) => fields.values_mut().for_each(|it| *it = unfolded(it.take())),
        Value::Array(items) => items.iter_mut().for_each(|it| *it = unfolded(it.take())),
        _ => {}
    }
    value
}

/// Takes out what was put in and kept.
fn remove(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.remove("novel_field");
            fields.values_mut().for_each(remove);
        }
        Value::Array(items) => {
            items.retain(|item| item["message_type"] != "novel");
            items.iter_mut().for_each(remove);
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_json_of_a_stream_has_something_unknown() {
        let check = |injection: Injection, stream: &str, expected: &str| {
            let injected = injection.into_stream(stream.as_bytes());
            assert_eq!(String::from_utf8(injected).unwrap(), expected, "{stream}");
        };
        let field = String::from_utf8(FIELD.to_vec()).unwrap();
        let message = String::from_utf8(MESSAGE.to_vec()).unwrap();
        check(
            Injection::Fields,
            "text {\n{\"a\":\"{\\\"\",\"b\":{}}\n",
            &format!("text {{\n{{{field},\"a\":\"{{\\\"\",\"b\":{{{field}}}}}\n"),
        );
        check(
            Injection::Fields,
            "{\n  \"a\": 1\n}",
            &format!("{{{field},\n  \"a\": 1\n}}"),
        );
        check(
            Injection::Messages,
            "text\n{\"a\":1}\n[0:00] 100%\n",
            &format!("text\n{message}\n{{\"a\":1}}\n[0:00] 100%\n"),
        );
        check(
            Injection::Words,
            "{\"action\":\"new\",\"x\":[{\"during\":\"scan\",\"type\":\"file\"}]}\n",
            "{\"action\":\"novel new\",\"x\":[{\"during\":\"scan\",\"type\":\"novel file\"}]}\n",
        );
    }
}
