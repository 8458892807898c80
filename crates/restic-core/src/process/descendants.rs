//! What a process has started, and what these have started.

use std::ffi::OsString;
#[cfg(target_os = "linux")]
use std::fs;
use std::io;
#[cfg(target_os = "linux")]
use std::os::fd::AsFd as _;
#[cfg(target_os = "linux")]
use std::thread;

#[cfg(target_os = "linux")]
use rustix::io::Errno;
use rustix::process::{Pid, Signal};
#[cfg(target_os = "linux")]
use rustix::process::{WaitId, WaitIdOptions, waitid};

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
    pub(super) fn of(ancestor: Pid, has_session: bool, is_there: impl Fn() -> bool) -> Self {
        use rustix::process::{PidfdFlags, pidfd_open};

        let descriptor = |found: Found| {
            let process = pidfd_open(found.pid, PidfdFlags::empty()).ok()?;
            let pid = found.pid;
            // The descriptor is of whoever has this id now. Only if that is still where it was
            // found is it the one that was found.
            (Found::new(pid)? == found).then_some(Descendant {
                pid,
                parent: found.parent,
                process,
            })
        };
        let found = found(ancestor, has_session);
        let descendants = found.into_iter().filter_map(descriptor).collect();
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

    /// The one whose command line ends in these words: the last of its line, since that of a
    /// wrapper ends in them as well, and of those that have the very same the first. That is what
    /// a program has started before it becomes another. Absent when that is the ancestor itself,
    /// or nobody is found.
    pub(super) fn with_words(&self, ancestor: Pid, words: &[OsString]) -> Option<&Descendant> {
        let words = joined(words);
        let has_words = |pid| command_line(pid).is_some_and(|line| ends_in(&line, &words));
        let named: Vec<_> = self.0.iter().filter(|one| has_words(one.pid)).collect();
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
        let _ = thread::Builder::new()
            .name("restic-orphans".into())
            .spawn(work);
    }

    /// Those that still run, each with its command.
    pub(super) fn alive(&self) -> impl Iterator<Item = String> {
        self.0.iter().filter_map(|descendant| {
            let pid = descendant.pid.as_raw_nonzero();
            let name = fs::read_to_string(format!("/proc/{pid}/comm")).ok()?;
            (!is_zombie(descendant.pid)).then(|| format!("{pid} ({})", name.trim_end()))
        })
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
    pub(super) fn of(_: Pid, _: bool, _: impl Fn() -> bool) -> Self {
        Self()
    }

    pub(super) fn with_words(&self, _: Pid, _: &[OsString]) -> Option<&Descendant> {
        None
    }

    pub(super) fn kill(&self) {}

    pub(super) fn and(self, _: Self) -> Self {
        self
    }

    pub(super) fn adopt(self) {}

    pub(super) fn alive(&self) -> impl Iterator<Item = String> {
        std::iter::empty()
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
    /// Reads `/proc/PID/stat`. Its second field, the name, may hold anything, and ends with the
    /// last parenthesis.
    fn new(pid: Pid) -> Option<Self> {
        let stat = stat(pid)?;
        let mut fields = stat.rsplit_once(')')?.1.split_whitespace().skip(1);
        // One that is just ending has a session of -1.
        let is_id = |id: &i32| *id > 0;
        let mut id = |skipped| {
            let id = fields.nth(skipped)?.parse().ok().filter(is_id)?;
            Pid::from_raw(id)
        };
        Some(Self {
            pid,
            parent: id(0),
            session: id(1),
        })
    }
}

#[cfg(target_os = "linux")]
fn stat(pid: Pid) -> Option<String> {
    // A name need not be text.
    let stat = fs::read(format!("/proc/{}/stat", pid.as_raw_nonzero())).ok()?;
    Some(String::from_utf8_lossy(&stat).into_owned())
}

/// The words of a process, each of which ends in NUL.
#[cfg(target_os = "linux")]
fn command_line(pid: Pid) -> Option<Vec<u8>> {
    fs::read(format!("/proc/{}/cmdline", pid.as_raw_nonzero())).ok()
}

#[cfg(target_os = "linux")]
fn joined(words: &[OsString]) -> Vec<u8> {
    let words = words.iter().map(|word| word.as_encoded_bytes());
    words.flat_map(|word| [word, b"\0"].concat()).collect()
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
    stat(pid).is_none_or(|stat| {
        let state = stat.rsplit_once(") ").map_or("", |(_, rest)| rest);
        state.starts_with(['Z', 'X'])
    })
}

/// All descendants, the nearest first, and the rest of the session.
#[cfg(target_os = "linux")]
fn found(ancestor: Pid, has_session: bool) -> Vec<Found> {
    let everybody: Vec<Found> = fs::read_dir("/proc")
        .into_iter()
        .flatten()
        .filter_map(|entry| {
            let pid = Pid::from_raw(entry.ok()?.file_name().to_str()?.parse().ok()?)?;
            Found::new(pid)
        })
        .collect();
    let mut found: Vec<Found> = Vec::new();
    let mut parents = vec![ancestor];
    if has_session {
        let is_member = |one: &&Found| one.session == Some(ancestor) && one.pid != ancestor;
        found.extend(everybody.iter().filter(is_member));
        parents.extend(found.iter().map(|one| one.pid));
    }
    while let Some(parent) = parents.pop() {
        for child in everybody.iter().filter(|one| one.parent == Some(parent)) {
            if !found.contains(child) {
                found.push(*child);
                parents.push(child.pid);
            }
        }
    }
    found
}
