use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

#[cfg(target_os = "linux")]
use rustix::io::Errno;

/// A secret, or a list, as a file that restic can read, gone when this is dropped.
///
/// On Linux it is a piece of memory without a name that only this process holds, reached
/// through `/proc`; elsewhere, and where memory without a name or `/proc` does not work, a file
/// that only this user can read, in a directory that only this user can enter. On Windows both
/// have the rights of the directory for temporary files, which by default is the user's own.
///
/// Where the system is only out of something, such as descriptors, or memory without a name is
/// there and cannot be written, there is no file at all: a start that fails can be tried again,
/// and a password on disk cannot be taken back.
#[derive(Debug)]
pub(super) struct SecretFile {
    path: PathBuf,
    /// Open until the end: memory without a name lives for as long, and emptying a file must not
    /// need a descriptor, of which there may be none left then. Absent once all is removed.
    file: Option<fs::File>,
    /// A file in a directory of its own.
    is_on_disk: bool,
}

impl SecretFile {
    pub(super) fn new(content: &[u8]) -> io::Result<Self> {
        #[cfg(target_os = "linux")]
        if let Some(file) = Self::in_memory(content)? {
            return Ok(file);
        }
        Self::on_disk(content)
    }

    /// Returns `None` where memory without a name does not work.
    ///
    /// `/proc/PID/fd/N` and not `/dev/fd/N`: the latter would need a descriptor that every
    /// child of this process inherits.
    #[cfg(target_os = "linux")]
    fn in_memory(content: &[u8]) -> io::Result<Option<Self>> {
        use std::os::fd::AsRawFd as _;

        let mut file = match memory() {
            Ok(file) => file,
            Err(error) => return unless_out_of(error),
        };
        // It works. What cannot be written there is not written to a disk instead.
        file.write_all(content)?;
        let (process, number) = (std::process::id(), file.as_raw_fd());
        let path = PathBuf::from(format!("/proc/{process}/fd/{number}"));
        // Proves that /proc is there and belongs to this system's processes.
        match holds(&path, content) {
            Ok(true) => Ok(Some(Self {
                path,
                file: Some(file),
                is_on_disk: false,
            })),
            Ok(false) => Ok(None),
            Err(error) => unless_out_of(error),
        }
    }

