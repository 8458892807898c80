//! Instructions a row, counted by valgrind: the same on every run, however busy the machine is.

use std::path::Path;
use std::process::Command;

use super::programs::Programs;
use super::table::{Goal, Table};
use crate::task::Result;

/// Of how many rows the difference is taken, so that all that is done once does not count.
pub(super) const ROWS: (u64, u64) = (2000, 6000);

/// The same where it has to be cheap.
pub(super) const FEW: (u64, u64) = (500, 1500);

/// How many instructions a row may take beside the plain loop's: each listing, each way.
const GOALS: [(&str, &[(&str, f64)]); 6] = [
    (
        "ls",
        &[
            ("iterator", 0.65),
            ("visitor", 0.55),
            ("async", 0.7),
            ("collected", 0.75),
        ],
    ),
    ("diff", &[("iterator", 1.0), ("collected", 1.05)]),
    ("backup", &[("iterator", 0.75)]),
    ("restore", &[("iterator", 0.9)]),
    (
        "find",
        &[("iterator", 0.75), ("async", 0.8), ("collected", 0.85)],
    ),
    ("snapshots", &[("collected", 1.05)]),
];

pub(super) fn measure(programs: &Programs, rows: (u64, u64)) -> Result<Table> {
    let mut table = Table::new("instructions a row, beside the plain loop", "instructions");
    for (listing, ways) in GOALS {
        let (few, many) = (
            programs.output(listing, rows.0)?,
            programs.output(listing, rows.1)?,
        );
        let count = |way: &str| -> Result<f64> {
            let difference = instructions(&programs.bench, listing, way, &many)?
                - instructions(&programs.bench, listing, way, &few)?;
            Ok(difference / (rows.1 - rows.0) as f64)
        };
        let baseline = count("baseline")?;
        table.add_beside(format!("{listing}: plain loop"), baseline, baseline, None);
        for (way, goal) in ways {
            let goal = Some(Goal::at_most(*goal));
            table.add_beside(format!("{listing}: {way}"), count(way)?, baseline, goal);
        }
    }
    Ok(table)
}

fn instructions(program: &Path, listing: &str, way: &str, file: &Path) -> Result<f64> {
    let mut valgrind = Command::new("valgrind");
    valgrind.args(["--tool=callgrind", "--callgrind-out-file=/dev/null"]);
    let output = valgrind
        .arg(program)
        .args([listing, way])
        .arg(file)
        .output()?;
    let said = String::from_utf8_lossy(&output.stderr);
    let count = said
        .lines()
        .find_map(|line| line.split_once("Collected : "));
    match count {
        Some((_, count)) if output.status.success() => Ok(count.trim().parse()?),
        _ => Err(format!("valgrind could not count {listing} {way}: {said}").into()),
    }
}
