//! # Errors
//!
//! `Ok` means that restic reports having done what was asked: it exited successfully, and printed
//! the summary or document that closes the command. Three results lie between success and
//! failure, and have types of their own that must not be ignored:
//!
//! * a backup or a restore that left something out is
//!   [`Outcome::Incomplete`](crate::Outcome::Incomplete), on every version of restic;
//! * a `check` that found damage returns a [`CheckReport`](crate::commands::CheckReport);
//! * what a run achieved before it failed is in [`partial`](crate::Error::partial) of its
//!   [`Error`](crate::Error).
//!
//! Everything else is an [`Error`](crate::Error). Its [`kind`](crate::Error::kind) follows from
//! facts, in this order: restic could not be started; it was stopped by your program; its exit
//! code, where that is specific; and restic's own last words: the `exit_error` message that it
//! prints since 0.18, or the end of its standard error. What restic, or a program that it started,
//! printed earlier never decides. The table of [`ErrorKind`](crate::ErrorKind) says what to do
//! about each. [`message`](crate::Error::message) has restic's own words,
//! [`stderr_tail`](crate::Error::stderr_tail) the last lines around them, and
//! [`notices`](crate::Error::notices) every line that was not part of restic's messages.
//!
//! ```
//! use restic_cli_wrap::{ErrorKind, Restic, Scripted, commands::Snapshots};
//!
//! // What restic 0.14 says, and what 0.19 says.
//! let old = Scripted::new().stderr("Fatal: wrong password or no key found\n").exit(1);
//! let new = Scripted::new()
//!     .stderr("{\"message_type\":\"exit_error\",\"code\":12,\"message\":\"Fatal: wrong password or no key found\"}\n")
//!     .exit(12);
//! let restic = Restic::builder().executor(Scripted::executor([old, new])).build();
//! for _ in 0..2 {
//!     let error = restic.run(Snapshots::new()).unwrap_err();
//!     assert_eq!(error.kind(), ErrorKind::WrongPassword);
//!     assert_eq!(error.message(), "Fatal: wrong password or no key found");
//!     assert!(!error.is_retryable());
//! }
//! ```
//!
//! [`is_retryable`](crate::Error::is_retryable) says whether the same call may succeed later
//! without any change: the repository was locked, its lock was lost during the run, its server
//! could not be reached, or this machine ran out of processes, descriptors or memory. (restic since
//! 0.17.0 keeps trying to reach a server for a quarter of an hour, so a run that a deadline ended
//! in that time counts as well.) For locks there is
//! [`ResticBuilder::retry_lock`](crate::ResticBuilder::retry_lock), and
//! [`Error::lock`](crate::Error::lock) says who holds the lock that was in the way.
//!
//! Output that is truncated or cannot be read is [`BadOutput`](crate::ErrorKind::BadOutput),
//! with the line. The run is not interrupted because of it: the error comes at the end, with the
//! result, if there is one, in [`partial`](crate::Error::partial). Progress that cannot be read is
//! a [`Notice`](crate::Notice) with the line, and no failure: no result depends on it.
//!
//! The bytes of a [`Dump`](crate::commands::Dump) are the exception: when it fails, the bytes that
//! have arrived are not kept. If you write them as they come, with
//! [`dump_to`](crate::Restic::dump_to), discard what was written. When the writer itself fails,
//! the error is [`CannotWrite`](crate::ErrorKind::CannotWrite), and restic was stopped.
