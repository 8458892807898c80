/// The bytes of a stream that have come and are not read yet.
#[derive(Debug, Default)]
pub(super) struct Chunks {
    chunk: Vec<u8>,
    /// Where what is not read yet begins in the chunk.
    start: usize,
    ended: bool,
}

impl Chunks {
    /// Takes the next bytes of the stream. They are copied only behind others that are not read
    /// yet.
    pub(super) fn push(&mut self, chunk: Vec<u8>) {
        if self.start == self.chunk.len() {
            self.chunk = chunk;
        } else {
            self.chunk.drain(..self.start);
            self.chunk.extend_from_slice(&chunk);
        }
        self.start = 0;
    }

    /// Says that nothing more comes.
    pub(super) fn end(&mut self) {
        self.ended = true;
    }

    pub(super) fn has_ended(&self) -> bool {
        self.ended
    }

    /// What is not read yet.
    pub(super) fn rest(&self) -> &[u8] {
        &self.chunk[self.start..]
    }

    /// Reads this many bytes of the [rest](Self::rest).
    pub(super) fn take(&mut self, length: usize) -> &[u8] {
        let taken = self.start..self.start + length;
        self.start = taken.end;
        &self.chunk[taken]
    }
}
