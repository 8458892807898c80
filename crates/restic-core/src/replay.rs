use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use crate::scenario::{Scenario, ScenarioError};
use crate::{Chunking, Executor, Invocation, ManualClock, Pacing};

mod bindings;
mod content;
mod error;
mod executor;
mod identity;
mod input;
mod known_calls;
mod left;
mod placeholders;
mod prepared;
mod sequence;
mod signal_behaviour;
mod signalled;
mod state;
pub(crate) mod version;

use executor::ReplayExecutor;
use state::State;

pub use error::ReplayError;
pub use identity::location_in_environment;
pub use sequence::Order;

/// Answers calls from a recorded [`Scenario`], without restic.
///
/// A call matches a recording when command, flags and operands are equal, by restic's own table
/// of flags: `-r X`, `--repo X`, `--repo=X` and `RESTIC_REPOSITORY=X` are the same, and flags may
/// come in any order. A call with a flag that is not in the table is compared word by word.
/// Placeholders in the recording, such as `{{repo}}`, take the value that the program under test
/// uses first, and keep it in all later arguments and in the output. How a call authenticates is
/// not compared, and neither are the environment, the cache, limits and `--retry-lock`. What
/// comes on standard input is compared with what was recorded, byte by byte up to 1 MiB, and by length
/// and digest beyond that; it is not where its end was not read. A location that is
/// masked, because there is a password in it, equals any other; its placeholder is then `***`.
/// `restic version` is always answered.
///
/// Which recording answers when is decided per repository, see [`Order`]. Output comes as fast as
/// [`Pacing`] says, cut as [`Chunking`] says; what has not been read when the process is interrupted
/// or terminated does not come, and it ends as that version of restic does. A call that the program
/// stopped while it was recorded prints what it had printed then, waits to be stopped again, and
/// ends as it was recorded.
///
/// A call that does not match is an error for the program under test, and again in
/// [`finish`](Self::finish), which also reports recorded calls that were never made. A
/// replay that is dropped without `finish` panics with the same report: neither the program nor
/// the `?` of a test can hide a call that did not match.
#[must_use = "a replay checks nothing before it is finished"]
pub struct Replay(Arc<State>);

impl Replay {
    /// Loads the scenario in this directory.
    ///
    /// # Errors
    ///
    /// When there is none, or it cannot be read.
    pub fn load(directory: impl AsRef<Path>) -> Result<Self, ScenarioError> {
        Scenario::load(directory).map(Self::new)
    }

    /// Replays this scenario.
    pub fn new(scenario: Scenario) -> Self {
        Self(Arc::new(State::new(scenario)))
    }

    /// Gives a placeholder, such as `repo` for `{{repo}}`, its value before any call does. Needed for
    /// what only the output names, and for directories that a test wants to choose.
    pub fn bind(self, placeholder: &str, value: impl Into<String>) -> Self {
        self.0.progress().bindings.set(placeholder, value.into());
        self
    }

    /// In which order calls may come. The default is [`Order::Epoch`].
    pub fn order(self, order: Order) -> Self {
        self.0.progress().order = order;
        self
    }

    /// Lets recorded calls be left out: [`finish`](Self::finish) reports those that did not match,
    /// and not those that were never made. For a program that makes a few of the calls of somebody
    /// else's recording, such as one of `restic-fixtures`. Calls that change a repository still come
    /// in the recorded order.
    pub fn allow_unused(self) -> Self {
        self.0.progress().may_leave_out = true;
        self
    }

    /// Where output is cut into the chunks that are read. The default is [`Chunking::Pipe`]; a
    /// program that passes with [`Chunking::Torn`] depends on none.
    pub fn chunking(self, chunking: Chunking) -> Self {
        self.0.progress().chunking = chunking;
        self
    }

    /// How fast lines of standard output come. The default is [`Pacing::Instant`].
    pub fn pacing(self, pacing: Pacing) -> Self {
        self.0.progress().pacing = pacing;
        self
    }

    /// How long a call that was stopped in the middle when it was recorded waits to be stopped
    /// again. The default is a minute.
    pub fn patience(self, patience: Duration) -> Self {
        self.0.progress().set_patience(patience);
        self
    }

    /// Uses this clock, and advances it instead of waiting: for a program whose deadlines are
    /// measured with it.
    pub fn clock(self, clock: &ManualClock) -> Self {
        self.0.progress().clock = Some(clock.clone());
        self
    }

    /// Makes the files again that recorded calls left, when their programs end as they did, and
    /// when the place where the call writes by its own arguments is in this directory.
    /// Without a directory for them no files are made; with one, a call that left files and
    /// writes elsewhere is an error. May be said several times.
    ///
    /// Recordings have such files where they were recorded with `Recorder::effects` of
    /// restic-record. Whatever a recording says, nothing is written outside of these directories,
    /// by links neither, or above the place of the call.
    pub fn effects_in(self, directory: impl Into<PathBuf>) -> Self {
        self.0.progress().effects_in.push(directory.into());
        self
    }

    /// Does not compare the input of calls that are given none, for one who has it no more.
    #[doc(hidden)]
    pub fn tolerates_no_input(self) -> Self {
        self.0.progress().tolerates_no_input = true;
        self
    }

    /// The directory of the scenario.
    #[must_use]
    pub fn directory(&self) -> &Path {
        &self.0.scenario.directory
    }

    /// What its placeholders stand for so far, by name.
    #[must_use]
    pub fn bindings(&self) -> BTreeMap<String, String> {
        self.0.progress().bindings.all().clone()
    }

    /// The directories in which it may make files, see [`effects_in`](Self::effects_in).
    #[must_use]
    pub fn effects_directories(&self) -> Vec<PathBuf> {
        self.0.progress().effects_in.clone()
    }

    /// An executor that answers from this replay. All executors of one replay, and their clones on
    /// other threads, share its place in the recording.
    #[must_use]
    pub fn executor(&self) -> Arc<dyn Executor> {
        Arc::new(ReplayExecutor(Arc::clone(&self.0)))
    }

    /// The calls so far in the order of their starts, with those that did not match.
    #[must_use]
    pub fn calls(&self) -> Vec<Invocation> {
        let calls = self.0.progress().calls.clone();
        calls.into_iter().map(Arc::unwrap_or_clone).collect()
    }

    /// The reports of the calls so far that did not match; empty when all did.
    #[must_use]
    pub fn misses(&self) -> Vec<String> {
        self.0.progress().misses.clone()
    }

    /// Whether the recorded call that answers this one has read its standard input to the end, for
    /// programs that stand in for restic: one that failed or was stopped before does not wait for
    /// it, and neither does one that was not recorded.
    #[must_use]
    pub fn waits_for_input(&self, invocation: &Invocation) -> bool {
        self.0.waits_for_input(invocation)
    }

    /// Checks whether everything went as recorded. Call it at the end of a test.
    ///
    /// # Errors
    ///
    /// When a call did not match, or a recorded one was never made.
    pub fn finish(self) -> Result<(), ReplayError> {
        self.0.finished.store(true, Ordering::SeqCst);
        self.0.verdict()
    }
}

impl Drop for Replay {
    fn drop(&mut self) {
        if !self.0.finished.load(Ordering::SeqCst) && !std::thread::panicking() {
            // The one panic of this crate: only a test can get here, and it must not pass.
            let report = match self.0.verdict() {
                Ok(()) => "nothing else was wrong".to_owned(),
                Err(report) => report.to_string(),
            };
            panic!("a Replay was dropped without `finish()`:\n{report}");
        }
    }
}

impl fmt::Debug for Replay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
