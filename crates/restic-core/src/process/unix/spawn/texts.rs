use std::ffi::{OsStr, c_char};
use std::io;
use std::os::unix::ffi::OsStrExt as _;
use std::ptr;

/// A list of texts for the C library: one piece of memory for all.
#[derive(Default)]
pub(super) struct Texts {
    /// Each ends with NUL.
    bytes: Vec<u8>,
    starts: Vec<usize>,
}

impl Texts {
    /// Adds a text in parts.
    pub(super) fn add(&mut self, parts: &[&OsStr]) -> io::Result<()> {
        self.starts.push(self.bytes.len());
        for part in parts {
            if part.as_bytes().contains(&0) {
                let message = "a NUL byte was found where no program can be given one";
                return Err(io::Error::new(io::ErrorKind::InvalidInput, message));
            }
            self.bytes.extend_from_slice(part.as_bytes());
        }
        self.bytes.push(0);
        Ok(())
    }

    /// The addresses of the texts, and a null for their end.
    pub(super) fn addresses(&self) -> Vec<*const c_char> {
        let mut addresses = Vec::with_capacity(self.starts.len() + 1);
        for start in &self.starts {
            addresses.push(self.bytes[*start..].as_ptr().cast());
        }
        addresses.push(ptr::null());
        addresses
    }
}
