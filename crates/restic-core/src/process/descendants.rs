//! What a process has started, and what these have started.

use rustix::process::Pid;

/// The descendants of a process at one time. They can be killed when nothing leads to them any
/// longer, and nobody else is when their ids have been given to others.
///
/// Where the system has no `/proc` that lists them, there are none.
#[derive(Debug, Default)]
pub(super) struct Descendants(#[cfg(target_os = "linux")] Vec<Descendant>);

#[cfg(target_os = "linux")]
#[derive(Debug)]
struct Descendant {
    pid: Pid,
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
            (Found::new(pid)? == found).then_some(Descendant { pid, process })
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
            // Gone already is as good as killed.
            let signal = rustix::process::Signal::KILL;
            let _ = rustix::process::pidfd_send_signal(&descendant.process, signal);
        }
    }

    /// Those that still run, each with its command.
    pub(super) fn alive(&self) -> impl Iterator<Item = String> {
        self.0.iter().filter_map(|descendant| {
            let pid = descendant.pid.as_raw_nonzero();
            let name = std::fs::read_to_string(format!("/proc/{pid}/comm")).ok()?;
            (!is_zombie(descendant.pid)).then(|| format!("{pid} ({})", name.trim_end()))
        })
    }
}

#[cfg(not(target_os = "linux"))]
impl Descendants {
    pub(super) fn of(_: Pid, _: bool, _: impl Fn() -> bool) -> Self {
        Self()
    }

    pub(super) fn kill(&self) {}

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
    let stat = std::fs::read(format!("/proc/{}/stat", pid.as_raw_nonzero())).ok()?;
    Some(String::from_utf8_lossy(&stat).into_owned())
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
    let everybody: Vec<Found> = std::fs::read_dir("/proc")
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
