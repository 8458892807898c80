//! Reading much output without slowing restic.
//!
//! restic writes each line of a listing by itself. A reader that always waits for the next one
//! is woken for each of them, and costs restic up to a third of its speed. So when much has
//! come, the pipe is made larger, and a reader that has found little rests a moment before it
//! looks again. restic goes on meanwhile: without the larger pipe it could not, which is why
//! there is no rest where the system allows none.

use std::os::fd::AsFd;
use std::time::Duration;

use crate::process::common::CHUNK;

/// How much has to come before any of this is worth it: most runs print less.
const MUCH: usize = 4 * CHUNK;

/// How large the pipe is made: what the fastest restic prints in 40 ms.
#[cfg(any(target_os = "linux", target_os = "android"))]
const PIPE: usize = 1024 * 1024;

/// How long a reader rests, in which the fastest restic prints a few dozen lines.
const REST: Duration = Duration::from_micros(500);

/// Decides when to rest before standard output is read.
#[derive(Debug, Default)]
pub(super) struct Pacing {
    /// How much has come, until it is much.
    received: usize,
    /// The pipe was made larger.
    roomy: bool,
    /// The last read has found little.
    little: bool,
}

impl Pacing {
    /// Learns how much was read from this pipe.
    pub(super) fn read(&mut self, pipe: Option<&impl AsFd>, count: usize) {
        self.little = count < CHUNK / 2;
        if self.received > MUCH {
            return;
        }
        self.received += count;
        if self.received > MUCH {
            self.roomy = pipe.is_some_and(enlarge);
        }
    }

    /// How long to rest before the next read.
    pub(super) fn rest(&self) -> Option<Duration> {
        (self.roomy && self.little).then_some(REST)
    }
}

/// Makes a pipe larger. Says whether it is: a system may have no such call, or a user too many
/// large pipes already.
#[cfg(any(target_os = "linux", target_os = "android"))]
fn enlarge(pipe: &impl AsFd) -> bool {
    rustix::pipe::fcntl_setpipe_size(pipe, PIPE).is_ok()
}

#[cfg(not(any(target_os = "linux", target_os = "android")))]
fn enlarge(_: &impl AsFd) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn little_output_is_read_as_it_comes() {
        let (reader, _writer) = std::io::pipe().unwrap();
        let mut pacing = Pacing::default();
        for _ in 0..MUCH / 100 {
            pacing.read(Some(&reader), 100);
            assert_eq!(pacing.rest(), None);
        }
    }

    #[test]
    fn a_reader_that_keeps_up_with_much_output_rests() {
        let (reader, _writer) = std::io::pipe().unwrap();
        let mut pacing = Pacing::default();
        for _ in 0..=MUCH / CHUNK {
            pacing.read(Some(&reader), CHUNK);
            assert_eq!(pacing.rest(), None, "there may be more");
        }
        pacing.read(Some(&reader), 100);
        let (other, _writer) = std::io::pipe().unwrap();
        let is_allowed = enlarge(&other);
        assert_eq!(pacing.rest().is_some(), is_allowed);
        #[cfg(target_os = "linux")]
        assert_eq!(
            rustix::pipe::fcntl_getpipe_size(&reader) == Ok(PIPE),
            is_allowed
        );
        pacing.read(Some(&reader), CHUNK);
        assert_eq!(pacing.rest(), None, "it is behind");
    }

    #[test]
    fn there_is_no_rest_where_the_pipe_stays_small() {
        let mut pacing = Pacing::default();
        let no_pipe = std::fs::File::open("/dev/null").unwrap();
        pacing.read(Some(&no_pipe), MUCH + 1);
        pacing.read(Some(&no_pipe), 100);
        assert_eq!(pacing.rest(), None);
    }
}
