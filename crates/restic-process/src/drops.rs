//! Drops that are compiled in this crate for the crates above it.
//!
//! The slow path of dropping an `Arc` is a function that the first crate which needs it compiles,
//! and that the crates above take from there. Nothing here drops these: without this module
//! the first is restic-core, and with the object file of that function every program would link
//! all that stands in for restic.

use std::sync::Arc;

use crate::{Executor, InputReader, Invocation};

/// Drops an executor.
pub fn drop_executor(executor: Arc<dyn Executor>) {
    drop(executor);
}

/// Drops a call.
pub fn drop_invocation(invocation: Arc<Invocation>) {
    drop(invocation);
}

/// Drops an input.
pub fn drop_input(input: InputReader) {
    drop(input);
}
