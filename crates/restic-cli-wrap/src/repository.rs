mod any;
pub mod backend;
pub(crate) mod flags;
pub(crate) mod variables;

use std::ffi::{OsStr, OsString};
use std::fmt;
use std::marker::PhantomData;
use std::path::PathBuf;

use restic_process::{Environment, Secret};
use restic_types::search::{contains, rsplit_once, split_once};

use crate::gate::Gate;
use any::Any;

/// Where a repository is, and how it is opened.
///
/// Any text or path that restic takes after `--repo` is one:
///
/// ```
/// # use restic_cli_wrap::Repository;
/// let local = Repository::new("/srv/repo").password_file("/etc/restic/password");
/// let remote = Repository::new("rest:https://alice:secret@backup.example/alice");
/// assert!(!format!("{remote:?}").contains("secret"));
/// ```
///
/// A location with a password in it never gets on restic's argument list.
///
/// Each [`backend`] has a constructor of its own, and setters for its credentials:
///
/// ```
/// # use restic_cli_wrap::Repository;
/// let server = Repository::rest("https://backup.example/alice").login("alice", "p@ss/word");
/// let bucket = Repository::b2("bucket", "path").account_id("id").account_key("key");
/// ```
///
/// [`password`](Self::password) is that of the repository's key, whatever the backend.
#[must_use]
pub struct Repository<B = Any> {
    pub(crate) location: Location,
    pub(crate) password: Option<Password>,
    pub(crate) key_hint: Option<OsString>,
    /// The environment variables for its backend.
    pub(crate) environment: Environment,
    /// Whether the installed restic has to be looked at for any of this.
    pub(crate) gate: Gate,
    backend: PhantomData<fn() -> B>,
}

// Not derived: the marker of the backend need not be comparable.
impl<B> PartialEq for Repository<B> {
    fn eq(&self, other: &Self) -> bool {
        let Self {
            location,
            password,
            key_hint,
            environment,
            gate: _,
            backend: _,
        } = self;
        *location == other.location
            && *password == other.password
            && *key_hint == other.key_hint
            && *environment == other.environment
    }
}

impl<B> Eq for Repository<B> {}

/// Where a repository is.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Location {
    /// Nothing secret in it.
    Plain(OsString),
    /// A URL with a password.
    Secret(Secret),
    /// In this file.
    File(PathBuf),
}

impl Location {
    /// Whether the repository is on a server, as far as its location says so: what is in a
    /// file is not read here.
    pub(crate) fn is_on_server(&self) -> bool {
        match self {
            Self::Plain(text) => is_on_server(text.as_encoded_bytes()),
            Self::Secret(url) => is_on_server(url.expose()),
            Self::File(_) => false,
        }
    }
}

/// Whether a location is one on a server.
pub(crate) fn is_on_server(location: &[u8]) -> bool {
    let mut schemes = "rest: s3: sftp: b2: azure: gs: swift: rclone:".split(' ');
    schemes.any(|scheme| location.starts_with(scheme.as_bytes()))
}

/// How restic gets the password of a repository.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Password {
    Given(Secret),
    File(PathBuf),
    Command(OsString),
    None,
}

impl Repository {
    /// The repository at this place: a directory, or a location such as
    /// `sftp:user@host:/srv/repo` or `rest:https://host/repo`.
    #[doc(alias = "--repo")]
    #[doc(alias = "--from-repo")]
    #[doc(alias = "--repo2")]
    pub fn new(location: impl Into<OsString>) -> Self {
        let location = location.into();
        Self::at(if has_password(&location) {
            Location::Secret(location.into())
        } else {
            Location::Plain(location)
        })
    }

    /// The repository whose location restic reads from this file.
    #[doc(alias = "--repository-file")]
    #[doc(alias = "--from-repository-file")]
    #[doc(alias = "--repository-file2")]
    pub fn from_file(path: impl Into<PathBuf>) -> Self {
        Self::at(Location::File(path.into()))
    }
}

impl<B> Repository<B> {
    pub(crate) fn at(location: Location) -> Self {
        Self {
            location,
            password: None,
            key_hint: None,
            environment: Environment::new(),
            gate: Gate::NONE,
            backend: PhantomData,
        }
    }

    /// The same repository, known by another type.
    fn retyped<C>(self) -> Repository<C> {
        Repository {
            location: self.location,
            password: self.password,
            key_hint: self.key_hint,
            environment: self.environment,
            gate: self.gate,
            backend: PhantomData,
        }
    }

    /// Opens it with this password, which reaches restic through a private file; white space
    /// around it does not count.
    pub fn password(mut self, password: impl Into<Secret>) -> Self {
        self.password = Some(Password::Given(password.into()));
        self
    }

