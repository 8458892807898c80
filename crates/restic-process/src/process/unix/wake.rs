//! What makes a wait return: one descriptor where the system has such a thing.

use std::io;
use std::os::fd::{AsFd, BorrowedFd};

/// Can be polled, and is readable from a [`wake`](Self::wake) until it is
/// [forgotten](Self::forget).
#[derive(Debug)]
pub(super) struct Wake(Inner);

#[cfg(target_os = "linux")]
type Inner = std::os::fd::OwnedFd;

/// The two ends of a pipe.
#[cfg(not(target_os = "linux"))]
type Inner = (io::PipeReader, io::PipeWriter);

#[cfg(target_os = "linux")]
impl Wake {
    pub(super) fn new() -> io::Result<Self> {
        use rustix::event::{EventfdFlags, eventfd};

        let flags = EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK;
        Ok(Self(eventfd(0, flags)?))
    }

    pub(super) fn wake(&self) {
        // One that cannot count higher wakes just as well.
        let _ = rustix::io::write(&self.0, &1_u64.to_ne_bytes());
    }

    pub(super) fn forget(&self) {
        let _ = rustix::io::read(&self.0, &mut [0; 8]);
    }

    pub(super) fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

#[cfg(not(target_os = "linux"))]
impl Wake {
    pub(super) fn new() -> io::Result<Self> {
        let (reader, writer) = io::pipe()?;
        rustix::io::ioctl_fionbio(&reader, true)?;
        rustix::io::ioctl_fionbio(&writer, true)?;
        Ok(Self((reader, writer)))
    }

    pub(super) fn wake(&self) {
        // A full pipe wakes just as well.
        let _ = io::Write::write(&mut &self.0.1, &[0]);
    }

    pub(super) fn forget(&self) {
        let mut bytes = [0; 64];
        while io::Read::read(&mut &self.0.0, &mut bytes).is_ok_and(|count| count > 0) {}
    }

    pub(super) fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.0.as_fd()
    }
}
