#![allow(
    missing_docs,
    reason = "an integration test crate has no public interface"
)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a panic is how a test fails"
)]
#![allow(clippy::print_stdout, reason = "a test that is skipped says so")]

mod arguments;
#[cfg(unix)]
mod asynchronous;
mod backends;
#[cfg(unix)]
mod bounded;
#[cfg(unix)]
mod client;
mod decoding;
#[cfg(unix)]
mod derived;
mod errors;
mod failures;
mod faults;
mod first_backup;
mod fixtures;
#[cfg(unix)]
mod forgotten_locks;
#[cfg(unix)]
mod gate;
mod live_notices;
mod made_by_hand;
mod offline;
mod own_commands;
mod pacing;
mod properties;
mod readme;
#[cfg(unix)]
mod real;
#[cfg(unix)]
mod redaction;
mod regressions;
mod resticpy;
#[cfg(unix)]
mod runtimes;
mod scripted_answers;
mod secrets;
#[cfg(unix)]
mod silent_failures;
mod snapshot_filters;
mod tutorial;
mod values;
mod values_written;
