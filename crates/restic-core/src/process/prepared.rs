use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};
#[cfg(any(test, not(target_os = "linux")))]
use std::process::Command;
use std::sync::Arc;

use super::hand_over::Variable;
use super::input::{Feed, reader_of, unreadable};
use super::secret_file::SecretFile;
use super::settings::RunnerSettings;
use crate::{Argument, Invocation, StartError, StartErrorKind, Stdin};

/// A program that is ready to be started, and what it needs while it runs. Without `Debug`, which
/// would show the values of its variables.
///
/// The command of the standard library holds the same, and brings its own way to a process with
/// it: on Linux it is as much code as all of this runner.
pub(super) struct Prepared {
    pub(super) program: PathBuf,
    /// What follows the name of the program.
    pub(super) arguments: Vec<OsString>,
    /// The whole environment that it gets.
    pub(super) environment: Vec<(OsString, OsString)>,
    pub(super) current_dir: Option<PathBuf>,
    /// What is to be written to restic.
    pub(super) feed: Option<Feed>,
    /// What it reads by itself.
    pub(super) file: Option<fs::File>,
    /// Kept for as long as restic may read them.
    pub(super) secrets: Vec<SecretFile>,
}

impl Prepared {
    pub(super) fn new(
        program: &Path,
        invocation: &Invocation,
        settings: &RunnerSettings,
    ) -> Result<Self, StartError> {
        let mut prepared = Self {
            program: program.to_owned(),
            arguments: settings.prefix.clone(),
            environment: Vec::new(),
            current_dir: invocation.current_dir.clone(),
            feed: None,
            file: None,
            secrets: Vec::new(),
        };
        let mut variables = Vec::new();
        for argument in &invocation.arguments {
            let variable = match &settings.wrapper {
                Some(wrapper) => wrapper.variable(argument)?,
                None => None,
            };
            match variable {
                Some(variable) => variables.push(variable),
                None => prepared.add(argument)?,
            }
        }
        prepared.environment = environment(invocation, &variables);
        prepared.take_stdin(&invocation.stdin)?;
        Ok(prepared)
    }

    /// Adds an argument as restic gets it, and the file that it names.
    fn add(&mut self, argument: &Argument) -> Result<(), StartError> {
        let (flag, content) = match argument {
            Argument::Plain(word) => {
                self.arguments.push(word.clone());
                return Ok(());
            }
            Argument::SecretFile { flag, content } => (*flag, content.expose()),
            Argument::ListFile { flag, content } => (*flag, &**content),
        };
        let file = SecretFile::new(content).map_err(|error| {
            let message = format!("no private file could be made for {flag}");
            StartError::new(StartErrorKind::SecretFile, message).with_source(error)
        })?;
        let mut word = OsString::from(flag);
        word.push("=");
        word.push(file.path());
        self.arguments.push(word);
        self.secrets.push(file);
        Ok(())
    }

    /// The same in the words of the standard library.
    #[cfg(any(test, not(target_os = "linux")))]
    pub(super) fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command.args(&self.arguments).env_clear();
        for (name, value) in &self.environment {
            command.env(name, value);
        }
        if let Some(directory) = &self.current_dir {
            command.current_dir(directory);
        }
        command
    }

    /// Starts this command of it in the way of the standard library.
    #[cfg(any(windows, test))]
    pub(super) fn spawn(&mut self, mut command: Command) -> std::io::Result<std::process::Child> {
        use std::process::Stdio;

        let stdin = match self.file.take() {
            Some(file) => file.into(),
            None if self.feed.is_some() => Stdio::piped(),
            None => Stdio::null(),
        };
        command
            .stdin(stdin)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
    }

    /// What is to be written to restic, or what it reads by itself.
    fn take_stdin(&mut self, stdin: &Stdin) -> Result<(), StartError> {
        match stdin {
            Stdin::Null => {}
            Stdin::Bytes(bytes) => self.feed = Some(Feed::Bytes(Arc::clone(bytes))),
            Stdin::Reader(given) => {
                let begin = given.begin();
                self.feed = reader_of(stdin)?.map(|reader| Feed::Reader(reader, begin));
            }
            Stdin::File(path) => {
                let file = fs::File::open(path).map_err(|error| unreadable(path, error))?;
                self.file = Some(file);
            }
        }
        Ok(())
    }
}

/// What is inherited and may be, and what is set on top of it.
fn environment(invocation: &Invocation, variables: &[Variable]) -> Vec<(OsString, OsString)> {
    let goes_otherwise = |name: &OsStr| {
        variables.iter().any(|variable| {
            same_variable(variable.name.as_ref(), name)
                || same_variable(variable.overrides.as_ref(), name)
        })
    };
    let is_set = |name: &OsStr| {
        let mut set = invocation.environment.iter();
        set.any(|(own, _)| same_variable(own, name))
    };
    let is_hidden = |name: &OsStr| {
        let mut allowed = invocation.inherited.iter();
        is_restics(name) && !allowed.any(|allowed| same_variable(allowed, name))
    };
    let mut environment = Vec::new();
    for (name, value) in std::env::vars_os() {
        if !is_hidden(&name) && !is_set(&name) && !goes_otherwise(&name) {
            environment.push((name, value));
        }
    }
    for (name, value) in &invocation.environment {
        if !goes_otherwise(name) {
            environment.push((name.clone(), value.to_os_string()));
        }
    }
    for variable in variables {
        environment.push((variable.name.into(), variable.value.to_os_string()));
    }
    environment
}

fn is_restics(name: &OsStr) -> bool {
    // Those of the stand-in change nothing for restic, and it needs them.
    begins_with(name, b"RESTIC_") && !begins_with(name, b"RESTIC_REPLAY_")
}

fn begins_with(name: &OsStr, prefix: &[u8]) -> bool {
    let start = name.as_encoded_bytes().get(..prefix.len());
    start.is_some_and(|start| same_name(start, prefix))
}

fn same_variable(a: &OsStr, b: &OsStr) -> bool {
    same_name(a.as_encoded_bytes(), b.as_encoded_bytes())
}

/// Names of variables that differ in case only are one variable on Windows.
fn same_name(a: &[u8], b: &[u8]) -> bool {
    if cfg!(windows) {
        a.eq_ignore_ascii_case(b)
    } else {
        a == b
    }
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
