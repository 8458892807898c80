//! Starting a program with `posix_spawn(3)`: it copies nothing of this process, so that a start
//! costs the same in a small program and in one that holds gigabytes. The standard library uses
//! it, too, but has no words for a session of its own.

use std::io::{self, PipeReader};
use std::os::fd::{AsRawFd as _, OwnedFd};
use std::os::unix::net::UnixStream;

use rustix::process::Pid;

use super::super::input::Feed;
use super::super::line::Line;
use super::super::prepared::{Input, Prepared};
use super::session::Session;

/// For systems whose `posix_spawn` knows no sessions, such as glibc before 2.26, or no working
/// directory, such as glibc before 2.29.
#[cfg_attr(target_os = "linux", path = "spawn/shell.rs")]
#[cfg_attr(not(target_os = "linux"), path = "spawn/copy.rs")]
mod fallback;
#[cfg(any(target_os = "linux", target_os = "macos"))]
mod posix;

/// A program that has just been started, and our ends of its standard streams.
pub(in crate::process) struct Child {
    pub(in crate::process) pid: Pid,
    /// A socket and not a pipe: writing to one whose other end is closed can be asked not to
    /// raise SIGPIPE, which ends hosts that have not asked to be spared. Absent when there is
    /// nothing to be written.
    pub(super) stdin: Option<(UnixStream, Feed)>,
    pub(super) stdout: PipeReader,
    pub(super) stderr: PipeReader,
}

/// Starts it.
///
/// # Errors
///
/// When the system does not start the program, as exec(2) and chdir(2) say it.
pub(in crate::process) fn spawn(prepared: &mut Prepared, session: Session) -> io::Result<Child> {
    let (stdin, ours) = connect(prepared.take_input())?;
    let (stdout, its_stdout) = io::pipe()?;
    let (stderr, its_stderr) = io::pipe()?;
    let mut streams = [stdin, its_stdout.into(), its_stderr.into()];
    away_from_standard(&mut streams)?;
    let pid = start(&prepared.line, session, &streams)?;
    Ok(Child {
        pid,
        stdin: ours,
        stdout,
        stderr,
    })
}

/// What it reads, and our end of that.
fn connect(input: Input) -> io::Result<(OwnedFd, Option<(UnixStream, Feed)>)> {
    match input {
        Input::File(file) => Ok((file.into(), None)),
        Input::Feed(feed) => {
            let (ours, its) = UnixStream::pair()?;
            ours.set_nonblocking(true)?;
            Ok((its.into(), Some((ours, feed))))
        }
        Input::Nothing => Ok((std::fs::File::open("/dev/null")?.into(), None)),
    }
}

/// A host may have closed its own standard streams, and what is opened next then has their
/// numbers: it would be overwritten while the streams of the program are put in place.
fn away_from_standard(descriptors: &mut [OwnedFd]) -> io::Result<()> {
    for descriptor in descriptors {
        if descriptor.as_raw_fd() <= 2 {
            *descriptor = rustix::io::fcntl_dupfd_cloexec(&*descriptor, 3)?;
        }
    }
    Ok(())
}

fn start(line: &Line, session: Session, streams: &[OwnedFd; 3]) -> io::Result<Pid> {
    #[cfg(any(target_os = "linux", target_os = "macos"))]
    if let Some(pid) = posix::spawn(line, session, streams)? {
        return Ok(pid);
    }
    fallback::spawn(line, session, streams)
}

/// Writes without ever raising SIGPIPE in this process.
pub(super) fn write(socket: &UnixStream, bytes: &[u8]) -> rustix::io::Result<usize> {
    // On Apple's systems the standard library has asked the socket itself.
    #[cfg(target_vendor = "apple")]
    let flags = rustix::net::SendFlags::empty();
    #[cfg(not(target_vendor = "apple"))]
    let flags = rustix::net::SendFlags::NOSIGNAL;
    rustix::net::send(socket, bytes, flags)
}
