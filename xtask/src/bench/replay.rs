//! Answers from recordings, in process, beside parsing the bytes of the answers.

use super::programs::Programs;
use super::table::{Goal, Table};
use crate::task::Result;

/// How often both ways are taken in turn.
const ROUNDS: &str = "25";

/// What is replayed, and the goals: calls a second, and times the parsing.
const GOALS: [(&str, Option<f64>, Option<f64>); 6] = [
    ("executor", Some(1_000_000.0), None),
    ("version", Some(1_000_000.0), None),
    ("three-snapshots", Some(60_000.0), None),
    ("snapshots", None, Some(1.10)),
    ("ls", None, Some(1.10)),
    ("first-backup", Some(2_000.0), Some(3.0)),
];

pub(super) fn measure(programs: &Programs) -> Result<[Table; 2]> {
    let directory = programs.directory("replayed");
    let mut rates = Table::new("replayed in process, a second", "calls");
    let mut ratios = Table::new("replayed in process, beside parsing the bytes", "us");
    for (what, rate, ratio) in GOALS {
        let measured = programs.measure(&["replay", what, ROUNDS, &directory.to_string_lossy()])?;
        let (replay, parse) = (measured.get("replay")?, measured.get("parse")?);
        rates.add_beside(what, 1e6 / replay, 1e6 / parse, rate.map(Goal::rate));
        ratios.add_beside(format!("{what}: parsing"), parse, parse, None);
        ratios.add_beside(what, replay, parse, ratio.map(Goal::about));
    }
    Ok([rates, ratios])
}
