//! The two calls that the standard library has no words for.

use std::io;
use std::os::windows::io::{AsRawHandle as _, OwnedHandle};

use windows_sys::Win32::System::Console::{CTRL_BREAK_EVENT, GenerateConsoleCtrlEvent};
use windows_sys::Win32::System::Threading::{INFINITE, WaitForSingleObject};

/// Interrupts every process of the group that is at the console of this one. A Ctrl-C would
/// not do: a new group ignores it.
#[allow(unsafe_code, reason = "std cannot send console events")]
pub(super) fn send_break(group: u32) -> io::Result<()> {
    // SAFETY: takes two numbers and touches no memory of ours.
    match unsafe { GenerateConsoleCtrlEvent(CTRL_BREAK_EVENT, group) } {
        0 => Err(io::Error::last_os_error()),
        _ => Ok(()),
    }
}

/// Returns when the process has ended.
#[allow(
    unsafe_code,
    reason = "std waits with `&mut Child` only, and then nobody could end the process"
)]
pub(super) fn wait_for_exit(process: &OwnedHandle) {
    // SAFETY: the handle is open for as long as it is borrowed here. A failure needs no
    // handling: the process is then waited for by whoever reaps it.
    unsafe { WaitForSingleObject(process.as_raw_handle(), INFINITE) };
}
