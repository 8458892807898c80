//! What a process has started, and what these have started.

use rustix::process::Pid;

/// Kills all descendants of a process, wherever they have put themselves.
///
/// Where the system has no `/proc` that tells them, nothing happens.
#[cfg(target_os = "linux")]
pub(super) fn kill_all(ancestor: Pid) {
    use rustix::process::{PidfdFlags, Signal, pidfd_open, pidfd_send_signal};

    for (pid, parent) in found(ancestor) {
        // The descriptor is of whoever has this id now. Only if that is a child of the one
        // it was found under is it the one that was found.
        let Ok(process) = pidfd_open(pid, PidfdFlags::empty()) else {
            continue;
        };
        if parent_of(pid) == Some(parent) {
            // Gone already is as good as killed.
            let _ = pidfd_send_signal(process, Signal::KILL);
        }
    }
}

#[cfg(not(target_os = "linux"))]
pub(super) fn kill_all(_: Pid) {}

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
