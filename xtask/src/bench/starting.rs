//! What one call costs, however little restic prints.

use std::fs;

use super::contestants::median;
use super::programs::{Programs, example};
use super::table::{Goal, Table};
use crate::task::{Result, skip};

/// Microseconds that a call may take above `Command::output`.
const ABOVE: f64 = 100.0;

/// How many calls are made of each kind.
const CALLS: usize = 1000;

/// What a gigabyte of memory may cost, beside none.
const LARGE: f64 = 1.2;

/// How often hosts of both sizes are measured, in turn, and how many calls each makes.
const HOSTS: (usize, usize) = (5, 100);

/// Kilobytes that have to be free for a large host.
const FREE: u64 = 1_500_000;

pub(super) fn measure(programs: &Programs) -> Result<Vec<Table>> {
    let program = example("restic-bench", "answers")?;
    let program = program.to_string_lossy();
    let calls = CALLS.to_string();
    let measured = programs.measure(&["start", &program, &calls])?;
    let mut above = Table::new("one call, above a bare `Command::output`", "us");
    let bare = measured.get("output")?;
    above.add("`Command::output` itself", bare, None);
    for (name, key) in [
        ("with its password in a file", "password-file"),
        ("with a password that was given", "password"),
    ] {
        above.add(name, measured.get(key)?, Some(Goal::time(ABOVE)));
    }
    let mut tables = vec![above];
    if free_memory().is_some_and(|free| free < FREE) {
        skip("there is too little memory for a host with a gigabyte of it")?;
    } else {
        tables.push(hosts(programs, &program)?);
    }
    Ok(tables)
}

fn hosts(programs: &Programs, program: &str) -> Result<Table> {
    let (rounds, calls) = HOSTS;
    let calls = calls.to_string();
    let call = |size: &str| {
        programs
            .measure(&["host", size, program, &calls])?
            .get("call")
    };
    let (mut small, mut large) = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        small.push(call("small")?);
        large.push(call("large")?);
    }
    let mut table = Table::new("one call, by the size of the host", "us");
    table.add("small", median(small), None);
    let goal = Some(Goal::about(LARGE));
    table.add("1 GiB of touched memory", median(large), goal);
    Ok(table)
}

/// Kilobytes. Returns `None` when the system does not say.
fn free_memory() -> Option<u64> {
    let text = fs::read_to_string("/proc/meminfo").ok()?;
    let line = text
        .lines()
        .find(|line| line.starts_with("MemAvailable:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}
