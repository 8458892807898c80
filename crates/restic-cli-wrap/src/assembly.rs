//! What a run reads, put together: chunks to messages, and these with the exit to a result.

mod ending;
mod intake;
mod line;
mod rows;
mod spoken;
mod visit;

use restic_process::{Event, Invocation};
use restic_types::ExitError;

use crate::decode::{Decoder, Line};
use crate::diagnostics::{Notice, NoticeSource};
use crate::held::Held;
use crate::{Error, Result};

use ending::{Ending, Partial};

pub(crate) use ending::Stopped;
pub(crate) use intake::Intake;

/// Puts the chunks of both streams together to messages, and these with the exit to a
/// result. Blocking and asynchronous runs share it.
pub(crate) struct Assembly<D: Decoder> {
    decoder: D,
    intake: Held<Intake>,
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
    pub(crate) fn new(decoder: D, intake: Held<Intake>) -> Self {
        Self { decoder, intake }
    }

    pub(crate) fn invocation(&self) -> &Invocation {
        &self.intake.invocation
    }

    pub(crate) fn push(&mut self, event: Event) {
        self.intake.push(event);
    }

    /// Nothing more can come. All of what came was handed out when
    /// [`next_event`](Self::next_event) has returned `None`.
    pub(crate) fn has_ended(&self) -> bool {
        self.intake.has_ended()
    }

    pub(crate) fn give_up(&mut self) {
        self.intake.give_up();
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
            self.intake.span.handed_out();
        }
        event
    }

    fn decode_stderr(&mut self) -> Option<D::Event> {
        let Self { decoder, intake } = self;
        let Intake {
            stderr,
            diagnostics,
            redactor,
            ..
        } = &mut **intake;
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
        while let Some(bytes) = self.intake.stdout.next_bytes() {
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
        let Self { decoder, intake } = self;
        let intake = &mut **intake;
        let number = intake.stdout.number() + 1;
        let line = intake.stdout.next()?;
        let Some((text, is_whole)) =
            line::text(&line, NoticeSource::Stdout, number, &mut intake.diagnostics)
        else {
            return Some(Read::Nothing);
        };
        if is_whole && intake.rows.may_come() {
            let row = row(decoder, text);
            intake.rows.came(row.is_some());
            if let Some(row) = row {
                return Some(Read::Row(row));
            }
        }
        let line = Line {
            text,
            number,
            is_whole,
        };
        let event = line::decode(decoder, line, &mut intake.diagnostics, &intake.redactor);
        Some(event.map_or(Read::Nothing, Read::Event))
    }

    /// Says what the run came to, when everything that came was handed out.
    pub(crate) fn finish(mut self, stopped: Stopped) -> Result<(D::Output, Vec<Notice>)> {
        let span = self.intake.span.take();
        let (exit, versions) = (self.intake.exit, self.intake.versions.take());
        let result = self.conclude(stopped);
        if let (Ok((output, _)), Some(versions)) = (&result, versions) {
            versions.learn_from(output);
        }
        span.ended(exit, result.as_ref().err().map(Error::kind));
        result
    }

    fn conclude(self, stopped: Stopped) -> Result<(D::Output, Vec<Notice>)> {
        let ending = Intake::into_ending(self.intake, stopped)?;
        match ending.result(self.decoder) {
            Ok(output) => Ok((output, Ending::into_notices(ending))),
            Err(failure) => {
                let partial = failure.partial.map(|partial| Box::new(partial) as Partial);
                Err(Ending::into_error(
                    ending,
                    failure.kind,
                    &failure.message,
                    partial,
                ))
            }
        }
    }
}
