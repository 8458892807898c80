use std::ffi::OsStr;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use super::input::{Feed, reader_of, unreadable};
use super::line::Line;
use super::secret_file::SecretFile;
use crate::environment::{same_name, same_variable};
use crate::{Argument, Invocation, StartError, StartErrorKind, Stdin};

/// A program that is ready to be started, and what it needs while it runs.
pub(super) struct Prepared {
    pub(super) line: Line,
    pub(super) input: Input,
    /// Kept for as long as restic may read them.
    pub(super) secrets: Vec<SecretFile>,
}

/// What restic reads.
pub(super) enum Input {
    Nothing,
    /// What is to be written to it.
    Feed(Feed),
    /// What it reads by itself.
    File(fs::File),
}

impl Prepared {
    pub(super) fn new(program: &Path, invocation: &Invocation) -> Result<Self, StartError> {
        let mut prepared = Self {
            line: Line::new(program, invocation.current_dir.as_deref()),
            input: Input::Nothing,
            secrets: Vec::new(),
        };
        for argument in &invocation.arguments {
            prepared.add(argument)?;
        }
        set_variables(&mut prepared.line, invocation);
        prepared.input = input(&invocation.stdin)?;
        Ok(prepared)
    }

    /// Adds an argument as restic gets it, and the file that it names.
    fn add(&mut self, argument: &Argument) -> Result<(), StartError> {
        let (flag, content) = match argument {
            Argument::Plain(word) => {
                self.line.argument(&[word]);
                return Ok(());
            }
            Argument::SecretFile { flag, content } => (*flag, content.expose()),
            Argument::ListFile { flag, content } => (*flag, &**content),
        };
        let file = SecretFile::new(content).map_err(|error| {
            let message = format!("no private file could be made for {flag}");
            StartError::new(StartErrorKind::SecretFile, message).with_source(error)
        })?;
        let parts = [flag.as_ref(), "=".as_ref(), file.path().as_os_str()];
        self.line.argument(&parts);
        self.secrets.push(file);
        Ok(())
    }

    /// What it reads. Afterwards there is nothing.
    pub(super) fn take_input(&mut self) -> Input {
        std::mem::replace(&mut self.input, Input::Nothing)
    }

    /// Starts it in the way of the standard library.
    #[cfg(any(windows, test))]
    pub(super) fn spawn(
        &mut self,
        adjust: impl FnOnce(&mut std::process::Command),
    ) -> std::io::Result<std::process::Child> {
        use std::process::Stdio;

        let stdin = match self.take_input() {
            Input::Nothing => Stdio::null(),
            Input::File(file) => file.into(),
            feed @ Input::Feed(_) => {
                self.input = feed;
                Stdio::piped()
            }
        };
        let mut command = self.line.command();
        command
            .stdin(stdin)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        adjust(&mut command);
        command.spawn()
    }
}

fn input(stdin: &Stdin) -> Result<Input, StartError> {
    Ok(match stdin {
        Stdin::Null => Input::Nothing,
        Stdin::Bytes(bytes) => Input::Feed(Feed::Bytes(Arc::clone(bytes))),
        Stdin::Reader(given) => Input::Feed(Feed::Reader(reader_of(given)?, given.begin())),
        Stdin::File(path) => match fs::File::open(path) {
            Ok(file) => Input::File(file),
            Err(error) => return Err(unreadable(path, error)),
        },
    })
}

/// What is inherited and may be, and what is set on top of it.
fn set_variables(line: &mut Line, invocation: &Invocation) {
    let is_set = |name: &OsStr| {
        let mut set = invocation.environment.iter();
        set.any(|(own, _)| same_variable(own, name))
    };
    let is_hidden = |name: &OsStr| {
        let mut allowed = invocation.inherited.iter();
        is_restics(name) && !allowed.any(|allowed| same_variable(allowed, name))
    };
    for (name, value) in std::env::vars_os() {
        if !is_hidden(&name) && !is_set(&name) {
            line.variable(&name, &value);
        }
    }
    for (name, value) in &invocation.environment {
        line.variable(name, &value.to_os_str());
    }
}

fn is_restics(name: &OsStr) -> bool {
    // Those of the stand-in change nothing for restic, and it needs them.
    begins_with(name, b"RESTIC_") && !begins_with(name, b"RESTIC_REPLAY_")
}

fn begins_with(name: &OsStr, prefix: &[u8]) -> bool {
    let start = name.as_encoded_bytes().get(..prefix.len());
    start.is_some_and(|start| same_name(start, prefix))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_of_the_stand_in_are_not_restics() {
        for (name, expected) in [
            ("RESTIC_REPOSITORY", true),
            ("RESTIC_", true),
            ("RESTIC_REPLAY_JOURNAL", false),
            ("RESTIC", false),
            ("HOME", false),
        ] {
            assert_eq!(is_restics(OsStr::new(name)), expected, "{name}");
        }
    }
}
