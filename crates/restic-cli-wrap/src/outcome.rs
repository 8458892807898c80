use std::collections::HashMap;

use serde::{Deserialize, Serialize};

/// The result of a backup or restore that finished, completely or in part.
///
/// A run that left items out is not a success, and not a plain failure either: the snapshot
/// exists, or most of the files were restored. That is why there are two cases, and why this must
/// not be ignored.
#[must_use = "an incomplete backup or restore is reported here and nowhere else"]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Outcome<T> {
    /// Everything that was asked for was done.
    Complete(T),
    /// restic finished, but some items failed; or a restore was to include something that nothing
    /// in the snapshot matches.
    Incomplete(Partial<T>),
}

/// The result of a run in which some items failed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Partial<T> {
    /// restic's summary. Absent when it printed none: restic 0.11 may print no summary when files
    /// could not be read, although it made a snapshot.
    pub summary: Option<T>,
    /// What failed: one entry per path, in the order in which restic reported it. Empty when restic
    /// named none, as for a backup from an empty standard input.
    pub errors: Vec<FailedItem>,
    /// restic's closing message, such as "at least one source file could not be read".
    /// Empty when there was none.
    pub message: String,
}

/// A file or directory that could not be saved or restored.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FailedItem {
    /// The path as restic printed it. Bytes that are not UTF-8 are replaced by U+FFFD.
    pub path: String,
    /// Every error about this path, in restic's order. Before restic 0.17.1 a message may be only
    /// an error code.
    pub messages: Vec<String>,
    /// Whether `path` is certain to be the whole path and nothing else. A restore before restic
    /// 0.17.1 prints text, in which a path that contains `: ` or a newline can look as if it ended
    /// there.
    #[serde(default = "certain")]
    pub is_path_certain: bool,
}

const fn certain() -> bool {
    true
}

impl<T> Partial<T> {
    /// A result without these items: for tests of what a program does with it.
    pub fn new(summary: Option<T>, errors: impl IntoIterator<Item = FailedItem>) -> Self {
        Self {
            summary,
            errors: errors.into_iter().collect(),
            message: String::new(),
        }
    }
}

impl FailedItem {
    /// A path and the error that restic reported about it: for tests.
    pub fn new(path: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            messages: vec![message.into()],
            is_path_certain: true,
        }
    }
}

impl<T> Outcome<T> {
    /// Whether everything was done.
    pub const fn is_complete(&self) -> bool {
        matches!(self, Self::Complete(_))
    }

    /// restic's summary, complete or not. Absent when [`Partial::summary`] is.
    pub const fn summary(&self) -> Option<&T> {
        match self {
            Self::Complete(summary) => Some(summary),
            Self::Incomplete(partial) => partial.summary.as_ref(),
        }
    }

    /// The items that failed; empty when the outcome is complete.
    pub fn errors(&self) -> &[FailedItem] {
        match self {
            Self::Complete(_) => &[],
            Self::Incomplete(partial) => &partial.errors,
        }
    }
}

/// Collects errors by path while a run goes on.
#[derive(Debug, Default)]
pub(crate) struct FailedItems {
    items: Vec<FailedItem>,
    places: HashMap<String, usize>,
}

impl FailedItems {
    pub(crate) fn add(&mut self, path: &str, message: &str) {
        if let Some(&place) = self.places.get(path) {
            let known = &mut self.items[place].messages;
            if !known.iter().any(|known| known == message) {
                known.push(message.to_owned());
            }
        } else {
            self.places.insert(path.to_owned(), self.items.len());
            self.items.push(FailedItem::new(path, message));
        }
    }

    /// Says of a path that it may be another one.
    pub(crate) fn doubt(&mut self, path: &str) {
        if let Some(&place) = self.places.get(path) {
            self.items[place].is_path_certain = false;
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    pub(crate) fn into_outcome<T>(self, summary: Option<T>, message: String) -> Outcome<T> {
        Outcome::Incomplete(Partial {
            summary,
            errors: self.items,
            message,
        })
    }
}
