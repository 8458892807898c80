//! Repository tasks: `cargo xtask TASK`.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program for people at a terminal"
)]

mod backends;
mod bench;
mod child;
mod ci;
mod coverage;
mod cycles;
mod downstream;
mod drift;
mod random;
mod record;
mod seeds;
mod soak;
mod task;
mod tidy;

use std::env;
use std::process::ExitCode;

const USAGE: &str = "\
usage: cargo xtask backends [NAME…]                real servers: rest, rclone, sftp, s3
       cargo xtask bench --all|--instructions|…    what it costs, beside what others do
       cargo xtask ci                              every check there is
       cargo xtask corpus DIR [--only backup,…]    recordings of restic through the client
       cargo xtask coverage [--write] [RESTIC…]    the table of commands and flags
       cargo xtask cycles                          modules that use each other
       cargo xtask downstream                      programs that use these crates
       cargo xtask drift RESTIC                    what another restic does differently, and what of
                                                   it our types do not know
       cargo xtask record [--check] [--only NAME,…] [RESTIC…]
                                                   the recordings in fixtures/
       cargo xtask soak [--rounds N]               backups that are cancelled, again and again
       cargo xtask seeds                           beginnings for the fuzz targets, below fuzz/corpus
       cargo xtask tidy                            rules of this repository

Real restic binaries are named by RESTIC_BINARIES=path:path. `backends` takes the rest-server of
RESTIC_REST_SERVER, the one beside these binaries or the system's, and installs what is missing
with apt-get, or with pip below target/. What cannot be had is named at the end, and is a failure
where RESTIC_NO_SKIP is set.";

fn main() -> ExitCode {
    let mut arguments = env::args().skip(1);
    let outcome = match arguments.next().as_deref() {
        Some("backends") => backends::run(arguments),
        Some("bench") => bench::run(arguments),
        Some("ci") => ci::run(),
        Some("corpus") => restic_corpus::run(arguments),
        Some("coverage") => coverage::run(arguments),
        Some("cycles") => cycles::run(),
        Some("downstream") => downstream::run(),
        Some("drift") => drift::run(arguments),
        Some("record") => record::run(arguments),
        Some("soak") => soak::run(arguments),
        Some(soak::TASK) => soak::run_program(arguments),
        Some("seeds") => seeds::run(),
        Some("tidy") => tidy::run(),
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
