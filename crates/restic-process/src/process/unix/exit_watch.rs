//! The end of a process, and signals to it, so that nobody else is ever signalled.
//!
//! A process id is a process's own until somebody waits for it. Usually that is this runner
//! alone. But a host may ignore SIGCHLD, or wait for all of its children: then the system gives
//! the id to somebody else while the runner still knows it. So:
//!
//! * On Linux the process is watched, signalled and waited for by a descriptor, which never
//!   leads to another process, whatever becomes of the id.
//! * Elsewhere, macOS among others, there is only the id. Before each signal it is asked whether
//!   that is still a child of this process that nobody has waited for, and after a wait that
//!   failed nothing is signalled any more. A host that ignores SIGCHLD is refused before the
//!   start, since there nothing could be asked.
//! * On Windows a process is ended by its handle. As long as that is open, which is until the
//!   process is reaped, the system gives its id, by which the console knows its group, to nobody.

use std::io::{self, PipeReader};
use std::os::fd::{AsFd as _, BorrowedFd};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rustix::io::Errno;
use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, WaitIdStatus, waitid};

use crate::{Exit, thread};

/// Something to poll that becomes readable when the process has ended, and a way to it. The
/// process is not reaped by being watched.
#[derive(Debug)]
pub(super) enum ExitWatch {
    #[cfg(target_os = "linux")]
    Descriptor(std::os::fd::OwnedFd),
    /// The end of a pipe whose other end a waiting thread holds.
    Thread {
        end: PipeReader,
        /// Somebody else has waited for it, or the system.
        lost: Arc<AtomicBool>,
    },
    /// It had ended, and was waited for, before it could be watched.
    #[cfg(target_os = "linux")]
    Lost,
    /// Nothing can watch it: it is to be ended.
    Unwatched,
}

impl ExitWatch {
    pub(super) fn new(pid: Pid) -> io::Result<Self> {
        #[cfg(target_os = "linux")]
        match rustix::process::pidfd_open(pid, rustix::process::PidfdFlags::empty()) {
            Ok(descriptor) => {
                // Since the start, the id may have become another's.
                let is_ours = waitid(WaitId::PidFd(descriptor.as_fd()), asking());
                match is_ours {
                    Ok(_) => return Ok(Self::Descriptor(descriptor)),
                    Err(Errno::CHILD) => return Ok(Self::Lost),
                    // Linux before 5.4 cannot wait by a descriptor.
                    Err(_) => {}
                }
            }
            Err(Errno::SRCH) => return Ok(Self::Lost),
            Err(_) => {}
        }
        Self::by_thread(pid)
    }

    /// For systems without process descriptors.
    pub(super) fn by_thread(pid: Pid) -> io::Result<Self> {
        let (end, other) = io::pipe()?;
        let lost = Arc::new(AtomicBool::new(false));
        let is_lost = Arc::clone(&lost);
        let work = move || {
            is_lost.store(!wait_for_exit(pid), Ordering::SeqCst);
            drop(other);
        };
        thread::spawn("restic-exit", Box::new(work))?;
        Ok(Self::Thread { end, lost })
    }

    /// Whether this system has a way to a process that never leads to another.
    pub(super) fn is_certain() -> bool {
        #[cfg(target_os = "linux")]
        {
            let this = rustix::process::getpid();
            rustix::process::pidfd_open(this, rustix::process::PidfdFlags::empty()).is_ok()
        }
        #[cfg(not(target_os = "linux"))]
        false
    }

    /// Kills its process group, which has its id for as long as one of it lives.
    pub(super) fn kill_group(&self, pid: Pid) {
        #[cfg(target_os = "linux")]
        if let Self::Descriptor(descriptor) = self {
            return group::kill(descriptor);
        }
        if self.owns(pid) {
            // That nobody is left is no failure.
            let _ = rustix::process::kill_process_group(pid, Signal::KILL);
        }
    }

