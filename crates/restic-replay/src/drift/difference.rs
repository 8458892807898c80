use std::fmt;

use serde::Serialize;

use super::kind::DriftKind;
use super::severity::Severity;

/// One thing that differs.
///
/// As JSON it is an object of these fields, without those that are `None`. Later versions may add
/// fields, kinds and grades, and do not rename any.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Difference {
    /// The name of the recorded call, such as `02-backup`.
    pub call: String,
    /// How much it may matter to programs.
    pub severity: Severity,
    /// What kind of difference it is.
    pub kind: DriftKind,
    /// On which stream it is. `None` for a call and an exit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stream: Option<DriftStream>,
    /// The name of a message of JSON, or `document`. `None` when it is about no message.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// The path of a field in it, such as `.snapshots[].id`. `None` when it is about no field.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// What was: an exit, the form of a stream, the type of a field, a sentence. `None` when
    /// something is new.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub was: Option<String>,
    /// What is now, likewise. `None` when something is missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is: Option<String>,
    /// All of it in words.
    pub text: String,
}

/// A stream that restic prints on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum DriftStream {
    /// Standard output.
    Stdout,
    /// Standard error.
    Stderr,
}

impl fmt::Display for DriftStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Stdout => "standard output",
            Self::Stderr => "standard error",
        })
    }
}

impl Difference {
    /// A difference of which nothing else is known.
    pub(super) fn new(severity: Severity, kind: DriftKind, text: impl Into<String>) -> Self {
        Self {
            call: String::new(),
            severity,
            kind,
            stream: None,
            message: None,
            field: None,
            was: None,
            is: None,
            text: text.into(),
        }
    }

    /// Something of this kind was one thing, and is another.
    pub(super) fn changed(kind: DriftKind, what: &str, was: String, is: String) -> Self {
        Self {
            text: format!("{what} was {was}, and now is {is}"),
            was: Some(was),
            is: Some(is),
            ..Self::new(Severity::Error, kind, "")
        }
    }

    pub(super) fn of_message(self, message: &str) -> Self {
        Self {
            message: Some(message.to_owned()),
            ..self
        }
    }

    pub(super) fn of_field(self, message: &str, field: &str) -> Self {
        Self {
            field: Some(field.to_owned()),
            ..self.of_message(message)
        }
    }

    /// Of this call, and of this stream of it.
    pub(super) fn placed(self, call: &str, stream: Option<DriftStream>) -> Self {
        let text = match stream {
            None => self.text,
            Some(stream) => format!("{stream}: {}", self.text),
        };
        Self {
            call: call.to_owned(),
            stream,
            text,
            ..self
        }
    }
}
