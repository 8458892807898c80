//! Recordings that wait beside the ones they may replace.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::directories::{beside, files, remove, same_files};
use super::error::RecordError;
use super::kept::Kept;
use crate::Scenario;

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

    /// Moves it into place where there is no recording, and removes it where the one that is
    /// there is the same. One that differs is left to wait.
    ///
    /// # Errors
    ///
    /// When the directory cannot be moved or removed.
    pub fn settle(self) -> Result<Kept, RecordError> {
        if same_files(&self.in_use, &self.pending) {
            self.reject()?;
            return Ok(Kept::Unchanged);
        }
        if self.in_use.exists() {
            return Ok(Kept::Pending(self.pending));
        }
        self.accept()?;
        Ok(Kept::New)
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

    /// What it would change, line by line; empty when nothing.
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
                text += &format!("{name}\n");
                text += &difference(old.map(Vec::as_slice), new.map(Vec::as_slice));
            }
        }
        Ok(text)
    }
}

/// The lines of both that are not where they begin or end alike.
fn difference(old: Option<&[u8]>, new: Option<&[u8]>) -> String {
    let lines = |bytes: Option<&[u8]>| -> Vec<String> {
        let text = String::from_utf8_lossy(bytes.unwrap_or_default()).into_owned();
        text.lines().map(str::to_owned).collect()
    };
    let (old, new) = (lines(old), lines(new));
    let same = |(a, b): &(&String, &String)| a == b;
    let start = old.iter().zip(&new).take_while(same).count();
    let rest = old.len().min(new.len()) - start;
    let end = old.iter().rev().zip(new.iter().rev()).take_while(same);
    let end = end.count().min(rest);
    let mut text = String::new();
    for (sign, lines) in [('-', &old), ('+', &new)] {
        for line in &lines[start..lines.len() - end] {
            text += &format!("  {sign} {line}\n");
        }
    }
    text
}
