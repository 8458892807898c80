//! What the SDK costs, beside what people would use instead: `cargo xtask bench`.

mod chart;
mod instructions;
mod processes;
mod programs;
mod size;
mod system_calls;
mod table;

use std::path::{Path, PathBuf};

use self::programs::Programs;
use self::table::Table;
use crate::task::{Outcome, Result, skip};

const USAGE: &str = "\
usage: cargo xtask bench --instructions             a row, counted by valgrind
       cargo xtask bench --live --restic PATH       beside restic that writes to nobody
       cargo xtask bench --rivals                   beside python, node and jq
       cargo xtask bench --size                     of a stripped program
       cargo xtask bench --calls                    system calls of one run, counted by strace
with --files N (200,000), --rounds N (5) and --svg FILE for a chart";

/// What was asked for.
#[derive(Debug)]
struct Settings {
    instructions: bool,
    live: bool,
    rivals: bool,
    size: bool,
    calls: bool,
    restic: Option<PathBuf>,
    files: u64,
    rounds: usize,
    svg: Option<PathBuf>,
}

/// Measures, prints tables, and fails when a goal that does not depend on time is missed.
pub(crate) fn run(arguments: impl Iterator<Item = String>) -> Outcome {
    let settings = Settings::read(arguments)?;
    let mut tables = Vec::new();
    if settings.instructions {
        tables.push(instructions::measure(&Programs::build()?)?);
    }
    if settings.calls {
        tables.push(system_calls::measure(&Programs::build()?)?);
    }
    if settings.size {
        tables.push(size::measure()?);
    }
    if settings.live {
        let restic = settings
            .restic
            .as_deref()
            .ok_or("--live needs --restic PATH")?;
        let programs = Programs::build()?;
        let (files, rounds) = (settings.files, settings.rounds);
        tables.extend(processes::live(&programs, restic, files, rounds)?);
    }
    if settings.rivals {
        let programs = Programs::build()?;
        tables.extend(processes::rivals(
            &programs,
            settings.files,
            settings.rounds,
        )?);
    }
    for table in &tables {
        println!("{table}");
    }
    if let Some(path) = &settings.svg {
        chart::draw(path, &tables)?;
    }
    fail_where_missed(&tables)
}

/// What continuous integration checks: nothing that depends on time.
pub(crate) fn run_budgets() -> Outcome {
    let programs = Programs::build()?;
    let mut tables = vec![size::measure()?];
    if programs::is_there("valgrind") {
        tables.push(instructions::measure(&programs)?);
    } else {
        skip("there is no valgrind to count instructions with")?;
    }
    if programs::is_there("strace") {
        tables.push(system_calls::measure(&programs)?);
    } else {
        skip("there is no strace to count system calls with")?;
    }
    for table in &tables {
        println!("{table}");
    }
    fail_where_missed(&tables)
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
            instructions: false,
            live: false,
            rivals: false,
            size: false,
            calls: false,
            restic: None,
            files: 200_000,
            rounds: 5,
            svg: None,
        };
        let mut is_anything = false;
        while let Some(argument) = arguments.next() {
            let mut value = || arguments.next().ok_or(USAGE);
            match argument.as_str() {
                "--restic" => settings.restic = Some(Path::new(&value()?).canonicalize()?),
                "--files" => settings.files = value()?.replace(',', "").parse()?,
                "--rounds" => settings.rounds = value()?.parse::<usize>()?.max(1),
                "--svg" => settings.svg = Some(value()?.into()),
                what => {
                    *settings.switch(what)? = true;
                    is_anything = true;
                }
            }
        }
        is_anything.then_some(settings).ok_or_else(|| USAGE.into())
    }

    fn switch(&mut self, name: &str) -> Result<&mut bool> {
        Ok(match name {
            "--instructions" => &mut self.instructions,
            "--live" => &mut self.live,
            "--rivals" => &mut self.rivals,
            "--size" => &mut self.size,
            "--calls" => &mut self.calls,
            _ => return Err(USAGE.into()),
        })
    }
}
