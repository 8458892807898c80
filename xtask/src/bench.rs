//! What the SDK costs, beside what people would use instead: `cargo xtask bench`.

mod chart;
mod contestants;
mod instructions;
mod linked;
mod live;
mod memory;
mod programs;
mod progress;
mod replay;
mod rivals;
mod size;
mod starting;
mod system_calls;
mod table;
mod tree;

use std::path::{Path, PathBuf};

use self::programs::{Programs, is_there};
use self::table::{COLUMNS, Table};
use crate::task::{Outcome, Result, skip};

pub(crate) use self::tree::CRATES;

/// Something that is measured: its name on the command line, what it is, and how.
struct Measurement {
    name: &'static str,
    what: &'static str,
    measure: fn(&Programs, &Settings) -> Result<Vec<Table>>,
}

const ALL: [Measurement; 10] = [
    Measurement {
        name: "instructions",
        what: "of a row, counted by valgrind",
        measure: |programs, _| by("valgrind", || Ok(vec![instructions::measure(programs)?])),
    },
    Measurement {
        name: "calls",
        what: "of the system in one run, counted by strace",
        measure: |programs, _| by("strace", || Ok(vec![system_calls::measure(programs)?])),
    },
    Measurement {
        name: "size",
        what: "of a stripped program",
        measure: |_, _| measure_size(),
    },
    Measurement {
        name: "tree",
        what: "crates that are built, and their build from scratch",
        measure: |_, _| where_cpu_is_known(tree::measure),
    },
    Measurement {
        name: "memory",
        what: "peaks while millions of files are listed",
        measure: |programs, _| memory::measure(programs),
    },
    Measurement {
        name: "start",
        what: "one call above `Command::output`, and by the size of the host",
        measure: |programs, _| starting::measure(programs),
    },
    Measurement {
        name: "replay",
        what: "answers from recordings beside parsing them",
        measure: |programs, _| Ok(replay::measure(programs)?.into()),
    },
    Measurement {
        name: "progress",
        what: "following a backup at 60 lines a second",
        measure: |programs, _| Ok(vec![progress::measure(programs)?]),
    },
    Measurement {
        name: "rivals",
        what: "beside python, node and jq",
        measure: |programs, settings| {
            where_cpu_is_known(|| rivals::measure(programs, settings.files, settings.rounds))
        },
    },
    Measurement {
        name: "live",
        what: "beside restic that writes to nobody; needs --restic PATH",
        measure: measure_live,
    },
];

/// What was asked for.
struct Settings {
    measurements: Vec<&'static Measurement>,
    restic: Option<PathBuf>,
    files: u64,
    rounds: usize,
    svg: Option<PathBuf>,
}

fn usage() -> String {
    let mut text = "usage: cargo xtask bench --all | WHAT…\n".to_owned();
    for Measurement { name, what, .. } in &ALL {
        text += &format!("       --{name:<13} {what}\n");
    }
    text + "with --restic PATH, --files N (200,000), --rounds N (5) and --svg FILE for a chart"
}

/// Measures, prints tables, and fails when a goal that does not depend on time is missed.
pub(crate) fn run(arguments: impl Iterator<Item = String>) -> Outcome {
    let settings = Settings::read(arguments)?;
    let programs = Programs::build()?;
    let mut tables = Vec::new();
    for measurement in &settings.measurements {
        println!("== {}: {}", measurement.name, measurement.what);
        let measured = (measurement.measure)(&programs, &settings)?;
        for table in &measured {
            println!("{table}");
        }
        tables.extend(measured);
    }
    if settings.measurements.len() > 1 {
        println!("{COLUMNS}");
        for row in tables.iter().flat_map(Table::goals) {
            println!("{row}");
        }
    }
    if let Some(path) = &settings.svg {
        chart::draw(path, &tables)?;
    }
    fail_where_missed(&tables)
}

/// What continuous integration checks: nothing that depends on time.
pub(crate) fn run_budgets() -> Outcome {
    let programs = Programs::build()?;
    let mut tables = measure_size()?;
    tables.extend(by("valgrind", || {
        Ok(vec![instructions::measure(&programs)?])
    })?);
    tables.extend(by("strace", || {
        Ok(vec![system_calls::measure(&programs)?])
    })?);
    for table in &tables {
        println!("{table}");
    }
    fail_where_missed(&tables)
}

fn measure_size() -> Result<Vec<Table>> {
    let sizes = size::measure()?;
    linked::check()?;
    Ok(vec![sizes])
}

/// What is counted by this program, where it is installed.
fn by(program: &str, measure: impl FnOnce() -> Result<Vec<Table>>) -> Result<Vec<Table>> {
    if is_there(program) {
        return measure();
    }
    skip(&format!("there is no {program} to count with"))?;
    Ok(Vec::new())
}

/// What needs a system that says what CPU programs have taken.
fn where_cpu_is_known(measure: impl FnOnce() -> Result<Vec<Table>>) -> Result<Vec<Table>> {
    if contestants::children_cpu().is_ok() {
        return measure();
    }
    skip("this system does not say what CPU programs have taken")?;
    Ok(Vec::new())
}

fn measure_live(programs: &Programs, settings: &Settings) -> Result<Vec<Table>> {
    let Some(restic) = &settings.restic else {
        skip("a live restic is measured with --restic PATH")?;
        return Ok(Vec::new());
    };
    let (files, rounds) = (settings.files, settings.rounds);
    where_cpu_is_known(|| Ok(live::measure(programs, restic, files, rounds)?.into()))
}

fn fail_where_missed(tables: &[Table]) -> Outcome {
    let missed: Vec<String> = tables.iter().flat_map(Table::missed).collect();
    if missed.is_empty() {
        Ok(())
    } else {
        Err(missed.join("\n").into())
    }
}

impl Settings {
    fn read(mut arguments: impl Iterator<Item = String>) -> Result<Self> {
        let mut settings = Self {
            measurements: Vec::new(),
            restic: None,
            files: 200_000,
            rounds: 5,
            svg: None,
        };
        while let Some(argument) = arguments.next() {
            let mut value = || arguments.next().ok_or_else(usage);
            match argument.as_str() {
                "--restic" => settings.restic = Some(Path::new(&value()?).canonicalize()?),
                "--files" => settings.files = value()?.replace(',', "").parse()?,
                "--rounds" => settings.rounds = value()?.parse::<usize>()?.max(1),
                "--svg" => settings.svg = Some(value()?.into()),
                "--all" => settings.measurements = ALL.iter().collect(),
                what => {
                    let name = what.strip_prefix("--");
                    let found = ALL.iter().find(|one| Some(one.name) == name);
                    settings.measurements.push(found.ok_or_else(usage)?);
                }
            }
        }
        match settings.measurements.is_empty() {
            true => Err(usage().into()),
            false => Ok(settings),
        }
    }
}
