//! Plays the recorded streams to the client, as a process would.

use super::recording::Recording;
use restic_cli_wrap::{Control, Event, Executor, Invocation, Process, StartError};
use std::collections::VecDeque;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

/// In which order the two streams come.
#[derive(Clone, Copy, Debug)]
pub(super) enum Order {
    /// One after the other, so that events can be distinguished by their stream.
    ErrorsFirst,
    /// A chunk of each in turn, as from two pipes.
    Mixed,
}

/// Answers every call with one recording.
#[derive(Debug)]
pub(super) struct Player {
    events: VecDeque<Event>,
    started: AtomicBool,
}

impl Player {
    pub(super) fn new(recording: &Recording, order: Order) -> Self {
        let stdout = chunks(&recording.stdout).map(Event::Stdout);
        let mut stderr = chunks(&recording.stderr).map(Event::Stderr);
        let mut events = VecDeque::new();
        match order {
            Order::ErrorsFirst => events.extend(stderr.by_ref().chain(stdout)),
            Order::Mixed => {
                for chunk in stdout {
                    events.push_back(chunk);
                    events.extend(stderr.next());
                }
            }
        }
        events.extend(stderr);
        events.push_back(Event::Exited(recording.exit));
        Self {
            events,
            started: AtomicBool::new(false),
        }
    }

    /// Whether the client got as far as to start restic.
    pub(super) fn was_started(&self) -> bool {
        self.started.load(Ordering::Relaxed)
    }
}

impl Executor for Player {
    fn start(&self, _: &Invocation) -> Result<Box<dyn Process>, StartError> {
        self.started.store(true, Ordering::Relaxed);
        Ok(Box::new(Playing(self.events.clone())))
    }
}

#[derive(Debug)]
struct Playing(VecDeque<Event>);

impl Process for Playing {
    fn next_event(&mut self, _: Option<Instant>) -> io::Result<Event> {
        let ended = || io::Error::other("the recording has ended");
        self.0.pop_front().ok_or_else(ended)
    }

    fn control(&self) -> Arc<dyn Control> {
        Arc::new(Nobody)
    }
}

/// Nobody is there to be signalled.
#[derive(Debug)]
struct Nobody;

impl Control for Nobody {
    fn interrupt(&self) -> io::Result<()> {
        Ok(())
    }

    fn terminate(&self) -> io::Result<()> {
        Ok(())
    }

    fn kill(&self) -> io::Result<()> {
        Ok(())
    }

    fn wake(&self) {}
}

/// A stream cut in pieces of different lengths, so that lines and characters are cut, too.
fn chunks(bytes: &[u8]) -> impl Iterator<Item = Vec<u8>> {
    let mut sizes = [1, 7, 4096, 61, 1021, 3].into_iter().cycle();
    let mut rest = bytes;
    std::iter::from_fn(move || {
        let size = sizes.next()?.min(rest.len());
        let (chunk, left) = rest.split_at(size);
        rest = left;
        (!chunk.is_empty()).then(|| chunk.to_vec())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunks_are_the_whole_stream() {
        let bytes: Vec<u8> = (0..20_000_u32).map(|n| n.to_le_bytes()[0]).collect();
        let parts: Vec<_> = chunks(&bytes).collect();
        assert!(parts.len() > 6);
        assert_eq!(parts.concat(), bytes);
        assert_eq!(chunks(b"").count(), 0);
    }
}
