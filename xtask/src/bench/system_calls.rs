//! System calls of one run, counted by strace, beside those of the standard library alone.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::programs::Programs;
use super::table::{Goal, Table};
use crate::task::Result;

/// How many more there may be than for a pipe, a process and the wait for it.
const GOAL: f64 = 2.0;

pub(super) fn measure(programs: &Programs) -> Result<Table> {
    let restic = programs.restic_that_prints("ls", 10)?;
    let mut table = Table::new("one run of ten rows", "system calls");
    table.add(
        "std::process and a loop",
        count(programs, "baseline", &restic)?,
        None,
    );
    let goal = Some(Goal::at_most(GOAL));
    table.add("blocking", count(programs, "iterator", &restic)?, goal);
    table.add("async", count(programs, "async", &restic)?, goal);
    Ok(table)
}

/// Those of all threads, from the start of the program to its end, but not of the child.
fn count(programs: &Programs, way: &str, restic: &Path) -> Result<f64> {
    let log = programs.directory("strace");
    fs::remove_dir_all(&log).or_else(|error| match error.kind() {
        std::io::ErrorKind::NotFound => Ok(()),
        _ => Err(error),
    })?;
    fs::create_dir_all(&log)?;
    let mut strace = Command::new("strace");
    // One file a thread or process.
    strace.args(["-ff", "-qq", "-o"]).arg(log.join("of"));
    strace
        .arg(&programs.bench)
        .args(["ls", way])
        .arg(restic)
        .arg("/nowhere");
    if !strace.output()?.status.success() {
        return Err("strace could not count".into());
    }
    let mut count = 0;
    for entry in fs::read_dir(&log)? {
        let calls = fs::read_to_string(entry?.path())?;
        // The child is what becomes another program after its fork.
        let is_child = calls
            .lines()
            .any(|call| call.contains("execve(") && call.contains("/restic\""));
        if !is_child {
            count += calls.lines().count();
        }
    }
    Ok(count as f64)
}
