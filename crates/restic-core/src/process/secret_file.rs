use std::ffi::{OsStr, OsString};
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use crate::{Argument, Secret, StartError, StartErrorKind};

/// A secret as a file that restic can read, gone when this is dropped.
///
/// On Linux it is a piece of memory without a name that only this process holds, reached
/// through `/proc`; elsewhere, and where `/proc` does not work, a file that only this user
/// can read, in a folder that only this user can enter. On Windows both have the rights of
/// the folder for temporary files, which by default is the user's own.
#[derive(Debug)]
pub(super) struct SecretFile {
    path: PathBuf,
    _keeper: Keeper,
}

#[derive(Debug)]
enum Keeper {
    #[cfg(target_os = "linux")]
    Memory {
        _file: fs::File,
    },
    Folder {
        _folder: PrivateFolder,
    },
}

impl SecretFile {
    fn new(secret: &Secret) -> io::Result<Self> {
        #[cfg(target_os = "linux")]
        if let Some(file) = Self::in_memory(secret) {
            return Ok(file);
        }
        Self::on_disk(secret)
    }

    /// `/proc/PID/fd/N` and not `/dev/fd/N`: the latter would need a descriptor that every
    /// child of this process inherits.
    #[cfg(target_os = "linux")]
    fn in_memory(secret: &Secret) -> Option<Self> {
        use std::os::fd::AsRawFd as _;

        use rustix::fs::MemfdFlags;
        use rustix::process::DumpableBehavior;

        // Another process may not look into one that is not dumpable.
        let dumpable = rustix::process::dumpable_behavior().ok()?;
        if dumpable != DumpableBehavior::Dumpable {
            return None;
        }
        let descriptor = rustix::fs::memfd_create("restic", MemfdFlags::CLOEXEC).ok()?;
        let mut file = fs::File::from(descriptor);
        file.write_all(secret.expose()).ok()?;
        let path = PathBuf::from(format!(
            "/proc/{}/fd/{}",
            std::process::id(),
            file.as_raw_fd()
        ));
        // Proves that /proc is there and belongs to this system's processes.
        let seen = Secret::from(fs::read(&path).ok()?);
        (seen == *secret).then_some(Self {
            path,
            _keeper: Keeper::Memory { _file: file },
        })
    }

    fn on_disk(secret: &Secret) -> io::Result<Self> {
        let folder = PrivateFolder::new()?;
        let path = folder.0.join("secret");
        let mut options = fs::OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        options.open(&path)?.write_all(secret.expose())?;
        Ok(Self {
            path,
            _keeper: Keeper::Folder { _folder: folder },
        })
    }
}

#[derive(Debug)]
struct PrivateFolder(PathBuf);

impl PrivateFolder {
    fn new() -> io::Result<Self> {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        #[cfg_attr(not(unix), expect(unused_mut, reason = "there is no mode to set"))]
        let mut builder = fs::DirBuilder::new();
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        loop {
            let count = COUNT.fetch_add(1, Ordering::Relaxed);
            let name = format!("restic-{}-{count}", std::process::id());
            let path = std::env::temp_dir().join(name);
            // Making a folder fails when anything of that name is there, a link too.
            match builder.create(&path) {
                Ok(()) => return Ok(Self(path)),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        }
    }
}

impl Drop for PrivateFolder {
    fn drop(&mut self) {
        // Nobody is left to tell when this fails, and a panic here would hide the reason.
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// The arguments as restic gets them, and the files some of them name.
pub(super) fn realise(
    arguments: &[Argument],
) -> Result<(Vec<OsString>, Vec<SecretFile>), StartError> {
    let mut words = Vec::with_capacity(arguments.len());
    let mut files = Vec::new();
    for argument in arguments {
        match argument {
            Argument::Plain(word) => words.push(word.clone()),
            Argument::SecretFile { flag, content } => {
                let file = SecretFile::new(content).map_err(|error| {
                    let message = format!("no private file could be made for {flag}");
                    StartError::new(StartErrorKind::SecretFile, message).with_source(error)
                })?;
                words.push(joined(flag, &file.path));
                files.push(file);
            }
        }
    }
    Ok((words, files))
}

fn joined(flag: &str, path: &Path) -> OsString {
    let mut word = OsString::from(flag);
    word.push(OsStr::new("="));
    word.push(path);
    word
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What tells one file from another that has its name later: other tests open files
    /// meanwhile, and the number of a descriptor is given again.
    fn identity(path: &Path) -> Option<impl PartialEq + use<>> {
        let metadata = fs::metadata(path).ok()?;
        #[cfg(unix)]
        {
            use std::os::unix::fs::MetadataExt as _;
            Some((metadata.dev(), metadata.ino()))
        }
        #[cfg(not(unix))]
        metadata.created().ok()
    }

    fn check(file: SecretFile) {
        assert_eq!(fs::read(&file.path).unwrap(), b"hunter2");
        let (path, before) = (file.path.clone(), identity(&file.path));
        assert!(before.is_some());
        drop(file);
        assert!(
            identity(&path) != before,
            "{} is still there",
            path.display()
        );
    }

    #[test]
    fn a_secret_is_readable_until_dropped() {
        check(SecretFile::new(&Secret::new("hunter2")).unwrap());
    }

    #[test]
    fn a_secret_on_disk_is_private_and_goes_with_its_folder() {
        let file = SecretFile::on_disk(&Secret::new("hunter2")).unwrap();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
            assert_eq!(mode(&file.path), 0o600);
            assert_eq!(mode(file.path.parent().unwrap()), 0o700);
        }
        let folder = file.path.parent().unwrap().to_owned();
        check(file);
        assert!(!folder.exists());
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn a_secret_in_memory_has_no_name_on_disk() {
        let file = SecretFile::in_memory(&Secret::new("hunter2")).unwrap();
        assert!(file.path.starts_with("/proc"));
        check(file);
    }
}
