#![allow(
    missing_docs,
    reason = "an integration test crate has no public interface"
)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a panic is how a test fails"
)]

mod background;
mod fault;
mod fed;
mod matching;
mod orders;
mod regressions;
mod replay;
mod reports;
#[cfg(unix)]
mod runner;
mod scanned;
mod scenario;
mod schema;
mod scripted;
#[cfg(unix)]
mod supervised;
