//! Reading what a reader gives, on a thread of its own.
//!
//! Few programs give restic a reader: the others reach this through a pointer that only a
//! reader brings along, and have no part of it in them.

use std::fmt::Debug;
use std::io::{self, Read};
use std::sync::Arc;
use std::task::{self, Context, Poll, Waker};

use crate::{Background, Outlet};

/// How much is read at a time.
const CHUNK: usize = 64 * 1024;

/// How many chunks may wait for restic.
const CHUNKS: usize = 2;

/// Wakes whoever waits for what is read.
pub(crate) type Wake = Box<dyn Fn() + Send + Sync>;

/// Begins to read, and wakes when there is more.
pub(crate) type Begin = fn(Box<dyn Read + Send>, Wake) -> io::Result<Box<dyn Chunks>>;

/// What is read, as it comes.
pub(crate) trait Chunks: Debug + Send {
    /// The next chunk. `None` when the reader has panicked.
    fn poll_next(&mut self) -> Poll<Option<io::Result<Chunk>>>;
}

/// What a reader has come to. That its thread is gone is not its end: it may have panicked.
#[derive(Debug)]
pub(crate) enum Chunk {
    Bytes(Vec<u8>),
    End,
}

#[derive(Debug)]
struct Reading {
    chunks: Background<io::Result<Chunk>>,
    waker: Waker,
}

/// The one [`Begin`].
pub(crate) fn begin(reader: Box<dyn Read + Send>, wake: Wake) -> io::Result<Box<dyn Chunks>> {
    let chunks = Background::start(CHUNKS, move |outlet| pump(reader, &outlet))?;
    let waker = Arc::new(WakeBy(wake)).into();
    Ok(Box::new(Reading { chunks, waker }))
}

struct WakeBy(Wake);

impl task::Wake for WakeBy {
    fn wake(self: Arc<Self>) {
        (self.0)();
    }
}

impl Chunks for Reading {
    fn poll_next(&mut self) -> Poll<Option<io::Result<Chunk>>> {
        self.chunks.poll_next(&mut Context::from_waker(&self.waker))
    }
}

/// Hands over what a reader gives until its end, or until nobody wants more.
fn pump(mut reader: Box<dyn Read + Send>, outlet: &Outlet<io::Result<Chunk>>) {
    let mut buffer = vec![0; CHUNK];
    loop {
        let chunk = match reader.read(&mut buffer) {
            Ok(0) => Ok(Chunk::End),
            Ok(count) => Ok(Chunk::Bytes(buffer[..count].to_vec())),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => Err(error),
        };
        let is_last = !matches!(chunk, Ok(Chunk::Bytes(_)));
        if !outlet.send(chunk) || is_last {
            return;
        }
    }
}
