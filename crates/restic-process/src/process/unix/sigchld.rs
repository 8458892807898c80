//! What this process does about the ends of its children.
#![allow(unsafe_code, reason = "the standard library has no signals")]

use std::ffi::{c_int, c_void};
use std::mem::MaybeUninit;
use std::ptr;

use rustix::process::Signal;

/// `SIG_IGN`.
const IGNORE: usize = 1;

unsafe extern "C" {
    fn sigaction(signal: c_int, new: *const c_void, old: *mut c_void) -> c_int;
}

/// Whether the system waits for all children of this process by itself.
pub(super) fn is_ignored() -> bool {
    /// Larger than `struct sigaction` of any system, whose first field is the handler.
    #[repr(C, align(16))]
    struct Action(MaybeUninit<[usize; 64]>);

    let mut old = Action(MaybeUninit::zeroed());
    // SAFETY: nothing is changed, and there is room for what is written.
    let result = unsafe {
        sigaction(
            Signal::CHILD.as_raw(),
            ptr::null(),
            old.0.as_mut_ptr().cast(),
        )
    };
    // SAFETY: all of it was zero before the system wrote what it has.
    let [handler, ..] = unsafe { old.0.assume_init() };
    result == 0 && handler == IGNORE
}
