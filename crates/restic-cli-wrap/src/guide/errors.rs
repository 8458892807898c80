//! # Errors
//!
//! `Ok` means that restic did what was asked as far as it says: it ended well, and printed
//! what closes the command. Three results lie between success and failure, and have types of
//! their own that must not be ignored:
//!
//! * a backup or a restore that left something out is
//!   [`Outcome::Incomplete`](crate::Outcome::Incomplete), on every version of restic;
//! * a `check` that found damage is a [`CheckReport`](crate::commands::CheckReport);
//! * what an [`Error`](crate::Error) has all the same is its
//!   [`partial`](crate::Error::partial).
//!
//! Everything else is an [`Error`](crate::Error). Its [`kind`](crate::Error::kind) comes from
//! facts, in this order: restic could not be started; it was stopped from here; its exit
//! code, where it means something; and the words with which restic itself ended: the
//! `exit_error` message that it prints since 0.18, or the end of its standard error. What was
//! said on the way, by restic or by a program that it started, never decides. The table of
//! [`ErrorKind`](crate::ErrorKind) names what to do about each. [`message`](crate::Error::message) has restic's own words,
//! [`stderr_tail`](crate::Error::stderr_tail) the last lines around them, and
//! [`notices`](crate::Error::notices) every line that was no message.
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
//! by itself: the repository was locked, its lock was lost on the way, or its server could not
//! be reached. (restic since
//! 0.17.0 tries that for a quarter of an hour, so a run that a deadline has ended meanwhile
//! counts as well.) For locks there
//! is [`ResticBuilder::retry_lock`](crate::ResticBuilder::retry_lock), and
//! [`Error::lock`](crate::Error::lock) says who holds the one that was in the way.
//!
//! Output that is cut short or cannot be read is [`BadOutput`](crate::ErrorKind::BadOutput),
//! with the line; it never interrupts a run that goes on well, and the result is in
//! [`partial`](crate::Error::partial). Progress that cannot be read is a
//! [`Notice`](crate::Notice) with the line, and no failure: no result rests on it.
//!
//! Bytes are the exception: of a [`Dump`](crate::commands::Dump) that fails, the part that came
//! is nobody's result. Whoever writes it as it comes, with
//! [`dump_to`](crate::Restic::dump_to), has to throw it away. A writer that fails itself is
//! [`CannotWrite`](crate::ErrorKind::CannotWrite), and restic was stopped.
