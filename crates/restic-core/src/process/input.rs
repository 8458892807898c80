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
    more: Option<Receiver<io::Result<Vec<u8>>>>,
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
            pump(reader, sender, &wake);
            // The end is news as well.
            wake();
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
            Ok(Ok(chunk)) => {
                self.chunk = chunk.into();
                self.written = 0;
                Ok(true)
            }
            Ok(Err(error)) => {
                self.failed = true;
                Err(error)
            }
            Err(TryRecvError::Empty) => Ok(true),
            Err(TryRecvError::Disconnected) => Ok(false),
        }
    }
}

/// Hands over what a reader gives until its end, or until nobody wants more.
fn pump(
    mut reader: Box<dyn Read + Send>,
    sender: SyncSender<io::Result<Vec<u8>>>,
    wake: &impl Fn(),
) {
    let mut buffer = vec![0; CHUNK];
    loop {
        let chunk = match reader.read(&mut buffer) {
            Ok(0) => return,
            Ok(count) => Ok(buffer[..count].to_vec()),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => Err(error),
        };
        let failed = chunk.is_err();
        if sender.send(chunk).is_err() || failed {
            return;
        }
        wake();
    }
}
