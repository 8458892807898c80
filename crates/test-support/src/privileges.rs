//! Programs that may not do everything, which only Unix systems have here.

#[cfg(unix)]
pub(crate) use unix::{give_away, is_root, set_mode, write_program};

#[cfg(not(unix))]
pub(crate) use elsewhere::{give_away, is_root, set_mode, write_program};

#[cfg(unix)]
mod unix {
    use std::fs::{self, Permissions};
    use std::io;
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, lchown};
    use std::path::Path;

    /// The user that owns nothing.
    const NOBODY: u32 = 65534;

    pub(crate) fn is_root() -> io::Result<bool> {
        Ok(fs::metadata("/proc/self")?.uid() == 0)
    }

    /// Writes a program that runs another one as nobody.
    pub(crate) fn write_program(path: &Path, other: &Path) -> io::Result<()> {
        let other = other.display();
        let script = format!(
            "#!/bin/sh\n\
             exec setpriv --reuid={NOBODY} --regid={NOBODY} --clear-groups -- '{other}' \"$@\"\n"
        );
        fs::write(path, script)?;
        fs::set_permissions(path, Permissions::from_mode(0o755))
    }

    /// Makes nobody the owner of everything here.
    pub(crate) fn give_away(path: &Path) -> io::Result<()> {
        lchown(path, Some(NOBODY), Some(NOBODY))?;
        if path.is_dir() {
            for entry in fs::read_dir(path)? {
                give_away(&entry?.path())?;
            }
        }
        Ok(())
    }

    /// What who may do with a file or directory.
    pub(crate) fn set_mode(path: &Path, mode: u32) -> io::Result<()> {
        fs::set_permissions(path, Permissions::from_mode(mode))
    }
}

#[cfg(not(unix))]
mod elsewhere {
    use std::io;
    use std::path::Path;

    pub(crate) fn is_root() -> io::Result<bool> {
        Ok(false)
    }

    pub(crate) fn write_program(_: &Path, _: &Path) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }

    pub(crate) fn give_away(_: &Path) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }

    pub(crate) fn set_mode(_: &Path, _: u32) -> io::Result<()> {
        Ok(())
    }
}
