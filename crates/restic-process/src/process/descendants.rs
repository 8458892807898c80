//! What a process has started, and what these have started.

#[cfg(target_os = "linux")]
use std::fs;
use std::io;
#[cfg(target_os = "linux")]
use std::os::fd::AsFd as _;

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
    pid: Pid,
    parent: Option<Pid>,
    process: std::os::fd::OwnedFd,
}

#[cfg(target_os = "linux")]
impl Descendants {
    /// Those of a process that may have a session of its own, with all that is in it: orphans
    /// too. `is_there` says whether the id is still that of this process.
    pub(super) fn of(ancestor: Pid, has_session: bool, is_there: &dyn Fn() -> bool) -> Self {
        use rustix::process::{PidfdFlags, pidfd_open};

        let mut descendants = Vec::new();
        for found in found(ancestor, has_session) {
            let Ok(process) = pidfd_open(found.pid, PidfdFlags::empty()) else {
                continue;
            };
            // The descriptor is of whoever has this id now. Only if that is still where it was
            // found is it the one that was found.
            if Found::new(found.pid) == Some(found) {
                descendants.push(Descendant {
                    pid: found.pid,
                    parent: found.parent,
                    process,
                });
            }
        }
        // Until here the id has led to this process, and not to one that got it later.
        if is_there() {
            Self(descendants)
        } else {
            Self::default()
        }
    }

    pub(super) fn kill(&self) {
        for descendant in &self.0 {
            // Nobody can do more about it.
            let _ = descendant.signal(Signal::KILL);
        }
    }

    /// The one whose command line ends in these words, each of which ends in NUL: the last of its line, since that of a
    /// wrapper ends in them as well, and of those that have the very same the first. That is what
    /// a program has started before it becomes another. Absent when that is the ancestor itself,
    /// or nobody is found.
    pub(super) fn with_words(&self, ancestor: Pid, words: &[u8]) -> Option<&Descendant> {
        let has_words = |pid| command_line(pid).is_some_and(|line| ends_in(&line, words));
        let mut named: Vec<&Descendant> = Vec::new();
        for one in &self.0 {
            if has_words(one.pid) {
                named.push(one);
            }
        }
        let is_last = |one: &&&Descendant| !named.iter().any(|child| child.parent == Some(one.pid));
        let mut restic = *named.iter().find(is_last)?;
        while let Some(parent) = named.iter().find(|one| restic.parent == Some(one.pid))
            && have_same_words(parent.pid, restic.pid)
        {
            restic = parent;
        }
        let is_copy = restic.parent == Some(ancestor)
            && has_words(ancestor)
            && have_same_words(ancestor, restic.pid);
        (!is_copy).then_some(restic)
    }

    /// All of both.
    pub(super) fn and(mut self, others: Self) -> Self {
        self.0.extend(others.0);
        self
    }

    /// Waits for those that have become children of this process, because whoever had started
    /// them is gone. It does not keep the caller: one that still runs is waited for by a thread,
    /// and without a thread it stays a zombie.
    pub(super) fn adopt(self) {
        let mut waiting = self.0;
        waiting.retain(|one| one.has_ended() == Some(false));
        if waiting.is_empty() {
            return;
        }
        let work = move || waiting.iter().for_each(Descendant::wait);
        let _ = thread::spawn("restic-orphans", Box::new(work));
    }

    /// Those that still run, each with its command, as one text.
    pub(super) fn alive(&self) -> String {
        let mut alive = String::new();
        for Descendant { pid, .. } in &self.0 {
            let Some(name) = read_of(*pid, "comm").filter(|_| !is_zombie(*pid)) else {
                continue;
            };
            if !alive.is_empty() {
                alive += ", ";
            }
            let name = String::from_utf8_lossy(&name);
            alive += &format!("{} ({})", pid.as_raw_nonzero(), name.trim_ascii_end());
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
    pub(super) fn of(_: Pid, _: bool, _: &dyn Fn() -> bool) -> Self {
        Self()
    }

    pub(super) fn with_words(&self, _: Pid, _: &[u8]) -> Option<&Descendant> {
        None
    }

    pub(super) fn kill(&self) {}

    pub(super) fn and(self, _: Self) -> Self {
        self
    }

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
    /// Reads `/proc/PID/stat`. Its second field, the name, ends with the last parenthesis.
    fn new(pid: Pid) -> Option<Self> {
        let stat = stat(pid)?;
        // The state, the parent, the group, the session.
        let mut fields = stat.split(' ');
        let parent = fields.nth(1).and_then(id);
        let session = fields.nth(1).and_then(id);
        Some(Self {
            pid,
            parent,
            session,
        })
    }
}

/// An id in words. One that is just ending has a session of -1.
#[cfg(target_os = "linux")]
fn id(word: &str) -> Option<Pid> {
    let id = word.parse().ok().filter(|id: &i32| *id > 0)?;
    Pid::from_raw(id)
}

/// What the system says of a process in one of its files.
#[cfg(target_os = "linux")]
fn read_of(pid: Pid, file: &str) -> Option<Vec<u8>> {
    fs::read(format!("/proc/{}/{file}", pid.as_raw_nonzero())).ok()
}

/// What is behind the name of a process, which may hold anything and need not be text.
#[cfg(target_os = "linux")]
fn stat(pid: Pid) -> Option<String> {
    let mut stat = read_of(pid, "stat")?;
    let end = stat.iter().rposition(|byte| *byte == b')')?;
    let fields = stat.split_off((end + 2).min(stat.len()));
    String::from_utf8(fields).ok()
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

#[cfg(target_os = "linux")]
fn is_zombie(pid: Pid) -> bool {
    let stat = stat(pid).unwrap_or_default();
    matches!(stat.as_bytes().first(), None | Some(b'Z' | b'X'))
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
    let Ok(entries) = fs::read_dir("/proc") else {
        return everybody;
    };
    for entry in entries {
        // Most others are no processes, and those may have ended.
        if let Ok(entry) = entry
            && let Some(pid) = entry.file_name().to_str().and_then(id)
            && let Some(found) = Found::new(pid)
        {
            everybody.push(found);
        }
    }
    everybody
}