    fn on_disk(content: &[u8]) -> io::Result<Self> {
        let directory = private_directory()?;
        let path = directory.join("secret");
        let mut options = fs::OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        match options.open(&path) {
            Ok(file) => {
                // From here on its drop removes what there is.
                let mut secret = Self {
                    path,
                    file: None,
                    is_on_disk: true,
                };
                secret.file.insert(file).write_all(content)?;
                Ok(secret)
            }
            Err(error) => {
                let _ = fs::remove_dir(&directory);
                Err(error)
            }
        }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Takes it away. Dropping does the same, and cannot say when that fails.
    ///
    /// # Errors
    ///
    /// When a file is left, with its path in the message. The secret is no longer in it,
    /// unless that is what the message says.
    pub(super) fn remove(&mut self) -> io::Result<()> {
        match self.file.take() {
            Some(file) if self.is_on_disk => remove_from_disk(&self.path, file),
            _ => Ok(()),
        }
    }
}

impl Drop for SecretFile {
    fn drop(&mut self) {
        // Nobody is left to report to when this fails, and a panic here would hide the reason.
        let _ = self.remove();
    }
}

/// Needs nothing that may have run out: no descriptor, no listing of the directory.
fn remove_from_disk(path: &Path, file: fs::File) -> io::Result<()> {
    // A file that cannot be removed is at least empty.
    #[cfg(unix)]
    let emptied = rustix::fs::ftruncate(&file, 0).is_ok();
    #[cfg(not(unix))]
    let emptied = file.set_len(0).is_ok();
    // Windows removes no file that is open.
    drop(file);
    let removed = fs::remove_file(path).and_then(|()| match path.parent() {
        Some(directory) => fs::remove_dir(directory),
        None => Ok(()),
    });
    match removed {
        // Somebody cleans the directory for temporary files.
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => {
            let what = if emptied {
                "a private file could not be removed, only emptied: remove it"
            } else {
                "a private file WITH A SECRET IN IT could not be removed: remove it at once"
            };
            let message = format!("{what}: {}: {error}", path.display());
            Err(io::Error::new(error.kind(), message))
        }
        Ok(()) => Ok(()),
    }
}

/// Memory without a name, into which other processes may look.
#[cfg(target_os = "linux")]
fn memory() -> Result<fs::File, Errno> {
    use rustix::fs::MemfdFlags;
    use rustix::process::DumpableBehavior;

    // Another process may not look into one that is not dumpable.
    if rustix::process::dumpable_behavior()? != DumpableBehavior::Dumpable {
        return Err(Errno::PERM);
    }
    Ok(rustix::fs::memfd_create("restic", MemfdFlags::CLOEXEC)?.into())
}

/// Nothing where something does not work, and an error where this process or the system has no
/// more of it for now.
#[cfg(target_os = "linux")]
fn unless_out_of(error: Errno) -> io::Result<Option<SecretFile>> {
    match error {
        Errno::MFILE | Errno::NFILE | Errno::NOMEM | Errno::AGAIN | Errno::NOSPC => {
            Err(error.into())
        }
        _ => Ok(None),
    }
}

/// Whether this is all that is in a file, at the price of one read.
#[cfg(target_os = "linux")]
fn holds(path: &Path, content: &[u8]) -> Result<bool, Errno> {
    use rustix::fs::{Mode, OFlags};

    let file = rustix::fs::open(path, OFlags::RDONLY | OFlags::CLOEXEC, Mode::empty())?;
    let mut seen = zeroize::Zeroizing::new(vec![0; content.len() + 1]);
    let length = rustix::io::read(&file, seen.as_mut_slice())?;
    Ok(seen.get(..length) == Some(content))
}

/// Makes a directory that only this user can enter.
fn private_directory() -> io::Result<PathBuf> {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    loop {
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("restic-{}-{count}", std::process::id());
        let path = std::env::temp_dir().join(name);
        // Making a directory fails when anything of that name is there, a link too.
        #[cfg(unix)]
        let made = rustix::fs::mkdir(&path, rustix::fs::Mode::RWXU).map_err(io::Error::from);
        #[cfg(not(unix))]
        let made = fs::create_dir(&path);
        match made {
            Ok(()) => return Ok(path),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
}

/// Removes these, and says of which a file is left.
pub(super) fn remove(files: &mut Vec<SecretFile>, notices: &mut Vec<String>) {
    while let Some(mut file) = files.pop() {
        if let Err(error) = file.remove() {
            notices.push(error.to_string());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What distinguishes one file from another that has its name later: other tests open files
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
        check(SecretFile::new(b"hunter2").unwrap());
    }

    #[test]
    fn a_secret_on_disk_is_private_and_goes_with_its_directory() {
        let file = SecretFile::on_disk(b"hunter2").unwrap();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
            assert_eq!(mode(&file.path), 0o600);
            assert_eq!(mode(file.path.parent().unwrap()), 0o700);
        }
        let directory = file.path.parent().unwrap().to_owned();
        check(file);
        assert!(!directory.exists());
    }

    /// Somebody has put something in the way, or the system refuses.
    #[test]
    fn what_cannot_be_removed_is_reported_and_holds_no_secret() {
        let mut file = SecretFile::on_disk(b"hunter2").unwrap();
        let directory = file.path.parent().unwrap().to_owned();
        fs::hard_link(&file.path, directory.join("another")).unwrap();
        let error = file.remove().unwrap_err().to_string();
        assert!(
            error.contains(directory.to_str().unwrap()) && !error.contains("hunter2"),
            "{error}"
        );
        assert_eq!(fs::read(directory.join("another")).unwrap(), b"");
        fs::remove_dir_all(directory).unwrap();
    }

    #[test]
    fn a_file_that_somebody_else_has_removed_is_gone() {
        let mut file = SecretFile::on_disk(b"hunter2").unwrap();
        fs::remove_dir_all(file.path.parent().unwrap()).unwrap();
        file.remove().unwrap();
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn a_secret_in_memory_has_no_name_on_disk() {
        let file = SecretFile::in_memory(b"hunter2").unwrap();
        let file = file.expect("memory without a name works here");
        assert!(file.path.starts_with("/proc"));
        check(file);
    }

    /// It runs itself where no file may grow, and where there is no directory for temporary files:
    /// that is what an attempt to write one would fail with.
    #[test]
    #[cfg(target_os = "linux")]
    fn what_cannot_be_written_to_memory_does_not_go_to_disk() {
        const NAME: &str =
            "process::secret_file::tests::what_cannot_be_written_to_memory_does_not_go_to_disk";
        const NOWHERE: &str = "/nonexistent/restic";

        if std::env::var("TMPDIR").as_deref() == Ok(NOWHERE) {
            let error = SecretFile::new(b"hunter2").unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::FileTooLarge, "{error}");
            return;
        }
        let script = r#"trap '' XFSZ; ulimit -f 0; exec "$0" --exact "$@""#;
        let mut again = std::process::Command::new("/bin/sh");
        again
            .args(["-c", script])
            .arg(std::env::current_exe().unwrap());
        let output = again.arg(NAME).env("TMPDIR", NOWHERE).output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(
            output.status.success() && said.contains("1 passed"),
            "{said}"
        );
    }
}
