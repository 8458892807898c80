//! Programs that are not waited for without end.

use std::fs::File;
use std::io::{self, Read as _, Seek as _};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// How much of what a program printed is shown.
const TAIL: u64 = 2000;

/// Runs a program that has to succeed within a time. What it prints is shown when it does not.
pub(crate) fn run(command: &mut Command, limit: Duration) -> Result<(), String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let mut child = Guarded::start(command).map_err(|error| format!("{name}: {error}"))?;
    let problem = match child.wait(limit) {
        Ok(Some(status)) if status.success() => return Ok(()),
        Ok(Some(status)) => status.to_string(),
        Ok(None) => format!("no end after {limit:?}"),
        Err(error) => error.to_string(),
    };
    Err(format!("{name}: {problem}\n{}", child.printed()))
}

/// A program that ends when this is dropped, with what it has printed so far.
pub(crate) struct Guarded {
    child: Child,
    log: File,
}

impl Guarded {
    pub(crate) fn start(command: &mut Command) -> io::Result<Self> {
        let log = tempfile::tempfile()?;
        let child = command
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log.try_clone()?)
            .spawn()?;
        Ok(Self { child, log })
    }

    /// Its end, or nothing when it does not come within this time.
    pub(crate) fn wait(&mut self, limit: Duration) -> io::Result<Option<ExitStatus>> {
        let begin = Instant::now();
        loop {
            let status = self.child.try_wait()?;
            if status.is_some() || begin.elapsed() >= limit {
                return Ok(status);
            }
            thread::sleep(Duration::from_millis(20));
        }
    }

    /// The last of what it has printed.
    pub(crate) fn printed(&mut self) -> String {
        let mut text = Vec::new();
        let begin = self.log.metadata().map_or(0, |log| log.len());
        let begin = io::SeekFrom::Start(begin.saturating_sub(TAIL));
        let read = self.log.seek(begin);
        match read.and_then(|_| self.log.read_to_end(&mut text)) {
            Ok(_) => String::from_utf8_lossy(&text).trim().to_owned(),
            Err(error) => format!("(what it printed cannot be read: {error})"),
        }
    }
}

impl Drop for Guarded {
    fn drop(&mut self) {
        // One that has ended already has nothing to be killed, and no more to wait for.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
