//! Running backups of real restic that end early, in every way that a program can do that,
//! again and again: `cargo xtask soak`.

mod bench;
mod cancellation;
mod future;
mod program;

use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::random;
use crate::task::{Outcome, Result};
use bench::Bench;
pub(crate) use program::{TASK, run as run_program};

/// Rounds unless said otherwise, and in continuous integration.
const ROUNDS: u32 = 10;
const FEW: u32 = 2;

/// A backup that is at work may go on for this long before it is cancelled.
const MOMENT: Duration = Duration::from_millis(300);

/// Within this time restic has to end: two seconds, five times as long on a busy machine.
const LIMIT: Duration = Duration::from_secs(10);

/// Cancels backups on every restic of `RESTIC_BINARIES`.
pub(crate) fn run(mut arguments: impl Iterator<Item = String>) -> Outcome {
    let rounds = match (arguments.next().as_deref(), arguments.next()) {
        (None, _) => ROUNDS,
        (Some("--rounds"), Some(rounds)) => rounds.parse()?,
        _ => return Err("usage: cargo xtask soak [--rounds N]".into()),
    };
    let binaries = crate::task::binaries(Vec::new());
    if binaries.is_empty() {
        return Err("RESTIC_BINARIES names no real restic".into());
    }
    run_rounds(rounds, &binaries)
}

/// A few rounds, where there is a real restic.
pub(crate) fn run_few() -> Outcome {
    let binaries = crate::task::binaries(Vec::new());
    if binaries.is_empty() {
        return crate::task::skip("RESTIC_BINARIES names no real restic");
    }
    run_rounds(FEW, &binaries)
}

fn run_rounds(rounds: u32, binaries: &[PathBuf]) -> Outcome {
    let mut failures = Vec::new();
    for binary in binaries {
        for (name, way) in cancellation::ALL {
            let name = format!("{}: {name}", binary.display());
            let (mut passed, mut slowest) = (0, Duration::ZERO);
            for round in 1..=rounds {
                match run_round(binary, way) {
                    Ok(took) => {
                        passed += 1;
                        slowest = slowest.max(took);
                    }
                    Err(error) => failures.push(format!("{name}, round {round}: {error}")),
                }
            }
            println!("{name}: {passed} of {rounds}, ended after {slowest:.1?} at most");
        }
    }
    if failures.is_empty() {
        Ok(())
    } else {
        Err(failures.join("\n").into())
    }
}

/// Ends one backup, looks from outside at what is left, and returns how long the end took.
fn run_round(binary: &Path, way: cancellation::Way) -> Result<Duration> {
    let scratch = tempfile::tempdir()?;
    let bench = Bench::make(binary, scratch.path())?;
    let before = bench.before()?;
    let took = way(&bench, random::moment(MOMENT))?;
    // Now, and not a moment later.
    bench.expect_no_lock()?;
    before.check(Duration::from_secs(5))?;
    if took >= LIMIT {
        return Err(format!("the end took {took:?}").into());
    }
    Ok(took)
}
