//! What is a recorder's own: a directory and a password.

use std::env;
use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use crate::directories;
use crate::error::RecordError;
use restic_core::Secret;

/// A directory of its own, empty at first and gone in the end.
#[derive(Debug)]
pub(crate) struct Scratch {
    pub(crate) directory: PathBuf,
    /// Held as long as the directory is in use.
    _lock: File,
}

impl Scratch {
    /// Always the same directory for a name: what restic prints of the directories above the
    /// saved ones is then the same in every recording.
    pub(crate) fn new(name: &str) -> Result<Self, RecordError> {
        let plain = |c: char| if c.is_ascii_alphanumeric() { c } else { '-' };
        let name: String = name.chars().map(plain).collect();
        let directory = env::temp_dir().join(format!("restic-recording-{name}"));
        let name = directory.with_extension("lock");
        let lock = locked(&name).map_err(RecordError::io(&name, "cannot be locked"))?;
        // Left over from a recording that was killed.
        directories::remove(&directory)?;
        fs::create_dir(&directory).map_err(RecordError::io(&directory, "cannot be made"))?;
        Ok(Self {
            directory,
            _lock: lock,
        })
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // What is left of a failed removal is removed before the next recording.
        let _ = fs::remove_dir_all(&self.directory);
        if cfg!(unix) {
            let _ = fs::remove_file(self.directory.with_extension("lock"));
        }
    }
}

/// A file of this name that nobody else has locked. Whoever had it before removes it in the end,
/// so that what this has waited for may be a file that nobody else will find.
fn locked(path: &Path) -> io::Result<File> {
    loop {
        let file = File::options().create(true).append(true).open(path)?;
        file.lock()?;
        if is_at(&file, path)? {
            return Ok(file);
        }
    }
}

#[cfg(unix)]
fn is_at(file: &File, path: &Path) -> io::Result<bool> {
    use std::os::unix::fs::MetadataExt as _;
    let file = file.metadata()?;
    Ok(
        fs::metadata(path)
            .is_ok_and(|there| (there.dev(), there.ino()) == (file.dev(), file.ino())),
    )
}

/// Elsewhere nobody removes it.
#[cfg(not(unix))]
#[allow(clippy::unnecessary_wraps, reason = "on Unix it may fail")]
fn is_at(_: &File, _: &Path) -> io::Result<bool> {
    Ok(true)
}

/// 128 random bits, which no word of an output is by chance.
pub(crate) fn random_password() -> io::Result<Secret> {
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

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicBool, Ordering::SeqCst};

    #[test]
    fn recorders_of_one_name_take_turns_and_leave_nothing() {
        let is_in_use = AtomicBool::new(false);
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    for _ in 0..20 {
                        let scratch = Scratch::new("turns").unwrap();
                        assert!(!is_in_use.swap(true, SeqCst));
                        assert!(scratch.directory.is_dir());
                        is_in_use.store(false, SeqCst);
                    }
                });
            }
        });
        let directory = Scratch::new("turns").unwrap().directory.clone();
        assert!(!directory.exists());
        #[cfg(unix)]
        assert!(!directory.with_extension("lock").exists());
    }
}
