//! What runs of all commands have in common: one copy of it is enough for a program.

use std::sync::Arc;

use restic_process::{Event, Exit, Invocation, Redactor, Supervised};
use restic_types::ExitError;

use super::line;
use super::rows::Rows;
use super::spoken::Spoken;
use crate::decode::Line;
use crate::diagnostics::{Diagnostics, NoticeHandler, NoticeSource};
use crate::framing::lines::Lines;
use crate::framing::{NewOutput, Output};
use crate::held::Held;
use crate::trace::RunSpan;
use crate::version::Versions;
use crate::{Error, ErrorKind, Result};

/// What came in of a run, as far as no decoder is needed for it.
pub(crate) struct Intake {
    pub(super) invocation: Arc<Invocation>,
    /// Whether restic was asked to print less.
    pub(super) quiet: bool,
    pub(super) stdout: Output,
    stderr: Lines,
    pub(super) rows: Rows,
    pub(super) diagnostics: Diagnostics,
    pub(super) spoken: Spoken,
    /// The repository is on a server.
    pub(super) is_on_server: bool,
    /// The program that runs restic, if another does.
    pub(super) wrapper: Option<String>,
    pub(super) exit: Option<Exit>,
    gave_up: bool,
    pub(super) span: RunSpan,
    /// Learns of a version that restic says.
    pub(super) versions: Option<Arc<Versions>>,
}

impl Intake {
    pub(crate) fn new(
        output: NewOutput,
        invocation: Arc<Invocation>,
        quiet: bool,
        span: RunSpan,
    ) -> Held<Self> {
        Held::new(Self {
            span,
            quiet,
            stdout: output(),
            stderr: Lines::default(),
            rows: Rows::default(),
            diagnostics: Diagnostics::new(Redactor::of(&invocation)),
            invocation,
            spoken: Spoken::default(),
            is_on_server: false,
            wrapper: None,
            exit: None,
            gave_up: false,
            versions: None,
        })
    }

    /// Says whether the repository is on a server.
    pub(crate) fn on_server(&mut self, is_on_server: bool) {
        self.is_on_server = is_on_server;
    }

    /// Says which program runs restic, if another does.
    pub(crate) fn behind(&mut self, wrapper: Option<String>) {
        self.spoken.mixed(wrapper.is_some());
        self.wrapper = wrapper;
    }

    /// Keeps a version that restic says here.
    pub(crate) fn teaching(&mut self, versions: Arc<Versions>) {
        self.versions = Some(versions);
    }

    /// Hands each notice to this handler, too, when it is read.
    pub(crate) fn on_notice(&mut self, handler: Option<NoticeHandler>) {
        self.diagnostics.set_handler(handler);
    }

    /// Adds what this library has to say.
    pub(crate) fn warn(&mut self, words: &str) {
        self.diagnostics.notice(NoticeSource::Library, words);
    }

    /// Waits for more of what restic prints. Returns whether there was more.
    ///
    /// # Errors
    ///
    /// When the process cannot be read any longer.
    pub(super) fn read(&mut self, process: &mut Supervised) -> Result<bool> {
        if self.has_ended() {
            return Ok(false);
        }
        match process.next_event() {
            Ok(event) => {
                self.push(event);
                Ok(true)
            }
            Err(error) => {
                self.gave_up = true;
                Err(Error::broken(&self.invocation, error))
            }
        }
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

    /// Reads what has come of standard error, and shows its lines to a decoder until it wants no
    /// more.
    pub(super) fn read_stderr(
        &mut self,
        decides: fn(&str) -> Option<ErrorKind>,
        wants_more: &mut dyn FnMut(&Line<'_>, &mut Diagnostics) -> bool,
    ) {
        let diagnostics = &mut self.diagnostics;
        while let Some(number) = Some(self.stderr.number() + 1)
            && let Some(line) = self.stderr.next()
        {
            let Some((text, is_whole)) =
                line::text(&line, NoticeSource::Stderr, number, diagnostics)
            else {
                continue;
            };
            diagnostics.stderr_line(text);
            if let Some(error) = ExitError::read(text) {
                diagnostics.set_exit_error(error);
                continue;
            }
            if let Some(kind) = decides(text) {
                diagnostics.decide(kind, text);
            }
            let line = Line {
                text: &diagnostics.said(text, false),
                number,
                is_whole,
            };
            if !wants_more(&line, diagnostics) {
                break;
            }
        }
    }
}
