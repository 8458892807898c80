use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

#[cfg(unix)]
use rustix::process::Pid;

#[cfg(unix)]
use super::descendants::{Descendant, Descendants};
use super::hand_over;
use super::resolve::{Program, absolute, is_batch_file};
#[cfg(unix)]
use super::texts::Texts;
#[cfg(unix)]
use super::wrapping::Wrapped;
use super::wrapping::{Started, Wrapping};
use crate::{Argument, Invocation, StartError, StartErrorKind};

/// A program that runs another one, such as `nice`, and what it is given before that.
#[derive(Debug)]
pub(super) struct Wrapper {
    program: Program,
    arguments: Vec<OsString>,
}

impl Wrapper {
    /// Returns `None` without words.
    pub(super) fn new(words: Vec<OsString>) -> Option<Self> {
        let mut words = words.into_iter();
        Some(Self {
            program: Program::new(words.next()?),
            arguments: words.collect(),
        })
    }

    fn path(&self) -> Result<&Path, StartError> {
        self.program
            .path("install it, or name another")
            .map_err(|error| {
                let what = "the wrapper that was to run restic cannot be started";
                let because = StartError::new(error.kind(), format!("{what}: {error}"));
                match error.into_source() {
                    Some(source) => because.with_source(source),
                    None => because,
                }
            })
    }

    /// What comes before the arguments of this program, its name last.
    fn words_before_arguments(&self, program: &OsStr) -> Result<Vec<OsString>, StartError> {
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

impl Wrapping for Wrapper {
    fn name(&self) -> &OsStr {
        self.program.name()
    }

    fn start(
        &self,
        program: &OsStr,
        invocation: &Invocation,
        start: &dyn Fn(&Path, &Invocation) -> Started,
    ) -> Started {
        let mut around = hand_over::by_variables(invocation)?;
        let words = self.words_before_arguments(program)?;
        around
            .arguments
            .splice(..0, words.into_iter().map(Argument::from));
        start(self.path()?, &around)
    }

    #[cfg(unix)]
    fn restic(&self, words: &Texts) -> Box<dyn Wrapped> {
        let own = 1 + self.arguments.len();
        Box::new(Words(words.since(own).to_vec()))
    }
}

/// The name of restic and its arguments, each of which ends in NUL.
#[cfg(unix)]
struct Words(Vec<u8>);

#[cfg(unix)]
impl Wrapped for Words {
    fn among<'a>(&self, started: &'a Descendants, wrapper: Pid) -> Option<&'a Descendant> {
        started.with_words(wrapper, &self.0)
    }
}
