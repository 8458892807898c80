use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use super::resolve::{absolute, is_batch_file, resolve};
use crate::{StartError, StartErrorKind};

/// A program that runs another one, such as `nice`, and what it is given before that.
#[derive(Clone, Debug)]
pub(super) struct Wrapper {
    program: OsString,
    arguments: Vec<OsString>,
    resolved: OnceLock<PathBuf>,
}

impl Wrapper {
    /// Returns `None` without words.
    pub(super) fn new(words: impl Iterator<Item = OsString>) -> Option<Self> {
        let mut words = words;
        Some(Self {
            program: words.next()?,
            arguments: words.collect(),
            resolved: OnceLock::new(),
        })
    }

    pub(super) fn name(&self) -> &OsStr {
        &self.program
    }

    pub(super) fn path(&self) -> Result<&Path, StartError> {
        if let Some(path) = self.resolved.get() {
            return Ok(path);
        }
        let path = resolve(&self.program, "install it, or name another").map_err(|error| {
            let what = "the wrapper that was to run restic cannot be started";
            let because = StartError::new(error.kind(), format!("{what}: {error}"));
            match error.into_source() {
                Some(source) => because.with_source(source),
                None => because,
            }
        })?;
        Ok(self.resolved.get_or_init(|| path))
    }

    /// What comes before the arguments of this program, its name last.
    pub(super) fn words_before_arguments(
        &self,
        program: &OsStr,
    ) -> Result<Vec<OsString>, StartError> {
        if cfg!(windows) && is_batch_file(program) {
            let message = format!("{} is a batch file, and not restic", program.display());
            return Err(StartError::new(StartErrorKind::NotAProgram, message));
        }
        let path = absolute(program)?.map(PathBuf::into_os_string);
        let mut words = self.arguments.clone();
        words.push(path.unwrap_or_else(|| program.to_owned()));
        let has_nul = |word: &OsString| word.as_encoded_bytes().contains(&0);
        if let Some(word) = words.iter().find(|word| has_nul(word)) {
            let message = format!("{word:?} of the wrapper holds a NUL byte");
            return Err(StartError::new(StartErrorKind::InvalidArgument, message));
        }
        Ok(words)
    }
}
