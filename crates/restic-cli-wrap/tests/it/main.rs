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
mod arguments_keeping;
#[cfg(unix)]
mod asynchronous;
mod backends;
#[cfg(unix)]
mod binaries;
#[cfg(unix)]
#[allow(dead_code, reason = "other tests use the rest")]
#[path = "../reliability/cheap_repository.rs"]
mod cheap_repository;
#[cfg(unix)]
mod client;
mod decoding;
mod decoding_keeping;
mod failures;
#[cfg(unix)]
mod fake;
mod faults;
mod first_backup;
mod found;
#[cfg(unix)]
mod gate;
#[cfg(unix)]
mod matrix;
mod mending;
mod properties;
mod reading;
mod reading_arguments;
#[cfg(unix)]
mod real;
#[cfg(unix)]
mod real_keeping;
#[cfg(unix)]
mod real_reading;
#[cfg(unix)]
mod redaction;
mod resticpy;
#[cfg(unix)]
mod resticpy_flows;
#[cfg(unix)]
mod runtimes;
mod secrets;
mod values;
#[cfg(unix)]
mod values_read;
