//! Where the output of a call goes.

use std::env;
use std::io::{self, IsTerminal as _};
use std::os::fd::AsFd;

use rustix::fs::fstat;

/// Where the output of the command itself goes.
pub(crate) const INHERITED: &str = "RESTIC_REPLAY_OUTPUT";

/// Names what a descriptor is open on.
fn name(descriptor: impl AsFd) -> io::Result<String> {
    let stat = fstat(descriptor)?;
    Ok(format!("{}:{}", stat.st_dev, stat.st_ino))
}

/// What both streams of this process are open on.
pub(crate) fn of_this_process() -> io::Result<[String; 2]> {
    Ok([name(io::stdout())?, name(io::stderr())?])
}

/// Whether a program has made one of the two streams of a call, as `2>&1` does. Where it has left
/// them alone, they may be one by chance, and another time two.
pub(crate) fn are_one() -> io::Result<bool> {
    let [stdout, stderr] = of_this_process()?;
    let inherited = env::var(INHERITED).unwrap_or_default();
    let is_inherited = inherited.split(' ').any(|name| name == stdout);
    Ok(stdout == stderr && !is_inherited && !io::stdout().is_terminal())
}
