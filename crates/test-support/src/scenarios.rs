//! The scenarios of `restic-fixtures`, each as a function over the SDK: `cargo xtask record` plays
//! them with real restic, and tests with what was recorded.

use crate::played::Played;
use crate::stage::Stage;

mod backups;
mod failing;
mod keeping;
mod looking;
mod servers;

/// A scenario that can be played.
#[derive(Clone, Copy)]
pub struct Scenario {
    /// As in the index of `restic-fixtures`.
    pub name: &'static str,
    pub play: fn(&mut Stage<'_>) -> Played,
    /// Whether restic may not read everything in it.
    pub is_unprivileged: bool,
    /// Whether there is a server in it.
    pub has_server: bool,
}

const fn scenario(name: &'static str, play: fn(&mut Stage<'_>) -> Played) -> Scenario {
    Scenario {
        name,
        play,
        is_unprivileged: false,
        has_server: false,
    }
}

impl Scenario {
    const fn unprivileged(mut self) -> Self {
        self.is_unprivileged = true;
        self
    }

    const fn with_server(mut self) -> Self {
        self.has_server = true;
        self
    }
}

/// All of them, in the order of the index.
pub const ALL: &[Scenario] = &[
    scenario("first-backup", backups::first_backup),
    scenario("incremental-backup", backups::incremental_backup),
    scenario("interrupted-backup", backups::interrupted_backup),
    scenario("unreadable-source", backups::unreadable_source).unprivileged(),
    scenario("missing-source", backups::missing_source),
    scenario("restore-with-progress", looking::restore_with_progress),
    scenario("restore-of-nothing", looking::restore_of_nothing),
    scenario("empty-repository", looking::empty_repository),
    scenario("many-snapshots", keeping::many_snapshots),
    scenario("forget-and-prune", keeping::forget_and_prune),
    scenario("find-and-diff", looking::find_and_diff),
    scenario("large-tree", looking::large_tree),
    scenario("stats", looking::stats),
    scenario("keys", keeping::keys),
    scenario("copy", keeping::copy),
    scenario("check-clean", failing::check_clean),
    scenario("check-damaged", failing::check_damaged),
    scenario("locked", failing::locked),
    scenario("stale-lock", failing::stale_lock),
    scenario("wrong-password", failing::wrong_password),
    scenario("no-repository", failing::no_repository),
    scenario("dead-server", servers::dead_server).with_server(),
    scenario("append-only-server", servers::append_only_server).with_server(),
];

/// The scenario of this name.
pub fn named(name: &str) -> Option<&'static Scenario> {
    ALL.iter().find(|scenario| scenario.name == name)
}
