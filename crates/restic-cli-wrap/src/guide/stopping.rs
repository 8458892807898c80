//! # Stopping restic, and deadlines
//!
//! restic holds a lock in the repository while it works, and removes it when it is
//! interrupted. Killed, or with its output closed, it leaves the lock behind: backups go on,
//! but every later `check`, `prune` and `forget` fails. So a run is stopped in one way only,
//! by whatever means it is asked for:
//!
//! 1. one SIGINT, to restic's own process and not to its helpers, which it needs to remove
//!    the lock; its pipes stay open and drained, its standard input is closed;
//! 2. after the [grace](crate::ResticBuilder::grace), 15 seconds unless set, SIGTERM;
//! 3. half a second later SIGKILL, to restic and what it has started.
//!
//! The ways to ask for it:
//!
//! | from | how |
//! |---|---|
//! | another thread, a button, a signal | [`Stop`](crate::Stop), given with [`with_stop`](crate::Restic::with_stop) |
//! | the loop over the events | [`Run::stop`](crate::Run::stop), then go on until the end |
//! | blocking code that leaves | dropping the [`Run`](crate::Run): waits until restic has ended |
//! | blocking code that may not wait, such as the thread of a window | [`Run::stop_in_background`](crate::Run::stop_in_background) |
//! | asynchronous code that leaves | dropping the future or [`AsyncRun`](crate::AsyncRun): does not wait |
//! | time | [`total_deadline`](crate::ResticBuilder::total_deadline), [`idle_deadline`](crate::ResticBuilder::idle_deadline) |
//!
//! The SIGINT of a [`Stop`](crate::Stop) is sent at once. The later steps and the deadlines
//! advance while somebody waits for the run, in `next` and `finish`: code that handles an
//! event and blocks, blocks them. The time it takes is no silence for the idle deadline.
//!
//! What the call then returns is [`Cancelled`](crate::ErrorKind::Cancelled) or
//! [`TimedOut`](crate::ErrorKind::TimedOut), whatever code restic ended with. A snapshot that
//! was made all the same is in [`Error::partial`](crate::Error::partial), and
//! [`Error::lock_may_remain`](crate::Error::lock_may_remain) says whether restic had no time
//! to clean up.
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
//! restic runs in a process group of its own, so that Ctrl-C in a terminal reaches your
//! program alone. Hand it on with any crate that catches signals, here
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
//! A future that is dropped stops restic on a thread of its own. A program that ends right
//! after has to wait for that thread, or restic is left without anybody who reads its
//! output, and dies of it:
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
//! ## What nobody can do
//!
//! restic before 0.17 forgets its lock when it is interrupted in the first fifth of a second after
//! it made it, although it ends as if all were well. `lock_may_remain` is true, then, for a run
//! that was stopped before it printed anything.
//!
//! restic 0.11 writes straight into the repository: interrupted in the moment in which it saves
//! a snapshot it leaves half of one, of which later backups complain. Newer ones do not.
//!
//! A program that is killed cannot clean up, and neither can its restic: a lock stays
//! behind. [`Unlock`](crate::commands::Unlock) removes locks whose owners are gone. Nothing
//! here ever removes a lock by itself.
