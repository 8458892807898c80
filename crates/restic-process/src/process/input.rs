use std::io::{self, Read};
use std::path::Path;
use std::sync::Arc;
use std::task::Poll;

use crate::reading::{Begin, Chunk, Chunks, Wake, begin};
use crate::{InputReader, StartError, StartErrorKind};

/// Where restic's input comes from.
pub(crate) enum Feed {
    Bytes(Arc<[u8]>),
    Reader(Box<dyn Read + Send>, Begin),
}

/// The reader of a call that has one.
///
/// # Errors
///
/// When an earlier call has used it.
pub fn reader_of(given: &InputReader) -> Result<Box<dyn Read + Send>, StartError> {
    given.take().ok_or_else(|| {
        let message = "the reader for standard input was used by an earlier run";
        StartError::new(StartErrorKind::Stdin, message)
    })
}

/// Why a call was not started.
pub fn unreadable(path: &Path, error: io::Error) -> StartError {
    let message = format!("{} cannot be read as standard input", path.display());
    StartError::new(StartErrorKind::Stdin, message).with_source(error)
}

/// What is to be written to restic: bytes, or chunks that a thread reads.
#[derive(Debug)]
pub struct Fed {
    chunk: Arc<[u8]>,
    written: usize,
    /// Absent when the chunk is the last.
    more: Option<Box<dyn Chunks>>,
    /// The reader has failed: there is no more, and that is not the end.
    failed: bool,
}

impl Fed {
    /// What a reader gives.
    ///
    /// # Errors
    ///
    /// When the system has no thread for it.
    pub fn of_reader(
        reader: Box<dyn Read + Send>,
        wake: impl Fn() + Send + Sync + 'static,
    ) -> io::Result<Self> {
        Self::new(Feed::Reader(reader, begin), Box::new(wake))
    }

    /// A reader is read on a thread of its own, which says through `wake` that there is more.
    pub(crate) fn new(feed: Feed, wake: Wake) -> io::Result<Self> {
        match feed {
            Feed::Bytes(bytes) => Ok(Self {
                chunk: bytes,
                written: 0,
                more: None,
                failed: false,
            }),
            Feed::Reader(reader, begin) => Ok(Self {
                chunk: Arc::default(),
                written: 0,
                more: Some(begin(reader, wake)?),
                failed: false,
            }),
        }
    }

    /// What can be written now.
    pub fn pending(&self) -> &[u8] {
        &self.chunk[self.written..]
    }

    /// The first `count` bytes of that are written.
    pub fn advance(&mut self, count: usize) {
        self.written += count;
    }

    /// Takes the next chunk when the last is written. False at the end of the input.
    ///
    /// # Errors
    ///
    /// When the reader failed, and only once. What was written so far is not all, so the end
    /// never comes: restic would take what it has for all.
    pub fn refill(&mut self) -> io::Result<bool> {
        if self.failed || !self.pending().is_empty() {
            return Ok(true);
        }
        let Some(more) = &mut self.more else {
            return Ok(false);
        };
        match more.poll_next() {
            Poll::Ready(Some(Ok(Chunk::Bytes(bytes)))) => {
                self.chunk = bytes.into();
                self.written = 0;
                Ok(true)
            }
            Poll::Ready(Some(Ok(Chunk::End))) => {
                self.more = None;
                Ok(false)
            }
            Poll::Ready(Some(Err(error))) => self.fail(error),
            Poll::Ready(None) => self.fail(io::Error::other(
                "the reader for standard input panicked before its end",
            )),
            Poll::Pending => Ok(true),
        }
    }

    fn fail(&mut self, error: io::Error) -> io::Result<bool> {
        self.failed = true;
        Err(error)
    }
}
