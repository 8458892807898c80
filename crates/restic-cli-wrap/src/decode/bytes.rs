use crate::decode::{DecodeFailure, Decoder, Line, RunEnd};
use crate::diagnostics::Diagnostics;
use crate::framing::Framing;

/// Reads a command that prints bytes, and hands them out as they come.
#[derive(Debug, Default)]
pub struct BytesDecoder {
    bytes: Vec<u8>,
}

impl Decoder for BytesDecoder {
    type Event = Vec<u8>;
    type Output = Vec<u8>;

    const STDOUT: Framing = Framing::Bytes;

    fn stdout(&mut self, _: &Line<'_>, _: &mut Diagnostics) -> Option<Vec<u8>> {
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

    fn finish(self, end: &RunEnd<'_>) -> Result<Vec<u8>, DecodeFailure<Vec<u8>>> {
        if end.is_success() {
            Ok(self.bytes)
        } else {
            // A part of the bytes is no result: it may look like all of them.
            Err(end.failure())
        }
    }
}
