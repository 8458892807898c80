//! What runs of all commands have in common: one copy of it is enough for a program.

use std::sync::Arc;

use restic_process::{Event, Exit, Invocation, Redactor};

use super::ending::{Ending, Stopped};
use super::rows::Rows;
use super::spoken::Spoken;
use crate::diagnostics::{Diagnostics, NoticeHandler, NoticeSource};
use crate::framing::lines::Lines;
use crate::framing::{NewOutput, Output};
use crate::held::Held;
use crate::trace::RunSpan;
use crate::version::Versions;
use crate::{Error, ErrorKind, Result};

/// What came in of a run, as far as no decoder is needed for it.
pub(crate) struct Intake {
    pub(super) invocation: Invocation,
    quiet: bool,
    pub(super) stdout: Output,
    pub(super) stderr: Lines,
    pub(super) rows: Rows,
    pub(super) diagnostics: Diagnostics,
    spoken: Spoken,
    /// The repository is on a server.
    is_on_server: bool,
    /// The program that runs restic, if another does.
    wrapper: Option<String>,
    pub(super) exit: Option<Exit>,
    gave_up: bool,
    pub(super) span: RunSpan,
    pub(super) redactor: Redactor,
    /// Learns of a version that restic says.
    pub(super) versions: Option<Arc<Versions>>,
}

impl Intake {
    pub(crate) fn new(
        output: NewOutput,
        invocation: Invocation,
        quiet: bool,
        span: RunSpan,
    ) -> Self {
        let redactor = Redactor::of(&invocation);
        Self {
            span,
            invocation,
            quiet,
            stdout: output(),
            stderr: Lines::default(),
            rows: Rows::default(),
            diagnostics: Diagnostics::new(redactor.clone()),
            spoken: Spoken::default(),
            is_on_server: false,
            wrapper: None,
            exit: None,
            gave_up: false,
            redactor,
            versions: None,
        }
    }

    /// Says whether the repository is on a server.
    pub(crate) fn on_server(self, is_on_server: bool) -> Self {
        Self {
            is_on_server,
            ..self
        }
    }

    /// Says which program runs restic, if another does.
    pub(crate) fn behind(self, wrapper: Option<String>) -> Self {
        Self {
            spoken: self.spoken.mixed(wrapper.is_some()),
            wrapper,
            ..self
        }
    }

    /// Keeps a version that restic says here.
    pub(crate) fn teaching(mut self, versions: Arc<Versions>) -> Self {
        self.versions = Some(versions);
        self
    }

    /// Hands each notice to this handler, too, when it is read.
    pub(crate) fn on_notice(mut self, handler: Option<NoticeHandler>) -> Self {
        self.diagnostics.set_handler(handler);
        self
    }

    /// Adds what this library has to say.
    pub(crate) fn warn(&mut self, words: &str) {
        self.diagnostics.notice(NoticeSource::Library, words);
    }

    pub(super) fn push(&mut self, event: Event) {
        self.span.received(&event);
        match event {
            Event::Stdout(chunk) => {
                self.spoken.hear(&chunk);
                self.stdout.push(chunk);
            }
            Event::Stderr(chunk) => self.stderr.push(chunk),
            Event::Notice(text) => self.warn(&text),
            Event::Exited(exit) => {
                self.stdout.end();
                self.stderr.end();
                self.exit = Some(exit);
            }
            _ => {}
        }
    }

    pub(super) fn has_ended(&self) -> bool {
        self.exit.is_some() || self.gave_up
    }

    pub(super) fn give_up(&mut self) {
        self.gave_up = true;
    }

    /// What is known at the end.
    ///
    /// # Errors
    ///
    /// When the end was not reached.
    pub(super) fn into_ending(held: Held<Self>, stopped: Stopped) -> Result<Held<Ending>> {
        let intake = held.into_inner();
        let Some(exit) = intake.exit else {
            let message = "the run was given up after an error while reading it";
            return Err(Error::new(ErrorKind::Io, message).with_invocation(intake.invocation));
        };
        Ok(Held::new(Ending {
            exit,
            stopped,
            invocation: intake.invocation,
            quiet: intake.quiet,
            is_on_server: intake.is_on_server,
            wrapper: intake.wrapper,
            spoken: intake.spoken,
            diagnostics: intake.diagnostics,
            redactor: intake.redactor,
        }))
    }
}
