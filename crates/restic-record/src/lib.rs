//! Recording what a program does with restic, for tests that replay it without restic.
//!
//! A [`Recorder`] is an executor around any other. What it has recorded is made canonical, searched
//! for secrets, replayed once, and only then kept, beside a recording that is there already:
//! [`PendingRecording`] shows the difference, and accepts or rejects it. [`restic_core::Replay`]
//! answers from it.
//!
//! Most tests want `RecordedTest` of restic-cli-wrap (its feature `record`), which records and
//! replays the same test, and programs in other languages the program restic-replay. Both are
//! built on this crate. A program that only replays does not need it.

mod assembly;
mod directories;
mod error;
mod executor;
mod gate;
mod inherited;
mod input;
mod kept;
mod mutex;
mod pending;
mod process;
mod record_or_replay;
mod recorder;
mod scratch;
mod surroundings;
mod temporary;
mod version;

pub use error::RecordError;
pub use kept::Kept;
pub use pending::PendingRecording;
pub use record_or_replay::RecordOrReplay;
pub use recorder::Recorder;

/// The code in README compiles and runs.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
