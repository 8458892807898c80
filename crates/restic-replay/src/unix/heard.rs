//! What comes to a replayed call from outside while it answers: signals and its input.

use std::collections::VecDeque;
use std::ffi::c_int;
use std::fs::File;
use std::io;
use std::path::Path;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use restic_core::Control;
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

use super::input;

enum Heard {
    Signal(c_int),
    InputRead(io::Result<()>),
}

/// Listens from the start of a call to its end.
pub(crate) struct Listener {
    report: Sender<Heard>,
    heard: Receiver<Heard>,
    /// Signals that came before there was a process to take them.
    early: VecDeque<c_int>,
}

impl Listener {
    pub(crate) fn new() -> io::Result<Self> {
        let (report, heard) = channel();
        let mut signals = Signals::new([SIGINT, SIGTERM])?;
        let also = report.clone();
        thread::spawn(move || {
            for signal in signals.forever() {
                // Nobody listens any more when the call has ended.
                let _ = also.send(Heard::Signal(signal));
            }
        });
        Ok(Self {
            report,
            heard,
            early: VecDeque::new(),
        })
    }

    /// Reads standard input into a file, and reports whether its end has come. Waits for that if so
    /// asked, until a signal comes: whoever writes it may never end it.
    pub(crate) fn read_input(&mut self, copy: &Path, waits: bool) -> io::Result<bool> {
        let (report, copy) = (self.report.clone(), File::create(copy)?);
        thread::spawn(move || {
            // Nobody listens any more when the call has ended.
            let _ = report.send(Heard::InputRead(input::drain(copy)));
        });
        if !waits {
            return Ok(false);
        }
        match self.heard.recv() {
            Ok(Heard::InputRead(read)) => read.map(|()| true),
            Ok(Heard::Signal(signal)) => {
                self.early.push_back(signal);
                Ok(false)
            }
            Err(_) => Ok(false),
        }
    }

    /// Wakes a process for each signal from here on.
    pub(crate) fn wake(self, control: Arc<dyn Control>) -> Pending {
        let pending = Pending(Arc::new(Mutex::new(self.early)));
        let shared = pending.clone();
        thread::spawn(move || {
            for heard in self.heard {
                if let Heard::Signal(signal) = heard {
                    shared.lock().push_back(signal);
                    control.wake();
                }
            }
        });
        pending
    }
}

/// Signals that a process has not taken yet.
#[derive(Clone)]
pub(crate) struct Pending(Arc<Mutex<VecDeque<c_int>>>);

impl Pending {
    fn lock(&self) -> std::sync::MutexGuard<'_, VecDeque<c_int>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn count(&self) -> usize {
        self.lock().len()
    }

    /// Sends the first of them. A process that has ended takes none, and this one is about to end
    /// as well.
    pub(crate) fn send_next(&self, control: &dyn Control) {
        let signal = self.lock().pop_front();
        let _ = match signal {
            Some(SIGINT) => control.interrupt(),
            Some(_) => control.terminate(),
            None => Ok(()),
        };
    }
}
