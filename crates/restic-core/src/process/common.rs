//! What the runners of all systems do alike.

use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::input::Feed;
use super::secret_file::{self, SecretFile};
use crate::{Exit, Invocation, StartError, StartErrorKind, Stdin};

/// How much is read from a pipe, or written to one, at once.
pub(super) const CHUNK: usize = 64 * 1024;

/// How long a helper of restic's that holds a pipe may delay the end after restic itself has
/// ended.
const DRAIN: Duration = Duration::from_secs(2);

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
        if let Some(folder) = &invocation.working_folder {
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

/// Sets what restic reads, and gives what is to be written to it.
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

/// What a failed start means. The system says "not found" for the program and for the
/// working folder alike; `reason` is for when it was not the folder.
pub(super) fn explain(
    program: &Path,
    invocation: &Invocation,
    error: io::Error,
    reason: impl FnOnce(&io::Error) -> (StartErrorKind, &'static str),
) -> StartError {
    if let Some(folder) = &invocation.working_folder
        && let Err(reason) = fs::read_dir(folder)
    {
        let message = format!("restic cannot run in the folder {}", folder.display());
        return StartError::new(StartErrorKind::WorkingFolder, message).with_source(reason);
    }
    let (kind, what) = reason(&error);
    StartError::new(kind, format!("{} {what}", program.display())).with_source(error)
}

/// Ends a process that nobody could ever watch: better none than a stray one.
pub(super) fn give_up(child: &mut Child, error: io::Error) -> StartError {
    let _ = child.kill();
    let _ = child.wait();
    unwatchable(error)
}

pub(super) fn unwatchable(error: io::Error) -> StartError {
    StartError::new(
        StartErrorKind::Other,
        "no descriptors or threads left to watch restic with",
    )
    .with_source(error)
}

pub(super) fn already_ended() -> io::Error {
    io::Error::other("restic has ended already: there is nothing to wait for")
}

pub(super) fn exit_of(status: ExitStatus) -> Exit {
    #[cfg(unix)]
    if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(&status) {
        return Exit::Signal(signal);
    }
    Exit::Code(status.code().unwrap_or(-1))
}

pub(super) fn earliest(a: Option<Instant>, b: Option<Instant>) -> Option<Instant> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (one, other) => one.or(other),
    }
}

/// The bounded wait for the rest of the output, once restic itself has ended.
///
/// Only waiting counts. A caller that takes long over one event has not waited for the next,
/// and finds it.
#[derive(Debug)]
pub(super) struct Drain {
    until: Option<Instant>,
    paused: Instant,
}

impl Drain {
    pub(super) fn new() -> Self {
        Self {
            until: None,
            paused: Instant::now(),
        }
    }

    /// The end was seen now. Seeing it again changes nothing.
    pub(super) fn begin(&mut self) {
        self.until.get_or_insert_with(|| Instant::now() + DRAIN);
    }

    /// The caller has an event to see to.
    pub(super) fn pause(&mut self) {
        self.paused = Instant::now();
    }

    /// The caller is back.
    pub(super) fn resume(&mut self) {
        if let Some(until) = &mut self.until {
            *until += self.paused.elapsed();
        }
    }

    /// Absent while restic runs.
    pub(super) fn until(&self) -> Option<Instant> {
        self.until
    }

    pub(super) fn is_over(&self) -> bool {
        self.until.is_some_and(|until| Instant::now() >= until)
    }
}
