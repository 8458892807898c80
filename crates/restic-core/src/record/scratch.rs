//! What is a recorder's own: a directory and a password.

use std::env;
use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::PathBuf;

use super::directories;
use super::error::RecordError;
use crate::Secret;

/// A directory of its own, empty at first and gone in the end.
#[derive(Debug)]
pub(super) struct Scratch {
    pub(super) directory: PathBuf,
    /// Held as long as the directory is in use.
    _lock: File,
}

impl Scratch {
    /// Always the same directory for a name: what restic prints of the directories above the
    /// saved ones is then the same in every recording.
    pub(super) fn new(name: &str) -> Result<Self, RecordError> {
        let plain = |c: char| if c.is_ascii_alphanumeric() { c } else { '-' };
        let name: String = name.chars().map(plain).collect();
        let directory = env::temp_dir().join(format!("restic-recording-{name}"));
        let lock = directory.with_extension("lock");
        let file = File::options().create(true).append(true).open(&lock);
        let file = file.map_err(RecordError::io(&lock, "cannot be opened"))?;
        file.lock()
            .map_err(RecordError::io(&lock, "cannot be locked"))?;
        // Left over from a recording that was killed.
        directories::remove(&directory)?;
        fs::create_dir(&directory).map_err(RecordError::io(&directory, "cannot be made"))?;
        Ok(Self {
            directory,
            _lock: file,
        })
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // What is left of a failed removal is removed before the next recording.
        let _ = fs::remove_dir_all(&self.directory);
    }
}

/// 128 random bits, which no word of an output is by chance.
pub(super) fn random_password() -> io::Result<Secret> {
    let mut bytes = [0; 16];
    if cfg!(unix) {
        File::open("/dev/urandom")?.read_exact(&mut bytes)?;
    } else {
        use std::hash::{BuildHasher as _, RandomState};
        for chunk in bytes.chunks_mut(8) {
            chunk.copy_from_slice(&RandomState::new().hash_one(0).to_le_bytes());
        }
    }
    let digits: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(Secret::new(digits))
}
