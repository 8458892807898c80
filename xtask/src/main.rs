//! Repository tasks: `cargo xtask TASK`.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program for people at a terminal"
)]

mod corpus;
mod coverage;

use std::process::ExitCode;

const USAGE: &str =
    "usage: cargo xtask coverage [--write] [RESTIC…]   (or RESTIC_BINARIES=path:path)";

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let outcome = match arguments.next().as_deref() {
        Some("corpus") => corpus::run(arguments),
        Some("coverage") => coverage::run(arguments),
        _ => Err(USAGE.into()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
