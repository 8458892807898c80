use std::ffi::OsStr;
#[cfg(unix)]
use std::ffi::c_char;
#[cfg(unix)]
use std::ptr;

use zeroize::Zeroize as _;

/// A list of texts, as the C library takes them: one piece of memory for all, in which each ends
/// with NUL. Variables may be secret: all of it is wiped when it is dropped, or moved.
#[derive(Default)]
pub(super) struct Texts {
    bytes: Vec<u8>,
    starts: Vec<usize>,
}

impl Texts {
    /// Adds a text in parts.
    pub(super) fn add(&mut self, parts: &[&OsStr]) {
        let mut length = 1;
        for part in parts {
            length += part.len();
        }
        self.reserve(length);
        self.starts.push(self.bytes.len());
        for part in parts {
            self.bytes.extend_from_slice(part.as_encoded_bytes());
        }
        self.bytes.push(0);
    }

    /// Makes room. What grows by itself leaves its bytes behind where they were.
    fn reserve(&mut self, more: usize) {
        let length = self.bytes.len() + more;
        let capacity = self.bytes.capacity();
        if length > capacity {
            let mut larger = Vec::with_capacity(length.max(2 * capacity));
            larger.extend_from_slice(&self.bytes);
            self.bytes.zeroize();
            self.bytes = larger;
        }
    }

    /// How many there are.
    pub(super) fn count(&self) -> usize {
        self.starts.len()
    }

    /// Each of them, without its end.
    pub(super) fn iter(&self) -> impl Iterator<Item = &[u8]> {
        let texts = self.bytes.split(|byte| *byte == 0);
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
        let start = self.starts.get(first);
        &self.bytes[start.map_or(self.bytes.len(), |start| *start)..]
    }

    /// Adds all of others.
    #[cfg(target_os = "linux")]
    pub(super) fn append(&mut self, others: &Self) {
        self.reserve(others.bytes.len());
        let end = self.bytes.len();
        for start in &others.starts {
            self.starts.push(end + start);
        }
        self.bytes.extend_from_slice(&others.bytes);
    }

    /// The addresses of the texts, and a null for their end.
    #[cfg(unix)]
    pub(super) fn addresses(&self) -> Vec<*const c_char> {
        let mut addresses = Vec::with_capacity(self.starts.len() + 1);
        for start in &self.starts {
            addresses.push(self.bytes[*start..].as_ptr().cast());
        }
        addresses.push(ptr::null());
        addresses
    }
}

impl Drop for Texts {
    fn drop(&mut self) {
        self.bytes.zeroize();
    }
}
