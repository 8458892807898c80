#![allow(
    missing_docs,
    reason = "an integration test crate has no public interface"
)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a panic is how a test fails"
)]

mod fault;
mod fed;
mod matching;
mod orders;
mod regressions;
mod replay;
mod reports;
mod scanned;
mod scenario;
mod schema;
mod scripted;
#[cfg(unix)]
mod supervised;
