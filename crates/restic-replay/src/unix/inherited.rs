//! What restic inherits from whoever starts it, past a process in between that has handlers of its
//! own.
#![allow(unsafe_code, reason = "the standard library has no signals")]

use std::ffi::c_int;
use std::mem::MaybeUninit;
use std::os::unix::process::CommandExt as _;
use std::process::Command;
use std::ptr;

/// The signals of these that are ignored now.
pub(crate) fn ignored(signals: &[c_int]) -> Vec<c_int> {
    let is_ignored = |signal: &c_int| {
        let mut action = MaybeUninit::<libc::sigaction>::zeroed();
        // SAFETY: nothing is changed, and there is room for what is written.
        let result = unsafe { libc::sigaction(*signal, ptr::null(), action.as_mut_ptr()) };
        // SAFETY: all of it was zero before the system wrote what it has.
        let action = unsafe { action.assume_init() };
        result == 0 && action.sa_sigaction == libc::SIG_IGN
    };
    signals.iter().copied().filter(is_ignored).collect()
}

/// Starts a program with these signals ignored, as they were before this process had handlers for
/// them, and ends it when this process is killed: whoever kills restic kills this one.
pub(crate) fn pass_on(command: &mut Command, ignored: Vec<c_int>) {
    let parent = std::process::id();
    let in_child = move || {
        for signal in &ignored {
            // SAFETY: it may be called between fork and exec, and changes this process alone.
            unsafe { libc::signal(*signal, libc::SIG_IGN) };
        }
        die_with(parent);
        Ok(())
    };
    // SAFETY: it calls nothing that may not be called between fork and exec, and allocates nothing.
    unsafe { command.pre_exec(in_child) };
}

#[cfg(target_os = "linux")]
fn die_with(parent: u32) {
    // SAFETY: it takes a number, and may be called between fork and exec; so may the others.
    unsafe {
        libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL);
        if u32::try_from(libc::getppid()) != Ok(parent) {
            libc::_exit(1);
        }
    }
}

/// Other systems have nothing like it: what was killed goes on until its output is not read.
#[cfg(not(target_os = "linux"))]
fn die_with(_parent: u32) {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_ignored_is_passed_on() {
        // Not one that other tests of this process could get.
        let signals = [libc::SIGUSR1, libc::SIGUSR2];
        assert!(ignored(&signals).is_empty());
        let mut shell = Command::new("sh");
        shell.args(["-c", "kill -USR2 $$; echo lived"]);
        pass_on(&mut shell, vec![libc::SIGUSR2]);
        assert_eq!(shell.output().unwrap().stdout, b"lived\n");
    }
}
