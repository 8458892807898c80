//! # Which double for which test
//!
//! To test a program without restic, give its client another executor. From the cheapest to the
//! most realistic:
//!
//! | double | answers with | use it to test |
//! |---|---|---|
//! | [`MockExecutor`] (feature `mock`) | what each expectation returns | whether restic is called, with what, how often and in which order |
//! | [`Scripted`] | what you write: bytes, typed values, ready-made answers | a result or a failure that is hard to produce: a lock, a partial backup, hours of silence |
//! | [`Fault`] around any of these | the same, broken at one place | truncated output, a process that stalls or dies |
//! | [`Replay`] | what restic really printed, in the recorded order | a whole flow of your program, on each version of restic |
//! | a real restic in a scratch directory | itself | that restic accepts your flow |
//!
//! [`guide::testing`](super::testing) is about recording and replaying a flow of your own with a
//! [`RecordedTest`](crate::RecordedTest).
//!
//! All but the last need no restic, no repository and no time: a run that waits for an hour
//! does so on a [`ManualClock`].
//!
//! # Scripted
//!
//! A script is one run of restic: what it prints, and how it ends.
//! The client asks restic for its version before the first call that depends on it.
//! [`Scripted::restic`] answers that by itself and plays one script for each other call;
//! [`Scripted::executor`] plays a script for every call, that one included.
//!
//! Somebody else holds a lock; then the password is wrong:
//!
//! ```
//! use std::time::Duration;
//! use restic_cli_wrap::{ErrorKind, Restic, Scripted, commands::Prune};
//!
//! let answers = [
//!     Scripted::locked_by(4711, "srv1", "alice", Duration::from_secs(90)),
//!     Scripted::wrong_password(),
//! ];
//! let restic = Restic::builder()
//!     .executor(Scripted::restic("0.19.1", answers))
//!     .repository("/srv/repo")
//!     .build();
//!
//! let locked = restic.run(Prune::new()).unwrap_err();
//! assert_eq!(locked.kind(), ErrorKind::Locked);
//! assert_eq!(locked.lock().map(|holder| holder.pid), Some(4711));
//! let refused = restic.run(Prune::new()).unwrap_err();
//! assert_eq!(refused.kind(), ErrorKind::WrongPassword);
//! ```
//!
//! Results are written from their types, with [`Scripted::json`](crate::Scripted::json): two snapshots are listed. The
//! executor knows which [`calls`](crate::core::ScriptedExecutor::calls) were made, and how many
//! scripts are still [`unplayed`](crate::core::ScriptedExecutor::unplayed).
//!
//! ```
//! use restic_cli_wrap::types::{Snapshot, Time};
//! use restic_cli_wrap::{Restic, Scripted, commands::Snapshots};
//!
//! let snapshot = |id| Snapshot::new(id, "2026-11-22T11:20:23Z".parse::<Time>().unwrap());
//! let answer = Scripted::new().json(&[snapshot("5f3a"), snapshot("aa11")]);
//! let executor = Scripted::restic("0.19.1", [answer]);
//! let restic = Restic::builder().executor(executor.clone()).repository("/srv/repo").build();
//!
//! let listed = restic.run(Snapshots::new()).unwrap();
//! assert_eq!(listed[1].id.as_str(), "aa11");
//! assert_eq!(executor.unplayed(), 0);
//! ```
//!
//! A backup with progress that saves a snapshot without one of its files:
//!
//! ```
//! use restic_cli_wrap::types::BackupSummary;
//! use restic_cli_wrap::{Outcome, Restic, Scripted, commands::Backup};
//!
//! let mut summary = BackupSummary::default();
//! summary.snapshot_id = Some("5f3a".into());
//! let answer = Scripted::new()
//!     .progress([0.25, 0.5])
//!     .unreadable_source("/data/secret")
//!     .json(&summary)
//!     .partial_backup();
//! let restic = Restic::builder()
//!     .executor(Scripted::restic("0.19.1", [answer]))
//!     .repository("/srv/repo")
//!     .build();
//!
//! match restic.run(Backup::new(["/data"]))? {
//!     Outcome::Incomplete(partial) => assert_eq!(partial.errors[0].path, "/data/secret"),
//!     Outcome::Complete(_) => panic!("a file is missing"),
//! }
//! # Ok::<(), restic_cli_wrap::Error>(())
//! ```
//!
//! A run that is cancelled in the middle, without waiting for anything: the script prints
//! one message and hangs, and the program stops it as soon as it has seen that message.
//!
//! ```
//! use restic_cli_wrap::{ErrorKind, Restic, Scripted, Stop, commands::Backup};
//!
//! let answer = Scripted::new().progress([0.1]).hang();
//! let stop = Stop::new();
//! let restic = Restic::builder()
//!     .executor(Scripted::restic("0.19.1", [answer]))
//!     .repository("/srv/repo")
//!     .build()
//!     .with_stop(&stop);
//!
//! let mut run = restic.start(Backup::new(["/data"]))?;
//! for event in &mut run {
//!     event?;
//!     stop.stop();
//! }
//! assert_eq!(run.finish().unwrap_err().kind(), ErrorKind::Cancelled);
//! # Ok::<(), restic_cli_wrap::Error>(())
//! ```
//!
//! Code that takes an [`Error`], an [`Outcome`] or a [`LockHolder`] needs no run at all:
//! [`Error::new`], [`Partial::new`] and [`LockHolder::new`] make them.
//!
//! # Faults
//!
//! A [`Fault`] happens at a [`Place`], counted in lines or in bytes. Count lines unless a
//! message is to be cut in the middle: how many bytes a line has depends on the version of
//! restic and on the length of paths.
//!
//! ```
//! use restic_cli_wrap::types::BackupSummary;
//! use restic_cli_wrap::{ErrorKind, Fault, Place, Restic, Scripted, commands::Backup};
//!
//! let answer = Scripted::new()
//!     .progress([0.5])
//!     .json(&BackupSummary::default());
//! // The disk is full: restic dies before its last line.
//! let killed = Fault::signal(Place::lines(1), 9).on(Scripted::restic("0.19.1", [answer]));
//! let restic = Restic::builder().executor(killed).repository("/srv/repo").build();
//!
//! let error = restic.run(Backup::new(["/data"])).unwrap_err();
//! assert_eq!(error.kind(), ErrorKind::Killed);
//! assert!(error.lock_may_remain());
//! ```
//!
//! # Mock
//!
//! The feature `mock` has mockall mocks of the executor traits, and re-exports mockall itself, so
//! that the versions fit. Enable it in `[dev-dependencies]` only. Tips that keep such tests short:
//!
//! * Let an expectation return a script. A process is data; there is no need to mock one.
//! * Compare whole calls by their `Display`, which is stable and shows no secret.
//! * An expectation that is not met is reported when the mock is dropped. On another thread,
//!   as with asynchronous runs, nobody sees that panic: keep the executor in the test, and
//!   drop the client first.
//! * A mock's process is never pending. Deadlines and cancelling are tested with
//!   [`Scripted::hang`] and [`Fault::stall`].
//!
//! ```
//! # #[cfg(feature = "mock")] {
//! use std::sync::Arc;
//! use restic_cli_wrap::mock::MockExecutor;
//! use restic_cli_wrap::{Restic, Scripted, commands::Snapshots};
//!
//! let mut executor = MockExecutor::new();
//! executor
//!     .expect_start()
//!     .withf(|call| call.to_string() == "restic --json --repo=/srv/repo snapshots")
//!     .times(1)
//!     .returning(|_| Ok(Scripted::new().stdout("[]\n").start()));
//! let restic = Restic::builder().executor(Arc::new(executor)).repository("/srv/repo").build();
//! assert!(restic.run(Snapshots::new()).unwrap().is_empty());
//! # }
//! ```
//!
//! # Snapshot tests
//!
//! Results are `Serialize`, and calls have a `Display` without secrets, so that insta accepts
//! both as they are. Use insta's filters to hide what differs from run to run, or its redactions
//! for whole JSON values:
//!
//! ```
//! use restic_cli_wrap::types::BackupSummary;
//! use restic_cli_wrap::{Restic, Scripted, commands::Backup};
//!
//! let mut summary = BackupSummary::default();
//! summary.files_new = 3;
//! summary.snapshot_id = Some("5f3a".into());
//! let executor = Scripted::restic("0.19.1", [Scripted::new().json(&summary)]);
//! let restic = Restic::builder()
//!     .executor(executor.clone())
//!     .repository("/srv/repo")
//!     .password("correct-horse")
//!     .build();
//! let outcome = restic.run(Backup::new(["/data"]).tag("nightly"))?;
//!
//! insta::assert_snapshot!(
//!     executor.calls()[0],
//!     @"restic --json --repo=/srv/repo '--password-file={{secret}}' backup --tag=nightly -- /data"
//! );
//! let summary = outcome.summary().unwrap();
//! insta::with_settings!({ filters => [(r#"Id\("\w+"\)"#, "Id")] }, {
//!     insta::assert_snapshot!(
//!         format!("{} new in {:?}", summary.files_new, summary.snapshot_id),
//!         @"3 new in Some(SnapshotId)"
//!     );
//! });
//! # Ok::<(), restic_cli_wrap::Error>(())
//! ```
//!
//! [`Error`]: crate::Error
//! [`Error::new`]: crate::Error::new
//! [`Fault`]: crate::Fault
//! [`Fault::stall`]: crate::Fault::stall
//! [`LockHolder`]: crate::LockHolder
//! [`LockHolder::new`]: crate::LockHolder::new
//! [`ManualClock`]: crate::ManualClock
//! [`MockExecutor`]: crate::Executor
//! [`Outcome`]: crate::Outcome
//! [`Partial::new`]: crate::Partial::new
//! [`Place`]: crate::Place
//! [`Replay`]: crate::Replay
//! [`Scripted`]: crate::Scripted
//! [`Scripted::executor`]: crate::Scripted::executor
//! [`Scripted::hang`]: crate::Scripted::hang
//! [`Scripted::restic`]: crate::Scripted::restic
