use std::ffi::OsString;
use std::path::PathBuf;

use restic_process::Secret;
use restic_types::Counter;

use crate::arguments::new_password;
use crate::arguments::{Arguments, setters};
use crate::command::Command;
use crate::commands::report;
use crate::decode::ReportDecoder;
use crate::decode::saved_key::SavedKey;

/// Adds a key, so that one more password opens the repository.
///
/// `restic key add`. The client opens the repository with a password that it has already.
#[must_use]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyAdd {
    arguments: Arguments,
}

impl KeyAdd {
    /// Adds a key for this password, which reaches restic through a private file.
    #[doc(alias = "--new-password-file")]
    pub fn new(password: impl Into<Secret>) -> Self {
        Self {
            arguments: new_password::with_password("key add", password.into()),
        }
    }

    /// Adds a key for the password in this file; restic trims white space around it.
    pub fn password_file(path: impl Into<PathBuf>) -> Self {
        Self {
            arguments: new_password::with_password_file("key add", path.into()),
        }
    }

    /// Adds a key without a password: everybody can then open the repository. Since restic
    /// 0.17.0.
    #[doc(alias = "--new-insecure-no-password")]
    pub fn no_password() -> Self {
        Self {
            arguments: new_password::without_password("key add"),
        }
    }
}

setters! { KeyAdd:
    /// Records this host as the one that made the key, instead of the one where restic runs.
    value host: "--host" = OsString;
    /// Records this user as the one who made the key, instead of the one who runs restic.
    value user: "--user" = OsString;
}

report! { KeyAdd: SavedKey }
