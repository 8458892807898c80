//! What a run reads, put together: chunks to messages, and these with the exit to a result.

mod ending;
mod intake;
mod line;
mod rows;
mod spoken;
mod visit;

use std::sync::Arc;

use restic_process::{Event, Invocation, Supervised};

use crate::Result;
use crate::decode::{Decoder, Line};
use crate::diagnostics::{Notice, NoticeSource};
use crate::error::Partial;
use crate::framing::Framing;
use crate::held::Held;

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

    pub(crate) fn invocation(&self) -> &Arc<Invocation> {
        &self.intake.invocation
    }

    pub(crate) fn push(&mut self, event: Event) {
        self.intake.push(event);
    }

    /// Waits for more of what restic prints. Returns whether there was more; all of what came was
    /// handed out when there is none and [`next_event`](Self::next_event) has returned `None`.
    ///
    /// # Errors
    ///
    /// When the process cannot be read any longer.
    pub(crate) fn read(&mut self, process: &mut Supervised) -> Result<bool> {
        self.intake.read(process)
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
        let mut event = None;
        intake.read_stderr(D::decides, &mut |line, diagnostics| {
            event = decoder.stderr(line, diagnostics);
            event.is_none()
        });
        event
    }

    fn decode_bytes(&mut self) -> Option<D::Event> {
        while D::STDOUT == Framing::Bytes
            && let Some(bytes) = self.intake.stdout.next_bytes()
        {
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
        let event = line::decode(decoder, line, &mut intake.diagnostics);
        Some(event.map_or(Read::Nothing, Read::Event))
    }

    /// Says what the run came to, when everything that came was handed out.
    pub(crate) fn finish(self, stopped: Stopped) -> Result<(D::Output, Vec<Notice>)> {
        let Self {
            decoder,
            mut intake,
        } = self;
        let (output, fault) = match intake.ending(stopped, decoder.has_seen_end()) {
            Some(ending) => {
                let (output, fault) = match decoder.finish(&ending.run_end()) {
                    Ok(output) => (Some(output), None),
                    Err(failure) => failure.into_parts(),
                };
                (output, ending.verdict(fault, D::ENDS_WHEN_STOPPED))
            }
            None => (None, None),
        };
        match (output, fault) {
            (Some(output), None) => {
                if let Some(versions) = &intake.versions {
                    versions.learn_from(&output);
                }
                Ok((output, intake.succeeded()))
            }
            (partial, fault) => {
                let partial = partial.map(|partial| Box::new(partial) as Partial);
                Err(intake.failed(stopped, fault, partial))
            }
        }
    }
}
