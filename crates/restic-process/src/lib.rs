//! Running restic as a process: the part of [restic-core] that programs in production link.
//!
//! An [`Invocation`] is one call of restic as data. An [`Executor`] starts it and returns a
//! [`Process`], which is something to wait for: chunks of both output streams, and then the
//! [`Exit`], exactly once and last. [`Runner`] is the executor of real processes, and
//! [`Supervised`] adds deadlines and a stop that leaves no lock ([`Stop`]) to any process.
//!
//! restic-core re-exports all of this, and adds what stands in for restic in tests. It is a crate
//! of its own so that programs that run restic have nothing of that in them.
//!
//! [restic-core]: https://docs.rs/restic-core

// docs.rs marks what needs a feature.
#![cfg_attr(docsrs, feature(doc_cfg))]

mod background;
mod clock;
mod drops;
mod environment;
mod executor;
mod invocation;
mod percent_encoding;
mod process;
mod reading;
mod redact;
mod secret;
mod start_error;
mod stop;
mod supervised;
mod thread;

pub use background::{Background, Outlet};
pub use clock::{Clock, ManualClock, SystemClock};
pub use environment::{Environment, VariableNames};
pub use executor::{Control, Event, Executor, Exit, Process};
pub use invocation::{Argument, Deadlines, InputReader, Invocation, Stdin};
pub use percent_encoding::percent_encoded;
pub use process::Runner;
pub use redact::Redactor;
pub use secret::Secret;
pub use start_error::{StartError, StartErrorKind};
pub use stop::{Reach, Stop};
pub use supervised::{Cause, StopPolicy, Supervised};

/// What restic-core shares with this crate, and nobody else should use: it changes without notice.
#[doc(hidden)]
pub mod for_core {
    pub use crate::clock::advance_to;
    pub use crate::drops::{drop_executor, drop_input, drop_invocation};
    pub use crate::percent_encoding::percent_decoded;
    pub use crate::process::{Fed, reader_of, unreadable};
    pub use crate::redact::{Needle, holds_location, holds_secret, is_own_word, password_of};
}

/// mockall mocks of the executor traits (feature `mock`).
///
/// Enable the feature in `[dev-dependencies]` only. mockall itself is re-exported, so its
/// version always fits.
#[cfg(feature = "mock")]
pub mod mock {
    pub use mockall;

    pub use crate::executor::{MockControl, MockExecutor, MockProcess};
}

/// The code in README compiles and runs.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
