use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use crate::values::value;

value! {
    /// Which files a backup, a rewrite or a restore takes or leaves out: `--exclude`,
    /// `--include` and their kin.
    ///
    /// A text is a pattern in restic's syntax, in which `*`, `?`, `[` and `\\` are special:
    /// `a[1].txt` matches `a1.txt`, but not the file with that very name. A pattern that begins
    /// with `/` starts at the root; any other matches at any depth. A [`Path`] is taken
    /// literally, as by [`literal`](Self::literal).
    ///
    /// ```
    /// use restic_cli_wrap::commands::Restore;
    /// use restic_cli_wrap::values::Pattern;
    ///
    /// let restore = Restore::new("latest")
    ///     .target("/restored")
    ///     .include(Pattern::literal("/photos/a[1].jpg"));
    /// # drop(restore);
    /// ```
    Pattern
}

impl Pattern {
    /// Matches this path and what is in it, whatever characters it has.
    #[must_use]
    pub fn literal(path: impl AsRef<OsStr>) -> Self {
        Self(escaped(path.as_ref()))
    }
}

impl From<&Path> for Pattern {
    /// Matches this path literally.
    fn from(path: &Path) -> Self {
        Self::literal(path)
    }
}

impl From<&PathBuf> for Pattern {
    /// Matches this path literally.
    fn from(path: &PathBuf) -> Self {
        Self::literal(path)
    }
}

impl From<PathBuf> for Pattern {
    /// Matches this path literally.
    fn from(path: PathBuf) -> Self {
        Self::literal(path)
    }
}

#[cfg(unix)]
fn escaped(path: &OsStr) -> OsString {
    use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};

    let mut bytes = Vec::with_capacity(path.len());
    for (place, &byte) in path.as_bytes().iter().enumerate() {
        // An exclamation mark at the beginning takes back what other patterns leave out.
        if b"[]*?\\".contains(&byte) || (place, byte) == (0, b'!') {
            bytes.push(b'\\');
        }
        bytes.push(byte);
    }
    OsString::from_vec(bytes)
}

/// On Windows `\` parts directories, so that a character is escaped as a class of its own.
#[cfg(windows)]
fn escaped(path: &OsStr) -> OsString {
    use std::os::windows::ffi::{OsStrExt as _, OsStringExt as _};

    let [open, close, bang] = [b'[', b']', b'!'].map(u16::from);
    let mut wide = Vec::with_capacity(path.len());
    for (place, unit) in path.encode_wide().enumerate() {
        if b"[*?".iter().any(|&byte| unit == u16::from(byte)) || (place, unit) == (0, bang) {
            wide.extend([open, unit, close]);
        } else {
            wide.push(unit);
        }
    }
    OsString::from_wide(&wide)
}

#[cfg(not(any(unix, windows)))]
fn escaped(path: &OsStr) -> OsString {
    path.to_owned()
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn what_patterns_take_for_theirs_is_escaped() {
        for (path, pattern) in [
            ("/plain/path", "/plain/path"),
            ("/a[1].txt", r"/a\[1\].txt"),
            ("/*/?", r"/\*/\?"),
            (r"/back\slash", r"/back\\slash"),
            ("!important", r"\!important"),
            ("/not!", "/not!"),
            ("", ""),
        ] {
            assert_eq!(Pattern::literal(path).as_ref(), pattern);
            assert_eq!(Pattern::from(Path::new(path)).as_ref(), pattern);
        }
    }

    #[test]
    fn a_path_need_not_be_utf_8() {
        use std::os::unix::ffi::OsStrExt as _;

        let path = OsStr::from_bytes(b"/\xff[");
        assert_eq!(Pattern::literal(path).as_ref().as_bytes(), b"/\xff\\[");
    }
}
