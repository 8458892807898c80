use std::collections::BTreeMap;

use restic_types::cli::{self, Command};

use super::bindings::Bindings;
use super::identity::{Difference, Identity};
use crate::scenario::RecordedCall;

/// Which recording answers a call when several look alike, and in which order calls may come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Order {
    /// Calls that change a repository come in recorded order, each once. A call that only
    /// reads is answered as it was between the same two changes of its repository: any
    /// number of times, in any order and from any thread. One that writes elsewhere, such as
    /// `restore`, comes once between the same two changes.
    #[default]
    Epoch,
    /// All calls come in recorded order, each once.
    Strict,
}

/// The recorded calls, and where each stands in the life of its repository.
pub(super) struct Sequence {
    calls: Vec<Entry>,
}

struct Entry {
    identity: Identity,
    /// As it is recorded, so usually a placeholder.
    repository: String,
    /// How many calls changed this repository before.
    epoch: usize,
    mutates: bool,
    /// Whether its repository is another one afterwards.
    ends_epoch: bool,
}

/// How far a replay has come.
#[derive(Debug, Default)]
pub(super) struct Position {
    used: Vec<bool>,
    epochs: BTreeMap<String, usize>,
}

impl Position {
    fn is_used(&self, index: usize) -> bool {
        self.used.get(index).copied().unwrap_or(false)
    }
}

impl Sequence {
    pub(super) fn of(calls: &[RecordedCall]) -> Self {
        let mut epochs = BTreeMap::<String, usize>::new();
        let entry = |call: &RecordedCall| {
            let identity = Identity::recorded(&call.argv);
            let repository = identity.repository();
            let changes = epochs.entry(repository.clone()).or_default();
            let epoch = *changes;
            let ends_epoch = call.mutates && !spares_repositories(&identity);
            *changes += usize::from(ends_epoch);
            Entry {
                identity,
                repository,
                epoch,
                mutates: call.mutates,
                ends_epoch,
            }
        };
        Self {
            calls: calls.iter().map(entry).collect(),
        }
    }

    /// The recording that answers this call now, and what placeholders then stand for.
    pub(super) fn find(
        &self,
        order: Order,
        called: &Identity,
        position: &Position,
        bindings: &Bindings,
    ) -> Option<(usize, Bindings)> {
        let is_due = |index: usize, entry: &Entry| match order {
            Order::Strict => (0..index).all(|earlier| position.is_used(earlier)),
            Order::Epoch => {
                let epoch = position.epochs.get(&entry.repository);
                epoch.copied().unwrap_or(0) == entry.epoch
            }
        };
        let is_once = |entry: &Entry| entry.mutates || order == Order::Strict;
        let mut repeated = None;
        for (index, entry) in self.calls.iter().enumerate() {
            let used = position.is_used(index);
            if (used && is_once(entry)) || !is_due(index, entry) {
                continue;
            }
            if let Some(bindings) = called.matches(&entry.identity, bindings) {
                if !used {
                    return Some((index, bindings));
                }
                // All were asked for: from now on it is as it was last.
                repeated = Some((index, bindings));
            }
        }
        repeated
    }

    /// Remembers that this recording has answered.
    pub(super) fn use_up(&self, index: usize, position: &mut Position) {
        let entry = &self.calls[index];
        position.used.resize(self.calls.len(), false);
        position.used[index] = true;
        if entry.ends_epoch {
            *position.epochs.entry(entry.repository.clone()).or_default() += 1;
        }
    }

    /// The recordings that should have been asked for and were not.
    pub(super) fn unused(&self, order: Order, position: &Position) -> Vec<usize> {
        let is_answered = |index: usize| {
            let entry = &self.calls[index];
            let twin = |(other, twin): (usize, &Entry)| {
                position.is_used(other)
                    && twin.epoch == entry.epoch
                    && twin.repository == entry.repository
                    && twin.identity == entry.identity
            };
            let repeats = order == Order::Epoch && !entry.mutates;
            position.is_used(index) || (repeats && self.calls.iter().enumerate().any(twin))
        };
        (0..self.calls.len())
            .filter(|index| !is_answered(*index))
            .collect()
    }

    /// The recording that is most like this call: of the same command if there is one, and
    /// not used up if there is another.
    pub(super) fn nearest(
        &self,
        called: &Identity,
        position: &Position,
        bindings: &Bindings,
    ) -> Option<(usize, Difference)> {
        let compare =
            |(index, entry): (usize, &Entry)| (index, called.difference(&entry.identity, bindings));
        let candidates = self.calls.iter().enumerate().map(compare);
        candidates.min_by_key(|(index, difference)| {
            let is_other = self.calls[*index].identity.command() != called.command();
            (is_other, difference.count, position.is_used(*index))
        })
    }

    /// Whether this recording has answered, and once is all it may.
    pub(super) fn is_used_up(&self, index: usize, position: &Position) -> bool {
        let entry = &self.calls[index];
        let epoch = position.epochs.get(&entry.repository);
        position.is_used(index) || entry.epoch < epoch.copied().unwrap_or(0)
    }
}

/// Whether a call leaves repositories as they are. What is not known does not.
fn spares_repositories(call: &Identity) -> bool {
    cli::command(call.command()).is_some_and(Command::spares_repositories)
}
