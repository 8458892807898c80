//! The ways in which a program ends a backup early.

use std::fmt::Debug;
use std::thread;
use std::time::{Duration, Instant};

use restic_cli_wrap::{Error, ErrorKind, Stop};

use super::bench::Bench;
use super::future::{drop_future_at_work, runtime};
use super::program;
use crate::task::Result;

/// Ends a backup that has been at work until this moment, and returns how long the end took.
pub(super) type Way = fn(&Bench, Duration) -> Result<Duration>;

pub(super) const ALL: [(&str, Way); 7] = [
    ("stopped on the same thread", stop),
    ("stopped from another thread", stop_from_another_thread),
    ("a future is dropped on tokio", drop_future),
    ("the iterator is dropped", drop_iterator),
    ("over its deadline", outlive_deadline),
    ("a blocking program returns from main", program::blocking),
    (
        "an asynchronous program returns from main",
        program::asynchronous,
    ),
];

fn stop(bench: &Bench, moment: Duration) -> Result<Duration> {
    let run = bench.at_work(&bench.client().build(), moment)?;
    let begin = Instant::now();
    run.stop();
    expect(ErrorKind::Cancelled, run.finish())?;
    Ok(begin.elapsed())
}

fn stop_from_another_thread(bench: &Bench, moment: Duration) -> Result<Duration> {
    let stop = Stop::new();
    let restic = bench.client().build().with_stop(&stop);
    let run = bench.at_work(&restic, Duration::ZERO)?;
    thread::scope(|scope| {
        let other = scope.spawn(|| {
            thread::sleep(moment);
            let begin = Instant::now();
            stop.stop();
            begin
        });
        expect(ErrorKind::Cancelled, run.finish())?;
        let begin = other.join();
        Ok(begin
            .map_err(|_| "the other thread has panicked")?
            .elapsed())
    })
}

fn drop_future(bench: &Bench, moment: Duration) -> Result<Duration> {
    runtime()?.block_on(async {
        let restic = bench.client().build();
        drop_future_at_work(bench, &restic, moment).await?;
        let begin = Instant::now();
        restic.settle_async().await;
        Ok(begin.elapsed())
    })
}

fn drop_iterator(bench: &Bench, moment: Duration) -> Result<Duration> {
    let run = bench.at_work(&bench.client().build(), moment)?;
    let begin = Instant::now();
    drop(run);
    Ok(begin.elapsed())
}

/// The one way whose error has a name of its own.
fn outlive_deadline(bench: &Bench, moment: Duration) -> Result<Duration> {
    let limit = Duration::from_secs(2) + moment;
    let restic = bench.client().total_deadline(limit).build();
    let begin = Instant::now();
    let mut run = bench.at_work(&restic, Duration::ZERO)?;
    run.by_ref().try_for_each(|event| event.map(drop))?;
    expect(ErrorKind::TimedOut, run.finish())?;
    Ok(begin.elapsed().saturating_sub(limit))
}

/// Checks that a run failed in this way, and had the time to clean up.
fn expect<T: Debug>(kind: ErrorKind, end: Result<T, Error>) -> Result<()> {
    match end {
        Err(error) if error.kind() == kind && !error.lock_may_remain() => Ok(()),
        end => Err(format!("not {kind:?} in peace: {end:?}").into()),
    }
}
