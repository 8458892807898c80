#![allow(
    missing_docs,
    reason = "an integration test crate has no public interface"
)]

mod background;
#[cfg(unix)]
mod runner;
#[cfg(unix)]
mod supervised;
