//! What programs in production link: nothing that stands in for restic.

use std::fs;
use std::path::absolute;
use std::process::Command;

use super::programs::target;
use crate::task::{Outcome, skip};

/// Examples of restic-bench that run restic, and nothing else.
const PROGRAMS: [&str; 2] = ["list_snapshots", "six_commands"];

/// Fails when one of them has an object file of restic-core in it.
pub(super) fn check() -> Outcome {
    PROGRAMS.into_iter().try_for_each(check_program)
}

fn check_program(example: &str) -> Outcome {
    let reasons = absolute(target().join("why-linked.txt"))?;
    let mut build = Command::new(env!("CARGO"));
    build.args(["rustc", "--release", "--quiet", "--package", "restic-bench"]);
    build.args(["--example", example, "--", "-C"]);
    build.arg(format!("link-arg=-Wl,--why-extract={}", reasons.display()));
    // They have been built without this option before.
    if !build.output()?.status.success() {
        return skip("the linker here does not say why it links an object file: LLVM's does");
    }
    let reasons = fs::read_to_string(reasons)?;
    let found: Vec<String> = reasons.lines().filter_map(brings_core).collect();
    if found.is_empty() {
        return Ok(());
    }
    Err(format!(
        "{example} links restic-core: see crates/restic-process/src/drops.rs\n{}",
        found.join("\n")
    )
    .into())
}

/// What a line of the linker says when another crate brings an object file of restic-core in: which
/// file wants it, which file that is, and what for.
fn brings_core(line: &str) -> Option<String> {
    let mut columns = line.split('\t');
    let (wants, wanted) = (columns.next()?, columns.next()?);
    let is_core = |file: &str| file.contains("librestic_core-");
    let is_brought = is_core(wanted) && !is_core(wants);
    is_brought.then(|| format!("{wants} wants {}", columns.next().unwrap_or(wanted)))
}
