//! Threads of this crate.

use std::io;
use std::thread;

/// Lets a thread of this name do something, and does not wait for it.
///
/// # Errors
///
/// When the system gives no thread.
pub(crate) fn spawn(name: &str, work: Box<dyn FnOnce() + Send>) -> io::Result<()> {
    // In one place and for one type, since the standard library's part of it is made for each.
    thread::Builder::new()
        .name(name.into())
        .spawn(work)
        .map(drop)
}
