//! Recordings that wait beside the ones they may replace.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::directories::{beside, files, remove, same_files};
use crate::error::RecordError;
use crate::kept::Kept;
use restic_core::Scenario;
use restic_core::for_recorder::MANIFEST;

/// A recording that waits to be accepted, beside the one that is in use.
#[derive(Clone, Debug)]
pub struct PendingRecording {
    /// Where the one in use is, if there is one.
    in_use: PathBuf,
    pending: PathBuf,
}

impl PendingRecording {
    /// The new recording of the scenario in this directory. It is in a directory of the same name
    /// with `.new` at its end.
    ///
    /// # Errors
    ///
    /// When there is none, or it is no scenario.
    pub fn of(directory: impl AsRef<Path>) -> Result<Self, RecordError> {
        let in_use = directory.as_ref().to_owned();
        let pending = beside(&in_use, "new");
        Scenario::load(&pending)?;
        Ok(Self { in_use, pending })
    }

    /// The directory that it is in, for a replay of it.
    #[must_use]
    pub fn directory(&self) -> &Path {
        &self.pending
    }

    /// Moves it into place where there is no recording, or one of the same calls and answers, and
    /// removes it where the one that is there is the same to the byte. One that differs is left to
    /// wait.
    ///
    /// # Errors
    ///
    /// When the directory cannot be moved or removed.
    pub fn settle(self) -> Result<Kept, RecordError> {
        if same_files(&self.in_use, &self.pending) {
            self.reject()?;
            return Ok(Kept::Unchanged);
        }
        if self.changes_its_header_only() {
            self.accept()?;
            return Ok(Kept::Unchanged);
        }
        if self.in_use.exists() {
            return Ok(Kept::Pending(self.pending));
        }
        self.accept()?;
        Ok(Kept::New)
    }

    /// Whether both have the same calls and answers, and differ in who recorded them and how: in
    /// what no program sees.
    fn changes_its_header_only(&self) -> bool {
        let scenarios = (Scenario::load(&self.in_use), Scenario::load(&self.pending));
        let (Ok(in_use), Ok(pending)) = scenarios else {
            return false;
        };
        let streams = |directory| {
            let mut files = files(directory).ok()?;
            files.remove(MANIFEST);
            Some(files)
        };
        in_use.has_same_calls(&pending) && streams(&self.in_use) == streams(&self.pending)
    }

    /// Puts it in the place of the old one.
    ///
    /// # Errors
    ///
    /// When the directories cannot be moved. The old recording is then still there.
    pub fn accept(self) -> Result<(), RecordError> {
        let old = beside(&self.in_use, "old");
        remove(&old)?;
        let moved = |error: io::Error| RecordError::io(&self.in_use, "cannot be moved")(error);
        let had_one = self.in_use.exists();
        if had_one {
            fs::rename(&self.in_use, &old).map_err(moved)?;
        }
        if let Err(error) = fs::rename(&self.pending, &self.in_use) {
            if had_one {
                // The error says why the new one could not be moved.
                let _ = fs::rename(&old, &self.in_use);
            }
            return Err(moved(error));
        }
        remove(&old)
    }

    /// Removes it.
    ///
    /// # Errors
    ///
    /// When the directory cannot be removed.
    pub fn reject(self) -> Result<(), RecordError> {
        remove(&self.pending)
    }

    /// What it would change: the name of a file and the number of a line,
    /// `02-backup.stdout.jsonl:4`, and below, indented, what is there and what would be. Empty when
    /// nothing changes.
    ///
    /// # Errors
    ///
    /// When a file cannot be read.
    pub fn diff(&self) -> Result<String, RecordError> {
        let read = |directory: &Path| {
            let failed = RecordError::io(directory, "cannot be read");
            match files(directory) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(BTreeMap::new()),
                result => result.map_err(failed),
            }
        };
        let (old, new) = (read(&self.in_use)?, read(&self.pending)?);
        let mut names: Vec<_> = old.keys().chain(new.keys()).collect();
        names.sort();
        names.dedup();
        let mut text = String::new();
        for name in names {
            let (old, new) = (old.get(name), new.get(name));
            if old != new {
                text += &difference(name, old.map(Vec::as_slice), new.map(Vec::as_slice));
            }
        }
        Ok(text)
    }
}

/// The lines that are not the same in both, below the name of the file and the number of the first
/// of them.
fn difference(name: &str, old: Option<&[u8]>, new: Option<&[u8]>) -> String {
    let lines = |bytes: Option<&[u8]>| -> Vec<String> {
        let text = String::from_utf8_lossy(bytes.unwrap_or_default()).into_owned();
        text.split_inclusive('\n').map(shown).collect()
    };
    let (old, new) = (lines(old), lines(new));
    let same = |(a, b): &(&String, &String)| a == b;
    let start = old.iter().zip(&new).take_while(same).count();
    let rest = old.len().min(new.len()) - start;
    let end = old.iter().rev().zip(new.iter().rev()).take_while(same);
    let end = end.count().min(rest);
    let (old, new) = (&old[start..old.len() - end], &new[start..new.len() - end]);
    let mut text = String::new();
    if old.len() == new.len() {
        let numbered = (start + 1..).zip(old.iter().zip(new));
        for (number, (old, new)) in numbered.filter(|(_, pair)| !same(pair)) {
            text += &format!("{name}:{number}\n  - {old}\n  + {new}\n");
        }
    }
    if text.is_empty() {
        text += &format!("{name}:{}\n", start + 1);
        for (sign, lines) in [('-', old), ('+', new)] {
            for line in lines {
                text += &format!("  {sign} {line}\n");
            }
        }
    }
    text
}

fn shown(line: &str) -> String {
    match line.strip_suffix('\n') {
        Some(line) => line.to_owned(),
        None => format!("{line} (no newline)"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(old: Option<&str>, new: Option<&str>, expected: &str) {
        let difference = difference("a.txt", old.map(str::as_bytes), new.map(str::as_bytes));
        assert_eq!(difference, expected);
    }

    #[test]
    fn what_differs_is_shown_with_its_line() {
        check(
            Some("a\nb\nc\nd\n"),
            Some("a\nx\nc\ny\n"),
            "a.txt:2\n  - b\n  + x\na.txt:4\n  - d\n  + y\n",
        );
        check(Some("a\nb\nd\n"), Some("a\nb\nc\nd\n"), "a.txt:3\n  + c\n");
        check(Some("a\n"), None, "a.txt:1\n  - a\n");
        check(None, Some("a\n"), "a.txt:1\n  + a\n");
        check(Some(""), None, "a.txt:1\n");
    }

    #[test]
    fn lines_that_end_differently_are_a_difference() {
        check(
            Some("a\n"),
            Some("a"),
            "a.txt:1\n  - a\n  + a (no newline)\n",
        );
    }
}
