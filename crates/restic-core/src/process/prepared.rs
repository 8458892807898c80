use std::borrow::Cow;
use std::ffi::OsStr;
#[cfg(unix)]
use std::ffi::OsString;
use std::fs;
use std::path::Path;
use std::process::Command;
#[cfg(any(windows, test))]
use std::process::Stdio;
use std::sync::Arc;

use super::hand_over::{self, Variable};
use super::input::Feed;
use super::secret_file::{self, SecretFile};
use super::settings::RunnerSettings;
use crate::{Invocation, StartError, StartErrorKind, Stdin};

/// A command that is ready to be started, and what it needs while it runs. Without `Debug`:
/// that of a command shows the values of its variables.
pub(super) struct Prepared {
    pub(super) command: Command,
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
        let (arguments, variables) = match settings.prefix.is_empty() {
            true => (Cow::from(&invocation.arguments), Vec::new()),
            false => {
                let (arguments, variables) = hand_over::by_environment(&invocation.arguments);
                (arguments.into(), variables)
            }
        };
        let (arguments, secrets) = secret_file::realise(&arguments)?;
        let mut command = Command::new(program);
        command.args(&settings.prefix).args(arguments);
        set_environment(&mut command, invocation);
        for variable in &variables {
            refuse_nul(variable)?;
            command.env_remove(variable.overrides);
            command.env(variable.name, variable.value.to_os_string());
        }
        let (feed, file) = stdin(&invocation.stdin)?;
        if let Some(directory) = &invocation.current_dir {
            command.current_dir(directory);
        }
        Ok(Self {
            command,
            feed,
            file,
            secrets,
        })
    }

    /// The words by which restic itself is known among those that a wrapper starts: its name
    /// and its arguments. Absent without a wrapper.
    #[cfg(unix)]
    pub(super) fn words_of_wrapped(&self, settings: &RunnerSettings) -> Option<Vec<OsString>> {
        let before = settings.prefix.len().checked_sub(1)?;
        let words = self.command.get_args().skip(before);
        Some(words.map(OsStr::to_owned).collect())
    }

    /// Starts it in the way of the standard library.
    #[cfg(any(windows, test))]
    pub(super) fn spawn(&mut self) -> std::io::Result<std::process::Child> {
        let stdin = match self.file.take() {
            Some(file) => file.into(),
            None if self.feed.is_some() => Stdio::piped(),
            None => Stdio::null(),
        };
        self.command
            .stdin(stdin)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
    }
}

/// A NUL byte would cut a secret short.
fn refuse_nul(variable: &Variable) -> Result<(), StartError> {
    if !variable.value.expose().contains(&0) {
        return Ok(());
    }
    let message = format!(
        "a secret holds a NUL byte, and behind a wrapper it goes by the variable {}, which cannot \
         hold one: use a file that restic can read",
        variable.name
    );
    Err(StartError::new(StartErrorKind::InvalidArgument, message))
}

fn set_environment(command: &mut Command, invocation: &Invocation) {
    for (name, _) in std::env::vars_os() {
        let mut inherited = invocation.inherited.iter();
        if is_restics(&name) && !inherited.any(|allowed| same_variable(allowed, &name)) {
            command.env_remove(name);
        }
    }
    for (name, value) in &invocation.environment {
        command.env(name, value.to_os_string());
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

/// What is to be written to restic, or what it reads by itself.
fn stdin(stdin: &Stdin) -> Result<(Option<Feed>, Option<fs::File>), StartError> {
    match stdin {
        Stdin::Null => Ok((None, None)),
        Stdin::Bytes(bytes) => Ok((Some(Feed::Bytes(Arc::clone(bytes))), None)),
        Stdin::Reader(reader) => {
            let reader = reader.take().ok_or_else(|| {
                let message = "the reader for standard input was used by an earlier run";
                StartError::new(StartErrorKind::Stdin, message)
            })?;
            Ok((Some(Feed::Reader(reader)), None))
        }
        Stdin::File(path) => {
            let file = fs::File::open(path).map_err(|error| {
                let message = format!("{} cannot be read as standard input", path.display());
                StartError::new(StartErrorKind::Stdin, message).with_source(error)
            })?;
            Ok((None, Some(file)))
        }
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
