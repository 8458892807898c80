use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;
use std::fs;
use std::io;
use std::path::Path;

use super::digest::digest;
use super::input::{Input, KEPT, LongInput, RecordedInput};
use super::manifest::{
    FORMAT, Manifest, PlaceholderKind, RecordedCall, RecordedSignal, RecordedWith,
};
use super::stream_file::StreamFile;
use super::{MANIFEST, Scenario, ScenarioError};
use crate::Exit;
use crate::effects::{Content, Effects, Left, content_name};

/// Where a scenario is written before it replaces another. Not a name a stream may have.
const DRAFT: &str = ".scenario.new";

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
            record_again: None,
            placeholders: BTreeMap::new(),
            calls: Vec::new(),
            digest: None,
        };
        Self {
            manifest,
            files: Vec::new(),
        }
    }

    /// Names the command that records it again, for reports of calls that do not match.
    pub fn record_again(&mut self, command: impl Into<String>) {
        self.manifest.record_again = Some(command.into());
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
        let id = format!("{number:02}-{}", file_name(command));
        let stdout = self.stream(&id, "stdout", stdout);
        let stderr = self.stream(&id, "stderr", stderr);
        self.manifest.calls.push(RecordedCall {
            id,
            argv,
            current_dir: None,
            mutates,
            stdin: None,
            stdout,
            stderr,
            exit,
            signal: None,
            left: Vec::new(),
        });
    }

    /// Says where the call that was added last ran. Placeholders in it take their value from the
    /// call.
    pub fn current_dir(&mut self, directory: impl Into<String>) {
        if let Some(call) = self.manifest.calls.last_mut() {
            call.current_dir = Some(directory.into());
        }
    }

    /// Says that the call that was added last was signalled.
    #[doc(hidden)]
    pub fn signal(&mut self, signal: RecordedSignal) {
        if let Some(call) = self.manifest.calls.last_mut() {
            call.signal = Some(signal);
        }
    }

    /// Says that the output of the call that was added last is data in which nothing is replaced.
    #[doc(hidden)]
    pub fn data(&mut self) {
        let call = self.manifest.calls.last_mut();
        let Some(stdout) = call.and_then(|call| call.stdout.as_mut()) else {
            return;
        };
        let name = Path::new(&stdout.file).with_extension("bin");
        let name = name.to_string_lossy().into_owned();
        for (file, _) in &mut self.files {
            if *file == stdout.file {
                file.clone_from(&name);
            }
        }
        stdout.file = name;
    }

    /// Says that all progress in the output of the call that was added last is thinned to this
    /// number of lines.
    #[doc(hidden)]
    pub fn thinned_status(&mut self, lines: u32) {
        let call = self.manifest.calls.last_mut();
        if let Some(stdout) = call.and_then(|call| call.stdout.as_mut()) {
            stdout.thinned_status = Some(lines);
        }
    }

    /// Says what the call that was added last was given on standard input. Of more than 1 MiB the
    /// length and a digest are kept.
    pub fn stdin(&mut self, bytes: Vec<u8>) {
        if bytes.len() > KEPT {
            self.long_stdin(Input::of(&bytes).summary());
        } else {
            self.short_stdin(bytes);
        }
    }

    /// Likewise, of any length.
    #[doc(hidden)]
    pub fn short_stdin(&mut self, bytes: Vec<u8>) {
        let Some(id) = self.manifest.calls.last().map(|call| call.id.clone()) else {
            return;
        };
        let stdin = self.stream(&id, "stdin", bytes);
        if let Some(call) = self.manifest.calls.last_mut() {
            call.stdin = stdin.map(RecordedInput::Kept);
        }
    }

    /// Likewise, of what is not kept.
    #[doc(hidden)]
    pub fn long_stdin(&mut self, input: LongInput) {
        if let Some(call) = self.manifest.calls.last_mut() {
            call.stdin = Some(RecordedInput::Long(input));
        }
    }

    /// Says what the call that was added last left, by the paths that are recorded.
    #[doc(hidden)]
    pub fn left(&mut self, effects: &Effects, path: impl Fn(&str) -> String) {
        let files = &mut self.files;
        let recorded = effects.0.iter().map(|left| {
            let file = |content: &_| Ok::<_, Infallible>(file_of(content, files));
            let Ok(is) = left.is.with_content(file);
            let path = path(&left.path);
            Left { path, is }
        });
        let recorded = recorded.collect();
        if let Some(call) = self.manifest.calls.last_mut() {
            call.left = recorded;
        }
    }

    fn stream(&mut self, id: &str, stream: &str, bytes: Vec<u8>) -> Option<StreamFile> {
        if bytes.is_empty() {
            return None;
        }
        let file = format!("{id}.{stream}.{}", extension(&bytes));
        let recorded = StreamFile {
            file: file.clone(),
            bytes: bytes.len() as u64,
            thinned_status: None,
            digest: Some(digest(&bytes)),
        };
        self.files.push((file, bytes));
        Some(recorded)
    }

    /// All that would be written, by name of the file.
    #[doc(hidden)]
    pub fn content(&self) -> Vec<(String, Vec<u8>)> {
        let mut content = self.files.clone();
        if let Ok(manifest) = serde_json::to_vec_pretty(&self.manifest) {
            content.push((MANIFEST.to_owned(), manifest));
        }
        content
    }

    /// Writes it to a directory, in place of the scenario that is there. Other files stay.
    ///
    /// Everything is written beside the old scenario before anything of it is replaced: a
    /// full disk loses nothing.
    ///
    /// # Errors
    ///
    /// When it cannot be written, or is longer than what [`Scenario::load`] reads.
    pub fn write(&self, directory: impl AsRef<Path>) -> Result<(), ScenarioError> {
        let directory = directory.as_ref();
        let failed = |error| ScenarioError::io(directory, "cannot be written", error);
        let written = Manifest {
            digest: self.manifest.digest(),
            ..self.manifest.clone()
        };
        let mut manifest =
            serde_json::to_vec_pretty(&written).map_err(|error| failed(io::Error::from(error)))?;
        manifest.push(b'\n');
        self.check(&manifest)
            .map_err(|problem| ScenarioError::new(directory, problem))?;

        let draft = directory.join(DRAFT);
        let written = self.write_draft(&draft, &manifest);
        let replaced = written.and_then(|()| self.replace(directory, &draft));
        if replaced.is_err() {
            // The reason that is returned is why the writing failed, not that tidying up did too.
            let _ = fs::remove_dir_all(&draft);
        }
        replaced.map_err(failed)
    }

    /// Whether it can be read again.
    fn check(&self, manifest: &[u8]) -> Result<(), String> {
        self.manifest.check()?;
        if !Scenario::is_manifest_bearable(manifest) {
            return Err("would have a manifest that is too long to be read".to_owned());
        }
        let limit = Scenario::STREAM_BYTES;
        let long = self.files.iter().find(|(_, bytes)| bytes.len() > limit);
        long.map_or(Ok(()), |(name, bytes)| {
            Err(format!(
                "would have {} bytes in {name}, of {limit} at most",
                bytes.len()
            ))
        })
    }

    fn write_draft(&self, draft: &Path, manifest: &[u8]) -> io::Result<()> {
        if draft.exists() {
            fs::remove_dir_all(draft)?;
        }
        fs::create_dir_all(draft)?;
        fs::write(draft.join(MANIFEST), manifest)?;
        for (name, bytes) in &self.files {
            fs::write(draft.join(name), bytes)?;
        }
        Ok(())
    }

    fn replace(&self, directory: &Path, draft: &Path) -> io::Result<()> {
        let old = Scenario::load(directory).map(|old| old.manifest).ok();
        for (name, _) in &self.files {
            fs::rename(draft.join(name), directory.join(name))?;
        }
        fs::rename(draft.join(MANIFEST), directory.join(MANIFEST))?;
        let streams = |manifest: &Manifest| -> BTreeSet<String> {
            let files = manifest.streams().map(|stream| stream.file.clone());
            files.collect()
        };
        let kept = streams(&self.manifest);
        for name in old.iter().flat_map(streams) {
            if kept.contains(&name) || name == MANIFEST {
                continue;
            }
            match fs::remove_file(directory.join(name)) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
        fs::remove_dir(draft)
    }
}

/// The file of a scenario for what a call left in one. The same content is kept once.
fn file_of(content: &Content, files: &mut Vec<(String, Vec<u8>)>) -> StreamFile {
    let file = content_name(&content.bytes);
    if !files.iter().any(|(name, _)| *name == file) {
        files.push((file.clone(), content.bytes.clone()));
    }
    StreamFile {
        file,
        bytes: content.bytes.len() as u64,
        thinned_status: None,
        // Its name is made of its content.
        digest: None,
    }
}

/// A command as a part of a file's name on every system.
fn file_name(command: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() { c } else { '-' };
    command.chars().map(plain).collect()
}

/// What an editor should take a stream for.
fn extension(bytes: &[u8]) -> &'static str {
    match std::str::from_utf8(bytes) {
        Err(_) => "bin",
        Ok(text) if text.starts_with(['{', '[']) => "jsonl",
        Ok(_) => "txt",
    }
}
