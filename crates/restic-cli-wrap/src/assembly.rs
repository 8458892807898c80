//! What a run reads, put together: chunks to messages, and these with the exit to a result.

mod ending;
mod line;
mod rows;
mod spoken;
mod visit;

use std::sync::Arc;

use restic_core::{Event, Exit, Invocation, Redactor};
use restic_types::ExitError;

use crate::decode::{Decoder, Line};
use crate::diagnostics::{Diagnostics, Notice, NoticeHandler, NoticeSource};
use crate::framing::Output;
use crate::framing::lines::Lines;
use crate::trace::RunSpan;
use crate::version::Versions;
use crate::{Error, ErrorKind, Result};

use ending::Ending;
pub(crate) use ending::Stopped;
use rows::Rows;
use spoken::Spoken;

/// Puts the chunks of both streams together to messages, and these with the exit to a
/// result. Blocking and asynchronous runs share it.
pub(crate) struct Assembly<D: Decoder> {
    decoder: D,
    invocation: Invocation,
    quiet: bool,
    stdout: Output,
    stderr: Lines,
    rows: Rows,
    diagnostics: Diagnostics,
    spoken: Spoken,
    /// The repository is on a server.
    is_on_server: bool,
    /// The program that runs restic, if another does.
    wrapper: Option<String>,
    exit: Option<Exit>,
    gave_up: bool,
    span: RunSpan,
    redactor: Redactor,
    /// Learns of a version that restic says.
    versions: Option<Arc<Versions>>,
}

/// What a line of standard output was.
enum Read<R, E> {
    /// Nothing but data.
    Row(R),
    Event(E),
    /// Nothing to hand out.
    Nothing,
}

impl<D: Decoder> Assembly<D> {
    pub(crate) fn new(decoder: D, invocation: Invocation, quiet: bool, span: RunSpan) -> Self {
        let redactor = Redactor::of(&invocation);
        Self {
            span,
            decoder,
            invocation,
            quiet,
            stdout: Output::new(D::STDOUT),
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
        Self { wrapper, ..self }
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

    pub(crate) fn invocation(&self) -> &Invocation {
        &self.invocation
    }

    /// Adds what this library has to say.
    pub(crate) fn warn(&mut self, words: &str) {
        self.diagnostics.notice(NoticeSource::Library, words);
    }

    pub(crate) fn push(&mut self, event: Event) {
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

    /// Nothing more can come. All of what came was handed out when
    /// [`next_event`](Self::next_event) has returned `None`.
    pub(crate) fn has_ended(&self) -> bool {
        self.exit.is_some() || self.gave_up
    }

    pub(crate) fn give_up(&mut self) {
        self.gave_up = true;
    }

    pub(crate) fn keep(&mut self, event: D::Event) {
        self.decoder.keep(event);
    }

    /// The next event in what has come so far.
    pub(crate) fn next_event(&mut self) -> Option<D::Event> {
        let event = self
            .decode_stderr()
            .or_else(|| self.decode_bytes())
            .or_else(|| self.decode_stdout());
        if event.is_some() {
            self.span.handed_out();
        }
        event
    }

    fn decode_stderr(&mut self) -> Option<D::Event> {
        let Self {
            decoder,
            stderr,
            diagnostics,
            redactor,
            ..
        } = self;
        while let Some(number) = Some(stderr.number() + 1)
            && let Some(line) = stderr.next()
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
            if let Some(kind) = D::decides(text) {
                diagnostics.decide(kind, text);
            }
            let line = Line {
                text: &line::masked(text, false, redactor),
                number,
                is_whole,
            };
            if let Some(event) = decoder.stderr(&line, diagnostics) {
                return Some(event);
            }
        }
        None
    }

    fn decode_bytes(&mut self) -> Option<D::Event> {
        while let Some(bytes) = self.stdout.next_bytes() {
            if let Some(event) = self.decoder.bytes(bytes) {
                return Some(event);
            }
        }
        None
    }

    fn decode_stdout(&mut self) -> Option<D::Event> {
        loop {
            match self.read_stdout(D::row)? {
                Read::Row(event) | Read::Event(event) => return Some(event),
                Read::Nothing => {}
            }
        }
    }

    /// Reads the next line of standard output, if it is a row as `row` does.
    fn read_stdout<R>(
        &mut self,
        row: impl FnOnce(&mut D, &str) -> Option<R>,
    ) -> Option<Read<R, D::Event>> {
        let number = self.stdout.number() + 1;
        let line = self.stdout.next()?;
        let Some((text, is_whole)) =
            line::text(&line, NoticeSource::Stdout, number, &mut self.diagnostics)
        else {
            return Some(Read::Nothing);
        };
        if is_whole && self.rows.may_come() {
            let row = row(&mut self.decoder, text);
            self.rows.came(row.is_some());
            if let Some(row) = row {
                return Some(Read::Row(row));
            }
        }
        let line = Line {
            text,
            number,
            is_whole,
        };
        let (decoder, diagnostics) = (&mut self.decoder, &mut self.diagnostics);
        let event = line::decode(decoder, line, diagnostics, &self.redactor);
        Some(event.map_or(Read::Nothing, Read::Event))
    }

    /// Says what the run came to, when everything that came was handed out.
    pub(crate) fn finish(mut self, stopped: Stopped) -> Result<(D::Output, Vec<Notice>)> {
        let (span, exit, versions) = (self.span.take(), self.exit, self.versions.take());
        let result = self.conclude(stopped);
        if let (Ok((output, _)), Some(versions)) = (&result, versions) {
            versions.learn_from(output);
        }
        span.ended(exit, result.as_ref().err().map(Error::kind));
        result
    }

    fn conclude(self, stopped: Stopped) -> Result<(D::Output, Vec<Notice>)> {
        let Some(exit) = self.exit else {
            let message = "the run was given up after an error while reading it";
            return Err(Error::new(ErrorKind::Io, message).with_invocation(self.invocation));
        };
        let ending = Ending {
            exit,
            stopped,
            invocation: self.invocation,
            quiet: self.quiet,
            is_on_server: self.is_on_server,
            wrapper: self.wrapper,
            spoken: self.spoken,
            diagnostics: self.diagnostics,
            redactor: self.redactor,
        };
        match ending.result(self.decoder) {
            Ok(output) => Ok((output, ending.into_notices())),
            Err(failure) => Err(ending.into_error(failure)),
        }
    }
}
