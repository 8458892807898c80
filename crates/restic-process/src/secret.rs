use std::borrow::Cow;
use std::ffi::{OsStr, OsString};
use std::fmt;

use zeroize::Zeroize as _;

/// A value that cannot be printed or serialised, and is wiped from memory when dropped.
///
/// Passwords, credentials and repository locations with a password in them travel as
/// secrets. There is no `Display` and no `Serialize`, and `Debug` is the same text for
/// every secret:
///
/// ```
/// # use restic_process::Secret;
/// assert_eq!(format!("{:?}", Secret::new("hunter2")), "Secret(..)");
/// ```
///
/// ```compile_fail,E0277
/// # use restic_process::Secret;
/// println!("{}", Secret::new("hunter2"));
/// ```
///
/// ```compile_fail,E0277
/// # use restic_process::Secret;
/// fn serialise(_: impl serde::Serialize) {}
/// serialise(Secret::new("hunter2"));
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Vec<u8>);

impl Secret {
    /// Takes over a value; the copy held here is wiped on drop.
    pub fn new(value: impl Into<Secret>) -> Self {
        value.into()
    }

    /// The value itself. Whoever asks for it is responsible for where it goes.
    #[must_use]
    pub fn expose(&self) -> &[u8] {
        &self.0
    }

    /// Whether the value is empty, which restic treats as not given.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Adds to the value. A vector that grows leaves what it held in memory that it has given back:
    /// here that is wiped.
    pub(crate) fn extend(&mut self, more: &[u8]) {
        let length = self.0.len() + more.len();
        if length > self.0.capacity() {
            let mut larger = Vec::with_capacity(length.max(2 * self.0.capacity()));
            larger.extend_from_slice(&self.0);
            *self = Self(larger);
        }
        self.0.extend_from_slice(more);
    }

    /// The value for the environment of a process.
    ///
    /// On Windows a value that is not UTF-8 loses what cannot be expressed there.
    #[must_use]
    pub(crate) fn to_os_str(&self) -> Cow<'_, OsStr> {
        #[cfg(unix)]
        {
            <OsStr as std::os::unix::ffi::OsStrExt>::from_bytes(self.expose()).into()
        }
        #[cfg(not(unix))]
        match String::from_utf8_lossy(self.expose()) {
            Cow::Borrowed(text) => OsStr::new(text).into(),
            Cow::Owned(text) => OsString::from(text).into(),
        }
    }
}

impl Drop for Secret {
    #[inline(never)] // What is dropped in many places is wiped in one.
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

impl From<Vec<u8>> for Secret {
    fn from(value: Vec<u8>) -> Self {
        Self(value)
    }
}

impl From<&[u8]> for Secret {
    fn from(value: &[u8]) -> Self {
        value.to_vec().into()
    }
}

impl From<String> for Secret {
    fn from(value: String) -> Self {
        value.into_bytes().into()
    }
}

impl From<&str> for Secret {
    fn from(value: &str) -> Self {
        value.as_bytes().into()
    }
}

impl From<OsString> for Secret {
    fn from(value: OsString) -> Self {
        value.into_encoded_bytes().into()
    }
}

impl From<&OsStr> for Secret {
    fn from(value: &OsStr) -> Self {
        value.as_encoded_bytes().into()
    }
}

impl From<&String> for Secret {
    fn from(value: &String) -> Self {
        value.as_str().into()
    }
}
