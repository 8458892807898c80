//! A file or directory that could not be backed up or restored.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, de};
use serde_json::{Map, Value};

use crate::open_enum::open_enum;
use crate::serde_help::is_default;

/// A file or directory that `backup` could not read or `restore` could not write; on standard error.
///
/// The same path can come twice: from the scan and the backup itself, or for a file's content and its metadata.
/// See restic's documentation, [backup](https://restic.readthedocs.io/en/stable/075_scripting.html#error).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "message_type", rename = "error")]
#[non_exhaustive]
pub struct ItemError {
    /// What went wrong.
    #[serde(default, deserialize_with = "any_detail")]
    pub error: ErrorDetail,
    /// What restic was doing.
    pub during: During,
    /// The path.
    pub item: String,
}

impl ItemError {
    /// What an old restic says in a text of an item that it could not restore.
    #[doc(hidden)]
    #[must_use]
    pub fn of_restore(item: &str, message: &str) -> Self {
        Self {
            error: ErrorDetail {
                message: Some(message.to_owned()),
                ..ErrorDetail::default()
            },
            during: During::Restore,
            item: item.to_owned(),
        }
    }
}

/// What went wrong with an item; `Display` shows as much of it as restic reported.
///
/// Before restic 0.17.1 this was whatever Go made of its error values: often nothing at all, sometimes the parts of
/// a failed system call.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ErrorDetail {
    /// The error as text. Absent before restic 0.17.1.
    #[serde(skip_serializing_if = "is_default")]
    pub message: Option<String>,
    /// The system call, such as `open`. Absent since restic 0.17.1, and for most errors before.
    #[serde(rename = "Op", skip_serializing_if = "is_default")]
    pub op: Option<String>,
    /// The path the call was given. Absent when `op` is.
    #[serde(rename = "Path", skip_serializing_if = "is_default")]
    pub path: Option<String>,
    /// The call's own error: an errno number, see [`errno`](ErrorDetail::errno), or anything else that Go made of it.
    /// Absent when restic gave a text or nothing.
    #[serde(rename = "Err", skip_serializing_if = "is_default")]
    pub err: Option<Value>,
    /// Everything else in the object.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

/// Before restic 0.17.1 whatever Go made of an error value: an object, a bare number, a text.
fn any_detail<'de, D: Deserializer<'de>>(deserializer: D) -> Result<ErrorDetail, D::Error> {
    Value::deserialize(deserializer).map(ErrorDetail::of_any)
}

impl<'de> Deserialize<'de> for ErrorDetail {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let problem = |_| de::Error::custom("a text in the detail of an error is something else");
        Self::of(Map::deserialize(deserializer)?).map_err(problem)
    }
}

impl ErrorDetail {
    fn of_any(value: Value) -> Self {
        let err = match value {
            Value::Null => return Self::default(),
            Value::String(message) => {
                return Self {
                    message: Some(message),
                    ..Self::default()
                };
            }
            Value::Object(fields) => match Self::of(fields) {
                Ok(detail) => return detail,
                // One whose known fields have other types is kept as it is, too.
                Err(fields) => Value::Object(fields),
            },
            other => other,
        };
        Self {
            err: Some(err),
            ..Self::default()
        }
    }

    /// Takes an object apart by hand: what serde writes for `flatten` is ten times as much code.
    ///
    /// # Errors
    ///
    /// The object, when a text in it is something else.
    fn of(mut fields: Map<String, Value>) -> Result<Self, Map<String, Value>> {
        let is_text = |name| {
            matches!(
                fields.get(name),
                None | Some(Value::Null | Value::String(_))
            )
        };
        if !["message", "Op", "Path"].into_iter().all(is_text) {
            return Err(fields);
        }
        let mut text = |name| match fields.remove(name) {
            Some(Value::String(text)) => Some(text),
            _ => None,
        };
        Ok(Self {
            message: text("message"),
            op: text("Op"),
            path: text("Path"),
            err: fields.remove("Err").filter(|err| !err.is_null()),
            other: fields,
        })
    }

    /// The errno of the failed system call, such as 13 for "permission denied" on Linux.
    #[must_use]
    pub fn errno(&self) -> Option<i32> {
        let errno = self.err.as_ref()?.as_i64()?;
        i32::try_from(errno).ok()
    }
}

impl fmt::Display for ErrorDetail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.message, &self.op, self.errno()) {
            (Some(message), ..) => f.write_str(message),
            (None, Some(op), Some(errno)) => write!(f, "{op}: errno {errno}"),
            (None, Some(op), None) => write!(f, "{op} failed"),
            (None, None, Some(errno)) => write!(f, "errno {errno}"),
            (None, None, None) => f.write_str("restic did not say why"),
        }
    }
}

open_enum! {
    /// What restic was doing when an item failed.
    pub enum During {
        /// Counting files and bytes before the backup.
        Scan = "scan",
        /// Backing up.
        Archival = "archival",
        /// Restoring.
        Restore = "restore",
    }
}
