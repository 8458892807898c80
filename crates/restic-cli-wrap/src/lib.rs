//! Drive the [restic](https://restic.net) backup tool through typed commands and typed
//! results, and test all of it offline against recorded restic output.
//!
//! # One task, from first line to last
//!
//! A [`Restic`] is the client: a program, a repository and the options that all calls share. A
//! command is a value from [`commands`], and running it returns its typed output. A table in
//! [`commands`] lists all of them by restic's own names.
//!
//! ```
//! # fn show<T>(_: T) {}
//! # async fn example(key: &str) -> Result<(), restic_cli_wrap::Error> {
//! use restic_cli_wrap::{ErrorKind, Outcome, Restic, Stop};
//! use restic_cli_wrap::commands::{Backup, CatConfig, Forget, Init, Snapshots};
//!
//! let restic = Restic::builder()
//!     .binary("restic")                          // the default: looked up in PATH
//!     .repository("/srv/repo")
//!     .password_file("/etc/restic/password")     // or .password(..), .password_command(..), .no_password()
//!     .env("AWS_ACCESS_KEY_ID", key)             // values are secret
//!     .build();
//!
//! match restic.run(CatConfig::new()) {           // create the repository if there is none yet
//!     Err(error) if error.kind() == ErrorKind::NoRepository => drop(restic.run(Init::new())?),
//!     other => drop(other?),
//! }
//!
//! let mut run = restic.start(Backup::new(["/data"]).exclude("*.tmp").tag("nightly"))?;
//! for event in &mut run {                        // typed progress, as restic prints it
//!     show(event?);
//! }
//! match run.finish()? {
//!     Outcome::Complete(summary) => println!("saved {:?}", summary.snapshot_id),
//!     Outcome::Incomplete(partial) => println!("saved without {} paths", partial.errors.len()),
//! }
//!
//! for snapshot in restic.run(Snapshots::new())? {
//!     println!("{} {}", snapshot.short_id, snapshot.time);
//! }
//!
//! let stop = Stop::new();                        // give a clone to a signal handler, a button, another thread
//! let groups = restic.with_stop(&stop).run_async(Forget::new().keep_daily(7).prune(true)).await?;
//! # show(groups);
//! # Ok(())
//! # }
//! ```
//!
//! # Testing without restic
//!
//! You write a [`RecordedTest`] once: `RESTIC_RECORD=1 cargo test` records how restic answers
//! your program, and `cargo test` replays that, once for each recorded version of restic.
//! It needs the feature `record`, in `[dev-dependencies]`.
//! [`guide::testing`] explains how, [`guide::tutorial`] goes from an empty package to a green CI,
//! and [`guide::doubles`] lists what else can stand in for restic.
//!
//! ```no_run
//! # fn your_program(_: &restic_cli_wrap::Restic, _: &std::path::Path) -> Result<u64, restic_cli_wrap::Error> { Ok(1) }
//! use restic_cli_wrap::{RecordedTest, Restic};
//!
//! // A test, with `#[test]` before it:
//! fn a_first_night() {
//!     RecordedTest::new("first-night").run(|test| {
//!         test.write("src/notes.txt", "a few words\n")?;
//!         let saved = your_program(&Restic::for_test(test), &test.path("src"))?;
//!         assert_eq!(saved, 1);
//!         Ok(())
//!     });
//! }
//! ```
//!
//! The same code runs against a recording that somebody else made:
//!
//! ```
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use restic_cli_wrap::{Replay, Restic, commands::Init};
//!
//! let replay = Replay::load(restic_fixtures::path("first-backup", "0.19.1"))?;
//! let restic = Restic::builder().executor(replay.executor()).repository("/srv/repo").build();
//!
//! // The program under test would be here. This is the first call of what was recorded:
//! let made = restic.run(Init::new())?;
//! assert_eq!(made.repository, "/srv/repo");
//!
//! // Calls that were not recorded, and recorded calls that were never made, are errors:
//! let error = replay.finish().unwrap_err();
//! assert!(error.to_string().contains("02-backup"));
//! # Ok(())
//! # }
//! ```
//!
//! [`Scripted`] plays processes that you write by hand, and the feature `mock` has a mockall
//! mock of the executor. For example, a repository that does not exist:
//!
//! ```
//! use restic_cli_wrap::{ErrorKind, Restic, Scripted, commands::CatConfig};
//!
//! let script = Scripted::no_repository("/srv/repo");
//! let restic = Restic::builder().executor(Scripted::executor([script])).build();
//! let error = restic.run(CatConfig::new()).unwrap_err();
//! assert_eq!(error.kind(), ErrorKind::NoRepository);
//! ```
//!
//! # What success means
//!
//! `Ok` means that restic reports having done what was asked: it exited successfully *and*
//! printed the document or summary that closes the command. A backup or a restore that left
//! something out is an [`Outcome::Incomplete`]; a `check` that found damage returns a report.
//! Everything else is an [`Error`], whose [`kind`](Error::kind) says what a program can do and
//! whose [`message`](Error::message) has restic's own words.
//!
//! [`guide`] has more on stopping restic, deadlines, secrets and errors, and [`guide::hosts`] on
//! containers, services, terminals, low limits and wrappers. [`backend`] shows where repositories
//! can be, and how to open each kind.
//!
//! # Versions
//!
//! restic 0.11 to 0.20 are supported: tested by running 0.11.0, 0.14.0, 0.18.0 and 0.19.1, and by
//! reading recordings of six more, up to a development build of 0.20. What old versions print as
//! text arrives in the same types. A flag or command that the installed restic does not have is
//! an error before the command is started; [`Restic::supports`] asks beforehand.
//!
//! Rust 1.89 and newer. Linux is tested. The code for macOS and Windows compiles but has not been
//! run there; on Windows stopping works less well, see [`Runner`](core::Runner#systems).
//!
//! # Features
//!
//! None is on by default. `record` has tests that record themselves, and is for
//! `[dev-dependencies]`. `stream` makes asynchronous runs a `futures_core::Stream`, `tracing`
//! opens one span per run with secrets masked, `jiff` converts restic's times, and `mock` has a
//! mockall mock of the executor traits.
//!
//! serde and, with these features, futures-core, jiff and mockall are part of the public API:
//! moving to an incompatible version of one of them is a breaking release (0.2.0 after 0.1.x).
//! jiff and mockall are re-exported, as `types::jiff` and `mock::mockall`, so that versions always
//! fit. Every other dependency may change in a patch release.

