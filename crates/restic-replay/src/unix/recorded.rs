//! What the journal has of a call, as a process that does the same once more.

use std::fs;
use std::io;
use std::time::Instant;

use restic_core::{Event, Exit, Process, Scripted};
use signal_hook::consts::{SIGINT, SIGTERM};

use super::forward::read_line;
use super::journal::Journal;
use super::pass_through::{Ended, read_exit};

/// One call as it went.
pub(crate) struct Recorded {
    pub(crate) script: Scripted,
    signal: Option<Sent>,
}

/// What was done to it while it ran.
#[derive(Clone, Copy)]
enum Sent {
    Interrupt,
    Terminate,
    Kill,
}

impl Recorded {
    /// Reads the files of a call.
    pub(crate) fn read(journal: &Journal, number: usize) -> Result<Self, String> {
        let failed = |error| format!("call {} was not recorded whole: {error}", number + 1);
        let read = |what: &str| fs::read(journal.file(number, what));
        let exit = read("exit").map_err(failed)?;
        let ended = read_exit(&String::from_utf8_lossy(&exit))
            .ok_or_else(|| failed(io::Error::other("it could not be written")))?;
        let mut stdout = read("stdout").map_err(failed)?;
        let mut stderr = read("stderr").map_err(failed)?;
        let exit = match ended {
            Ended::Itself(exit) => exit,
            Ended::Killed => Exit::Signal(9),
        };
        let signals = read("signals").unwrap_or_default();
        let signals = String::from_utf8_lossy(&signals).into_owned();
        let sent = |line: &str| match read_line(line)? {
            (SIGINT, stdout, stderr) => Some((Sent::Interrupt, stdout, stderr)),
            (SIGTERM, stdout, stderr) => Some((Sent::Terminate, stdout, stderr)),
            _ => None,
        };
        let killed = match ended {
            Ended::Killed => Some((Sent::Kill, stdout.len(), stderr.len())),
            Ended::Itself(_) => None,
        };
        let Some((signal, out, err)) = signals.lines().find_map(sent).or(killed) else {
            let script = Scripted::new().stdout(stdout).stderr(stderr).exits(exit);
            let signal = None;
            return Ok(Self { script, signal });
        };
        let after_stdout = stdout.split_off(out.min(stdout.len()));
        let after_stderr = stderr.split_off(err.min(stderr.len()));
        let after = Scripted::new()
            .stdout(after_stdout)
            .stderr(after_stderr)
            .exits(exit);
        let before = Scripted::new().stdout(stdout).stderr(stderr).hang();
        let script = match signal {
            Sent::Interrupt => before.on_interrupt(after),
            Sent::Terminate => before.on_terminate(after),
            Sent::Kill => before,
        };
        let signal = Some(signal);
        Ok(Self { script, signal })
    }

    /// Runs it to its end, and signals it where it was signalled.
    pub(crate) fn run(&self, process: &mut dyn Process) -> io::Result<()> {
        loop {
            let waits = self.signal.map(|_| Instant::now());
            match (process.next_event(waits)?, self.signal) {
                (Event::Exited(_), _) => return Ok(()),
                (Event::Woken, Some(Sent::Interrupt)) => process.control().interrupt()?,
                (Event::Woken, Some(Sent::Terminate)) => process.control().terminate()?,
                (Event::Woken, Some(Sent::Kill)) => process.control().kill()?,
                _ => {}
            }
        }
    }
}
