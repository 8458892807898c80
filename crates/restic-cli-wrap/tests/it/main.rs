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
#[cfg(unix)]
mod binaries;
#[cfg(unix)]
mod client;
mod decoding;
#[cfg(unix)]
mod fake;
mod faults;
mod first_backup;
mod found;
#[cfg(unix)]
mod gate;
mod properties;
#[cfg(unix)]
mod real;
mod resticpy;
mod secrets;
#[cfg(feature = "tracing")]
mod tracing;
