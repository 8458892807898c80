use std::ffi::OsStr;
use std::path::{Path, PathBuf};
#[cfg(any(test, not(target_os = "linux")))]
use std::process::Command;

use super::texts::Texts;

/// A program with its arguments and its whole environment. Without `Debug`, which would show the
/// values of its variables.
///
/// The command of the standard library holds the same, and brings its own way to a process with
/// it: on Linux it is as much code as all of this runner.
pub(super) struct Line {
    /// The path of the program, and what follows it.
    pub(super) words: Texts,
    /// Each as `NAME=value`.
    pub(super) variables: Texts,
    /// Where it runs. Absent when that is the directory of this process.
    pub(super) directory: Option<PathBuf>,
    #[cfg(windows)]
    command: Command,
}

impl Line {
    pub(super) fn new(program: &Path, directory: Option<&Path>) -> Self {
        let mut words = Texts::default();
        words.add(&[program.as_os_str()]);
        Self {
            words,
            variables: Texts::default(),
            directory: directory.map(Path::to_owned),
            #[cfg(windows)]
            command: {
                let mut command = Command::new(program);
                command.env_clear();
                if let Some(directory) = directory {
                    command.current_dir(directory);
                }
                command
            },
        }
    }

    /// Adds an argument in parts.
    pub(super) fn argument(&mut self, parts: &[&OsStr]) {
        self.words.add(parts);
        #[cfg(windows)]
        self.command.arg({
            let mut word = std::ffi::OsString::new();
            parts.iter().for_each(|part| word.push(part));
            word
        });
    }

    /// Sets a variable that is not set yet.
    pub(super) fn variable(&mut self, name: &OsStr, value: &OsStr) {
        self.variables.add(&[name, "=".as_ref(), value]);
        #[cfg(windows)]
        self.command.env(name, value);
    }

    /// The same in the words of the standard library.
    #[cfg(windows)]
    pub(super) fn command(&mut self) -> Command {
        std::mem::replace(&mut self.command, Command::new(""))
    }

    /// The same in the words of the standard library.
    #[cfg(all(unix, any(test, not(target_os = "linux"))))]
    pub(super) fn command(&self) -> Command {
        use std::os::unix::ffi::OsStrExt as _;

        let mut words = self.words.iter().map(OsStr::from_bytes);
        let mut command = Command::new(words.next().unwrap_or_default());
        command.args(words).env_clear();
        for variable in self.variables.iter() {
            let mut parts = variable.splitn(2, |byte| *byte == b'=');
            if let (Some(name), Some(value)) = (parts.next(), parts.next()) {
                command.env(OsStr::from_bytes(name), OsStr::from_bytes(value));
            }
        }
        if let Some(directory) = &self.directory {
            command.current_dir(directory);
        }
        command
    }
}
