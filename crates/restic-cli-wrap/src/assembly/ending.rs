//! From the end of a run to its result, or to its error.

use std::sync::Arc;

use restic_process::{Cause, Exit, Supervised};
use restic_types::search::trim_end;

use super::intake::Intake;
use crate::decode::{Fault, RunEnd};
use crate::diagnostics::{Diagnostics, Notice};
use crate::error::{Facts, Partial};
use crate::failure::advice::Start;
use crate::failure::{self, LastWords};
use crate::lock_holder::LockHolder;
use crate::shortened;
use crate::{Error, ErrorKind};

/// Whether and why a process was stopped from here.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Stopped {
    pub(crate) cause: Option<Cause>,
    pub(crate) lock_may_remain: bool,
    /// How many bytes of standard output came before that.
    stdout_before: u64,
}

impl Stopped {
    pub(crate) fn of(process: &Supervised) -> Self {
        Self {
            cause: process.cause(),
            lock_may_remain: process.lock_may_remain(),
            stdout_before: process.stdout_before_stop(),
        }
    }
}

/// What a run comes to.
impl Intake {
    /// What is known at the end. Absent when the end was not reached.
    pub(super) fn ending(&self, stopped: Stopped, has_seen_end: bool) -> Option<Ending<'_>> {
        let exit = self.exit?;
        Some(Ending {
            exit,
            is_proved: exit == Exit::Lost && has_seen_end && !failure::is_said(&self.diagnostics),
            stopped,
            intake: self,
        })
    }

    /// The run came to a result. Returns its notices.
    pub(super) fn succeeded(&mut self) -> Vec<Notice> {
        self.span.take().ended(self.exit, None);
        self.diagnostics.take_notices()
    }

    /// The run failed with this, and with what there is of the result all the same.
    pub(super) fn failed(
        &mut self,
        stopped: Stopped,
        fault: Option<Fault>,
        partial: Option<Partial>,
    ) -> Error {
        let error = match self.ending(stopped, false) {
            Some(ending) => {
                // Without a fault there is an output.
                let missing = || Fault::new(ErrorKind::BadOutput, "there is no result");
                let error = Error::of(ending.facts(fault.unwrap_or_else(missing)));
                error.with_all_the_same(partial, self.diagnostics.take_notices())
            }
            None => {
                let message = "the run was given up after an error while reading it";
                let error = Error::new(ErrorKind::Io, message);
                error.with_invocation(Arc::clone(&self.invocation))
            }
        };
        self.span.take().ended(self.exit, Some(error.kind()));
        error
    }
}

/// What is known of a run when it is over, besides what its decoder knows.
#[derive(Clone, Copy)]
pub(super) struct Ending<'a> {
    exit: Exit,
    /// Words that prove a good end stand for an exit status that nobody knows.
    is_proved: bool,
    stopped: Stopped,
    intake: &'a Intake,
}

