//! How commands that make a key are given its password.

use std::path::PathBuf;

use restic_process::Secret;

use crate::arguments::Arguments;

/// The arguments of a command that makes a key for this password.
pub(crate) fn with_password(command: &'static str, password: Secret) -> Arguments {
    let mut arguments = Arguments::ungated(command);
    arguments.own().secret_file("--new-password-file", password);
    arguments
}

/// The arguments of a command that makes a key for the password in this file.
pub(crate) fn with_password_file(command: &'static str, path: PathBuf) -> Arguments {
    let mut arguments = Arguments::ungated(command);
    arguments
        .own()
        .set("--new-password-file", path.into_os_string());
    arguments
}

/// The arguments of a command that makes a key without a password.
pub(crate) fn without_password(command: &'static str) -> Arguments {
    let mut arguments = Arguments::ungated(command);
    arguments.switch("--new-insecure-no-password", true);
    arguments
}
