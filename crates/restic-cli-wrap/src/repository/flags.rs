use std::ffi::OsString;

use restic_process::{Argument, Invocation};

use crate::arguments::joined;
use crate::repository::{Location, Password, Repository};

/// What the flags are called that name and open a repository.
#[derive(Debug)]
pub(crate) struct RepositoryFlags {
    location: &'static str,
    pub(crate) location_file: &'static str,
    /// In which variable a location with a password goes, where there may be no flag for its
    /// file.
    location_variable: Option<&'static str>,
    password_file: &'static str,
    password_command: &'static str,
    pub(crate) no_password: &'static str,
    key_hint: &'static str,
}

/// The repository that a command is about.
pub(crate) static OWN: RepositoryFlags = RepositoryFlags {
    location: "--repo",
    location_file: "--repository-file",
    location_variable: None,
    password_file: "--password-file",
    password_command: "--password-command",
    no_password: "--insecure-no-password",
    key_hint: "--key-hint",
};

/// The repository that a command is about, where there is a second one before restic 0.14.0.
pub(crate) static FIRST: RepositoryFlags = RepositoryFlags {
    // 0.11 takes the flag for its file as one for the second repository, too.
    location_variable: Some("RESTIC_REPOSITORY"),
    ..OWN
};

/// The repository that a command reads from. Since restic 0.14.0.
pub(crate) static FROM: RepositoryFlags = RepositoryFlags {
    location: "--from-repo",
    location_file: "--from-repository-file",
    location_variable: None,
    password_file: "--from-password-file",
    password_command: "--from-password-command",
    no_password: "--from-insecure-no-password",
    key_hint: "--from-key-hint",
};

/// The second repository before restic 0.14.0.
pub(crate) static SECOND: RepositoryFlags = RepositoryFlags {
    location: "--repo2",
    location_file: "--repository-file2",
    // The flag is there since 0.12.1 only.
    location_variable: Some("RESTIC_REPOSITORY2"),
    password_file: "--password-file2",
    password_command: "--password-command2",
    no_password: "--from-insecure-no-password",
    key_hint: "--key-hint2",
};

/// A repository and how it is opened, as far as that is given on the command line.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RepositoryAccess<'a> {
    pub(crate) location: Option<&'a Location>,
    pub(crate) password: Option<&'a Password>,
    pub(crate) key_hint: Option<&'a OsString>,
}

impl<B> Repository<B> {
    pub(crate) fn access(&self) -> RepositoryAccess<'_> {
        RepositoryAccess {
            location: Some(&self.location),
            password: self.password.as_ref(),
            key_hint: self.key_hint.as_ref(),
        }
    }
}

impl RepositoryAccess<'_> {
    /// Adds what names and opens it to a call, by these flags.
    pub(crate) fn append_to(self, invocation: &mut Invocation, flags: &RepositoryFlags) {
        let words = &mut invocation.arguments;
        match (self.location, flags.location_variable) {
            (Some(Location::Secret(secret)), Some(variable)) => {
                let environment = &mut invocation.environment;
                environment.insert(variable.into(), secret.clone());
            }
            (Some(location), _) => words.push(flags.location(location)),
            (None, _) => {}
        }
        if let Some(password) = self.password {
            words.push(flags.password(password));
        }
        if let Some(key) = self.key_hint {
            words.push(joined(flags.key_hint, key));
        }
    }

    /// Whether restic reads its location from a file.
    pub(crate) fn is_in_file(self) -> bool {
        matches!(self.location, Some(Location::File(_)))
    }
}

impl RepositoryFlags {
    fn location(&self, location: &Location) -> Argument {
        match location {
            Location::Plain(text) => joined(self.location, text),
            Location::Secret(secret) => Argument::secret_file(self.location_file, secret.clone()),
            Location::File(path) => joined(self.location_file, path.as_os_str()),
        }
    }

    fn password(&self, password: &Password) -> Argument {
        match password {
            Password::Given(secret) => Argument::secret_file(self.password_file, secret.clone()),
            Password::File(path) => joined(self.password_file, path.as_os_str()),
            Password::Command(command) => joined(self.password_command, command),
            Password::None => Argument::from(self.no_password),
        }
    }
}
