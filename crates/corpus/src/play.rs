//! Plays the recorded streams to the client, as a process would.

use super::recording::Recording;
use restic_cli_wrap::{Executor, Invocation, Process, Scripted, StartError};
use std::sync::atomic::{AtomicBool, Ordering};

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
    script: Scripted,
    started: AtomicBool,
}

impl Player {
    pub(super) fn new(recording: &Recording, order: Order) -> Self {
        let mut stdout = chunks(&recording.stdout);
        let mut stderr = chunks(&recording.stderr);
        let mut script = Scripted::new();
        match order {
            Order::ErrorsFirst => script = stderr.by_ref().fold(script, Scripted::stderr),
            Order::Mixed => {
                for chunk in stdout.by_ref() {
                    script = script.stdout(chunk);
                    script = stderr.by_ref().take(1).fold(script, Scripted::stderr);
                }
            }
        }
        script = stdout.fold(script, Scripted::stdout);
        script = stderr.fold(script, Scripted::stderr);
        Self {
            script: script.exits(recording.exit),
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
        Ok(self.script.start())
    }
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
