//! What programs in production link: nothing that stands in for restic.

use std::fs;
use std::path::{Path, absolute};
use std::process::{Command, Output};

use super::programs::target;
use crate::task::{Outcome, Result, skip};

/// Examples of restic-bench that run restic, and nothing else.
const PROGRAMS: [&str; 2] = ["list_snapshots", "six_commands"];

/// Fails when one of them has an object file of restic-core in it.
pub(super) fn check() -> Outcome {
    PROGRAMS.into_iter().try_for_each(check_program)
}

fn check_program(example: &str) -> Outcome {
    // What is linked already is not linked again with the same words. Where the reasons of that
    // time are gone, others make it do so.
    for attempt in 1..=3 {
        let reasons = absolute(target().join(format!("why-linked-{example}-{attempt}.txt")))?;
        let build = build(example, &reasons)?;
        let said = String::from_utf8_lossy(&build.stderr);
        if is_unknown(&said) {
            return skip("the linker here does not say why it links an object file: LLVM's does");
        }
        if !build.status.success() {
            return Err(format!("{example} cannot be built:\n{said}").into());
        }
        if reasons.exists() {
            return check_reasons(example, &fs::read_to_string(reasons)?);
        }
    }
    Err(format!(
        "the linker wrote no reasons for {example}: remove {}",
        target().display()
    )
    .into())
}

fn build(example: &str, reasons: &Path) -> Result<Output> {
    let mut build = Command::new(env!("CARGO"));
    build.args(["rustc", "--release", "--quiet", "--package", "restic-bench"]);
    build.args(["--example", example, "--", "-C"]);
    build.arg(format!("link-arg=-Wl,--why-extract={}", reasons.display()));
    Ok(build.output()?)
}

/// Whether a linker says that it does not know the option.
fn is_unknown(said: &str) -> bool {
    const WORDS: [&str; 3] = [
        "unrecognized option",
        "unknown option",
        "unknown command line option",
    ];
    said.lines().any(|line| {
        line.contains("--why-extract") && WORDS.iter().any(|words| line.contains(words))
    })
}

fn check_reasons(example: &str, reasons: &str) -> Outcome {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_linker_without_reasons_is_not_a_program_that_cannot_be_built() {
        for said in [
            "/usr/bin/ld: unrecognized option '--why-extract=/x/why-linked.txt'",
            "mold: fatal: unknown command line option: --why-extract=/x/why-linked.txt",
            "ld: unknown options: --why-extract=/x/why-linked.txt",
        ] {
            assert!(
                is_unknown(&format!("error: linking failed\n{said}\n")),
                "{said}"
            );
        }
        let asked = "note: \"cc\" \"/x/x86_64-unknown-linux-gnu\" \"-Wl,--why-extract=/x/why.txt\"";
        assert!(!is_unknown(asked));
        assert!(!is_unknown(
            "error: unknown option `x`\n--why-extract=/x/why.txt"
        ));
    }
}
