//! The program `restic-replay`.

use std::process::ExitCode;

#[cfg(unix)]
fn main() -> ExitCode {
    restic_replay::main()
}

#[cfg(not(unix))]
#[allow(clippy::print_stderr, reason = "it is a program that speaks here")]
fn main() -> ExitCode {
    eprintln!("restic-replay: this system has no signals to hand on; Unix systems have");
    ExitCode::FAILURE
}
