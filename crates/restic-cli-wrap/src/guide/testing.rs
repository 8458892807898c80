//! # Testing without restic
//!
//! Tests that run restic are slow (each call derives a key, which takes a good part of a second),
//! need restic to be installed, and cannot make it fail at will. This library lets you replace
//! the executor, the part that runs restic, so that the code under test stays the same.
//!
//! | you want to test | use |
//! |---|---|
//! | your program's own flow, against what restic really printed for it | [`RecordedTest`]: written once, replays by default, records with `RESTIC_RECORD=1` |
//! | against real output, without having restic at all | the ready-made recordings of the crate `restic-fixtures`, with [`Replay`], and [`allow_unused`](crate::Replay::allow_unused) for a part of one |
//! | an answer that is hard to produce: a lock, a full disk, silence | [`Scripted`] and [`Fault`](crate::Fault), see [`guide::doubles`](super::doubles) |
//! | a program that spawns `restic` itself, in any language | the crate `restic-replay` |
//!
//! [`guide::tutorial`](super::tutorial) goes from an empty package to a green CI, step by step.
//!
//! # A test that records itself
//!
//! With the feature `record`: `cargo add --dev restic-cli-wrap --features record`.
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
//! What makes recordings robust:
//!
//! * A recording is kept only when the test passes with restic, and then again on a replay of the
//!   recording in another directory. A test that depends on something random fails at once, and
//!   not later on somebody else's machine.
//! * Recording again changes nothing unless restic prints something else: ids, times, directories
//!   and whoever records have fixed names. A new recording that differs is shown, and kept beside the old
//!   one until it is accepted.
//! * The repository and its password are made for the recording. Secrets that your program adds
//!   are searched for in every encoding before anything is written; if one is found, the recording
//!   is refused.
//! * Tests run in parallel, each in a directory of its own, and nothing is recorded in CI.
//!
//! Asynchronous tests use [`RecordedTest::run_async`], on any runtime. To record the files that
//! restic restores, use `.recorder(Recorder::effects)`, see [`Recorder::effects`].
//!
//! # What a recording changes
//!
//! * Ids and times are numbered, so that they still refer to the same things and keep their order;
//!   sizes, counts and durations that vary from run to run have fixed values.
//! * Directories of the test are placeholders, and a replay fills in its own. Whoever recorded it
//!   is `user` on `host`.
//! * Progress is four lines, evenly spread and a second apart, however much there was. That of less
//!   than 256 MiB is left out when it has fewer than eight different lines, as most small backups
//!   do. Before a signal of the program there
//!   are always sixteen, up to the share at which it came: a program that stops after its third
//!   status, or at half, does so on a replay as well. How far a call had come when a deadline ended
//!   it is a matter of luck, and differs from recording to recording.
//!
//! So assert what these have in common with what restic printed (a field is there, one id equals
//! another, progress grows), and no single value of them.
//!
//! # What must not differ
//!
//! A call matches its recording by command, flags and operands; the order of flags, the cache and
//! the means of authentication do not count. So what a program passes to restic must be the same
//! on every run, except for directories below
//! [`TestRun::directory`](crate::TestRun::directory) and those for temporary files. Set the
//! [`host`](crate::commands::Backup::host) of backups, and keep the time of day out of tags.
//!
//! Calls that only read may come in any order and from several threads; calls that change a
//! repository must come in the recorded order. [`Order`](crate::Order) has the exact rules.
//!
//! # A call that does not match
//!
//! The program gets an error of the kind [`NotRecorded`](crate::ErrorKind::NotRecorded), and the
//! test fails as well, even if the program ignores that error. The report shows how the call
//! differs from the nearest recorded one, flag by flag; that of a [`RecordedTest`] also has the
//! command that records it again. With a [`Replay`] of your own, call
//! [`finish`](crate::Replay::finish) at the end:
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
//! # Doing something in the middle
//!
//! A replay prints as fast as it is read. A [`Stepper`] holds it after a certain message, so that
//! a test can cancel there without sleeping:
//!
//! ```
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use std::time::Duration;
//! use restic_cli_wrap::{ErrorKind, Pacing, Replay, Restic, Stepper, Stop};
//! use restic_cli_wrap::commands::{Backup, Init};
//!
//! let stepper = Stepper::new();
//! let replay = Replay::load(restic_fixtures::path("first-backup", "0.19.1"))?
//!     .pacing(Pacing::Manual(stepper.clone()));
//! let stop = Stop::new();
//! let restic = Restic::builder().executor(replay.executor()).repository("/srv/repo").build();
//! restic.run(Init::new())?;
//!
//! stepper.until("status", 3);
//! let restic = restic.with_stop(&stop);
//! let backup = Backup::new(["/data"]).host("example").tag("first-backup").exclude("*.tmp");
//! let program = std::thread::spawn(move || restic.run(backup));
//! assert!(stepper.wait_until_held(Duration::from_secs(60)));
//! stop.stop(); // the backup is between its third status and what came next
//!
//! let error = program.join().unwrap().unwrap_err();
//! assert_eq!(error.kind(), ErrorKind::Cancelled);
//! # drop(replay.finish());
//! # Ok(())
//! # }
//! ```
//!
//! In a loop over the events of a run, [`until`](crate::Stepper::until) alone is enough.
//! [`Pacing::Lines`](crate::Pacing::Lines) is for demonstrations: it pauses before each line.
//!
//! # Snapshots with insta
//!
//! Results are `Serialize`, and calls have a `Display` without secrets, so that insta accepts both
//! as they are. [`TestRun::calls`] returns the calls of a test, and [`TestRun::snapshot_filters`]
//! the filters that make a snapshot the same while the test is recorded and on every replay:
//!
//! ```no_run
//! # fn example(test: &restic_cli_wrap::TestRun, saved: &restic_cli_wrap::types::BackupSummary) {
//! let mut settings = insta::Settings::clone_current();
//! for (pattern, replacement) in test.snapshot_filters() {
//!     settings.add_filter(&pattern, replacement);
//! }
//! settings.add_filter(r"\bsrv\d+\b", "[host]"); // whatever else you want to hide
//! settings.bind(|| {
//!     insta::assert_snapshot!(test.calls()[0]);
//!     insta::assert_json_snapshot!(saved);
//! });
//! # }
//! ```
//!
//! A test runs once for each version: put [`TestRun::version`] into the names of snapshots, or use
//! `insta::allow_duplicates!` where all versions print the same.
//!
//! # Programs that spawn restic
//!
//! The program `restic-replay` runs a command, such as a script or a program in Python or Node,
//! with a `restic` of its own first in its `PATH`, and records or replays the calls. For tests of
//! Rust programs nothing needs to be installed: a three-line `[[bin]]` that calls
//! `restic_replay::stand_in()` is that `restic`, and with `restic_replay::TestStandIn` it records
//! and replays in a [`RecordedTest`]. The README of `restic-replay` has an example.
//!
//! # When restic changes
//!
//! Recordings say what a restic of one version did. `restic-replay check` makes the recorded calls
//! with another restic and says what it does differently, so that a job that runs every night with
//! the newest restic finds out before your users do:
//!
//! ```yaml
//! on:
//!   schedule: [{ cron: "17 3 * * *" }]
//! jobs:
//!   drift:
//!     runs-on: ubuntu-latest
//!     steps:
//!       - uses: actions/checkout@v4
//!       - run: cargo install restic-replay
//!       - run: sudo apt-get install --yes restic && sudo restic self-update
//!       - name: what the newest restic does differently
//!         run: |
//!           worst=0
//!           for recording in tests/recordings/*/0.19.1; do
//!             echo "$recording"
//!             restic-replay check "$recording" || worst=1
//!           done
//!           exit $worst
//! ```
//!
//! What is new is information, what is missing a warning; neither makes the job fail. Another type,
//! exit code or form of a stream, or a sentence that was not there before, is an error:
//!
//! ```text
//! from restic 0.14.0 to 0.19.1: 2 errors, 0 warnings, 1 for information
//!   error    01-init    standard output: it was text, and now is JSON (initialized)
//!   error    03-ls      it ended with exit code 1, and now with exit code 10
//!   info     02-backup  standard output: `.backup_end` of `summary` is new
//! ```
//!
//! `--json` prints the same for programs. A recording that begins with a repository that was there
//! already, or uses a server, cannot be made from the recording alone; `check` then asks for the
//! command that was recorded. The README of `restic-replay` has all of it. When the new restic is
//! one that you want to support, record with it, too: `RESTIC_RECORD=1 RESTIC_BINARIES=… cargo test`.
//!
//! [`RecordedTest`]: crate::RecordedTest
//! [`RecordedTest::run_async`]: crate::RecordedTest::run_async
//! [`Recorder::effects`]: crate::Recorder::effects
//! [`Replay`]: crate::Replay
//! [`TestRun::calls`]: crate::TestRun::calls
//! [`TestRun::snapshot_filters`]: crate::TestRun::snapshot_filters
//! [`TestRun::version`]: crate::TestRun::version
//! [`Scripted`]: crate::Scripted
//! [`Stepper`]: crate::Stepper
