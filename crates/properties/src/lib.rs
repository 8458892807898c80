//! What holds whatever restic prints, users give and strangers record: a function for each, which
//! a test with proptest calls and a fuzz target too.
#![allow(
    missing_docs,
    missing_debug_implementations,
    reason = "it is for this repository alone"
)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a panic is how a property fails"
)]

pub mod arguments;
pub mod assembly;
#[cfg(test)]
mod canaries;
pub mod locks;
pub mod messages;
mod new_fields;
pub mod redactor;
#[cfg(test)]
mod rows;
pub mod scenarios;
pub mod secrets;
#[cfg(test)]
mod stop_policy;
pub mod texts;

pub use new_fields::with_new_fields;

/// The same cases in every run, so that only a change of the code can make one fail.
#[cfg(any(test, feature = "proptest"))]
#[must_use]
pub fn config() -> proptest::test_runner::Config {
    use proptest::test_runner::{Config, RngSeed};

    Config {
        cases: 256,
        rng_seed: RngSeed::Fixed(0x7265_7374_6963),
        failure_persistence: None,
        ..Config::default()
    }
}
