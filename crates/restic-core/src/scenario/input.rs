//! Standard input of a call: kept when it is short, known by length and digest when it is long.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::digest::Digest;
use super::stream_file::StreamFile;

/// How many bytes of input are kept. A dump of somebody's database does not belong into a recording.
pub(super) const KEPT: usize = 1024 * 1024;

/// What came on standard input.
#[derive(Clone, Default)]
#[expect(missing_debug_implementations, reason = "it is the data of users")]
pub struct Input {
    bytes: u64,
    digest: Digest,
    beginning: Vec<u8>,
}

impl Input {
    /// All of it.
    pub fn of(bytes: &[u8]) -> Self {
        let mut input = Self::default();
        input.add(bytes);
        input
    }

    /// Reads it to its end.
    pub fn read(mut reader: impl Read) -> io::Result<Self> {
        let mut input = Self::default();
        io::copy(&mut reader, &mut input)?;
        Ok(input)
    }

    /// What is in a file. Absent when it cannot be read twice, like a pipe.
    pub fn of_file(path: &Path) -> io::Result<Option<Self>> {
        // A pipe is not even opened: whoever writes to it would lose its reader.
        if !fs::metadata(path)?.is_file() {
            return Ok(None);
        }
        Self::read(File::open(path)?).map(Some)
    }

    /// Adds what came next.
    pub fn add(&mut self, bytes: &[u8]) {
        let room = KEPT - self.beginning.len();
        self.beginning.extend(&bytes[..room.min(bytes.len())]);
        self.bytes += bytes.len() as u64;
        self.digest.add(bytes);
    }

    /// Whether it has more bytes than this.
    pub(crate) fn exceeds(&self, bytes: u64) -> bool {
        self.bytes > bytes
    }

    /// All of it. Absent when it is long.
    pub fn short(&self) -> Option<&[u8]> {
        (self.beginning.len() as u64 == self.bytes).then_some(&self.beginning)
    }

    /// What is recorded of it when it is long.
    pub fn summary(&self) -> LongInput {
        LongInput {
            bytes: self.bytes,
            digest: self.digest.to_string(),
        }
    }
}

impl Write for Input {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.add(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What a recording has of the input of a call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub(crate) enum RecordedInput {
    Kept(StreamFile),
    Long(LongInput),
}

impl RecordedInput {
    /// The file with it. Absent when it is long.
    pub(crate) fn file(&self) -> Option<&StreamFile> {
        match self {
            Self::Kept(file) => Some(file),
            Self::Long(_) => None,
        }
    }

    pub(crate) fn bytes(&self) -> u64 {
        match self {
            Self::Kept(file) => file.bytes,
            Self::Long(long) => long.bytes,
        }
    }
}

/// The length and digest of an input that is not kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LongInput {
    pub(crate) bytes: u64,
    pub(crate) digest: String,
}

/// The recorded input of a call, as it is compared with another.
pub(crate) struct ExpectedInput {
    summary: LongInput,
    /// Absent when it is long.
    kept: Option<Vec<u8>>,
}

impl ExpectedInput {
    pub(crate) fn short(bytes: Vec<u8>) -> Self {
        let summary = Input::of(&bytes).summary();
        let kept = Some(bytes);
        Self { summary, kept }
    }

    pub(crate) fn long(summary: LongInput) -> Self {
        let kept = None;
        Self { summary, kept }
    }

    /// How an input differs from this one. The bytes may be anything, a password too: where they
    /// differ is enough. Absent when they are equal.
    pub(crate) fn difference(&self, given: &Input) -> Option<String> {
        let LongInput { bytes, digest } = &self.summary;
        let other = given.summary();
        if self.summary == other {
            return None;
        }
        let Some(kept) = &self.kept else {
            return Some(format!(
                "{bytes} bytes with the digest {digest} were recorded, and {} with the digest {} \
                 given",
                other.bytes, other.digest
            ));
        };
        let pairs = kept.iter().zip(&given.beginning);
        let equal = pairs.take_while(|(a, b)| a == b).count();
        let given = given.bytes;
        Some(format!(
            "{bytes} bytes were recorded and {given} given, equal up to byte {equal}"
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_short_is_kept_and_what_is_long_is_known_by_its_digest() {
        let mut input = Input::of(&vec![b'x'; KEPT - 1]);
        input.add(b"y");
        assert_eq!(input.short().map(<[u8]>::len), Some(KEPT));
        input.add(b"z");
        assert_eq!(input.short(), None);
        let summary = input.summary();
        assert_eq!(summary.bytes, KEPT as u64 + 1);
        let mut same = vec![b'x'; KEPT - 1];
        same.extend(b"yz");
        let expected = ExpectedInput::long(summary);
        assert_eq!(expected.difference(&Input::of(&same)), None);
        same[5] = b'?';
        let text = expected.difference(&Input::of(&same)).unwrap();
        assert!(text.contains("digest"), "{text}");
        assert_eq!(
            Input::read(&same[..]).unwrap().summary(),
            Input::of(&same).summary()
        );
    }
}
