//! Signals that this process gets in the place of restic.

use std::ffi::c_int;
use std::fs::File;
use std::io::{self, Write as _};
use std::os::unix::process::ExitStatusExt as _;
use std::path::PathBuf;
use std::process::Child;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use restic_core::Exit;
use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process, waitid};
use signal_hook::consts::{SIGALRM, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2};
use signal_hook::iterator::Signals;

/// Hands on signals, and remembers when they came.
pub(crate) struct Forward {
    signals: Signals,
    log: PathBuf,
    printed: Printed,
}

/// How many bytes restic has printed.
#[derive(Clone, Default)]
pub(crate) struct Printed {
    pub(crate) stdout: Arc<AtomicU64>,
    pub(crate) stderr: Arc<AtomicU64>,
}

impl Forward {
    /// What ends a program or, for the last two, makes restic report its progress.
    pub(crate) const SIGNALS: [c_int; 7] =
        [SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGALRM, SIGUSR1, SIGUSR2];

    /// Catches signals from here on. The file gets a line for each.
    pub(crate) fn new(log: PathBuf) -> io::Result<Self> {
        Ok(Self {
            signals: Signals::new(Self::SIGNALS)?,
            log,
            printed: Printed::default(),
        })
    }

    pub(crate) fn printed(&self) -> Printed {
        self.printed.clone()
    }

    /// Hands them on to this process, until it has ended.
    pub(crate) fn start(self, child: &Child) -> Running {
        let pid = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
        let target = Arc::new(Mutex::new(pid));
        let running = Running {
            target: Arc::clone(&target),
        };
        let Self {
            mut signals,
            log,
            printed,
        } = self;
        thread::spawn(move || {
            for number in signals.forever() {
                let target = target.lock().unwrap_or_else(PoisonError::into_inner);
                let (Some(pid), Some(signal)) = (*target, Signal::from_named_raw(number)) else {
                    continue;
                };
                let place = |count: &AtomicU64| count.load(Ordering::SeqCst);
                let (stdout, stderr) = (place(&printed.stdout), place(&printed.stderr));
                let line = format!("{number} {stdout} {stderr}\n");
                // A signal matters more to restic than to the recording, which fails when it is
                // replayed for the first time.
                let file = File::options().create(true).append(true).open(&log);
                let _ = file.and_then(|mut file| file.write_all(line.as_bytes()));
                // It may have ended just now.
                let _ = kill_process(pid, signal);
            }
        });
        running
    }
}

/// A child that gets the signals of this process.
pub(crate) struct Running {
    target: Arc<Mutex<Option<Pid>>>,
}

impl Running {
    /// Waits for its end.
    pub(crate) fn wait(self, child: &mut Child) -> io::Result<Exit> {
        let mut target = *self.target.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(pid) = target.take() {
            let options = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT;
            while let Err(rustix::io::Errno::INTR) = waitid(WaitId::Pid(pid), options) {}
        }
        // From here on its number may be given to another process.
        *self.target.lock().unwrap_or_else(PoisonError::into_inner) = None;
        let status = child.wait()?;
        Ok(match (status.code(), status.signal()) {
            (Some(code), _) => Exit::Code(code),
            (None, signal) => Exit::Signal(signal.unwrap_or(9)),
        })
    }
}

/// A line of the log: the signal, and how much had been printed of both streams.
pub(crate) fn read_line(line: &str) -> Option<(c_int, usize, usize)> {
    let mut numbers = line.split(' ');
    let signal = numbers.next()?.parse().ok()?;
    let stdout = numbers.next()?.parse().ok()?;
    Some((signal, stdout, numbers.next()?.parse().ok()?))
}
