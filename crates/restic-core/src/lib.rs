//! Running restic, or something that stands in for it.
//!
//! An [`Invocation`] is one call of restic as data. An [`Executor`] starts it and returns a
//! [`Process`], which is something to wait for: chunks of both output streams, and then the
//! [`Exit`], exactly once and last.
//!
//! | to | use |
//! |---|---|
//! | run a real restic | [`Runner`] |
//! | add deadlines and a stop that leaves no lock | [`Supervised`], [`Stop`] |
//! | answer from a recording | [`Replay`]; restic-record makes recordings |
//! | answer with output that you write | [`Scripted`] |
//! | break any of these at a chosen place | [`Fault`] |
//!
//! Most programs want restic-cli-wrap, which adds typed commands and results, and tests that record
//! themselves.

// docs.rs marks what needs a feature.
#![cfg_attr(docsrs, feature(doc_cfg))]

mod background;
mod clock;
mod effects;
mod environment;
mod executor;
mod fault;
mod invocation;
mod percent_encoding;
mod process;
mod reading;
mod redact;
mod replay;
mod scenario;
mod scripted;
mod secret;
mod start_error;
mod stop;
mod supervised;
mod thread;

pub use background::{Background, Outlet};
pub use clock::{Clock, ManualClock, SystemClock};
pub use effects::{Effects, EffectsWatch};
pub use environment::{Environment, VariableNames};
pub use executor::{Control, Event, Executor, Exit, Process};
pub use fault::{Fault, Place};
pub use invocation::{Argument, Deadlines, InputReader, Invocation, Stdin};
pub use percent_encoding::percent_encoded;
pub use process::Runner;
pub use redact::Redactor;
pub use replay::{Order, Replay, ReplayError};
pub use scenario::{
    PlaceholderKind, RecordedWith, Recording, Scenario, ScenarioError, ScenarioWriter,
};
pub use scripted::{Chunking, Pacing, Scripted, ScriptedExecutor, Stepper};
pub use secret::Secret;
pub use start_error::{StartError, StartErrorKind};
pub use stop::{Reach, Stop};
pub use supervised::{Cause, StopPolicy, Supervised};

/// What restic-record shares with this crate, and nobody else should use: it changes without notice.
#[doc(hidden)]
pub mod for_recorder {
    pub use crate::percent_encoding::percent_decoded;
    pub use crate::redact::{Needle, holds_location, holds_secret, is_own_word, password_of};
    pub use crate::replay::location_in_environment;
    pub use crate::scenario::{Input, MANIFEST, RecordedSignal, SignalName};
}

/// mockall mocks of the executor traits (feature `mock`).
///
/// Enable the feature in `[dev-dependencies]` only. mockall itself is re-exported, so its
/// version always fits.
#[cfg(feature = "mock")]
pub mod mock {
    pub use mockall;

    pub use crate::executor::{MockControl, MockExecutor, MockProcess};
}

/// The code in README compiles and runs.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