    /// Opens it with the password in this file; white space around it does not count.
    #[doc(alias = "--password-file")]
    #[doc(alias = "--from-password-file")]
    #[doc(alias = "--password-file2")]
    pub fn password_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.password = Some(Password::File(path.into()));
        self
    }

    /// Opens it with the password that this command prints. restic splits it into words by
    /// itself, without a shell. Anybody on the machine can see the command while restic runs.
    #[doc(alias = "--password-command")]
    #[doc(alias = "--from-password-command")]
    #[doc(alias = "--password-command2")]
    pub fn password_command(mut self, command: impl Into<OsString>) -> Self {
        self.password = Some(Password::Command(command.into()));
        self
    }

    /// Opens it without a password. Since restic 0.17.0.
    #[doc(alias = "--insecure-no-password")]
    #[doc(alias = "--from-insecure-no-password")]
    pub fn no_password(mut self) -> Self {
        self.password = Some(Password::None);
        self.gate = Gate::VERSION;
        self
    }

    /// Tries the key with this id first.
    #[doc(alias = "--key-hint")]
    #[doc(alias = "--from-key-hint")]
    #[doc(alias = "--key-hint2")]
    pub fn key_hint(mut self, key: impl Into<OsString>) -> Self {
        self.key_hint = Some(key.into());
        self
    }

    /// Sets a variable for restic when it works on this repository. The value is secret.
    pub fn env(self, name: impl Into<OsString>, value: impl Into<Secret>) -> Self {
        // It may be one that not every restic reads.
        self.set(name, value, Gate::VERSION)
    }

    /// Sets a variable of which it is known whether every restic reads it.
    fn set(mut self, name: impl Into<OsString>, value: impl Into<Secret>, gate: Gate) -> Self {
        self.environment.insert(name.into(), value.into());
        self.gate = self.gate.or(gate);
        self
    }
}

impl<B> Clone for Repository<B> {
    fn clone(&self) -> Self {
        Self {
            location: self.location.clone(),
            password: self.password.clone(),
            key_hint: self.key_hint.clone(),
            environment: self.environment.clone(),
            gate: self.gate,
            backend: PhantomData,
        }
    }
}

/// Whether a location is a URL with a password, or so much like one that it is better
/// treated as such.
fn has_password(location: &OsStr) -> bool {
    let text = location.to_string_lossy();
    let remote = is_on_server(location.as_encoded_bytes()) || contains(&text, "://");
    let Some((_, rest)) = split_once(&text, ":").filter(|_| remote) else {
        return false;
    };
    // The scheme of the URL inside, as in `rest:https://user:password@host`.
    let rest = split_once(rest, "://").map_or(rest, |(_, rest)| rest);
    rsplit_once(rest, "@").is_some_and(|(before, _)| contains(before, ":"))
}

impl<B> fmt::Debug for Repository<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Repository")
            .field("location", &self.location)
            .field("password", &self.password)
            .field("key_hint", &self.key_hint)
            .field("environment", &self.environment)
            .finish()
    }
}

impl fmt::Debug for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Plain(location) => location.fmt(f),
            Self::Secret(secret) => secret.fmt(f),
            Self::File(path) => f.debug_tuple("File").field(path).finish(),
        }
    }
}

impl<T: AsRef<OsStr> + ?Sized> From<&T> for Repository {
    fn from(location: &T) -> Self {
        Self::new(location.as_ref())
    }
}

impl From<String> for Repository {
    fn from(location: String) -> Self {
        Self::new(location)
    }
}

impl From<OsString> for Repository {
    fn from(location: OsString) -> Self {
        Self::new(location)
    }
}

impl From<PathBuf> for Repository {
    fn from(location: PathBuf) -> Self {
        Self::new(location)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn locations_with_a_password_are_secret() {
        let check = |location: &str, expected: bool| {
            assert_eq!(has_password(OsStr::new(location)), expected, "{location}");
        };
        check("/srv/repo", false);
        check("/srv/a:b@c", false);
        check("C:\\repo", false);
        check("rest:https://host:8000/repo", false);
        check("rest:https://alice@host:8000/repo", false);
        check("rest:https://alice:secret@host:8000/repo", true);
        check("rest:http://alice:pw with space@host/", true);
        check("rest:alice:pw@host/repo", true);
        check("sftp:alice@host:/srv/repo", false);
        check("sftp:alice:pw@host:/srv/repo", true);
        check("sftp://alice@host:2222//srv/repo", false);
        check("s3:https://s3.example/bucket", false);
        check("rclone:remote:directory", false);
        check("https://alice:secret@host/repo", true);
    }
}