    /// Absent when there is nothing to wait for.
    pub(super) fn as_fd(&self) -> Option<BorrowedFd<'_>> {
        match self {
            #[cfg(target_os = "linux")]
            Self::Descriptor(descriptor) => Some(descriptor.as_fd()),
            Self::Thread { end, .. } => Some(end.as_fd()),
            #[cfg(target_os = "linux")]
            Self::Lost => None,
            Self::Unwatched => None,
        }
    }

    /// By what it is waited for. Absent when somebody else has done that.
    fn id(&self, pid: Pid) -> Option<WaitId<'_>> {
        match self {
            #[cfg(target_os = "linux")]
            Self::Descriptor(descriptor) => Some(WaitId::PidFd(descriptor.as_fd())),
            Self::Thread { lost, .. } => (!lost.load(Ordering::SeqCst)).then_some(WaitId::Pid(pid)),
            #[cfg(target_os = "linux")]
            Self::Lost => None,
            Self::Unwatched => Some(WaitId::Pid(pid)),
        }
    }

    /// Whether the id is still that of the process: it runs, or nobody has waited for it.
    pub(super) fn owns(&self, pid: Pid) -> bool {
        self.id(pid).is_some_and(|id| waitid(id, asking()).is_ok())
    }

    /// Sends it a signal. That it is gone is no failure.
    pub(super) fn signal(&self, pid: Pid, signal: Signal) -> io::Result<()> {
        let sent = match self {
            #[cfg(target_os = "linux")]
            Self::Descriptor(descriptor) => rustix::process::pidfd_send_signal(descriptor, signal),
            _ if self.owns(pid) => rustix::process::kill_process(pid, signal),
            _ => Ok(()),
        };
        match sent {
            Err(Errno::SRCH) => Ok(()),
            sent => Ok(sent?),
        }
    }

    /// Waits for its end, and gives its id back.
    pub(super) fn reap(&self, pid: Pid) -> io::Result<Exit> {
        let Some(id) = self.id(pid) else {
            return Ok(Exit::Lost);
        };
        loop {
            let id = match &id {
                WaitId::Pid(pid) => WaitId::Pid(*pid),
                #[cfg(target_os = "linux")]
                WaitId::PidFd(descriptor) => WaitId::PidFd(*descriptor),
                _ => return Ok(Exit::Lost),
            };
            match waitid(id, WaitIdOptions::EXITED) {
                Ok(Some(status)) => return Ok(exit_of(&status)),
                Err(Errno::CHILD) => return Ok(Exit::Lost),
                Err(Errno::INTR) | Ok(None) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }
}

/// A wait that asks and changes nothing.
fn asking() -> WaitIdOptions {
    WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT
}

fn exit_of(status: &WaitIdStatus) -> Exit {
    match (status.exit_status(), status.terminating_signal()) {
        (Some(code), _) => Exit::Code(code),
        (None, Some(signal)) => Exit::Signal(signal),
        (None, None) => Exit::Lost,
    }
}

/// Returns when the process has ended, and leaves it to be reaped. False when somebody else has
/// done that.
pub(in crate::process) fn wait_for_exit(pid: Pid) -> bool {
    let options = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT;
    loop {
        match waitid(WaitId::Pid(pid), options) {
            Err(Errno::INTR) => {}
            result => return result.is_ok(),
        }
    }
}

/// Signals to a group by the descriptor of the process that leads it, since Linux 6.9. Before
/// that, its members are found in `/proc`.
#[cfg(target_os = "linux")]
mod group {
    #![allow(unsafe_code, reason = "no library knows this flag")]

    use std::ffi::{c_int, c_long, c_uint, c_void};
    use std::os::fd::{AsRawFd as _, OwnedFd};
    use std::ptr;

    use rustix::process::Signal;

    /// The same on all architectures.
    const PIDFD_SEND_SIGNAL: c_long = 424;
    const PROCESS_GROUP: c_uint = 1 << 2;

    unsafe extern "C" {
        fn syscall(number: c_long, ...) -> c_long;
    }

    pub(super) fn kill(leader: &OwnedFd) {
        let (descriptor, signal): (c_int, c_int) = (leader.as_raw_fd(), Signal::KILL.as_raw());
        let nothing: *const c_void = ptr::null();
        // SAFETY: the descriptor is open, and there is no structure to be read. That nobody is
        // left, or that Linux is older, needs no handling.
        unsafe {
            syscall(
                PIDFD_SEND_SIGNAL,
                descriptor,
                signal,
                nothing,
                PROCESS_GROUP,
            )
        };
    }
}
