//! Where processes go whose parent has ended.
//!
//! As the first process of a container, or as one that has asked for it, this process becomes
//! the parent of what restic has left, and what nobody waits for stays a zombie. So those are
//! waited for that restic has started, each by its descriptor, and no other: the program may have
//! children of its own, and wait for these by itself.

/// Whether this is such a process. A program that has asked for orphans is expected to see to
/// most of them; it is asked about where some are likely only.
#[cfg(target_os = "linux")]
pub(super) fn come_here(are_likely: bool) -> bool {
    let has_asked = || matches!(rustix::process::child_subreaper(), Ok(Some(_)));
    rustix::process::getpid().is_init() || are_likely && has_asked()
}

#[cfg(not(target_os = "linux"))]
pub(super) fn come_here(_: bool) -> bool {
    false
}
