//! JSON lines: read the tag, then the type; what is unknown is kept.

use std::borrow::Cow;

use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;

use crate::exit::ExitError;
use crate::fields::{Field, Values};
use crate::search::{contains, split_once, trim};

/// The byte order mark.
const MARK: char = '\u{feff}';

/// What a command prints line by line with `--json`.
///
/// ```
/// use restic_types::{BackupMessage, Message};
///
/// let line = r#"{"message_type":"status","percent_done":0.5,"total_files":12}"#;
/// match BackupMessage::read(line) {
///     Some(BackupMessage::Status(status)) => assert_eq!(status.total_files, 12),
///     Some(other) => panic!("a different message: {other:?}"),
///     None => panic!("plain text"),
/// }
/// ```
pub trait Message: Sized {
    /// The names of the messages that only report how far restic is, and what it is doing.
    ///
    /// What a command comes to does not rest on them: one that cannot be read is a loss to nobody but those who look
    /// at the progress.
    const PROGRESS: &'static [&'static str] = &[];

    /// Reads one line.
    ///
    /// Returns `None` if the line is not a JSON object: restic prints plain text between its messages, and that is
    /// for the caller to keep. An object is always a message. One that is newer than this crate, that does not
    /// fit its type or that is broken becomes the `Unknown` variant, with its text.
    ///
    /// The line ending, blanks and a byte order mark around the object are ignored.
    fn read(line: &str) -> Option<Self> {
        Self::read_row(line).or_else(|| Self::read_any(line))
    }

    /// The message as restic printed it, where it is one that this crate cannot read. `None`
    /// for every other.
    fn unknown(&self) -> Option<&UnknownMessage>;

    /// Reads a line if it is one of those that restic may print millions of, a file of a listing perhaps, and is
    /// exactly as restic prints it. [`read`](Message::read) begins with this.
    ///
    /// Returns `None` for all other lines. There is nothing in a row that restic says in words of its own, such as an
    /// error: all of it is data.
    fn read_row(_line: &str) -> Option<Self> {
        None
    }

    /// Does what [`read`](Message::read) does without looking for a row first, which is faster where there are none.
    fn read_any(line: &str) -> Option<Self>;
}

/// A message this crate could not read, with everything restic printed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct UnknownMessage {
    /// restic's name for the message. Absent when the object has none, or is too broken to read it.
    pub message_type: Option<String>,
    /// The object as it was printed.
    pub raw: String,
    /// Why a known message does not fit its type, or the object is not JSON.
    ///
    /// Absent when nothing is wrong with the message: this crate just doesn't know its type.
    pub problem: Option<String>,
}

impl UnknownMessage {
    fn new(line: &Line<'_>, problem: Option<serde_json::Error>) -> Self {
        Self {
            message_type: line.tag.as_deref().map(str::to_owned),
            raw: line.text.to_owned(),
            problem: problem.map(|problem| problem.to_string()),
        }
    }
}

impl ExitError {
    /// Reads one line. Returns `None` when it is anything else.
    ///
    /// Lines are taken as by [`Message::read`](crate::Message::read), which makes an exit error an unknown message.
    #[must_use]
    pub fn read(line: &str) -> Option<Self> {
        let line = Line::new(line).filter(|line| line.tag() == Self::TAG)?;
        Self::from_str(line.text).ok()
    }
}

/// A line that begins like an object, and its tag.
pub(crate) struct Line<'a> {
    text: &'a str,
    tag: Option<Cow<'a, str>>,
}

impl<'a> Line<'a> {
    pub(crate) fn new(line: &'a str) -> Option<Self> {
        let text = without_marks(line);
        text.starts_with('{').then(|| Self {
            text,
            tag: tag(text),
        })
    }

    /// The tag, or nothing known.
    pub(crate) fn tag(&self) -> &str {
        self.tag.as_deref().unwrap_or_default()
    }

    pub(crate) fn body<T: DeserializeOwned>(&self) -> Result<T, UnknownMessage> {
        serde_json::from_str(self.text).map_err(|problem| UnknownMessage::new(self, Some(problem)))
    }

