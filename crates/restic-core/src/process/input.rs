use std::io::{self, Read};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, TryRecvError, sync_channel};
use std::thread;

use super::common::CHUNK;

/// How many chunks of a reader may wait for restic.
const CHUNKS: usize = 2;

/// Where restic's input comes from.
pub(super) enum Feed {
    Bytes(Arc<[u8]>),
    Reader(Box<dyn Read + Send>),
}

/// What is to be written to restic: bytes, or chunks that a thread reads.
#[derive(Debug)]
pub(super) struct Input {
    chunk: Arc<[u8]>,
    written: usize,
    /// Absent when the chunk is the last.
    more: Option<Receiver<io::Result<Chunk>>>,
    /// The reader has failed: there is no more, and that is not the end.
    failed: bool,
}

impl Input {
    /// A reader is read on a thread of its own, which says through `wake` that there is more.
    pub(super) fn new(feed: Feed, wake: impl Fn() + Send + 'static) -> io::Result<Self> {
        match feed {
            Feed::Bytes(bytes) => Ok(Self {
                chunk: bytes,
                written: 0,
                more: None,
                failed: false,
            }),
            Feed::Reader(reader) => Self::reader(reader, wake),
        }
    }

    fn reader(reader: Box<dyn Read + Send>, wake: impl Fn() + Send + 'static) -> io::Result<Self> {
        let (sender, more) = sync_channel(CHUNKS);
        let work = move || {
            // Dropped last, however the reader ends: the end is news as well.
            let wake = WakeAtEnd(wake);
            pump(reader, sender, &wake.0);
        };
        thread::Builder::new()
            .name("restic-input".into())
            .spawn(work)?;
        Ok(Self {
            chunk: Arc::default(),
            written: 0,
            more: Some(more),
            failed: false,
        })
    }

    /// What can be written now.
    pub(super) fn pending(&self) -> &[u8] {
        &self.chunk[self.written..]
    }

    pub(super) fn advance(&mut self, count: usize) {
        self.written += count;
    }

    /// Takes the next chunk when the last is written. False at the end of the input.
    ///
    /// # Errors
    ///
    /// When the reader failed, and only once. What was written so far is not all, so the end
    /// never comes: restic would take what it has for all.
    pub(super) fn refill(&mut self) -> io::Result<bool> {
        if self.failed || !self.pending().is_empty() {
            return Ok(true);
        }
        let Some(more) = &self.more else {
            return Ok(false);
        };
        match more.try_recv() {
            Ok(Ok(Chunk::Bytes(bytes))) => {
                self.chunk = bytes.into();
                self.written = 0;
                Ok(true)
            }
            Ok(Ok(Chunk::End)) => {
                self.more = None;
                Ok(false)
            }
            Ok(Err(error)) => self.fail(error),
            Err(TryRecvError::Empty) => Ok(true),
            Err(TryRecvError::Disconnected) => self.fail(io::Error::other(
                "the reader for standard input panicked before its end",
            )),
        }
    }

    fn fail(&mut self, error: io::Error) -> io::Result<bool> {
        self.failed = true;
        Err(error)
    }
}

/// What a reader has come to. That its thread is gone is not its end: it may have panicked.
#[derive(Debug)]
enum Chunk {
    Bytes(Vec<u8>),
    End,
}

/// Wakes whoever waits for the input when the thread that reads it ends, by a panic too.
struct WakeAtEnd<F: Fn()>(F);

impl<F: Fn()> Drop for WakeAtEnd<F> {
    fn drop(&mut self) {
        (self.0)();
    }
}

/// Hands over what a reader gives until its end, or until nobody wants more.
fn pump(mut reader: Box<dyn Read + Send>, sender: SyncSender<io::Result<Chunk>>, wake: &impl Fn()) {
    let mut buffer = vec![0; CHUNK];
    loop {
        let chunk = match reader.read(&mut buffer) {
            Ok(0) => Ok(Chunk::End),
            Ok(count) => Ok(Chunk::Bytes(buffer[..count].to_vec())),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => Err(error),
        };
        let is_last = !matches!(chunk, Ok(Chunk::Bytes(_)));
        if sender.send(chunk).is_err() || is_last {
            return;
        }
        wake();
    }
}
