//! A process that is remembered.

use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex};
use std::time::Instant;

use crate::assembly::{RawCall, RawSignal};
use crate::input::WatchedInput;
use crate::mutex::lock;
use restic_core::for_recorder::SignalName;
use restic_core::{Control, EffectsWatch, Event, Process};

/// The calls so far.
#[derive(Default)]
pub(crate) struct Log {
    pub(crate) started: usize,
    pub(crate) running: usize,
    /// By their starts.
    pub(crate) calls: BTreeMap<usize, RawCall>,
}

/// Hands on what a process prints, and keeps it until the end.
pub(crate) struct RecordedProcess {
    inner: Box<dyn Process>,
    number: usize,
    /// Taken when restic has ended.
    call: Arc<Mutex<Option<RawCall>>>,
    /// Taken with it.
    input: Option<WatchedInput>,
    /// Absent when it leaves no files, or they are not recorded.
    watch: Option<EffectsWatch>,
    log: Arc<Mutex<Log>>,
}

impl RecordedProcess {
    pub(crate) fn new(
        inner: Box<dyn Process>,
        number: usize,
        call: RawCall,
        input: WatchedInput,
        watch: Option<EffectsWatch>,
        log: Arc<Mutex<Log>>,
    ) -> Self {
        Self {
            inner,
            number,
            call: Arc::new(Mutex::new(Some(call))),
            input: Some(input),
            watch,
            log,
        }
    }
}

impl Process for RecordedProcess {
    fn next_event(&mut self, deadline: Option<Instant>) -> io::Result<Event> {
        let event = self.inner.next_event(deadline)?;
        let mut running = lock(&self.call);
        let Some(call) = &mut *running else {
            return Ok(event);
        };
        match &event {
            Event::Stdout(bytes) => call.stdout.extend(bytes),
            Event::Stderr(bytes) => call.stderr.extend(bytes),
            Event::Exited(exit) => {
                call.exit = *exit;
                call.stdin = self.input.take().and_then(WatchedInput::whole);
                if let Some(watch) = self.watch.take() {
                    call.left = watch.finish();
                }
                let mut log = lock(&self.log);
                log.running -= 1;
                // A replay answers for the version, whether it was asked for or not.
                let is_kept = |call: &RawCall| !call.is_version();
                if let Some(call) = running.take().filter(is_kept) {
                    log.calls.insert(self.number, call);
                }
            }
            // The runner's own words are nothing that restic said.
            _ => {}
        }
        Ok(event)
    }

    fn control(&self) -> Arc<dyn Control> {
        Arc::new(RecordedControl {
            inner: self.inner.control(),
            call: Arc::clone(&self.call),
        })
    }
}

/// Hands on signals, and keeps when the first one came.
struct RecordedControl {
    inner: Arc<dyn Control>,
    call: Arc<Mutex<Option<RawCall>>>,
}

impl RecordedControl {
    /// Remembered before it is sent: what comes after it may be read at once.
    fn remember(&self, name: SignalName) {
        if let Some(call) = &mut *lock(&self.call) {
            let (stdout, stderr) = (call.stdout.len(), call.stderr.len());
            call.signal.get_or_insert(RawSignal {
                name,
                stdout,
                stderr,
            });
        }
    }
}

impl Control for RecordedControl {
    fn interrupt(&self) -> io::Result<()> {
        self.remember(SignalName::Interrupt);
        self.inner.interrupt()
    }

    fn terminate(&self) -> io::Result<()> {
        self.remember(SignalName::Terminate);
        self.inner.terminate()
    }

    fn kill(&self) -> io::Result<()> {
        self.remember(SignalName::Kill);
        self.inner.kill()
    }

    fn wake(&self) {
        self.inner.wake();
    }
}
