use crate::cut::Cut;
use crate::decode::{Decoder, End, Fault, Line};
use crate::notes::Notes;

/// Reads a command that prints bytes, and hands them out as they come.
#[derive(Debug, Default)]
pub struct RawDecoder {
    bytes: Vec<u8>,
}

impl Decoder for RawDecoder {
    type Event = Vec<u8>;
    type Output = Vec<u8>;

    const STDOUT: Cut = Cut::Bytes;

    fn stdout(&mut self, _: &Line<'_>, _: &mut Notes) -> Option<Vec<u8>> {
        None
    }

    fn bytes(&mut self, bytes: Vec<u8>) -> Option<Vec<u8>> {
        Some(bytes)
    }

    fn keep(&mut self, mut bytes: Vec<u8>) {
        if self.bytes.is_empty() {
            self.bytes = bytes;
        } else {
            self.bytes.append(&mut bytes);
        }
    }

    fn finish(self, end: &End<'_>) -> Result<Vec<u8>, Fault<Vec<u8>>> {
        if end.is_success() {
            Ok(self.bytes)
        } else {
            // A part of the bytes is no result: it may look like all of them.
            Err(end.failure())
        }
    }
}
