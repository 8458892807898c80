use std::ffi::OsStr;
#[cfg(unix)]
use std::ffi::c_char;
#[cfg(unix)]
use std::ptr;

use crate::Secret;

/// A list of texts, as the C library takes them: one piece of memory for all, in which each ends
/// with NUL. Variables may be secret, and so all of it is.
pub(super) struct Texts {
    bytes: Secret,
    starts: Vec<usize>,
}

impl Default for Texts {
    fn default() -> Self {
        Self {
            bytes: Vec::new().into(),
            starts: Vec::new(),
        }
    }
}

impl Texts {
    /// Adds a text in parts.
    pub(super) fn add(&mut self, parts: &[&OsStr]) {
        self.starts.push(self.bytes.expose().len());
        for part in parts {
            self.bytes.extend(part.as_encoded_bytes());
        }
        self.bytes.extend(&[0]);
    }

    /// How many there are.
    pub(super) fn count(&self) -> usize {
        self.starts.len()
    }

    /// Each of them, without its end.
    pub(super) fn iter(&self) -> impl Iterator<Item = &[u8]> {
        let texts = self.bytes.expose().split(|byte| *byte == 0);
        // Nothing comes after the last end.
        texts.take(self.starts.len())
    }

    /// The first of the longest, without its end. Empty when there is none.
    pub(super) fn longest(&self) -> &[u8] {
        let mut longest: &[u8] = &[];
        for text in self.iter() {
            if text.len() > longest.len() {
                longest = text;
            }
        }
        longest
    }

    /// All from this one on, with what ends them.
    pub(super) fn since(&self, first: usize) -> &[u8] {
        let (start, bytes) = (self.starts.get(first), self.bytes.expose());
        &bytes[start.map_or(bytes.len(), |start| *start)..]
    }

    /// Adds all of others.
    #[cfg(target_os = "linux")]
    pub(super) fn append(&mut self, others: &Self) {
        let end = self.bytes.expose().len();
        for start in &others.starts {
            self.starts.push(end + start);
        }
        self.bytes.extend(others.bytes.expose());
    }

    /// The addresses of the texts, and a null for their end.
    #[cfg(unix)]
    pub(super) fn addresses(&self) -> Vec<*const c_char> {
        let mut addresses = Vec::with_capacity(self.starts.len() + 1);
        for start in &self.starts {
            addresses.push(self.bytes.expose()[*start..].as_ptr().cast());
        }
        addresses.push(ptr::null());
        addresses
    }
}