// docs.rs marks what needs a feature.
#![cfg_attr(docsrs, feature(doc_cfg))]

mod arguments;
mod asking;
mod assembly;
mod async_events;
mod async_run;
mod begun;
mod builder;
mod client;
mod code;
mod command;
pub mod commands;
pub mod decode;
mod diagnostics;
mod dump;
mod error;
mod error_kind;
mod events;
mod failure;
mod framing;
mod gate;
pub mod guide;
mod held;
mod host_environment;
mod in_background;
mod invocation;
mod listed_paths;
mod lock_holder;
mod mounted;
mod need;
mod origin;
mod outcome;
mod preflight;
#[cfg(feature = "record")]
mod recorded_test;
mod repository;
mod retry_lock;
mod run;
mod second_look;
mod settings;
mod settling;
mod shortened;
mod slots;
mod spelling;
mod supports;
mod trace;
pub mod values;
mod version;
mod wording;

pub use arguments::{Arguments, FlagValue};
pub use async_events::AsyncEvents;
pub use async_run::AsyncRun;
pub use builder::ResticBuilder;
pub use client::Restic;
pub use command::Command;
#[doc(no_inline)]
pub use decode::{BorrowRows, Decoder, Framing, NoEvents};
pub use diagnostics::{Notice, NoticeSource};
pub use error::{Error, Result};
pub use error_kind::{ErrorKind, UnknownErrorKind};
pub use events::Events;
pub use lock_holder::LockHolder;
pub use mounted::Mounted;
pub use outcome::{FailedItem, Outcome, Partial};
#[cfg(feature = "record")]
pub use recorded_test::{RecordedTest, TestRun};
pub use repository::{Repository, backend};
pub use run::Run;
pub use supports::Feature;

/// All of restic-core: running restic, and what stands in for it in tests. Items that are not
/// re-exported at the root of this crate, such as [`Runner`](core::Runner), are found here.
#[doc(inline)]
pub use restic_core as core;
#[cfg(feature = "mock")]
#[doc(inline)]
pub use restic_core::mock;
#[doc(inline)]
pub use restic_core::{
    Chunking, Fault, Order, Pacing, Place, Replay, ReplayError, Scripted, Stepper,
};
#[doc(inline)]
pub use restic_process::{
    Argument, Clock, Control, Event, Executor, Exit, Invocation, ManualClock, Process, Reach,
    Secret, StartError, StartErrorKind, Stop,
};
/// All of restic-record: what makes recordings (feature `record`).
#[cfg(feature = "record")]
#[doc(inline)]
pub use restic_record as record;
#[cfg(feature = "record")]
#[doc(inline)]
pub use restic_record::{Kept, PendingRecording, RecordError, Recorder};
#[doc(inline)]
pub use restic_types as types;

/// Ways for the fuzz targets into what is private; in no build but theirs.
#[cfg(fuzzing)]
#[doc(hidden)]
pub mod fuzzing {
    /// Cuts bytes into lines of a limited length, in chunks of these sizes.
    pub fn lines(bytes: &[u8], sizes: &[usize], limit: usize) {
        crate::framing::lines::properties::check(bytes, sizes, limit);
    }
}
