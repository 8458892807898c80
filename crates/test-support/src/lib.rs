//! What the tests of several crates and the repository tasks share.
//!
//! Never published: a development dependency on it has no version, so that cargo leaves it out
//! of packages.
#![allow(
    missing_docs,
    missing_debug_implementations,
    reason = "it is for this repository alone"
)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a panic is how a test fails"
)]
#![allow(clippy::print_stdout, reason = "a test that is skipped says so")]

pub mod binaries;
pub mod cheap_repository;
#[cfg(unix)]
pub mod fake;
pub mod first_backup;
pub mod leftovers;
pub mod log;
pub mod outside;
pub mod played;
mod privileges;
#[cfg(feature = "scenarios")]
pub mod scenarios;
pub mod skipping;
#[cfg(feature = "scenarios")]
pub mod stage;
