//! What a process has started, and what these have started.

use rustix::process::Pid;

/// The descendants of a process at one time. They can be killed when nothing leads to them any
/// longer, and nobody else is when their ids have been given to others.
///
/// Where the system has no `/proc` that lists them, there are none.
#[derive(Debug, Default)]
pub(super) struct Descendants(#[cfg(target_os = "linux")] Vec<std::os::fd::OwnedFd>);

#[cfg(target_os = "linux")]
impl Descendants {
    pub(super) fn of(ancestor: Pid) -> Self {
        use rustix::process::{PidfdFlags, pidfd_open};

        let descriptor = |(pid, parent): (Pid, Pid)| {
            let process = pidfd_open(pid, PidfdFlags::empty()).ok()?;
            // The descriptor is of whoever has this id now. Only if that is a child of the one
            // it was found under is it the one that was found.
            (parent_of(pid) == Some(parent)).then_some(process)
        };
        Self(found(ancestor).into_iter().filter_map(descriptor).collect())
    }

    pub(super) fn kill(&self) {
        for process in &self.0 {
            // Gone already is as good as killed.
            let _ = rustix::process::pidfd_send_signal(process, rustix::process::Signal::KILL);
        }
    }
}

#[cfg(not(target_os = "linux"))]
impl Descendants {
    pub(super) fn of(_: Pid) -> Self {
        Self()
    }

    pub(super) fn kill(&self) {}
}

/// All descendants with their parents, the nearest first.
#[cfg(target_os = "linux")]
fn found(ancestor: Pid) -> Vec<(Pid, Pid)> {
    let everybody: Vec<(Pid, Pid)> = std::fs::read_dir("/proc")
        .into_iter()
        .flatten()
        .filter_map(|entry| {
            let pid = Pid::from_raw(entry.ok()?.file_name().to_str()?.parse().ok()?)?;
            Some((pid, parent_of(pid)?))
        })
        .collect();
    let mut found: Vec<(Pid, Pid)> = Vec::new();
    let mut parents = vec![ancestor];
    while let Some(parent) = parents.pop() {
        let children = everybody.iter().filter(|(_, of)| *of == parent);
        for child in children {
            found.push(*child);
            parents.push(child.0);
        }
    }
    found
}

/// The fourth field of `/proc/PID/stat`. The second, the name, may hold anything, and ends
/// with the last parenthesis.
#[cfg(target_os = "linux")]
fn parent_of(pid: Pid) -> Option<Pid> {
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", pid.as_raw_nonzero())).ok()?;
    let (_, fields) = stat.rsplit_once(')')?;
    Pid::from_raw(fields.split_whitespace().nth(1)?.parse().ok()?)
}
