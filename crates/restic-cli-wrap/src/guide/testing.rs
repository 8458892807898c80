//! # Testing without restic
//!
//! The tests of a program that drives restic are slow with restic (each call derives a key, which
//! takes a good part of a second), need it installed, and cannot make it fail at will. This
//! library has another executor for them: the code that is tested stays the same.
//!
//! | you want | take |
//! |---|---|
//! | your program's own flow, against what restic really printed for it | [`RecordedTest`]: written once, replays by default, records with `RESTIC_RECORD=1` |
//! | a flow that somebody has recorded, as you have no restic at all | the crate `restic-fixtures` with [`Replay`] |
//! | an answer that is hard to produce: a lock, a full disk, silence | [`Scripted`] and [`Fault`](crate::Fault), see [`guide::doubles`](super::doubles) |
//! | a program that spawns `restic` itself, in any language | the crate `restic-replay` |
//!
//! [`guide::tutorial`](super::tutorial) goes from an empty package to a green CI, step by step.
//!
//! # Written once
//!
//! ```no_run
//! use restic_cli_wrap::commands::{Backup, Init, Snapshots};
//! use restic_cli_wrap::{RecordedTest, Restic};
//!
//! // A test, with `#[test]` before it:
//! fn a_backup_is_listed() {
//!     RecordedTest::new("listed").run(|test| {
//!         test.write("src/notes.txt", "a few words\n")?;
//!         let restic = Restic::for_test(test);
//!         // The program under test would be here, and take `restic`.
//!         restic.run(Init::new())?;
//!         let saved = restic.run(Backup::new([test.path("src")]).host("example"))?;
//!         let listed = restic.run(Snapshots::new())?;
//!         assert_eq!(listed.len(), 1);
//!         assert!(saved.is_complete());
//!         Ok(())
//!     });
//! }
//! ```
//!
//! ```console
//! $ RESTIC_RECORD=1 cargo test        # with restic: makes tests/recordings/listed/0.19.1
//! $ cargo test                        # without: on each version that was recorded
//! ```
//!
//! What makes it last:
//!
//! * A recording is kept only when the test passes with restic, and then again on a replay of the
//!   recording in another directory. A test that depends on what is random fails at once, and not
//!   on the machine of somebody else.
//! * Recording again changes nothing unless restic says something else: ids, times and directories
//!   have fixed names. What differs is shown, and waits until it is accepted.
//! * Repository and password are made for the recording. Secrets that your program adds are
//!   searched for in every form before anything is written, and refuse the recording.
//! * Tests run side by side, each in a directory of its own, and in CI nothing is recorded.
//!
//! Asynchronous tests use [`RecordedTest::run_async`], on any runtime. Files that restic restores
//! are recorded with `.recorder(Recorder::effects)`, see [`Recorder::effects`].
//!
//! # What must not differ
//!
//! A call matches its recording by command, flags and operands; the order of flags, the cache and
//! how it authenticates do not count. So what a program passes to restic must be the same on every
//! run, except for directories below [`TestRun::directory`](crate::TestRun::directory) and those
//! for temporary files. Give backups a [`host`](crate::commands::Backup::host), and take the time
//! of day out of tags.
//!
//! Calls that only read may come in any order and from several threads, calls that change a
//! repository come in theirs. [`Order`](crate::Order) says it exactly.
//!
//! # A call that does not match
//!
//! It is an error for the program, of the kind [`NotRecorded`](crate::ErrorKind::NotRecorded), and
//! again for the test, whatever the program made of it. The report shows the nearest recording flag
//! by flag, and the command that records it again:
//!
//! ```
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use restic_cli_wrap::{Replay, Restic, commands::Init};
//!
//! let replay = Replay::load(restic_fixtures::path("first-backup", "0.19.1"))?;
//! let restic = Restic::builder().executor(replay.executor()).repository("/srv/repo").build();
//! drop(restic.run(Init::new().repository_version("1")));
//!
//! let report = replay.finish().unwrap_err().to_string();
//! assert!(report.contains("nearest is 01-init"));
//! assert!(report.contains("+ --repository-version=1"));
//! # Ok(())
//! # }
//! ```
//!
//! # Snapshots with insta
//!
//! Results are `Serialize`, and calls have a `Display` without secrets, so that insta takes both as
//! they are. [`TestRun::calls`] has the calls of a test, and [`TestRun::snapshot_filters`] what to
//! leave out, so that a snapshot is the same while the test is recorded and on every replay:
//!
//! ```no_run
//! # fn example(test: &restic_cli_wrap::TestRun, saved: &restic_cli_wrap::types::BackupSummary) {
//! let mut settings = insta::Settings::clone_current();
//! for (pattern, replacement) in test.snapshot_filters() {
//!     settings.add_filter(&pattern, replacement);
//! }
//! settings.add_filter(r"\bsrv\d+\b", "[host]"); // what you want to hide yourself
//! settings.bind(|| {
//!     insta::assert_snapshot!(test.calls()[0]);
//!     insta::assert_json_snapshot!(saved);
//! });
//! # }
//! ```
//!
//! A test runs once for each version: name snapshots by [`TestRun::version`], or say
//! `insta::allow_duplicates!` where all versions say the same.
//!
//! # Programs that spawn restic
//!
//! The program `restic-replay` puts a `restic` of its own first in the `PATH` of a command, and
//! records or replays what that does: a script, a program in Python or Node. For tests of Rust
//! programs nothing is installed: a `[[bin]]` of three lines that calls
//! `restic_replay::stand_in()` is that `restic`, and `restic_replay::TestStandIn` lets it record
//! and replay in a [`RecordedTest`]. Its documentation has an example.
//!
//! [`RecordedTest`]: crate::RecordedTest
//! [`RecordedTest::run_async`]: crate::RecordedTest::run_async
//! [`Recorder::effects`]: crate::Recorder::effects
//! [`Replay`]: crate::Replay
//! [`TestRun::calls`]: crate::TestRun::calls
//! [`TestRun::snapshot_filters`]: crate::TestRun::snapshot_filters
//! [`TestRun::version`]: crate::TestRun::version
//! [`Scripted`]: crate::Scripted
