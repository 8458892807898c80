//! The progress of a backup at 60 lines a second: what it takes to follow it.

use super::programs::Programs;
use super::table::{Goal, Table};
use crate::task::Result;

/// For how long it is followed.
const SECONDS: u32 = 5;

/// As many lines as restic ever prints in a second.
const RATE: u32 = 60;

/// Thousandths of one core.
const GOAL: f64 = 5.0;

pub(super) fn measure(programs: &Programs) -> Result<Table> {
    let prints = format!("'{}' status {SECONDS}", programs.bench.display());
    let restic = programs.fake_restic("progress", &prints)?;
    let mut table = Table::new(
        format!("progress at {RATE} lines a second"),
        "thousandths of a core",
    );
    for (name, way, goal) in [
        ("plain loop", "baseline", None),
        ("iterator", "iterator", Some(Goal::time(GOAL))),
        ("async", "async", Some(Goal::time(GOAL))),
    ] {
        let measured = programs.measure(&["progress", way, &restic.to_string_lossy()])?;
        let lines = measured.get("lines")?;
        if lines != f64::from(SECONDS * RATE) {
            return Err(format!("{name}: {lines} lines of {} came", SECONDS * RATE).into());
        }
        table.add(
            name,
            measured.get("cpu")? * 1000.0 / f64::from(SECONDS),
            goal,
        );
    }
    Ok(table)
}
