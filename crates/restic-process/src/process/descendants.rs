//! What a process has started, and what these have started.

use std::io;
#[cfg(target_os = "linux")]
use std::os::fd::AsFd as _;

#[cfg(target_os = "linux")]
use rustix::fs::{Mode, OFlags, RawDir, open};
#[cfg(target_os = "linux")]
use rustix::io::Errno;
use rustix::process::{Pid, Signal};
#[cfg(target_os = "linux")]
use rustix::process::{WaitId, WaitIdOptions, waitid};

#[cfg(target_os = "linux")]
use crate::thread;

/// The descendants of a process at one time. They can be killed when nothing leads to them any
/// longer, and nobody else is when their ids have been given to others.
///
/// Where the system has no `/proc` that lists them, there are none.
#[derive(Debug, Default)]
pub(super) struct Descendants(#[cfg(target_os = "linux")] Vec<Descendant>);

#[cfg(target_os = "linux")]
#[derive(Debug)]
pub(super) struct Descendant {
    found: Found,
    process: std::os::fd::OwnedFd,
}

#[cfg(target_os = "linux")]
impl Descendants {
    /// Adds those of a process that may have a session of its own, with all that is in it: orphans
    /// too. `is_there` says whether the id is still that of this process.
    pub(super) fn add(&mut self, ancestor: Pid, has_session: bool, is_there: &dyn Fn() -> bool) {
        use rustix::process::{PidfdFlags, pidfd_open};

        let known = self.0.len();
        for found in found(ancestor, has_session) {
            // The descriptor is of whoever has this id now. Only if that is still where it was
            // found is it the one that was found.
            if let Ok(process) = pidfd_open(found.pid, PidfdFlags::empty())
                && Found::new(found.pid) == Some(found)
            {
                self.0.push(Descendant { found, process });
            }
        }
        // Until here the id has led to this process, and not to one that got it later.
        if !is_there() {
            self.0.truncate(known);
        }
    }

    pub(super) fn kill(&self) {
        for descendant in &self.0 {
            // Nobody can do more about it.
            let _ = descendant.signal(Signal::KILL);
        }
    }

    /// The one whose command line ends in these words, each of which ends in NUL: the last of its
    /// line, since that of a wrapper ends in them as well, and of those that have the very same
    /// the first. That is what a program has started before it becomes another. Absent when that
    /// is the ancestor itself, or nobody is found.
    pub(super) fn with_words(&self, ancestor: Pid, words: &[u8]) -> Option<&Descendant> {
        let has_words = |pid| command_line(pid).is_some_and(|line| ends_in(&line, words));
        let mut named: Vec<&Descendant> = Vec::new();
        for one in &self.0 {
            if has_words(one.found.pid) {
                named.push(one);
            }
        }
        let is_parent =
            |one: &Descendant, child: &Descendant| child.found.parent == Some(one.found.pid);
        let is_last = |one: &&&Descendant| !named.iter().any(|child| is_parent(one, child));
        let mut restic = *named.iter().find(is_last)?;
        while let Some(parent) = named.iter().find(|one| is_parent(one, restic))
            && have_same_words(parent.found.pid, restic.found.pid)
        {
            restic = parent;
        }
        let is_copy = restic.found.parent == Some(ancestor)
            && has_words(ancestor)
            && have_same_words(ancestor, restic.found.pid);
        (!is_copy).then_some(restic)
    }

    /// Waits for those that have become children of this process, because whoever had started
    /// them is gone. It does not keep the caller: one that still runs is waited for by a thread,
    /// and without a thread it stays a zombie.
    pub(super) fn adopt(mut self) {
        // The others are no children, or gone: their descriptors are not kept.
        self.0.retain(|one| one.has_ended() == Some(false));
        if !self.0.is_empty() {
            let work = move || self.0.iter().for_each(Descendant::wait);
            let _ = thread::spawn("restic-orphans", Box::new(work));
        }
    }

    /// Those that still run, each with its command, as one text.
    pub(super) fn alive(&self) -> String {
        let mut alive = String::new();
        for Descendant { found, .. } in &self.0 {
            let stat = read_of(found.pid, "stat").unwrap_or_default();
            let Some((name, state)) = name_and_rest(&stat) else {
                continue;
            };
            if matches!(state, [] | [b'Z' | b'X', ..]) {
                continue;
            }
            if !alive.is_empty() {
                alive += ", ";
            }
            let name = String::from_utf8_lossy(name);
            alive += &format!("{} ({name})", found.pid.as_raw_nonzero());
        }
        alive
    }
}

#[cfg(target_os = "linux")]
impl Descendant {
    /// Waits for it if it is a child of this process that has ended. Absent when it is none, or
    /// not any longer.
    fn has_ended(&self) -> Option<bool> {
        let id = WaitId::PidFd(self.process.as_fd());
        let ended = waitid(id, WaitIdOptions::EXITED | WaitIdOptions::NOHANG).ok()?;
        Some(ended.is_some())
    }

    /// Waits until it has ended.
    fn wait(&self) {
        let wait = || waitid(WaitId::PidFd(self.process.as_fd()), WaitIdOptions::EXITED);
        while matches!(wait(), Err(Errno::INTR)) {}
    }

    /// That it is gone is no failure.
    pub(super) fn signal(&self, signal: Signal) -> io::Result<()> {
        match rustix::process::pidfd_send_signal(&self.process, signal) {
            Err(Errno::SRCH) => Ok(()),
            sent => Ok(sent?),
        }
    }
}

/// There is none.
#[cfg(not(target_os = "linux"))]
#[derive(Debug)]
pub(super) enum Descendant {}

#[cfg(not(target_os = "linux"))]
impl Descendant {
    pub(super) fn signal(&self, _: Signal) -> io::Result<()> {
        match *self {}
    }
}

#[cfg(not(target_os = "linux"))]
impl Descendants {
    pub(super) fn add(&mut self, _: Pid, _: bool, _: &dyn Fn() -> bool) {}

    pub(super) fn with_words(&self, _: Pid, _: &[u8]) -> Option<&Descendant> {
        None
    }

    pub(super) fn kill(&self) {}

    pub(super) fn adopt(self) {}

    pub(super) fn alive(&self) -> String {
        String::new()
    }
}

/// A process, and where it stands.
#[cfg(target_os = "linux")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Found {
    pid: Pid,
    parent: Option<Pid>,
    session: Option<Pid>,
}

