use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;

use super::manifest::{FORMAT, Manifest, PlaceholderKind, RecordedCall, RecordedWith, StreamFile};
use super::{MANIFEST, ScenarioError};
use crate::Exit;

/// A scenario on its way to disk.
#[derive(Clone, Debug)]
pub struct ScenarioWriter {
    manifest: Manifest,
    files: Vec<(String, Vec<u8>)>,
}

impl ScenarioWriter {
    /// A scenario without calls. The note says what happens in it.
    pub fn new(note: impl Into<String>, recorded_with: RecordedWith) -> Self {
        let manifest = Manifest {
            format: FORMAT,
            note: note.into(),
            recorded_with,
            placeholders: BTreeMap::new(),
            calls: Vec::new(),
        };
        Self {
            manifest,
            files: Vec::new(),
        }
    }

    /// Declares a placeholder that arguments and output use.
    pub fn placeholder(&mut self, name: impl Into<String>, kind: PlaceholderKind) {
        self.manifest.placeholders.insert(name.into(), kind);
    }

    /// Adds a call: its command for its name, its arguments, what it printed and how it
    /// ended.
    pub fn call(
        &mut self,
        command: &str,
        argv: Vec<String>,
        mutates: bool,
        stdout: Vec<u8>,
        stderr: Vec<u8>,
        exit: Exit,
    ) {
        let number = self.manifest.calls.len() + 1;
        let id = format!("{number:02}-{}", command.replace(' ', "-"));
        let stdout = self.stream(&id, "stdout", stdout);
        let stderr = self.stream(&id, "stderr", stderr);
        let exit = exit.into();
        self.manifest.calls.push(RecordedCall {
            id,
            argv,
            mutates,
            stdout,
            stderr,
            exit,
        });
    }

    fn stream(&mut self, id: &str, stream: &str, bytes: Vec<u8>) -> Option<StreamFile> {
        if bytes.is_empty() {
            return None;
        }
        let file = format!("{id}.{stream}.{}", extension(&bytes));
        let recorded = StreamFile {
            file: file.clone(),
            bytes: bytes.len() as u64,
        };
        self.files.push((file, bytes));
        Some(recorded)
    }

    /// Writes it to a folder, in place of what is there.
    ///
    /// # Errors
    ///
    /// When it cannot be written.
    pub fn write(&self, folder: impl AsRef<Path>) -> Result<(), ScenarioError> {
        let folder = folder.as_ref();
        let failed = |error| ScenarioError::io(folder, "cannot be written", error);
        let mut manifest = serde_json::to_vec_pretty(&self.manifest)
            .map_err(|error| failed(io::Error::from(error)))?;
        manifest.push(b'\n');
        if folder.join(MANIFEST).exists() {
            fs::remove_dir_all(folder).map_err(failed)?;
        }
        fs::create_dir_all(folder).map_err(failed)?;
        fs::write(folder.join(MANIFEST), manifest).map_err(failed)?;
        for (name, bytes) in &self.files {
            fs::write(folder.join(name), bytes).map_err(failed)?;
        }
        Ok(())
    }
}

/// What an editor should take a stream for.
fn extension(bytes: &[u8]) -> &'static str {
    match std::str::from_utf8(bytes) {
        Err(_) => "bin",
        Ok(text) if text.starts_with(['{', '[']) => "jsonl",
        Ok(_) => "txt",
    }
}
