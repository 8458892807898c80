use std::process::ExitCode;

/// The exit code of calls that were not recorded, and of replays in which something was wrong.
/// restic never uses it.
pub const NOT_RECORDED: u8 = 97;

/// Says what is wrong to whoever called.
pub(crate) fn fail(problem: &str) -> ExitCode {
    say(problem);
    ExitCode::from(NOT_RECORDED)
}

/// Says something on standard error.
#[allow(clippy::print_stderr, reason = "it is a program that speaks here")]
pub(crate) fn say(text: &str) {
    eprintln!("restic-replay: {text}");
}
