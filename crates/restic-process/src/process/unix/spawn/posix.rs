//! `posix_spawn(3)` itself.
#![allow(
    unsafe_code,
    reason = "the standard library's way of starting a program knows no sessions"
)]

use std::ffi::{CString, c_char, c_int, c_short, c_void};
use std::io;
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, AsRawFd as _, BorrowedFd, OwnedFd};
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;
use std::ptr;

use rustix::process::{Pid, Signal};

use super::super::super::line::Line;
use super::super::super::texts::Texts;
use super::super::session::Session;

/// Room for a type of the C library that is only ever passed on by its address. The largest of
/// them, `posix_spawnattr_t` of glibc and musl, has 336 bytes.
#[repr(C, align(16))]
struct Opaque(MaybeUninit<[u8; 1024]>);

impl Opaque {
    const fn new() -> Self {
        Self(MaybeUninit::uninit())
    }

    fn address(&mut self) -> *mut c_void {
        self.0.as_mut_ptr().cast()
    }
}

/// The C library the standard library links as well.
mod c {
    use super::{c_char, c_int, c_short, c_void};

    unsafe extern "C" {
        pub(super) fn posix_spawn(
            pid: *mut c_int,
            path: *const c_char,
            actions: *const c_void,
            attributes: *const c_void,
            arguments: *const *const c_char,
            environment: *const *const c_char,
        ) -> c_int;
        pub(super) fn posix_spawnattr_init(attributes: *mut c_void) -> c_int;
        pub(super) fn posix_spawnattr_destroy(attributes: *mut c_void) -> c_int;
        pub(super) fn posix_spawnattr_setflags(attributes: *mut c_void, flags: c_short) -> c_int;
        pub(super) fn posix_spawnattr_setsigmask(
            attributes: *mut c_void,
            signals: *const c_void,
        ) -> c_int;
        pub(super) fn posix_spawnattr_setsigdefault(
            attributes: *mut c_void,
            signals: *const c_void,
        ) -> c_int;
        pub(super) fn posix_spawn_file_actions_init(actions: *mut c_void) -> c_int;
        pub(super) fn posix_spawn_file_actions_destroy(actions: *mut c_void) -> c_int;
        pub(super) fn posix_spawn_file_actions_adddup2(
            actions: *mut c_void,
            from: c_int,
            to: c_int,
        ) -> c_int;
        pub(super) fn sigemptyset(signals: *mut c_void) -> c_int;
        pub(super) fn sigaddset(signals: *mut c_void, signal: c_int) -> c_int;
        #[cfg(not(target_env = "musl"))]
        pub(super) fn dlsym(library: *mut c_void, name: *const c_char) -> *mut c_void;
        #[cfg(target_env = "musl")]
        pub(super) fn posix_spawn_file_actions_addchdir_np(
            actions: *mut c_void,
            path: *const c_char,
        ) -> c_int;
    }
}

/// `POSIX_SPAWN_SETSIGDEF`, `POSIX_SPAWN_SETSIGMASK` and `POSIX_SPAWN_SETSID`.
const SIGNALS: c_short = 0x04 | 0x08;
#[cfg(target_os = "linux")]
const OWN_SESSION: c_short = 0x80;
#[cfg(not(target_os = "linux"))]
const OWN_SESSION: c_short = 0x400;

/// What a program expects to find as it was made: a host may ignore them, or block them.
const DEFAULT: [Signal; 4] = [Signal::INT, Signal::TERM, Signal::PIPE, Signal::CHILD];

/// Starts it. Returns `None` when the C library is too old for what is asked of it.
pub(super) fn spawn(
    line: &Line,
    session: Session,
    streams: &[OwnedFd; 3],
) -> io::Result<Option<Pid>> {
    let directory = line.directory.as_deref();
    start(&line.words, &line.variables, directory, session, streams)
}

/// Starts the program whose path is the first of these words.
pub(super) fn start(
    words: &Texts,
    variables: &Texts,
    directory: Option<&Path>,
    session: Session,
    streams: &[OwnedFd; 3],
) -> io::Result<Option<Pid>> {
    let Some(attributes) = Attributes::new(session)? else {
        return Ok(None);
    };
    let mut actions = Actions::new()?;
    for (stream, number) in streams.iter().zip(0..) {
        actions.put(stream, number)?;
    }
    if let Some(directory) = directory
        && !actions.enter(directory)?
    {
        return Ok(None);
    }
    let words = words.addresses();
    let mut pid = 0;
    // SAFETY: both lists end with null, all texts with NUL, and attributes and actions were
    // initialised; the C library keeps none of them.
    let result = unsafe {
        c::posix_spawn(
            &raw mut pid,
            words[0],
            (&raw const actions.0).cast(),
            (&raw const attributes.0).cast(),
            words.as_ptr(),
            variables.addresses().as_ptr(),
        )
    };
    check(result)?;
    Pid::from_raw(pid)
        .map(Some)
        .ok_or_else(|| io::Error::other("the system gave no process id"))
}

