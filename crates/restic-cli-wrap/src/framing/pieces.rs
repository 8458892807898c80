use std::fmt;

use crate::framing::lines::Line;

/// What cuts a stream in another way than in lines.
pub(crate) trait Pieces: fmt::Debug + Send + Sync {
    /// Takes the next bytes of the stream.
    fn push(&mut self, chunk: Vec<u8>);
    /// Says that nothing more comes: what is left is the last piece.
    fn end(&mut self);
    /// The number of the piece given last, counted from 1.
    fn number(&self) -> u64;
    /// The next whole piece.
    fn next(&mut self) -> Option<Line<'_>>;
}
