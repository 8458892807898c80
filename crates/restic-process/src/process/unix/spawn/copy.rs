//! The way of the standard library, which copies this process: slower, and nothing else.

use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::process::CommandExt as _;

use rustix::process::Pid;

use super::super::super::line::Line;
use super::super::session::Session;

pub(super) fn spawn(line: &Line, session: Session, streams: &[OwnedFd; 3]) -> io::Result<Pid> {
    let mut command = line.command();
    let [stdin, stdout, stderr] = streams;
    command
        .stdin(stdin.try_clone()?)
        .stdout(stdout.try_clone()?)
        .stderr(stderr.try_clone()?);
    if session == Session::Own {
        #[allow(
            unsafe_code,
            reason = "the standard library has no words for a session"
        )]
        // SAFETY: setsid(2) may be called between fork and exec, and nothing else is done there.
        unsafe {
            command.pre_exec(|| Ok(rustix::process::setsid().map(drop)?));
        }
    }
    // Whoever has started it waits for it by its id: the child of the standard library does
    // nothing when it is dropped.
    Ok(Pid::from_child(&command.spawn()?))
}
