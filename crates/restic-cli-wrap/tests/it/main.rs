#![allow(
    missing_docs,
    reason = "an integration test crate has no public interface"
)]
