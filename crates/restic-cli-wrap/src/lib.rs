//! Drive the restic backup tool through typed commands and typed results.

mod arguments;
mod async_run;
mod classify;
mod client;
mod command;
pub mod commands;
mod decode;
mod error;
mod lines;
mod notes;
mod outcome;
mod repository;
mod run;
mod version;

pub use arguments::{Arguments, FlagValue};
pub use async_run::AsyncRun;
pub use client::{Builder, Restic};
pub use command::Command;
pub use decode::{Decoder, NoEvents};
pub use error::{Error, ErrorKind, Result};
pub use notes::{Notice, Stream};
pub use outcome::{FailedItem, Outcome, Partial};
pub use repository::Repository;
pub use run::Run;

#[cfg(feature = "mock")]
pub use restic_core::mock;
pub use restic_core::{
    Argument, Control, Event, Executor, Exit, Invocation, Process, Secret, StartError,
    StartErrorKind, Stop,
};
/// restic's messages and documents as types.
pub use restic_types as types;
