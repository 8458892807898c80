//! A backup in asynchronous code, here with tokio: progress, a time limit, and cancelling by
//! dropping.
//!
//! ```text
//! cargo run --example async_tokio -- REPOSITORY PASSWORD_FILE PATH...
//! ```

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "an example talks to people"
)]

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use restic_cli_wrap::commands::Backup;
use restic_cli_wrap::types::{BackupMessage, BackupSummary};
use restic_cli_wrap::{Error, Outcome, Restic};
use tokio::sync::Notify;
use tokio::time::timeout;

type Backed = Result<Outcome<BackupSummary>, Error>;

/// Runs a backup and reports its progress, 0 to 1.
async fn backup(restic: &Restic, paths: &[PathBuf], mut progress: impl FnMut(f64)) -> Backed {
    let mut run = restic.start_async(Backup::new(paths));
    while let Some(event) = run.next().await {
        if let BackupMessage::Status(status) = event? {
            progress(status.percent_done);
        }
    }
    run.finish().await
}

/// Waits for a backup until it is cancelled or takes longer than the limit; then `None`.
///
/// Both drop the backup where it is. That interrupts restic in the background, and
/// `settle_async` waits until restic has removed its lock and ended.
async fn unless(
    restic: &Restic,
    backup: impl Future<Output = Backed>,
    cancelled: impl Future<Output = ()>,
    limit: Duration,
) -> Option<Backed> {
    let done = tokio::select! {
        done = timeout(limit, backup) => done.ok(),
        () = cancelled => None,
    };
    restic.settle_async().await;
    done
}

#[tokio::main]
async fn main() -> ExitCode {
    let mut arguments = std::env::args_os().skip(1);
    let (Some(repository), Some(password)) = (arguments.next(), arguments.next()) else {
        eprintln!("usage: async_tokio REPOSITORY PASSWORD_FILE PATH...");
        return ExitCode::from(2);
    };
    let paths: Vec<PathBuf> = arguments.map(PathBuf::from).collect();
    let restic = Restic::builder()
        .repository(PathBuf::from(repository))
        .password_file(password)
        .build();

    let interrupt = Arc::new(Notify::new());
    let handler = Arc::clone(&interrupt);
    if let Err(error) = ctrlc::set_handler(move || handler.notify_one()) {
        eprintln!("Ctrl-C will not stop the backup: {error}");
    }

    let backup = backup(&restic, &paths, |done| println!("{:.0} %", done * 100.0));
    let hour = Duration::from_secs(3600);
    match unless(&restic, backup, interrupt.notified(), hour).await {
        Some(Ok(outcome)) => println!("saved: {outcome:?}"),
        Some(Err(error)) => eprintln!("failed: {error}"),
        None => println!("cancelled, and the repository is unlocked"),
    }
    ExitCode::SUCCESS
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

    use std::future::{pending, ready};

    use restic_cli_wrap::types::BackupStatus;
    use restic_cli_wrap::{Executor, Replay, Scripted};

    use super::*;

    const LONG: Duration = Duration::from_secs(3600);

    fn restic(executor: Arc<dyn Executor>) -> Restic {
        let builder = Restic::builder().executor(executor);
        builder.repository("/srv/repo").build()
    }

    #[tokio::test]
    async fn progress_is_reported() {
        let mut status = BackupStatus::default();
        status.percent_done = 0.5;
        let script = Scripted::new()
            .json(&status)
            .json(&BackupSummary::default());
        let restic = restic(Scripted::executor([script]));
        let mut seen = Vec::new();
        let paths = ["/data".into()];
        let backup = backup(&restic, &paths, |done| seen.push(done));
        let done = unless(&restic, backup, pending(), LONG).await.unwrap();
        assert!(done.unwrap().is_complete());
        assert_eq!(seen, [0.5]);
    }

    #[tokio::test]
    async fn a_limit_and_a_dropped_future_stop_restic() {
        let hangs = || Scripted::new().hang();
        let restic = restic(Scripted::executor([hangs(), hangs()]));
        let paths = ["/data".into()];

        let short = Duration::from_millis(20);
        let late = unless(&restic, backup(&restic, &paths, |_| {}), pending(), short);
        assert!(late.await.is_none());

        let cancelled = unless(&restic, backup(&restic, &paths, |_| {}), ready(()), LONG);
        assert!(cancelled.await.is_none());
        assert!(restic.settle(Duration::ZERO), "restic has ended");
    }

    /// The recording has another command line; the report says how they differ.
    #[tokio::test]
    async fn a_call_that_was_not_recorded_is_an_error() {
        let directory = restic_fixtures::path("first-backup", "0.19.1");
        let replay = Replay::load(directory).unwrap();
        let restic = restic(replay.executor());
        let error = backup(&restic, &["/data".into()], |_| {})
            .await
            .unwrap_err();
        assert!(error.to_string().contains("not recorded"), "{error}");
        assert!(replay.finish().is_err());
    }
}
