use std::ffi::OsString;

use restic_core::Argument;

use crate::arguments::Flag;
use crate::repository::{Location, Password};

/// What the flags are called that name and open a repository.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Spelling {
    location: &'static str,
    location_file: &'static str,
    password_file: &'static str,
    password_command: &'static str,
    pub(crate) no_password: &'static str,
    key_hint: &'static str,
}

/// The repository that a command is about.
pub(crate) const OWN: Spelling = Spelling {
    location: "--repo",
    location_file: "--repository-file",
    password_file: "--password-file",
    password_command: "--password-command",
    no_password: "--insecure-no-password",
    key_hint: "--key-hint",
};

/// The repository that a command reads from. Since restic 0.14.0.
pub(crate) const FROM: Spelling = Spelling {
    location: "--from-repo",
    location_file: "--from-repository-file",
    password_file: "--from-password-file",
    password_command: "--from-password-command",
    no_password: "--from-insecure-no-password",
    key_hint: "--from-key-hint",
};

/// The second repository before restic 0.14.0.
pub(crate) const SECOND: Spelling = Spelling {
    location: "--repo2",
    location_file: "--repository-file2",
    password_file: "--password-file2",
    password_command: "--password-command2",
    no_password: "--from-insecure-no-password",
    key_hint: "--key-hint2",
};

impl Spelling {
    pub(crate) fn location(self, location: &Location) -> Argument {
        match location {
            Location::Plain(text) => joined(self.location, text.clone()),
            Location::Secret(secret) => Argument::secret_file(self.location_file, secret.clone()),
            Location::File(path) => joined(self.location_file, path.clone().into()),
        }
    }

    pub(crate) fn password(self, password: &Password) -> Argument {
        match password {
            Password::Given(secret) => Argument::secret_file(self.password_file, secret.clone()),
            Password::File(path) => joined(self.password_file, path.clone().into()),
            Password::Command(command) => joined(self.password_command, command.clone()),
            Password::None => Argument::from(self.no_password),
        }
    }

    pub(crate) fn key_hint(self, key: &OsString) -> Argument {
        joined(self.key_hint, key.clone())
    }
}

pub(crate) fn joined(flag: &'static str, value: OsString) -> Argument {
    Flag {
        name: flag,
        value: Some(value),
    }
    .word()
}
