//! What the runners of all systems do alike.

use std::borrow::Cow;
use std::io;
use std::path::Path;
#[cfg(windows)]
use std::process::Child;
#[cfg(any(windows, test))]
use std::process::ExitStatus;
use std::time::{Duration, Instant};

use super::line::Line;
use super::too_long;
use crate::{StartError, StartErrorKind};

/// How much is read from a pipe, or written to one, at once.
pub(super) const CHUNK: usize = 64 * 1024;

/// How long a helper of restic's that holds a pipe may delay the end after restic itself has
/// ended.
const DRAIN: Duration = Duration::from_secs(2);

/// How long after the signal to end restic sees the end of its input. Versions up to 0.14 may
/// see that before the signal, and take what they have for all; newer ones wait for it.
pub(super) const INPUT: Duration = Duration::from_millis(500);

/// What a failed start means. The system says "not found" for the program and for the
/// working directory alike; `reason` is for when it was not the directory.
#[cold]
pub(super) fn explain(
    program: &Path,
    line: &Line,
    error: io::Error,
    reason: fn(&Path, &io::Error) -> (StartErrorKind, &'static str),
) -> StartError {
    if let Some(directory) = &line.directory
        && let Err(reason) = enter(directory)
    {
        let message = format!("restic cannot run in the directory {}", directory.display());
        return StartError::new(StartErrorKind::CurrentDir, message).with_source(reason);
    }
    let (kind, what) = match is_too_long(&error) {
        true => (StartErrorKind::Other, too_long::explain(line).into()),
        false => {
            let (kind, what) = reason(program, &error);
            (kind, Cow::Borrowed(what))
        }
    };
    StartError::new(kind, format!("{} {what}", program.display())).with_source(error)
}

/// Whether a program can be started in a directory: an error when not.
#[cfg(unix)]
pub(super) fn enter(directory: &Path) -> io::Result<()> {
    Ok(rustix::fs::access(
        directory.join("."),
        rustix::fs::Access::EXEC_OK,
    )?)
}

#[cfg(not(unix))]
fn enter(directory: &Path) -> io::Result<()> {
    std::fs::read_dir(directory).map(drop)
}

/// Whether the system passes fewer arguments or variables to a program.
fn is_too_long(error: &io::Error) -> bool {
    /// `ERROR_FILENAME_EXCED_RANGE`, also said of a command line.
    const WINDOWS: i32 = 206;
    error.kind() == io::ErrorKind::ArgumentListTooLong
        || cfg!(windows) && error.raw_os_error() == Some(WINDOWS)
}

/// Ends a process that nobody could ever watch: better none than a stray one.
#[cfg(windows)]
pub(super) fn give_up(child: &mut Child, error: io::Error) -> StartError {
    let _ = child.kill();
    let _ = child.wait();
    unwatchable(error)
}

#[cold]
pub(super) fn unwatchable(error: io::Error) -> StartError {
    StartError::new(
        StartErrorKind::Other,
        "could not monitor the restic process",
    )
    .with_source(error)
}

pub(super) fn already_ended() -> io::Error {
    io::Error::other("restic has ended already: there is nothing to wait for")
}

#[cfg(any(windows, test))]
pub(super) fn exit_of(status: ExitStatus) -> crate::Exit {
    use crate::Exit;

    #[cfg(unix)]
    if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(&status) {
        return Exit::Signal(signal);
    }
    Exit::Code(status.code().unwrap_or(-1))
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
