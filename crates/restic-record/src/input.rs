//! What a recorded call reads from standard input.

use std::io::{self, Read};
use std::sync::{Arc, Mutex};

use crate::mutex::lock;
use restic_core::for_recorder::Input;
use restic_core::{InputReader, Stdin};

/// The input of a call that runs.
pub(crate) enum WatchedInput {
    /// Nothing, or what cannot be read twice.
    Unknown,
    Known(Input),
    Read(Arc<Mutex<Seen>>),
}

/// What a reader has handed out.
#[derive(Default)]
pub(crate) struct Seen {
    input: Input,
    /// It was read to its end.
    is_whole: bool,
}

impl WatchedInput {
    /// Begins to watch; a reader is replaced by one that is watched.
    pub(crate) fn of(stdin: &mut Stdin) -> Self {
        match stdin {
            Stdin::Bytes(bytes) => Self::Known(Input::of(bytes)),
            // It may be gone afterwards. That it cannot be read is for the start to report.
            Stdin::File(path) => match Input::of_file(path) {
                Ok(Some(input)) => Self::Known(input),
                _ => Self::Unknown,
            },
            Stdin::Reader(reader) => {
                let Some(inner) = reader.take() else {
                    return Self::Unknown;
                };
                let seen = Arc::default();
                let watched = WatchedReader {
                    inner,
                    seen: Arc::clone(&seen),
                };
                *reader = InputReader::new(watched);
                Self::Read(seen)
            }
            // Nothing.
            _ => Self::Unknown,
        }
    }

    /// What the call was given. Returns `None` when that was nothing, or its end was not read: how
    /// much is read of an input that fails, or that restic does not want, is a matter of luck.
    pub(crate) fn whole(self) -> Option<Input> {
        match self {
            Self::Unknown => None,
            Self::Known(input) => Some(input),
            Self::Read(seen) => {
                let seen = std::mem::take(&mut *lock(&seen));
                seen.is_whole.then_some(seen.input)
            }
        }
    }
}

struct WatchedReader {
    inner: Box<dyn Read + Send>,
    seen: Arc<Mutex<Seen>>,
}

impl Read for WatchedReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        let mut seen = lock(&self.seen);
        seen.input.add(&buffer[..count]);
        seen.is_whole |= count == 0 && !buffer.is_empty();
        Ok(count)
    }
}
