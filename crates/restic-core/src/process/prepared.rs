use std::ffi::OsStr;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;

use super::input::Feed;
use super::secret_file::{self, SecretFile};
use crate::{Invocation, StartError, StartErrorKind, Stdin};

/// A command that is ready to be started, and what it needs while it runs. Without `Debug`:
/// that of a command shows the values of its variables.
pub(super) struct Prepared {
    pub(super) command: Command,
    /// What is to be written to restic.
    pub(super) feed: Option<Feed>,
    /// Kept for as long as restic may read them.
    pub(super) secrets: Vec<SecretFile>,
}

impl Prepared {
    pub(super) fn new(program: &Path, invocation: &Invocation) -> Result<Self, StartError> {
        let (arguments, secrets) = secret_file::realise(&invocation.arguments)?;
        let mut command = Command::new(program);
        command
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        set_environment(&mut command, invocation);
        let feed = set_stdin(&mut command, &invocation.stdin)?;
        if let Some(folder) = &invocation.current_dir {
            command.current_dir(folder);
        }
        Ok(Self {
            command,
            feed,
            secrets,
        })
    }
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
    let start = name.as_encoded_bytes().get(..b"RESTIC_".len());
    start.is_some_and(|start| same_name(start, b"RESTIC_"))
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

/// Sets what restic reads, and returns what is to be written to it.
fn set_stdin(command: &mut Command, stdin: &Stdin) -> Result<Option<Feed>, StartError> {
    match stdin {
        Stdin::Null => {
            command.stdin(Stdio::null());
            Ok(None)
        }
        Stdin::Bytes(bytes) => {
            command.stdin(Stdio::piped());
            Ok(Some(Feed::Bytes(Arc::clone(bytes))))
        }
        Stdin::Reader(reader) => {
            let reader = reader.take().ok_or_else(|| {
                let message = "the reader for standard input was used by an earlier run";
                StartError::new(StartErrorKind::Stdin, message)
            })?;
            command.stdin(Stdio::piped());
            Ok(Some(Feed::Reader(reader)))
        }
        Stdin::File(path) => {
            let file = fs::File::open(path).map_err(|error| {
                let message = format!("{} cannot be read as standard input", path.display());
                StartError::new(StartErrorKind::Stdin, message).with_source(error)
            })?;
            command.stdin(file);
            Ok(None)
        }
    }
}
