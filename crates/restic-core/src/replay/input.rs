//! Standard input of replayed calls, compared with what was recorded.

use std::io::{self, Read};
use std::sync::Arc;
use std::time::Instant;

use restic_process::for_core::Fed;

use crate::scenario::{ExpectedInput, Input};
use crate::{Control, Event, Process, Stepper};

/// The recorded input of a call, and what to say when another one comes.
pub(super) struct Expected {
    pub(super) input: ExpectedInput,
    /// Of the call.
    pub(super) id: String,
    /// Of the scenario.
    pub(super) directory: String,
}

impl Expected {
    /// Reports that a call was given something else.
    pub(super) fn check(&self, given: &Input) -> Result<(), String> {
        let Some(difference) = self.input.difference(given) else {
            return Ok(());
        };
        let Self { id, directory, .. } = self;
        Err(format!(
            "not recorded: {id} with this standard input\n  in the scenario {directory}\n  \
             {difference}\n  record the scenario again if the program's input is right"
        ))
    }
}

/// What is to come from a reader.
pub(super) struct Awaited {
    /// More bytes are another input, whatever comes after them.
    pub(super) limit: u64,
    pub(super) compare: Compare,
}

/// Compares what came with what was recorded. An error is the report of another input.
type Compare = Box<dyn FnOnce(&Input) -> Result<(), String> + Send>;

/// A process that is given input while it runs. It prints nothing before the input is at its end,
/// if that was recorded and nothing stopped the call, as restic does not end before; a signal ends
/// the waiting.
pub(super) struct FedProcess {
    inner: Box<dyn Process>,
    /// Absent at the end of the input.
    fed: Option<Fed>,
    seen: Input,
    /// Absent when it was not recorded what the call was given, or it has been compared.
    awaited: Option<Awaited>,
    holds: Stepper,
}

impl FedProcess {
    /// The stepper holds the process.
    pub(super) fn new(
        inner: Box<dyn Process>,
        reader: Box<dyn Read + Send>,
        awaited: Option<Awaited>,
        holds: Stepper,
    ) -> io::Result<Self> {
        let control = inner.control();
        let fed = Fed::of_reader(reader, move || control.wake())?;
        Ok(Self {
            inner,
            fed: Some(fed),
            seen: Input::default(),
            awaited,
            holds,
        })
    }

    /// Takes what the reader has come to. Of an input that is not compared that is one chunk at a
    /// time: it may have no end.
    fn feed(&mut self) -> io::Result<()> {
        while let Some(fed) = &mut self.fed {
            let count = fed.pending().len();
            self.seen.add(fed.pending());
            fed.advance(count);
            let is_over = match fed.refill() {
                Ok(is_more) => !is_more,
                Err(error) => {
                    self.holds.give_up_thread();
                    return Err(error);
                }
            };
            let awaited = self.awaited.as_ref();
            if is_over || awaited.is_some_and(|it| self.seen.exceeds(it.limit)) {
                self.fed = None;
                return self.compare();
            }
            if fed.pending().is_empty() || awaited.is_none() {
                break;
            }
        }
        Ok(())
    }

    fn compare(&mut self) -> io::Result<()> {
        let awaited = self.awaited.take();
        // What the process goes on with may be found out by this.
        let compared = awaited.map_or(Ok(()), |it| (it.compare)(&self.seen));
        self.holds.finish();
        compared.map_err(io::Error::other)
    }
}

impl Process for FedProcess {
    fn next_event(&mut self, deadline: Option<Instant>) -> io::Result<Event> {
        self.feed()?;
        self.inner.next_event(deadline)
    }

    fn control(&self) -> Arc<dyn Control> {
        self.inner.control()
    }
}
