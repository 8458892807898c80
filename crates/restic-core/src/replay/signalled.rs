//! Calls that were signalled when they were recorded.

use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant};

use restic_types::canonical::LINES_BEFORE_SIGNAL;

use crate::scenario::{RecordedSignal, SignalName};
use crate::{Control, Event, Exit, Process, Scripted};

/// How long a process waits for the signal that came when it was recorded.
pub(super) const PATIENCE: Duration = Duration::from_secs(60);

/// An exit code that restic never uses.
const NOT_RECORDED: i32 = 97;

/// Both streams of a call.
pub(super) struct Printed {
    pub(super) stdout: Vec<u8>,
    pub(super) stderr: Vec<u8>,
}

/// Prints what came before the signal and waits for it. To the recorded signal it answers as it was
/// recorded, to others in the way of its version.
pub(super) fn script(
    signal: RecordedSignal,
    before: Printed,
    after: Printed,
    exit: Exit,
    patience: Duration,
    react: impl FnOnce(Scripted) -> Scripted,
) -> Scripted {
    let name = word(signal.name);
    let waiting = Scripted::printed(before.stdout, before.stderr)
        .pause(patience)
        .stderr(format!(
            "this call was {name} here when it was recorded, and is not now\n"
        ))
        .exit(NOT_RECORDED);
    let then = Scripted::printed(after.stdout, after.stderr)
        .exits(exit)
        .ignore_signals();
    let waiting = react(waiting);
    match signal.name {
        SignalName::Interrupt => waiting.on_interrupt(then),
        SignalName::Terminate => waiting.on_terminate(then),
        // Nothing reacts to it.
        SignalName::Kill => waiting,
    }
}

/// The place of a signal in both streams.
pub(super) fn split(printed: Printed, signal: RecordedSignal) -> (Printed, Printed) {
    let halves = |mut bytes: Vec<u8>, at: u64| {
        let at = usize::try_from(at).unwrap_or(usize::MAX).min(bytes.len());
        let after = bytes.split_off(at);
        (bytes, after)
    };
    let stdout = halves(printed.stdout, signal.after_stdout);
    let stderr = halves(printed.stderr, signal.after_stderr);
    let before = Printed {
        stdout: stdout.0,
        stderr: stderr.0,
    };
    let after = Printed {
        stdout: stdout.1,
        stderr: stderr.1,
    };
    (before, after)
}

/// Reports when the signal did not come: the program may hide it.
pub(super) struct Signalled {
    pub(super) inner: Box<dyn Process>,
    pub(super) missed: Option<Box<dyn FnOnce(String) + Send>>,
    pub(super) id: String,
    pub(super) name: SignalName,
}

impl Process for Signalled {
    fn next_event(&mut self, deadline: Option<Instant>) -> io::Result<Event> {
        let event = self.inner.next_event(deadline)?;
        if matches!(event, Event::Exited(Exit::Code(NOT_RECORDED)))
            && let Some(missed) = self.missed.take()
        {
            let (id, name) = (&self.id, word(self.name));
            missed(format!(
                "not recorded: how {id} goes on without a signal\n  it was {name} in the middle when \
                 it was recorded, and that was waited for in vain: stop it as before, or record the \
                 scenario again\n  a recording has {LINES_BEFORE_SIGNAL} lines of progress before a \
                 signal: a program that waits for more of them cannot be replayed"
            ));
        }
        Ok(event)
    }

    fn control(&self) -> Arc<dyn Control> {
        self.inner.control()
    }
}

/// What was done to it.
fn word(name: SignalName) -> &'static str {
    match name {
        SignalName::Interrupt => "interrupted",
        SignalName::Terminate => "terminated",
        SignalName::Kill => "killed",
    }
}