fn check(result: c_int) -> io::Result<()> {
    match result {
        0 => Ok(()),
        error => Err(io::Error::from_raw_os_error(error)),
    }
}

struct Attributes(Opaque);

impl Attributes {
    fn new(session: Session) -> io::Result<Option<Self>> {
        let mut room = Opaque::new();
        // SAFETY: there is room enough.
        check(unsafe { c::posix_spawnattr_init(room.address()) })?;
        let mut attributes = Self(room);
        let flags = match session {
            Session::Own => SIGNALS | OWN_SESSION,
            Session::Shared => SIGNALS,
        };
        let (mut none, mut some) = (Opaque::new(), Opaque::new());
        // SAFETY: the attributes and the sets are initialised before they are read.
        unsafe {
            if c::posix_spawnattr_setflags(attributes.0.address(), flags) != 0 {
                return Ok(None);
            }
            c::sigemptyset(none.address());
            c::sigemptyset(some.address());
            for signal in DEFAULT {
                c::sigaddset(some.address(), signal.as_raw());
            }
            let address = attributes.0.address();
            check(c::posix_spawnattr_setsigmask(address, none.address()))?;
            check(c::posix_spawnattr_setsigdefault(address, some.address()))?;
        }
        Ok(Some(attributes))
    }
}

impl Drop for Attributes {
    fn drop(&mut self) {
        // SAFETY: they were initialised, and nobody uses them any more.
        unsafe { c::posix_spawnattr_destroy(self.0.address()) };
    }
}

struct Actions(Opaque);

impl Actions {
    fn new() -> io::Result<Self> {
        let mut room = Opaque::new();
        // SAFETY: there is room enough.
        check(unsafe { c::posix_spawn_file_actions_init(room.address()) })?;
        Ok(Self(room))
    }

    /// Gives the program this descriptor under that number.
    fn put(&mut self, descriptor: &OwnedFd, as_number: c_int) -> io::Result<()> {
        let from = number(descriptor);
        // SAFETY: the actions were initialised.
        check(unsafe { c::posix_spawn_file_actions_adddup2(self.0.address(), from, as_number) })
    }

    /// Lets the program begin in this directory. False when the C library has no such action.
    fn enter(&mut self, directory: &Path) -> io::Result<bool> {
        let Some(add) = add_directory() else {
            return Ok(false);
        };
        let path = CString::new(directory.as_os_str().as_bytes())?;
        // SAFETY: the actions were initialised, and the path ends with NUL. It is copied.
        check(unsafe { add(self.0.address(), path.as_ptr()) })?;
        Ok(true)
    }
}

impl Drop for Actions {
    fn drop(&mut self) {
        // SAFETY: they were initialised, and nobody uses them any more.
        unsafe { c::posix_spawn_file_actions_destroy(self.0.address()) };
    }
}

type AddDirectory = unsafe extern "C" fn(*mut c_void, *const c_char) -> c_int;

#[cfg(target_env = "musl")]
fn add_directory() -> Option<AddDirectory> {
    Some(c::posix_spawn_file_actions_addchdir_np)
}

/// glibc has it since 2.29, macOS since 10.15: named, it would keep this program from starting
/// at all on older ones.
#[cfg(not(target_env = "musl"))]
fn add_directory() -> Option<AddDirectory> {
    let name = c"posix_spawn_file_actions_addchdir_np";
    // `RTLD_DEFAULT`.
    let everywhere = if cfg!(target_os = "linux") {
        0
    } else {
        -2_isize as usize
    };
    // SAFETY: the name ends with NUL.
    let found = unsafe { c::dlsym(ptr::without_provenance_mut(everywhere), name.as_ptr()) };
    // SAFETY: whatever has this name is a function with this signature.
    (!found.is_null()).then(|| unsafe { std::mem::transmute::<*mut c_void, AddDirectory>(found) })
}

/// A descriptor as a number for the system.
fn number(descriptor: &impl AsFd) -> i32 {
    let borrowed: BorrowedFd<'_> = descriptor.as_fd();
    borrowed.as_raw_fd()
}
