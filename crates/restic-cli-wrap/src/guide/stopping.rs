//! # Stopping restic, and deadlines
//!
//! restic holds a lock in the repository while it works, and removes it when it is
//! interrupted. If it is killed, or its output is closed, it leaves the lock behind: later backups
//! still work, but every later `check`, `prune` and `forget` fails. So, whatever asks for it,
//! a run is always stopped in the same way:
//!
//! 1. one SIGINT, to restic's own process and not to its helpers, which it needs to remove
//!    the lock; its pipes stay open and drained, its standard input is closed;
//! 2. after the [grace period](crate::ResticBuilder::grace), 15 seconds unless set, SIGTERM;
//! 3. half a second later SIGKILL, to restic and everything that it started.
//!
//! The ways to ask for it:
//!
//! | from | how |
//! |---|---|
//! | another thread, a button, a signal | [`Stop`](crate::Stop), given with [`with_stop`](crate::Restic::with_stop) |
//! | the loop over the events | [`Run::stop`](crate::Run::stop), then continue the loop to its end |
//! | blocking code that returns early | dropping the [`Run`](crate::Run): waits until restic has ended |
//! | blocking code that must not wait, such as a user-interface thread | [`Run::stop_in_background`](crate::Run::stop_in_background) |
//! | asynchronous code that returns early | dropping the future or [`AsyncRun`](crate::AsyncRun): does not wait |
//! | time | [`total_deadline`](crate::ResticBuilder::total_deadline), [`idle_deadline`](crate::ResticBuilder::idle_deadline) |
//!
//! The SIGINT of a [`Stop`](crate::Stop) is sent at once. The later steps and the deadlines
//! advance only while your program waits for the run, in `next` or `finish`: code that blocks
//! while it handles an event delays them. That time does not count as silence for the idle
//! deadline.
//!
//! The call then returns [`Cancelled`](crate::ErrorKind::Cancelled) or
//! [`TimedOut`](crate::ErrorKind::TimedOut), whatever restic's exit code. A snapshot that was
//! saved nevertheless is in [`Error::partial`](crate::Error::partial), and
//! [`Error::lock_may_remain`](crate::Error::lock_may_remain) says whether restic may have left its
//! lock behind.
//!
//! ```
//! use restic_cli_wrap::{ErrorKind, Restic, Scripted, Stop, commands::Backup};
//!
//! // A restic that would go on forever.
//! let restic = Restic::builder().executor(Scripted::executor([Scripted::new().hang()])).build();
//!
//! let stop = Stop::new();
//! let button = std::thread::spawn({
//!     let stop = stop.clone();
//!     move || stop.stop()
//! });
//! let error = restic.with_stop(&stop).run(Backup::new(["/data"])).unwrap_err();
//! assert_eq!(error.kind(), ErrorKind::Cancelled);
//! # button.join().unwrap();
//! ```
//!
//! ## Ctrl-C
//!
//! restic runs in a process group of its own, so that Ctrl-C in a terminal reaches only your
//! program. Pass it on with any crate that catches signals, here
//! [`ctrlc`](https://docs.rs/ctrlc):
//!
//! ```
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # use restic_cli_wrap::{ErrorKind, Restic, Scripted, Stop, commands::Backup};
//! # let restic = Restic::builder().executor(Scripted::executor([])).build();
//! let stop = Stop::new();
//! let handler = stop.clone();
//! ctrlc::set_handler(move || handler.stop())?;
//! # stop.stop();
//!
//! match restic.with_stop(&stop).run(Backup::new(["/data"])) {
//!     Err(error) if error.kind() == ErrorKind::Cancelled => println!("stopped, and cleaned up"),
//!     other => println!("{other:?}"),
//! }
//! # assert!(stop.is_stopped());
//! # Ok(())
//! # }
//! ```
//!
//! ## Asynchronous code
//!
//! Dropping a future stops restic on a background thread. A program that is about to exit must
//! wait for that thread; otherwise nobody reads restic's output any more, restic dies of it and
//! leaves its lock:
//!
//! ```no_run
//! # async fn example(restic: restic_cli_wrap::Restic) {
//! # use restic_cli_wrap::commands::Backup;
//! # use std::time::Duration;
//! let backup = restic.run_async(Backup::new(["/data"]));
//! let _ = tokio::time::timeout(Duration::from_secs(3600), backup).await;
//! restic.settle_async().await;
//! # }
//! ```
//!
//! ## Limits
//!
//! restic before 0.17 leaves its lock behind when it is interrupted within a fifth of a second of
//! creating it, although it exits as if it had cleaned up. For those versions `lock_may_remain` is
//! true for a run that was stopped before it printed anything that shows it had its lock.
//!
//! restic 0.11 writes straight into the repository: if it is interrupted just as it saves a
//! snapshot, it leaves a truncated one, about which later backups complain. Newer versions do not.
//!
//! A program that is killed cannot clean up, and neither can its restic: a lock stays
//! behind. [`Unlock`](crate::commands::Unlock) removes locks whose owners are gone. This library
//! never removes a lock by itself.