#[cfg(target_os = "linux")]
impl Found {
    /// Reads `/proc/PID/stat`.
    fn new(pid: Pid) -> Option<Self> {
        let stat = read_of(pid, "stat")?;
        let (_, fields) = name_and_rest(&stat)?;
        // The state, the parent, the group, the session.
        let mut fields = fields.split(|byte| *byte == b' ').skip(1);
        let parent = id(fields.next()?);
        fields.next();
        let session = id(fields.next()?);
        Some(Self {
            pid,
            parent,
            session,
        })
    }
}

/// An id in digits. One that is just ending has a session of -1.
#[cfg(target_os = "linux")]
fn id(word: &[u8]) -> Option<Pid> {
    let mut id = 0_i32;
    for byte in word {
        let digit = byte.is_ascii_digit().then(|| i32::from(byte - b'0'))?;
        id = id.checked_mul(10)?.checked_add(digit)?;
    }
    Pid::from_raw(id)
}

/// What the system says of a process in one of its files.
#[cfg(target_os = "linux")]
fn read_of(pid: Pid, file: &str) -> Option<Vec<u8>> {
    let path = format!("/proc/{}/{file}", pid.as_raw_nonzero());
    let file = open(&path, OFlags::RDONLY | OFlags::CLOEXEC, Mode::empty()).ok()?;
    let mut content = Vec::new();
    loop {
        content.reserve(1024);
        match rustix::io::read(&file, rustix::buffer::spare_capacity(&mut content)) {
            Ok(0) => return Some(content),
            Ok(_) | Err(Errno::INTR) => {}
            Err(_) => return None,
        }
    }
}

/// The name of a process, which may hold anything and need not be text, and what is behind it.
#[cfg(target_os = "linux")]
fn name_and_rest(stat: &[u8]) -> Option<(&[u8], &[u8])> {
    let begin = stat.iter().position(|byte| *byte == b'(')?;
    let end = stat.iter().rposition(|byte| *byte == b')')?;
    Some((stat.get(begin + 1..end)?, stat.get(end + 2..)?))
}

/// The words of a process, each of which ends in NUL.
#[cfg(target_os = "linux")]
fn command_line(pid: Pid) -> Option<Vec<u8>> {
    read_of(pid, "cmdline")
}

/// Whether these words are the last of that line.
#[cfg(target_os = "linux")]
fn ends_in(line: &[u8], words: &[u8]) -> bool {
    let before = line.strip_suffix(words);
    before.is_some_and(|before| before.last().is_none_or(|&end| end == 0))
}

#[cfg(target_os = "linux")]
fn have_same_words(a: Pid, b: Pid) -> bool {
    command_line(a).is_some_and(|words| command_line(b) == Some(words))
}

/// All descendants, the nearest first, and the rest of the session.
#[cfg(target_os = "linux")]
fn found(ancestor: Pid, has_session: bool) -> Vec<Found> {
    let everybody = everybody();
    let mut found: Vec<Found> = Vec::new();
    let mut parents = vec![ancestor];
    if has_session {
        for one in &everybody {
            if one.session == Some(ancestor) && one.pid != ancestor {
                found.push(*one);
                parents.push(one.pid);
            }
        }
    }
    while let Some(parent) = parents.pop() {
        for child in &everybody {
            if child.parent == Some(parent) && !found.contains(child) {
                found.push(*child);
                parents.push(child.pid);
            }
        }
    }
    found
}

/// All processes in sight.
#[cfg(target_os = "linux")]
fn everybody() -> Vec<Found> {
    let mut everybody = Vec::new();
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let Ok(directory) = open("/proc", flags, Mode::empty()) else {
        return everybody;
    };
    let mut room = Vec::with_capacity(8 * 1024);
    let mut entries = RawDir::new(directory, room.spare_capacity_mut());
    while let Some(Ok(entry)) = entries.next() {
        // Most others are no processes, and those may have ended.
        if let Some(pid) = id(entry.file_name().to_bytes())
            && let Some(found) = Found::new(pid)
        {
            everybody.push(found);
        }
    }
    everybody
}
