//! What to know about [stopping], [secrets], [errors] and [plans].

/// # Stopping restic, and deadlines
///
/// restic holds a lock in the repository while it works, and removes it when it is
/// interrupted. Killed, or with its output closed, it leaves the lock behind: backups go on,
/// but every later `check`, `prune` and `forget` fails. So a run is stopped in one way only,
/// by whatever means it is asked for:
///
/// 1. one SIGINT, to restic's own process and not to its helpers, which it needs to remove
///    the lock; its pipes stay open and drained, its standard input is closed;
/// 2. after the [grace](crate::Builder::grace), 15 seconds unless set, SIGTERM;
/// 3. half a second later SIGKILL, to restic and what it has started.
///
/// The ways to ask for it:
///
/// | from | how |
/// |---|---|
/// | another thread, a button, a signal | [`Stop`](crate::Stop), given with [`with_stop`](crate::Restic::with_stop) |
/// | the loop over the events | [`Run::stop`](crate::Run::stop), then go on until the end |
/// | blocking code that leaves | dropping the [`Run`](crate::Run): waits until restic has ended |
/// | asynchronous code that leaves | dropping the future or [`AsyncRun`](crate::AsyncRun): does not wait |
/// | time | [`total_deadline`](crate::Builder::total_deadline), [`idle_deadline`](crate::Builder::idle_deadline) |
///
/// The SIGINT of a [`Stop`](crate::Stop) is sent at once. The later steps and the deadlines
/// advance while somebody waits for the run, in `next` and `finish`: code that handles an
/// event and blocks, blocks them. The time it takes is no silence for the idle deadline.
///
/// What the call then tells is [`Cancelled`](crate::ErrorKind::Cancelled) or
/// [`TimedOut`](crate::ErrorKind::TimedOut), whatever code restic ended with. A snapshot that
/// was made all the same is in [`Error::partial`](crate::Error::partial), and
/// [`Error::lock_may_remain`](crate::Error::lock_may_remain) says whether restic had no time
/// to clean up.
///
/// ```
/// use restic_cli_wrap::{ErrorKind, Restic, Scripted, Stop, commands::Backup};
///
/// // A restic that would go on for ever.
/// let restic = Restic::builder().executor(Scripted::executor([Scripted::new().hang()])).build();
///
/// let stop = Stop::new();
/// let button = std::thread::spawn({
///     let stop = stop.clone();
///     move || stop.stop()
/// });
/// let error = restic.with_stop(&stop).run(Backup::new(["/data"])).unwrap_err();
/// assert_eq!(error.kind(), ErrorKind::Cancelled);
/// assert!(!error.lock_may_remain());
/// # button.join().unwrap();
/// ```
///
/// ## Ctrl-C
///
/// restic runs in a process group of its own, so that Ctrl-C in a terminal reaches your
/// program alone. Hand it on with any crate that catches signals, here
/// [`ctrlc`](https://docs.rs/ctrlc):
///
/// ```
/// # mod ctrlc { pub fn set_handler(handler: impl Fn() + Send + 'static) -> Result<(), std::io::Error> { handler(); Ok(()) } }
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # use restic_cli_wrap::{ErrorKind, Restic, Scripted, Stop, commands::Backup};
/// # let restic = Restic::builder().executor(Scripted::executor([])).build();
/// let stop = Stop::new();
/// let handler = stop.clone();
/// ctrlc::set_handler(move || handler.stop())?;
///
/// match restic.with_stop(&stop).run(Backup::new(["/data"])) {
///     Err(error) if error.kind() == ErrorKind::Cancelled => println!("stopped, and cleaned up"),
///     other => println!("{other:?}"),
/// }
/// # assert!(stop.is_stopped());
/// # Ok(())
/// # }
/// ```
///
/// ## Asynchronous code
///
/// A future that is dropped stops restic on a thread of its own. A program that ends right
/// after has to wait for that thread, or restic is left without anybody who reads its
/// output, and dies of it:
///
/// ```no_run
/// # async fn example(restic: restic_cli_wrap::Restic) {
/// # use restic_cli_wrap::commands::Backup;
/// # use std::time::Duration;
/// let backup = restic.run_async(Backup::new(["/data"]));
/// let _ = tokio::time::timeout(Duration::from_secs(3600), backup).await;
/// restic.settle_async().await;
/// # }
/// ```
///
/// ## What nobody can do
///
/// restic 0.11 writes straight into the repository: interrupted in the moment in which it saves
/// a snapshot it leaves half of one, of which later backups complain. Newer ones do not.
///
/// A program that is killed cannot clean up, and neither can its restic: a lock stays
/// behind. [`Unlock`](crate::commands::Unlock) removes locks whose owners are gone. Nothing
/// here ever removes a lock by itself.
pub mod stopping {}

