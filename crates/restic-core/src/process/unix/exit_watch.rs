use std::io::{self, PipeReader};
use std::os::fd::{AsFd as _, BorrowedFd};
use std::process::Child;

use rustix::process::{Pid, WaitId, WaitIdOptions, waitid};

/// Something to poll that becomes readable when the process has ended. The process is not
/// reaped by it: until somebody does, its id cannot be given to another.
#[derive(Debug)]
pub(super) enum ExitWatch {
    #[cfg(target_os = "linux")]
    Descriptor(std::os::fd::OwnedFd),
    /// The end of a pipe whose other end a waiting thread holds.
    Thread(PipeReader),
}

impl ExitWatch {
    pub(super) fn new(child: &Child) -> io::Result<Self> {
        #[cfg(target_os = "linux")]
        if let Ok(descriptor) = rustix::process::pidfd_open(
            Pid::from_child(child),
            rustix::process::PidfdFlags::empty(),
        ) {
            return Ok(Self::Descriptor(descriptor));
        }
        Self::by_thread(child)
    }

    /// For systems without process descriptors.
    pub(super) fn by_thread(child: &Child) -> io::Result<Self> {
        let pid = Pid::from_child(child);
        let (end, other) = io::pipe()?;
        std::thread::Builder::new()
            .name("restic-exit".into())
            .spawn(move || {
                wait_for_exit(pid);
                drop(other);
            })?;
        Ok(Self::Thread(end))
    }

    pub(super) fn as_fd(&self) -> BorrowedFd<'_> {
        match self {
            #[cfg(target_os = "linux")]
            Self::Descriptor(descriptor) => descriptor.as_fd(),
            Self::Thread(pipe) => pipe.as_fd(),
        }
    }
}

/// Returns when the process has ended, and leaves it to be reaped.
pub(in crate::process) fn wait_for_exit(pid: Pid) {
    let options = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT;
    while matches!(
        waitid(WaitId::Pid(pid), options),
        Err(rustix::io::Errno::INTR)
    ) {}
}
