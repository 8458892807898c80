//! The program and the stand-in, which need signals as Unix has them.

use std::env;
use std::ffi::OsStr;
use std::path::Path;
use std::process::ExitCode;

mod again;
mod answer;
mod check;
mod command_line;
mod forward;
mod heard;
mod hidden;
mod inherited;
mod input;
mod journal;
mod left;
mod outputs;
mod pass_through;
mod recorded;
mod report;
mod session;
mod test_stand_in;

pub use report::NOT_RECORDED;
pub use session::StandIn;
pub use test_stand_in::TestStandIn;

/// Is the program `restic-replay`, or restic when it is called by that name.
#[must_use]
pub fn main() -> ExitCode {
    let name = env::args_os().next().unwrap_or_default();
    let name = Path::new(&name).file_name();
    let own = env::current_exe().unwrap_or_default();
    // A program under test may call it whatever it likes, such as the last word of `--as PATH`.
    let is_other = env::var_os(journal::JOURNAL).is_some() && name != own.file_name();
    if is_other || name == Some(OsStr::new("restic")) {
        return stand_in();
    }
    command_line::run(env::args_os().skip(1).collect())
}

/// Is restic: answers from a recording or passes through to the real one, as the variables say
/// that [`StandIn`] or `restic-replay` has set.
#[must_use]
pub fn stand_in() -> ExitCode {
    let outcome = match journal::Journal::of_environment() {
        Some(journal) if journal.is_recording() => pass_through::call(&journal),
        Some(journal) => answer::call(&journal),
        None => Err("run me by `restic-replay record` or `restic-replay replay`".to_owned()),
    };
    outcome.unwrap_or_else(|problem| report::fail(&problem))
}