/// # Secrets
///
/// Passwords, credentials and locations with a password in them are
/// [`Secret`](crate::Secret)s: they have no `Display` and no `Serialize`, their `Debug` is
/// always the same, and they are wiped from memory when dropped.
///
/// How they reach restic:
///
/// | what | how |
/// |---|---|
/// | [`password`](crate::Builder::password), of a second repository too | a file that only restic can read |
/// | a repository location with a password in it | the same; restic 0.11 is told where to make a repository, and where a second one is, by its environment |
/// | [`env`](crate::Builder::env), for credentials of backends | restic's environment |
/// | [`password_file`](crate::Builder::password_file) | the path on the command line |
/// | [`password_command`](crate::Builder::password_command), [`option`](crate::Builder::option), `arg` | the command line: **anybody on the machine can see it** |
///
/// The files of the first two rows are pieces of memory without a name on Linux, reached
/// through `/proc` and gone with the run; elsewhere, and where `/proc` does not work, files
/// with mode 0600 in a folder with mode 0700, removed when the run ends in any way but a kill
/// of your program.
///
/// restic inherits the environment of your program, since backends need a part of it
/// (`HOME`, `AWS_PROFILE`, `RCLONE_CONFIG`, …), except variables that begin with `RESTIC_`:
/// these would change what a call means, or contradict it. Let one through by name with
/// [`inherit_env`](crate::Builder::inherit_env).
///
/// What restic says on standard error, and as plain text, is searched for the secrets of the
/// call before anybody sees it, and `***` put in their place: restic masks the password of a
/// URL, but not of one that it cannot parse. Credentials are looked for when their variable
/// is named like one (`..KEY..`, `..SECRET..`, `..PASS..`, `..TOKEN..`, `..SAS..`,
/// `..CREDENTIAL..`), and secrets of fewer than 4 bytes are not: they are in too many words by
/// chance. Data, such as the names of files, is handed out as it is.
///
/// Whatever is shown of a call is masked:
///
/// ```
/// use restic_cli_wrap::{Command, Restic, commands::Snapshots};
///
/// let restic = Restic::builder()
///     .repository("rest:https://alice:wonderland@backup.example/alice")
///     .password("correct horse")
///     .env("AWS_SECRET_ACCESS_KEY", "battery staple")
///     .build();
/// let call = Snapshots::new().invocation(&restic);
/// assert_eq!(
///     call.to_string(),
///     "restic --json '--repository-file={{secret}}' '--password-file={{secret}}' snapshots"
/// );
/// let debug = format!("{restic:?} {call:?}");
/// for secret in ["wonderland", "horse", "staple"] {
///     assert!(!debug.contains(secret));
/// }
/// ```
pub mod secrets {}

