//! How much larger a program gets that lists the snapshots of a repository.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::programs::target;
use super::table::{Goal, Table};
use crate::task::Result;

/// How much larger the program may be than the one by hand, in bytes. What it is today, and a little, since the
/// compiler divides crates otherwise in other directories: it may shrink, and has to say why it grows.
const GOAL: f64 = 310.0 * 1024.0;

pub(super) fn measure() -> Result<Table> {
    let empty = stripped("empty")?;
    let by_hand = stripped("by_hand")?;
    let lists = stripped("list_snapshots")?;
    let mut table = Table::new("stripped release program", "bytes");
    table.add("that does nothing", empty, None);
    // The standard library's way to a process, and serde_json: no SDK can be without.
    table.add("that lists snapshots by hand", by_hand, None);
    let goal = Goal::at_most((by_hand + GOAL) / empty);
    table.add("that lists snapshots", lists, Some(goal));
    let six = stripped("six_commands")?;
    table.add("that uses six commands", six, None);
    Ok(table)
}

/// The size of an example of restic-bench when it is built and stripped.
fn stripped(example: &str) -> Result<f64> {
    let mut build = Command::new(env!("CARGO"));
    build.args(["rustc", "--release", "--quiet", "--package", "restic-bench"]);
    build.args(["--example", example, "--", "-C", "strip=symbols"]);
    if !build.status()?.success() {
        return Err(format!("the example {example} cannot be built").into());
    }
    let path = Path::new("release/examples").join(example);
    Ok(fs::metadata(target().join(path))?.len() as f64)
}
