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

mod effects;
mod fault;
mod replay;
mod scenario;
mod scripted;

pub use effects::{Effects, EffectsWatch};
pub use fault::{Fault, Place};
pub use replay::{Order, Replay, ReplayError};
pub use scenario::{
    PlaceholderKind, RecordedWith, Recording, Scenario, ScenarioError, ScenarioWriter,
};
pub use scripted::{Chunking, Pacing, Scripted, ScriptedExecutor, Stepper};

#[cfg(feature = "mock")]
#[doc(inline)]
pub use restic_process::mock;
#[doc(inline)]
pub use restic_process::{
    Argument, Background, Cause, Clock, Control, Deadlines, Environment, Event, Executor, Exit,
    InputReader, Invocation, ManualClock, Outlet, Process, Reach, Redactor, Runner, Secret,
    StartError, StartErrorKind, Stdin, Stop, StopPolicy, Supervised, SystemClock, VariableNames,
    percent_encoded,
};

/// What restic-record shares with this crate, and nobody else should use: it changes without notice.
#[doc(hidden)]
pub mod for_recorder {
    pub use crate::replay::location_in_environment;
    pub use crate::scenario::{Input, MANIFEST, RecordedSignal, SignalName};
    pub use restic_process::for_core::{
        Needle, holds_location, holds_secret, is_own_word, password_of, percent_decoded,
    };
}

/// The code in README compiles and runs.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
