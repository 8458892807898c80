//! From the end of a run to its result, or to its error.

use std::any::Any;

use restic_process::{Cause, Exit, Invocation, Redactor, Supervised};

use super::spoken::Spoken;
use crate::decode::{DecodeFailure, Decoder, RunEnd};
use crate::diagnostics::{Diagnostics, Notice};
use crate::failure::advice::Start;
use crate::failure::{self, LastWords};
use crate::held::Held;
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

/// What is known of a run when it is over, besides what its decoder knows.
pub(super) struct Ending {
    pub(super) exit: Exit,
    pub(super) stopped: Stopped,
    pub(super) invocation: Invocation,
    /// Whether restic was asked to print less.
    pub(super) quiet: bool,
    /// The repository is on a server.
    pub(super) is_on_server: bool,
    /// The program that ran restic, if another did.
    pub(super) wrapper: Option<String>,
    pub(super) spoken: Spoken,
    pub(super) diagnostics: Diagnostics,
    pub(super) redactor: Redactor,
}

/// What there is of a result after a failure.
pub(super) type Partial = Box<dyn Any + Send + Sync>;

/// The kind of a failure, and its message.
type Failure = (ErrorKind, String);

impl Ending {
    /// What the run came to.
    pub(super) fn result<D: Decoder>(
        &self,
        decoder: D,
    ) -> Result<D::Output, DecodeFailure<D::Output>> {
        let is_proved = self.is_proved(decoder.has_seen_end());
        let (failure, output) = match decoder.finish(&self.run_end(is_proved)) {
            Ok(output) => (None, Some(output)),
            Err(failure) => (Some((failure.kind, failure.message)), failure.partial),
        };
        match (
            self.verdict(failure, is_proved, D::ENDS_WHEN_STOPPED),
            output,
        ) {
            (None, Some(output)) => Ok(output),
            (Some((kind, message)), partial) => {
                Err(DecodeFailure::new(kind, message).with(partial))
            }
            // Without a failure there is an output.
            (None, None) => Err(DecodeFailure::new(
                ErrorKind::BadOutput,
                "there is no result",
            )),
        }
    }

    /// Whether words that prove a good end stand for an exit status that nobody knows.
    fn is_proved(&self, has_seen_end: bool) -> bool {
        self.exit == Exit::Lost && has_seen_end && !failure::is_said(&self.diagnostics)
    }

    fn run_end(&self, is_proved: bool) -> RunEnd<'_> {
        RunEnd {
            exit: if is_proved { Exit::Code(0) } else { self.exit },
            cause: self.stopped.cause,
            diagnostics: &self.diagnostics,
            invocation: &self.invocation,
            quiet: self.quiet,
        }
    }

    /// Why the run is not what was asked for, from what its decoder makes of it.
    fn verdict(
        &self,
        failure: Option<Failure>,
        is_proved: bool,
        ends_when_stopped: bool,
    ) -> Option<Failure> {
        let failure = match failure {
            Some(_) if is_proved => Some((ErrorKind::Io, failure::LOST.to_owned())),
            failure => failure,
        };
        match self.stopped.cause {
            Some(Cause::Cancelled) if ends_when_stopped => {}
            Some(cause) => return Some(self.why_stopped(cause)),
            None => {}
        }
        // A message that could not be read never interrupts a run, and is never passed over.
        match (failure, self.diagnostics.first_malformed()) {
            (None, Some(bad)) => Some((ErrorKind::BadOutput, bad.to_string())),
            // What is missing may be in it.
            (Some((kind, message)), Some(bad))
                if kind == ErrorKind::BadOutput || self.is_silent() =>
            {
                Some((kind, format!("{message}; {bad}")))
            }
            (failure, _) => failure,
        }
    }

    /// Whether restic has not said why it failed.
    fn is_silent(&self) -> bool {
        failure::reason(self.exit, &self.diagnostics).is_none()
    }

    /// Only this side knows that it stopped restic: the exit code may be 130, 1 or even that of
    /// a wrong password.
    fn why_stopped(&self, cause: Cause) -> (ErrorKind, String) {
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
        let complaint = failure::complaint(&self.last_words(), &self.diagnostics);
        let message = match complaint.map(|words| self.diagnostics.shown(&words)) {
            Some(words) => format!("{what}; restic said: {words}"),
            None => what.to_owned(),
        };
        (kind, message)
    }

    /// The notices of a run that ended well.
    pub(super) fn into_notices(ending: Held<Self>) -> Vec<Notice> {
        ending.into_inner().diagnostics.take_notices()
    }

    /// The error that a failure is, with what there is of the result all the same.
    pub(super) fn into_error(
        ending: Held<Self>,
        kind: ErrorKind,
        message: &str,
        partial: Option<Partial>,
    ) -> Error {
        let ending = ending.into_inner();
        ending
            .into_error_of(kind, message)
            .with_any_partial(partial)
    }

    fn into_error_of(mut self, kind: ErrorKind, message: &str) -> Error {
        let said = self.last_words();
        let lock = (kind == ErrorKind::Locked).then(|| self.lock_holder(&said));
        let is_unopened_server = self.is_on_server && !self.spoken.anything();
        let waited_for_network =
            failure::waited_for_network(&said, &self.diagnostics, is_unopened_server);
        let lock_may_remain = self.lock_may_remain();
        let tail = self.diagnostics.shown(self.diagnostics.tail());
        // It may quote a part of what could not be read.
        let message = shortened::message(self.redactor.redact(message).into_owned());
        let start = Start {
            wrapper: self.wrapper.as_deref(),
            invocation: &self.invocation,
        };
        let kind = start.kind(self.exit, kind, &message);
        let message = match start.advice(kind, &message) {
            Some(advice) => format!("{}; {advice}", message.trim_end()),
            None => message,
        };
        Error::new(kind, message)
            .with_exit(self.exit)
            .with_stderr(tail, self.diagnostics.take_notices())
            .with_invocation(self.invocation)
            .with_lock_holder(lock.flatten())
            .with_waited_for_network(waited_for_network)
            .with_lock_may_remain(lock_may_remain)
    }

    fn last_words(&self) -> LastWords<'_> {
        LastWords::of(&self.diagnostics)
    }

    /// Who holds the lock that was in the way.
    fn lock_holder(&self, said: &LastWords<'_>) -> Option<LockHolder> {
        let shown = |line: &str, part| self.diagnostics.shown_part(line, part);
        LockHolder::find(said.lines(), &shown)
    }

    fn lock_may_remain(&self) -> bool {
        // restic forgets its lock when it is interrupted in the moment in which it makes it, and
        // that it is past that moment is known by what it printed until then.
        let mut arguments = self.invocation.masked_arguments();
        let makes_lock = !arguments.any(|argument| argument == "--no-lock");
        let is_past = self.is_past_the_lock();
        let may_forget = self.stopped.cause.is_some() && !is_past && makes_lock;
        let has_crashed = failure::crash(self.exit, &self.diagnostics).is_some();
        self.stopped.lock_may_remain
            || matches!(self.exit, Exit::Signal(_) | Exit::Lost)
            || may_forget
            || has_crashed
    }

    /// Whether restic had said before the stop that it has its lock.
    fn is_past_the_lock(&self) -> bool {
        let past = self.spoken.past_lock_at;
        past.is_some_and(|at| at <= self.stopped.stdout_before)
    }
}
