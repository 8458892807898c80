//! A stand-in for restic, for programs in any language, and how two restics differ.
//!
//! The program `restic-replay` runs a command with a `restic` first in its `PATH` that is
//! `stand_in`: it passes each call through to restic and records it, or answers it from a
//! recording. Tests of Rust programs use `StandIn` and need nothing installed. Both are for Unix
//! systems.
//!
//! [`Drift`] compares two recordings of the same calls, on any system.

mod drift;
#[cfg(unix)]
mod unix;

pub use drift::{Difference, Drift, DriftKind, DriftStream, Severity};
#[cfg(unix)]
pub use unix::{NOT_RECORDED, StandIn, TestStandIn, main, stand_in};