    /// The line as a message of an unknown type; what is broken is still kept apart.
    pub(crate) fn unknown(&self) -> UnknownMessage {
        let problem = match self.tag() {
            ExitError::TAG => ExitError::from_str(self.text).err(),
            _ => Tags::from_str(self.text).err(),
        };
        UnknownMessage::new(self, problem)
    }
}

/// A line without blanks and byte order marks around it.
fn without_marks(line: &str) -> &str {
    let mut text = trim(line);
    loop {
        let inner = text.strip_prefix(MARK).unwrap_or(text);
        let inner = trim(inner.strip_suffix(MARK).unwrap_or(inner));
        if inner.len() == text.len() {
            return text;
        }
        text = inner;
    }
}

/// The tag of an object: a cheap look where restic's order of keys allows it, else all of its keys.
fn tag(text: &str) -> Option<Cow<'_, str>> {
    if let Some(tag) = first_key_tag(text).or_else(|| last_key_tag(text)) {
        return Some(Cow::Borrowed(tag));
    }
    let tags = Tags::from_str(text).ok()?;
    tags.message_type.or(tags.struct_type)
}

/// The value of `message_type` when it is the first key, as in everything but `ls`.
fn first_key_tag(text: &str) -> Option<&str> {
    let (tag, _) = split_once(text.strip_prefix(r#"{"message_type":""#)?, "\"")?;
    // After an escape the first quote might not be the end.
    (!contains(tag, "\\")).then_some(tag)
}

/// The value of `struct_type` when it is the last key and there is no other tag, as in every line of `ls`.
///
/// These endings can't be part of a name or any other text: the last brace is the object's own, so the quote before
/// it ends a string, and the other quotes follow a comma or a colon. Inside of a string they would need a backslash.
fn last_key_tag(text: &str) -> Option<&'static str> {
    ["node", "snapshot"].into_iter().find(|tag| {
        let rest = text
            .strip_suffix("\"}")
            .and_then(|text| text.strip_suffix(tag));
        let rest = rest.and_then(|text| text.strip_suffix(",\"struct_type\":\""));
        // Since restic 0.17 the other tag says the same, right before it.
        rest.is_some_and(|rest| same_tag_ends(rest, tag) || !contains(rest, "\"message_type\""))
    })
}

fn same_tag_ends(text: &str, tag: &str) -> bool {
    let rest = text
        .strip_suffix('"')
        .and_then(|text| text.strip_suffix(tag));
    rest.is_some_and(|rest| rest.ends_with("\"message_type\":\""))
}

/// The tags of an object, wherever they are.
struct Tags<'a> {
    message_type: Option<Cow<'a, str>>,
    /// Only in `ls`, which had no `message_type` before restic 0.17.
    struct_type: Option<Cow<'a, str>>,
}

impl<'a> Tags<'a> {
    fn from_str(text: &'a str) -> serde_json::Result<Self> {
        const FIELDS: &[Field] = &[
            Field::text("message_type").or_none(),
            Field::text("struct_type").or_none(),
        ];
        let mut values = Values::from_str(text, FIELDS)?;
        Ok(Self {
            message_type: values.text_or_none(),
            struct_type: values.text_or_none(),
        })
    }
}

/// Serialises an unknown message as the object it is, or as a string when it is too broken for that.
pub(crate) fn serialize_raw<S: Serializer>(
    message: &UnknownMessage,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match serde_json::from_str::<&RawValue>(&message.raw) {
        Ok(raw) => raw.serialize(serializer),
        Err(_) => serializer.serialize_str(&message.raw),
    }
}

/// Deserialises a message enum by reading the object's text as a line.
pub(crate) fn deserialize<'de, D: Deserializer<'de>, M: Message>(
    deserializer: D,
) -> Result<M, D::Error> {
    let raw = Box::<RawValue>::deserialize(deserializer)?;
    // `serialize_raw` writes a broken object as a string.
    let broken = serde_json::from_str::<String>(raw.get());
    let line = broken.as_deref().unwrap_or(raw.get());
    M::read(line).ok_or_else(|| D::Error::custom("not a JSON object"))
}
