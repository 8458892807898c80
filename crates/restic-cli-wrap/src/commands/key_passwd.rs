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

/// Changes the password with which the client opens the repository.
///
/// `restic key passwd`. It makes a new key and removes the one that was used; other keys
/// stay. The client itself goes on with the old password, which opens nothing any longer:
/// build another one.
#[must_use]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyPasswd {
    arguments: Arguments,
}

impl KeyPasswd {
    /// Changes it to this password, which reaches restic through a private file.
    #[doc(alias = "--new-password-file")]
    pub fn new(password: impl Into<Secret>) -> Self {
        Self {
            arguments: new_password::with_password("key passwd", password.into()),
        }
    }

    /// Changes it to the password in this file; restic trims white space around it.
    pub fn password_file(path: impl Into<PathBuf>) -> Self {
        Self {
            arguments: new_password::with_password_file("key passwd", path.into()),
        }
    }

    /// Makes it no password at all: everybody can then open the repository. Since restic
    /// 0.17.0.
    #[doc(alias = "--new-insecure-no-password")]
    pub fn no_password() -> Self {
        Self {
            arguments: new_password::without_password("key passwd"),
        }
    }
}

setters! { KeyPasswd:
    /// Records this host as the one that made the key, instead of the one where restic runs.
    value host: "--host" = OsString;
    /// Records this user as the one who made the key, instead of the one who runs restic.
    value user: "--user" = OsString;
}

report! { KeyPasswd: SavedKey }
