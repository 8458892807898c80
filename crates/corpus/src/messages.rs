//! The JSON in what restic printed, read without any types.

use super::paths::{self, Lost};
use super::recording::Recording;
use serde_json::Value;

/// The JSON of a recording.
pub(super) struct Printed {
    /// Those of standard error, then those of standard output, without the exit error.
    pub(super) messages: Vec<Value>,
    pub(super) exit_error: Option<Value>,
    /// The one document of a command that has no messages.
    pub(super) document: Option<Value>,
    /// Messages beside the document: what restic 0.20 says when a `forget` prunes.
    pub(super) behind: Vec<Value>,
    /// The lines that are no JSON, without what moves a terminal's cursor.
    pub(super) text: Vec<String>,
    /// A message or the document has no end, or is no JSON.
    pub(super) is_cut: bool,
    /// What has to come last is there.
    pub(super) is_closed: bool,
}

impl Printed {
    pub(super) fn read(recording: &Recording, streams: bool, is_text: bool) -> Self {
        let (mut messages, errors_whole) = lines(&recording.stderr);
        let exit_error = messages
            .iter()
            .position(|message| kind(message) == "exit_error");
        let exit_error = exit_error.map(|place| messages.remove(place));
        let mut printed = Self {
            messages,
            exit_error,
            document: None,
            behind: Vec::new(),
            text: text(&recording.stderr).collect(),
            is_cut: !errors_whole,
            is_closed: true,
        };
        if streams {
            let (output, output_whole) = lines(&recording.stdout);
            printed.is_cut |= !output_whole;
            printed.is_closed = is_closed(&output);
            printed.messages.extend(output);
            printed.text.extend(text(&recording.stdout));
        } else {
            let (document, beside) = document(&recording.stdout);
            printed.text.extend(text(beside.as_bytes()));
            printed.is_closed = document.is_some();
            printed.is_cut |= matches!(document, Some(Err(_)));
            printed.document = document.and_then(Result::ok);
            printed.behind = lines(beside.as_bytes()).0;
        }
        if is_text {
            printed.is_closed = recording.stdout.ends_with(b"\n");
        }
        printed
    }

    /// All JSON, with what it says that it is.
    pub(super) fn all(&self) -> impl Iterator<Item = (&str, &Value)> {
        let messages = self.messages.iter().chain(&self.exit_error);
        let documents = self.document.iter().chain(&self.behind);
        let messages = messages.map(|message| (kind(message), message));
        messages.chain(documents.map(|document| ("document", document)))
    }

    /// What is on standard error, where standard output is bytes.
    pub(super) fn of_errors(recording: &Recording) -> Self {
        let (mut messages, whole) = lines(&recording.stderr);
        let is_exit_error = |message: &Value| kind(message) == "exit_error";
        let exit_error = messages.iter().position(is_exit_error);
        Self {
            exit_error: exit_error.map(|place| messages.remove(place)),
            messages,
            document: None,
            behind: Vec::new(),
            text: text(&recording.stderr).collect(),
            is_cut: !whole,
            is_closed: true,
        }
    }
}

fn text(stream: &[u8]) -> impl Iterator<Item = String> {
    let clean = |line: String| {
        line.replace("\u{1b}[2K", "")
            .replace('\r', "")
            .trim()
            .to_owned()
    };
    let lines = Recording::lines(stream).into_iter().map(clean);
    lines.filter(|line| !line.is_empty() && !line.starts_with(['{', '[']))
}

/// Whether messages go on to their end.
fn is_closed(messages: &[Value]) -> bool {
    let has = |tag| messages.iter().any(|message| kind(message) == tag);
    has("summary") || !has("status") && !has("verbose_status") && !messages.is_empty()
}

/// The objects with a tag in a stream, and whether every line that begins like one is one.
fn lines(stream: &[u8]) -> (Vec<Value>, bool) {
    let lines = Recording::lines(stream);
    let objects = lines.iter().filter(|line| line.starts_with('{'));
    let read: Vec<_> = objects
        .map(|line| serde_json::from_str::<Value>(line))
        .collect();
    let whole = read.iter().all(Result::is_ok);
    let tagged = |value: &Value| {
        value
            .get("message_type")
            .or(value.get("struct_type"))
            .is_some()
    };
    (read.into_iter().flatten().filter(tagged).collect(), whole)
}

/// The first document in a stream, and the text around it.
fn document(stream: &[u8]) -> (Option<serde_json::Result<Value>>, String) {
    let text = String::from_utf8_lossy(stream);
    let mut begin = 0;
    for line in text.split_inclusive('\n') {
        if line.starts_with(['[', '{']) && !is_counter(line) {
            let mut documents = serde_json::Deserializer::from_str(&text[begin..]).into_iter();
            let document = documents.next();
            let after = match document {
                Some(Ok(_)) => &text[begin + documents.byte_offset()..],
                // All that follows is a part of it.
                _ => "",
            };
            return (document, format!("{}{after}", &text[..begin]));
        }
        begin += line.len();
    }
    (None, text.into_owned())
}

/// `[0:00] 100.00%  9 / 9 packs`.
fn is_counter(line: &str) -> bool {
    line.starts_with('[') && line[1..].starts_with(|c: char| c.is_ascii_digit())
}

/// What a message says that it is.
pub(super) fn kind(message: &Value) -> &str {
    let tag = message.get("struct_type").or(message.get("message_type"));
    tag.and_then(Value::as_str).unwrap_or("message")
}

/// Whether a message has to be found in the result, too: progress and single errors need not.
pub(super) fn is_kept(message: &Value) -> bool {
    !matches!(
        kind(message),
        "status" | "verbose_status" | "excluded_item" | "error"
    )
}

/// A message without its tags, which are the type's matter.
pub(super) fn untagged(message: &Value) -> Value {
    let mut message = message.clone();
    if let Some(fields) = message.as_object_mut() {
        fields.remove("message_type");
        fields.remove("struct_type");
    }
    message
}

/// The comparison of a document with that part of the output in which most of it is found.
pub(super) fn best(document: &Value, output: Option<&Value>) -> Lost {
    let output = output.unwrap_or(&Value::Null);
    let inner = |value| {
        let fields = Value::as_object(value).into_iter();
        fields.flat_map(|fields| fields.values())
    };
    // As deep as what a `forget` has pruned.
    let candidates = std::iter::once(output)
        .chain(inner(output))
        .chain(inner(output).flat_map(inner));
    let compared = candidates.map(|candidate| paths::compare(document, candidate));
    compared
        .min_by_key(|lost| lost.missing.len())
        .unwrap_or_default()
}

/// Every object in a value, outer ones first.
pub(super) fn objects(value: &Value) -> impl Iterator<Item = &Value> {
    all(value).filter(|value| value.is_object())
}

/// Every string in a value.
pub(super) fn texts(value: &Value) -> impl Iterator<Item = &str> {
    all(value).filter_map(Value::as_str)
}

fn all(value: &Value) -> Box<dyn Iterator<Item = &Value> + '_> {
    let below: Box<dyn Iterator<Item = &Value>> = match value {
        // A number that text rounds does not stand in it.
        Value::Object(fields) if fields.get("rounded") == Some(&Value::Bool(true)) => {
            Box::new(std::iter::empty())
        }
        Value::Object(fields) => {
            let fields = fields.iter().filter(|(name, _)| *name != "message_type");
            Box::new(fields.flat_map(|(_, value)| all(value)))
        }
        Value::Array(items) => Box::new(items.iter().flat_map(all)),
        _ => Box::new(std::iter::empty()),
    };
    Box::new(std::iter::once(value).chain(below))
}
