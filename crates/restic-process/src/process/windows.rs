use std::fs;
use std::io;
use std::os::windows::io::AsHandle as _;
use std::os::windows::process::CommandExt as _;
use std::path::Path;
use std::process::Child;

use windows_sys::Win32::Foundation::{
    ERROR_ACCESS_DENIED, ERROR_BAD_EXE_FORMAT, ERROR_ELEVATION_REQUIRED,
    ERROR_EXE_MACHINE_TYPE_MISMATCH, ERROR_FILE_NOT_FOUND, ERROR_PATH_NOT_FOUND, WIN32_ERROR,
};
use windows_sys::Win32::System::Threading::{CREATE_NEW_PROCESS_GROUP, CREATE_NO_WINDOW};

use super::common;
use super::prepared::Prepared;
use super::settings::RunnerSettings;
use super::threaded::{System, ThreadedProcess};
use crate::{Invocation, Process, StartError, StartErrorKind};

mod system;

pub(super) fn start(
    program: &Path,
    invocation: &Invocation,
    _: &RunnerSettings,
) -> Result<Box<dyn Process>, StartError> {
    let mut prepared = Prepared::new(program, invocation)?;
    let console = Console::of_this_process();
    let mut child = prepared
        .spawn(|command| {
            command.creation_flags(console.creation_flags());
        })
        .map_err(|error| common::explain(program, &prepared.line, error, reason))?;
    let system = watched_by(&child, console).map_err(|error| common::give_up(&mut child, error))?;
    Ok(Box::new(ThreadedProcess::new(child, prepared, system)?))
}

fn watched_by(child: &Child, console: Console) -> io::Result<System> {
    let handle = child.as_handle().try_clone_to_owned()?;
    let group = child.id();
    Ok(System {
        wait_for_exit: Box::new(move || system::wait_for_exit(&handle)),
        interrupt: Box::new(move || console.interrupt(group)),
    })
}

/// Where restic can be reached: an interrupt goes from a process to others at its own
/// console, and nowhere else.
#[derive(Clone, Copy, Debug)]
enum Console {
    /// restic shares the console of this process.
    Shared,
    /// This process has none, such as a service or a program with windows.
    None,
}

impl Console {
    fn of_this_process() -> Self {
        // There whatever the standard streams of this process are.
        if fs::File::open("CONIN$").is_ok() {
            Self::Shared
        } else {
            Self::None
        }
    }

    /// Its own group: a Ctrl-C must reach the host alone.
    fn creation_flags(self) -> u32 {
        match self {
            Self::Shared => CREATE_NEW_PROCESS_GROUP,
            // Without a console to share, a window with one would open. (With one, this flag
            // would take restic out of reach.)
            Self::None => CREATE_NEW_PROCESS_GROUP | CREATE_NO_WINDOW,
        }
    }

    fn interrupt(self, group: u32) -> io::Result<()> {
        match self {
            Self::Shared => system::send_break(group),
            Self::None => Err(io::Error::new(
                io::ErrorKind::Unsupported,
                "a program without a console cannot interrupt restic, only end it",
            )),
        }
    }
}

/// Why the system did not start a program in a directory that is there.
fn reason(_: &Path, error: &io::Error) -> (StartErrorKind, &'static str) {
    let code: WIN32_ERROR = error.raw_os_error().map_or(0, i32::cast_unsigned);
    match code {
        ERROR_FILE_NOT_FOUND | ERROR_PATH_NOT_FOUND => {
            (StartErrorKind::NotFound, "does not exist any more")
        }
        ERROR_ACCESS_DENIED | ERROR_ELEVATION_REQUIRED => (
            StartErrorKind::PermissionDenied,
            "may not be executed by this user",
        ),
        ERROR_BAD_EXE_FORMAT | ERROR_EXE_MACHINE_TYPE_MISMATCH => {
            (StartErrorKind::NotAProgram, "is no program for this system")
        }
        _ => (StartErrorKind::Other, "could not be started"),
    }
}