/// # Errors
///
/// `Ok` means that restic did what was asked as far as it says: it ended well, and printed
/// what closes the command. Three results lie between success and failure, and have types of
/// their own that must not be ignored:
///
/// * a backup or a restore that left something out is
///   [`Outcome::Incomplete`](crate::Outcome::Incomplete), on every version of restic;
/// * a `check` that found damage is a [`CheckReport`](crate::commands::CheckReport);
/// * what an [`Error`](crate::Error) has all the same is its
///   [`partial`](crate::Error::partial).
///
/// Everything else is an [`Error`](crate::Error). Its [`kind`](crate::Error::kind) comes from
/// facts, in this order: restic could not be started; it was stopped from here; its exit
/// code; the `exit_error` message that it prints since 0.18; and, for older versions, what it
/// says. [`message`](crate::Error::message) has restic's own words,
/// [`stderr_tail`](crate::Error::stderr_tail) the last lines around them, and
/// [`notices`](crate::Error::notices) every line that was no message.
///
/// ```
/// use restic_cli_wrap::{ErrorKind, Restic, Scripted, commands::Snapshots};
///
/// // What restic 0.14 says, and what 0.19 says.
/// let old = Scripted::new().stderr("Fatal: wrong password or no key found\n").exit(1);
/// let new = Scripted::new()
///     .stderr("{\"message_type\":\"exit_error\",\"code\":12,\"message\":\"Fatal: wrong password or no key found\"}\n")
///     .exit(12);
/// let restic = Restic::builder().executor(Scripted::executor([old, new])).build();
/// for _ in 0..2 {
///     let error = restic.run(Snapshots::new()).unwrap_err();
///     assert_eq!(error.kind(), ErrorKind::WrongPassword);
///     assert_eq!(error.message(), "Fatal: wrong password or no key found");
///     assert!(!error.is_retryable());
/// }
/// ```
///
/// [`is_retryable`](crate::Error::is_retryable) tells whether the same call may succeed later
/// by itself: the repository was locked, or its server could not be reached. For locks there
/// is [`Builder::retry_lock`](crate::Builder::retry_lock), and
/// [`Error::lock`](crate::Error::lock) says who holds the one that was in the way.
///
/// Output that is cut short or cannot be read is [`BadOutput`](crate::ErrorKind::BadOutput),
/// with the line; it never interrupts a run that goes on well, and the result is in
/// [`partial`](crate::Error::partial).
///
/// Bytes are the exception: of a [`Dump`](crate::commands::Dump) that fails, the part that came
/// is nobody's result. Whoever writes it as it comes, with
/// [`dump_to`](crate::Restic::dump_to), has to throw it away. A writer that fails itself is
/// [`CannotWrite`](crate::ErrorKind::CannotWrite), and restic was stopped.
pub mod errors {}

/// # Plans
///
/// With `dry_run(true)` a command changes nothing, and its result says so itself: it has a
/// field `dry_run`, which tells what the command asked for, whatever restic prints.
///
/// | command | result | what it tells |
/// |---|---|---|
/// | [`Backup`](crate::commands::Backup) | [`BackupSummary`](crate::types::BackupSummary) | what would be saved; its snapshot id is of no snapshot |
/// | [`Forget`](crate::commands::Forget) | [`ForgetReport`](crate::commands::ForgetReport) | what would be removed, and pruned up to restic 0.18 |
/// | [`ForgetSnapshots`](crate::commands::ForgetSnapshots) | [`Forgotten`](crate::commands::Forgotten) | what would be pruned, up to restic 0.18 |
/// | [`Prune`](crate::commands::Prune) | [`PruneReport`](crate::commands::PruneReport) | what would be removed, since restic 0.12 |
/// | [`RepairSnapshots`](crate::commands::RepairSnapshots) | [`SnapshotRepairs`](crate::commands::SnapshotRepairs) | which snapshots would be made anew |
/// | [`Restore`](crate::commands::Restore) | [`Restored`](crate::commands::Restored) | what would be written, since restic 0.17 |
///
/// ```no_run
/// # use restic_cli_wrap::{Restic, commands::Forget};
/// # fn example(restic: Restic) -> restic_cli_wrap::Result<()> {
/// let forget = Forget::new().keep_daily(7).prune(true);
/// let plan = restic.run(forget.clone().dry_run(true))?;
/// assert!(plan.dry_run);
/// for group in &plan {
///     println!("{}: would remove {} snapshots", group.host, group.remove.len());
/// }
/// restic.run(forget)?;
/// # Ok(())
/// # }
/// ```
pub mod plans {}
