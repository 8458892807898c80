//! Instructions a row, counted by valgrind: the same on every run, however busy the machine is.

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::programs::Programs;
use super::table::{Goal, Table};
use crate::task::Result;

/// Of how many rows the difference is taken, so that all that is done once does not count, and
/// that a list grows counts little.
const ROWS: (u64, u64) = (2000, 6000);

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

/// The same for rows with fields that this SDK does not know, through the iterator.
const WITH_ADDED_FIELDS: [(&str, f64); 4] = [
    ("ls", 0.9),
    ("diff", 1.05),
    ("backup", 0.95),
    ("restore", 1.05),
];

/// What a newer restic may add to a row.
const ADDED: &str = r#","new_number":7,"new_text":"of a newer restic""#;

pub(super) fn measure(programs: &Programs) -> Result<Table> {
    let mut table = Table::new("instructions a row, beside the plain loop", "instructions");
    for (listing, ways) in GOALS {
        let files = outputs(programs, listing, ROWS)?;
        add_rows(&mut table, programs, (listing, listing), &files, ways)?;
    }
    for (listing, goal) in WITH_ADDED_FIELDS {
        let files = outputs(programs, listing, ROWS)?;
        for (file, _) in &files {
            add_fields(file)?;
        }
        let name = format!("{listing}, added fields");
        let ways = [("iterator", goal)];
        add_rows(&mut table, programs, (listing, &name), &files, &ways)?;
    }
    Ok(table)
}

/// Two outputs, and how many rows they have.
type Outputs = [(PathBuf, u64); 2];

fn outputs(programs: &Programs, listing: &str, rows: (u64, u64)) -> Result<Outputs> {
    let output = |rows| Ok::<_, Box<dyn Error>>((programs.output(listing, rows)?, rows));
    Ok([output(rows.0)?, output(rows.1)?])
}

/// Adds the plain loop's instructions a row, and those of each way.
fn add_rows(
    table: &mut Table,
    programs: &Programs,
    (listing, name): (&str, &str),
    [(few, less), (many, more)]: &Outputs,
    ways: &[(&str, f64)],
) -> Result<()> {
    let count = |way: &str| -> Result<f64> {
        let difference = instructions(&programs.bench, listing, way, many)?
            - instructions(&programs.bench, listing, way, few)?;
        Ok(difference / (more - less) as f64)
    };
    let baseline = count("baseline")?;
    table.add_beside(format!("{name}: plain loop"), baseline, baseline, None);
    for (way, goal) in ways {
        let goal = Some(Goal::at_most(*goal));
        table.add_beside(format!("{name}: {way}"), count(way)?, baseline, goal);
    }
    Ok(())
}

/// Adds fields to each row of an output: before the tags of a node, and behind all others.
fn add_fields(file: &Path) -> Result<()> {
    let mut text = String::new();
    for line in fs::read_to_string(file)?.lines() {
        let place = line.rfind(r#","message_type":"node""#);
        let (fields, end) = line.split_at(place.unwrap_or(line.len().saturating_sub(1)));
        text.extend([fields, ADDED, end, "\n"]);
    }
    Ok(fs::write(file, text)?)
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