impl<'a> Ending<'a> {
    fn diagnostics(self) -> &'a Diagnostics {
        &self.intake.diagnostics
    }

    pub(super) fn run_end(self) -> RunEnd<'a> {
        RunEnd {
            exit: match self.is_proved {
                true => Exit::Code(0),
                false => self.exit,
            },
            cause: self.stopped.cause,
            diagnostics: self.diagnostics(),
            invocation: &self.intake.invocation,
            quiet: self.intake.quiet,
        }
    }

    /// Why the run is not what was asked for, from what its decoder makes of it.
    pub(super) fn verdict(self, fault: Option<Fault>, ends_when_stopped: bool) -> Option<Fault> {
        match self.stopped.cause {
            Some(Cause::Cancelled) if ends_when_stopped => {}
            Some(cause) => return Some(self.why_stopped(cause)),
            None => {}
        }
        // A message that could not be read never interrupts a run, and is never passed over.
        let bad = self.diagnostics().first_malformed();
        let mut fault = match (fault, bad) {
            (Some(_), _) if self.is_proved => Fault::new(ErrorKind::Io, failure::LOST),
            (Some(fault), _) => fault,
            (None, bad) => return Some(Fault::new(ErrorKind::BadOutput, bad?)),
        };
        // What is missing may be in it.
        if let Some(bad) = bad
            && (fault.kind == ErrorKind::BadOutput || self.is_silent())
        {
            fault.add("; ", bad);
        }
        Some(fault)
    }

    /// Whether restic has not said why it failed.
    fn is_silent(self) -> bool {
        failure::reason(self.exit, self.diagnostics()).is_none()
    }

    /// Only this side knows that it stopped restic: the exit code may be 130, 1 or even that of
    /// a wrong password.
    fn why_stopped(self, cause: Cause) -> Fault {
        let (kind, what) = match cause {
            Cause::Cancelled => (ErrorKind::Cancelled, "the run was cancelled"),
            Cause::TotalDeadline => (
                ErrorKind::TimedOut,
                "the run took longer than its total deadline",
            ),
            Cause::IdleDeadline => (
                ErrorKind::TimedOut,
                "restic was silent for longer than its idle deadline",
            ),
            _ => (ErrorKind::Cancelled, "the run was stopped"),
        };
        let mut fault = Fault::new(kind, what);
        let said = LastWords::of(self.diagnostics());
        if let Some(words) = failure::complaint(&said, self.diagnostics()) {
            fault.add("; restic said: ", &self.diagnostics().shown(&words));
        }
        fault
    }

    /// What an error says of this fault.
    pub(super) fn facts(self, fault: Fault) -> Facts {
        let Intake {
            invocation,
            is_on_server,
            wrapper,
            spoken,
            diagnostics,
            ..
        } = self.intake;
        let said = LastWords::of(diagnostics);
        let lock = (fault.kind == ErrorKind::Locked).then(|| self.lock_holder(&said));
        let is_unopened_server = *is_on_server && !spoken.anything();
        // It may quote a part of what could not be read.
        let message = shortened::message(diagnostics.shown(&fault.message));
        let start = Start {
            wrapper: wrapper.as_deref(),
            invocation,
        };
        let mut fault = Fault {
            kind: start.kind(self.exit, fault.kind, &message),
            message,
        };
        if let Some(advice) = start.advice(fault.kind, &fault.message) {
            fault.message.truncate(trim_end(&fault.message).len());
            fault.add("; ", &advice);
        }
        Facts {
            kind: fault.kind,
            message: fault.message,
            exit: Some(self.exit),
            stderr_tail: diagnostics.shown(diagnostics.tail()),
            notices: Vec::new(),
            invocation: Some(Arc::clone(invocation)),
            partial: None,
            lock_may_remain: self.lock_may_remain(),
            lock: lock.flatten(),
            waited_for_network: failure::waited_for_network(&said, diagnostics, is_unopened_server),
            source: None,
        }
    }

    /// Who holds the lock that was in the way.
    fn lock_holder(self, said: &LastWords<'_>) -> Option<LockHolder> {
        let shown = |line: &str, part| self.diagnostics().shown_part(line, part);
        LockHolder::find(said.lines(), &shown)
    }

    fn lock_may_remain(self) -> bool {
        // restic forgets its lock when it is interrupted in the moment in which it makes it, and
        // that it is past that moment is known by what it printed until then.
        let mut arguments = self.intake.invocation.masked_arguments();
        let makes_lock = !arguments.any(|argument| argument == "--no-lock");
        let is_past = self.is_past_the_lock();
        let may_forget = self.stopped.cause.is_some() && !is_past && makes_lock;
        let has_crashed = failure::crash(self.exit, self.diagnostics()).is_some();
        self.stopped.lock_may_remain
            || matches!(self.exit, Exit::Signal(_) | Exit::Lost)
            || may_forget
            || has_crashed
    }

    /// Whether restic had said before the stop that it has its lock.
    fn is_past_the_lock(self) -> bool {
        let past = self.intake.spoken.past_lock_at;
        past.is_some_and(|at| at <= self.stopped.stdout_before)
    }
}
