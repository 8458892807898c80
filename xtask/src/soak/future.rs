//! Backups as futures.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use restic_cli_wrap::types::BackupSummary;
use restic_cli_wrap::{Outcome, Restic};
use tokio::runtime::Runtime;

use super::bench::Bench;
use crate::task::Result;

pub(super) fn runtime() -> io::Result<Runtime> {
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    builder.worker_threads(2).enable_time().build()
}

/// Drops the future of a backup that has been at work until this moment.
pub(super) async fn drop_future_at_work(
    bench: &Bench,
    restic: &Restic,
    moment: Duration,
) -> Result<()> {
    let is_at_work = AtomicBool::new(false);
    let until_the_moment = async {
        while !is_at_work.load(Ordering::Relaxed) {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        tokio::time::sleep(moment).await;
    };
    tokio::select! {
        end = back_up(bench, restic, &is_at_work) => {
            Err(format!("the backup ended by itself: {end:?}").into())
        }
        () = until_the_moment => Ok(()),
    }
}

/// Backs up as a future, and reports when it is at work.
async fn back_up(
    bench: &Bench,
    restic: &Restic,
    is_at_work: &AtomicBool,
) -> Result<Outcome<BackupSummary>> {
    let mut run = restic.start_async(bench.backup());
    while let Some(event) = run.next().await {
        event?;
        is_at_work.fetch_or(bench.has_lock()?, Ordering::Relaxed);
    }
    Ok(run.finish().await?)
}
