//! A recording has no waiting in it: it would be over before anybody saw it. This executor
//! passes output on line by line, with a pause before each, at a pace that a person can follow.

use std::collections::VecDeque;
use std::io;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use restic_cli_wrap::{Control, Event, Executor, Invocation, Process, StartError};

/// The pause before each line: a backup that is recorded with ten lines takes two seconds.
const PAUSE: Duration = Duration::from_millis(200);

#[derive(Debug)]
pub(crate) struct Paced(pub(crate) Arc<dyn Executor>);

impl Executor for Paced {
    fn start(&self, invocation: &Invocation) -> Result<Box<dyn Process>, StartError> {
        let inner = self.0.start(invocation)?;
        let lines = VecDeque::new();
        Ok(Box::new(PacedProcess { inner, lines }))
    }
}

struct PacedProcess {
    inner: Box<dyn Process>,
    lines: VecDeque<Vec<u8>>,
}

impl Process for PacedProcess {
    fn next_event(&mut self, deadline: Option<Instant>) -> io::Result<Event> {
        if self.lines.is_empty() {
            match self.inner.next_event(deadline)? {
                Event::Stdout(bytes) => self.lines.extend(lines(&bytes)),
                other => return Ok(other),
            }
        }
        thread::sleep(PAUSE);
        Ok(self.lines.pop_front().map_or(Event::Woken, Event::Stdout))
    }

    fn control(&self) -> Arc<dyn Control> {
        self.inner.control()
    }
}

fn lines(bytes: &[u8]) -> impl Iterator<Item = Vec<u8>> {
    bytes
        .split_inclusive(|byte| *byte == b'\n')
        .map(<[u8]>::to_vec)
}
