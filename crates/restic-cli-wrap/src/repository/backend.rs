//! The places where restic keeps repositories, and what opens them.
//!
//! A [`Repository`] of one of these types has setters for the credentials of its backend,
//! beside those for the key that every repository has:
//!
//! ```
//! use restic_cli_wrap::{Repository, Restic};
//!
//! let offsite = Repository::s3("https://s3.example", "bucket/backups")
//!     .access_key_id("AKIA0123")
//!     .secret_access_key("battery staple")
//!     .password("correct horse");
//! let restic = Restic::builder().repository(offsite).build();
//! assert!(!format!("{restic:?}").contains("staple"));
//! ```
//!
//! | made by | restic's location | credentials |
//! |---|---|---|
//! | [`Repository::local`] | a path, or `local:PATH` | none |
//! | [`Repository::rest`] | `rest:URL` | in the URL: [`login`](Repository::login) |
//! | [`Repository::sftp`] | `sftp:USER@HOST:PATH` | those of `ssh`: its agent, `~/.ssh` |
//! | [`Repository::s3`] | `s3:ENDPOINT/BUCKET/PATH` | [`S3`]: variables `AWS_…` |
//! | [`Repository::b2`] | `b2:BUCKET:PATH` | [`B2`]: variables `B2_…` |
//! | [`Repository::azure`] | `azure:CONTAINER:PATH` | [`Azure`]: variables `AZURE_…` |
//! | [`Repository::gs`] | `gs:BUCKET:PATH` | [`Gs`]: variables `GOOGLE_…` |
//! | [`Repository::swift`] | `swift:CONTAINER:PATH` | [`Swift`]: variables `OS_…` and `ST_…` |
//! | [`Repository::rclone`] | `rclone:REMOTE:PATH` | [`Rclone`]: variables `RCLONE_…` |
//! | [`Repository::new`] | anything that restic takes after `--repo` | [`Repository::env`] |
//!
//! Credentials reach restic through its environment, which only its user and root can read; those
//! of a REST server are part of its URL, which reaches restic through a private file. Variables
//! that are not set here are inherited from this program's own environment.
//!
//! A call with two repositories, such as a copy, has one environment: two repositories of one
//! backend share its variables. When they need different values the call fails with
//! [`Usage`](crate::ErrorKind::Usage) before restic is started. Two REST servers, and two
//! remotes of rclone with names of their own, can have a login each.

use std::ffi::{OsStr, OsString};
use std::path::Path;

use restic_process::{Secret, percent_encoded};
#[cfg(test)]
use restic_types::ResticVersion;

pub use super::any::Any;
use super::{Location, Repository};
use crate::gate::Gate;

/// Declares a backend with the variables that it reads: what each is for, its setter and its
/// name. A `secret` may be anything, a `text` is a name, a path or an address, a `switch` is there or
/// not. Without
/// `since`, every supported restic reads it.
macro_rules! backend {
    ($(#[doc = $about:literal])+ $backend:ident {
        $($(#[doc = $doc:literal])+ $kind:ident $setter:ident: $variable:literal $(since $minor:literal $patch:literal)?;)*
    }) => {
        $(#[doc = $about])+
        #[derive(Clone, Copy, Debug)]
        pub enum $backend {}

        impl $backend {
            /// The variables, and in which release those are new that not every supported restic
            /// reads.
            #[cfg(test)]
            const VARIABLES: &[(&str, Option<ResticVersion>)] = &[$(($variable, backend!(@since $($minor $patch)?)),)*];
        }

        impl Repository<$backend> {
            $(backend!(@$kind [$($doc)+] $setter $variable $(since $minor)?);)*
        }

        impl From<Repository<$backend>> for Repository {
            fn from(repository: Repository<$backend>) -> Self {
                repository.retyped()
            }
        }
    };
    (@since) => {
        None
    };
    (@since $minor:literal $patch:literal) => {
        Some(ResticVersion::new(0, $minor, $patch))
    };
    (@gate) => {
        Gate::NONE
    };
    (@gate $minor:literal) => {
        Gate::VERSION
    };
    (@secret [$($doc:literal)+] $setter:ident $variable:literal $(since $minor:literal)?) => {
        $(#[doc = $doc])+
        #[doc(alias = $variable)]
        pub fn $setter(self, value: impl Into<Secret>) -> Self {
            self.set($variable, value, backend!(@gate $($minor)?))
        }
    };
    (@switch [$($doc:literal)+] $setter:ident $variable:literal $(since $minor:literal)?) => {
        $(#[doc = $doc])+
        #[doc(alias = $variable)]
        pub fn $setter(mut self, on: bool) -> Self {
            if on {
                return self.set($variable, "true", backend!(@gate $($minor)?));
            }
            self.environment.remove(OsStr::new($variable));
            self
        }
    };
    (@text [$($doc:literal)+] $setter:ident $variable:literal $(since $minor:literal)?) => {
        $(#[doc = $doc])+
        #[doc(alias = $variable)]
        pub fn $setter(self, value: impl Into<OsString>) -> Self {
            let value: OsString = value.into();
            self.set($variable, value, backend!(@gate $($minor)?))
        }
    };
}

backend! {
    /// A directory on this machine.
    Local {}
}

backend! {
    /// A REST server, such as restic's own `rest-server`.
    Rest {}
}

backend! {
    /// A directory that is reached by `ssh`, which finds its keys by itself.
    Sftp {}
}

backend! {
    /// S3, of Amazon or of anybody else.
    S3 {
        /// Names the access key.
        secret access_key_id: "AWS_ACCESS_KEY_ID";
        /// Sets the secret of the access key.
        secret secret_access_key: "AWS_SECRET_ACCESS_KEY";
        /// Sets the token that belongs to a temporary access key.
        secret session_token: "AWS_SESSION_TOKEN";
        /// Creates the bucket in this region, and looks for it there.
        text region: "AWS_DEFAULT_REGION";
        /// Takes the key of this profile in the file of credentials.
        text profile: "AWS_PROFILE";
        /// Reads keys from this file instead of `~/.aws/credentials`.
        text shared_credentials_file: "AWS_SHARED_CREDENTIALS_FILE";
        /// Takes on this role. Since restic 0.17.0.
        text assume_role_arn: "RESTIC_AWS_ASSUME_ROLE_ARN" since 17 0;
        /// Calls the session of the role this. Since restic 0.17.0.
        text assume_role_session_name: "RESTIC_AWS_ASSUME_ROLE_SESSION_NAME" since 17 0;
        /// Shows this to whoever grants the role. Since restic 0.17.0.
        secret assume_role_external_id: "RESTIC_AWS_ASSUME_ROLE_EXTERNAL_ID" since 17 0;
        /// Limits the role by this policy, a JSON text. Since restic 0.17.0.
        text assume_role_policy: "RESTIC_AWS_ASSUME_ROLE_POLICY" since 17 0;
        /// Asks for the role in this region. Since restic 0.17.0.
        text assume_role_region: "RESTIC_AWS_ASSUME_ROLE_REGION" since 17 0;
        /// Asks for the role at this address. Since restic 0.17.0.
        text assume_role_sts_endpoint: "RESTIC_AWS_ASSUME_ROLE_STS_ENDPOINT" since 17 0;
    }
}

backend! {
    /// Backblaze B2.
    B2 {
        /// Names the account or the application key.
        secret account_id: "B2_ACCOUNT_ID";
        /// Sets the key.
        secret account_key: "B2_ACCOUNT_KEY";
    }
}

backend! {
    /// Azure's blob storage. Some builds of restic leave it out.
    Azure {
        /// Names the storage account.
        text account_name: "AZURE_ACCOUNT_NAME";
        /// Sets a key of the account.
        secret account_key: "AZURE_ACCOUNT_KEY";
        /// Sets a shared access signature instead of a key. Since restic 0.14.0.
        secret account_sas: "AZURE_ACCOUNT_SAS" since 14 0;
        /// Looks for the account below this address instead of `core.windows.net`. Since
        /// restic 0.16.0.
        text endpoint_suffix: "AZURE_ENDPOINT_SUFFIX" since 16 0;
        /// Logs in as Azure's command line tool is logged in. Since restic 0.16.5.
        switch force_cli_credential: "AZURE_FORCE_CLI_CREDENTIAL" since 16 5;
    }
}

backend! {
    /// Google's cloud storage.
    Gs {
        /// Makes the bucket in this project.
        text project_id: "GOOGLE_PROJECT_ID";
        /// Reads the key of the service account from this file.
        text application_credentials: "GOOGLE_APPLICATION_CREDENTIALS";
        /// Sets a token instead of a key.
        secret access_token: "GOOGLE_ACCESS_TOKEN";
    }
}

backend! {
    /// `OpenStack` Swift.
    Swift {
        /// Logs in at this address.
        text auth_url: "OS_AUTH_URL";
        /// Uses the storage in this region.
        text region_name: "OS_REGION_NAME";
        /// Logs in as this user.
        text user_name: "OS_USERNAME";
        /// Logs in as the user with this id. Since restic 0.12.0.
        text user_id: "OS_USER_ID" since 12 0;
        /// Sets the password of the user.
        secret user_password: "OS_PASSWORD";
        /// Names the domain of the user.
        text user_domain_name: "OS_USER_DOMAIN_NAME";
        /// Names the domain of the user by its id. Since restic 0.12.0.
        text user_domain_id: "OS_USER_DOMAIN_ID" since 12 0;
        /// Names the tenant, by the id that it has in version 2 of the login.
        text tenant_id: "OS_TENANT_ID";
        /// Names the tenant, in version 2 of the login.
        text tenant_name: "OS_TENANT_NAME";
        /// Names the project.
        text project_name: "OS_PROJECT_NAME";
        /// Names the domain of the project.
        text project_domain_name: "OS_PROJECT_DOMAIN_NAME";
        /// Names the domain of the project by its id. Since restic 0.12.0.
        text project_domain_id: "OS_PROJECT_DOMAIN_ID" since 12 0;
        /// Logs in by this trust. Since restic 0.12.0.
        text trust_id: "OS_TRUST_ID" since 12 0;
        /// Logs in by the application credential with this id.
        text application_credential_id: "OS_APPLICATION_CREDENTIAL_ID";
        /// Logs in by the application credential with this name.
        text application_credential_name: "OS_APPLICATION_CREDENTIAL_NAME";
        /// Sets the secret of the application credential.
        secret application_credential_secret: "OS_APPLICATION_CREDENTIAL_SECRET";
        /// Uses the storage at this address, with [`auth_token`](Self::auth_token).
        text storage_url: "OS_STORAGE_URL";
        /// Sets a token instead of logging in.
        secret auth_token: "OS_AUTH_TOKEN";
        /// Makes the container with this policy.
        text container_policy: "SWIFT_DEFAULT_CONTAINER_POLICY";
        /// Logs in at this address, in version 1 of the login.
        text v1_auth_url: "ST_AUTH";
        /// Logs in as this user, in version 1 of the login.
        text v1_user: "ST_USER";
        /// Sets the key of the user, in version 1 of the login.
        secret v1_key: "ST_KEY";
    }
}

backend! {
    /// Whatever [rclone](https://rclone.org) reaches, which restic runs as a helper.
    Rclone {
        /// Reads rclone's configuration from this file.
        text config_file: "RCLONE_CONFIG";
        /// Opens rclone's configuration with this password.
        secret config_password: "RCLONE_CONFIG_PASS";
    }
}

/// Repositories by their backend; [`backend`](self) shows what each can be given.
impl Repository {
    /// The repository in this directory, whatever its name looks like.
    pub fn local(path: impl AsRef<Path>) -> Repository<Local> {
        let path = path.as_ref();
        // The name of a backend might be read from it.
        let is_plain = path.is_absolute() || !path.to_string_lossy().contains(':');
        let mut location = OsString::from(if is_plain { "" } else { "local:" });
        location.push(path);
        Repository::at(Location::Plain(location))
    }

    /// The repository of the REST server at this URL, such as
    /// `https://backup.example:8000/alice`.
    pub fn rest(url: impl AsRef<str>) -> Repository<Rest> {
        Self::new(format!("rest:{}", url.as_ref())).retyped()
    }

    /// The repository in this directory of a machine that `ssh` knows, such as
    /// `alice@backup.example`. A path that does not begin with `/` starts in the user's
    /// directory. Set a port in the configuration of `ssh`.
    pub fn sftp(destination: impl AsRef<str>, path: impl AsRef<str>) -> Repository<Sftp> {
        Repository::inside("sftp", destination, path)
    }

    /// The repository at this endpoint, such as `s3.amazonaws.com` or `https://host:9000`,
    /// in this bucket and below: `bucket/path`.
    pub fn s3(endpoint: impl AsRef<str>, bucket: impl AsRef<str>) -> Repository<S3> {
        let endpoint = endpoint.as_ref().trim_end_matches('/');
        Self::new(format!("s3:{endpoint}/{}", bucket.as_ref())).retyped()
    }

    /// The repository at this path in a bucket of Backblaze B2.
    pub fn b2(bucket: impl AsRef<str>, path: impl AsRef<str>) -> Repository<B2> {
        Repository::inside("b2", bucket, path)
    }

    /// The repository at this path in a container of Azure.
    pub fn azure(container: impl AsRef<str>, path: impl AsRef<str>) -> Repository<Azure> {
        Repository::inside("azure", container, path)
    }

    /// The repository at this path in a bucket of Google's.
    pub fn gs(bucket: impl AsRef<str>, path: impl AsRef<str>) -> Repository<Gs> {
        Repository::inside("gs", bucket, path)
    }

    /// The repository at this path in a container of Swift.
    pub fn swift(container: impl AsRef<str>, path: impl AsRef<str>) -> Repository<Swift> {
        Repository::inside("swift", container, path)
    }

    /// The repository at this path of a remote of rclone.
    pub fn rclone(remote: impl AsRef<str>, path: impl AsRef<str>) -> Repository<Rclone> {
        Repository::inside("rclone", remote, path)
    }
}

impl<B> Repository<B> {
    fn inside(scheme: &str, place: impl AsRef<str>, path: impl AsRef<str>) -> Self {
        let (place, path) = (place.as_ref(), path.as_ref());
        Self::at(Location::Plain(format!("{scheme}:{place}:{path}").into()))
    }
}

impl Repository<Rest> {
    /// Logs in at the server. Both become a part of the URL, which restic reads from a
    /// private file then: variables for them exist since restic 0.16.1 only.
    #[doc(alias = "RESTIC_REST_USERNAME")]
    #[doc(alias = "RESTIC_REST_PASSWORD")]
    pub fn login(mut self, user: impl AsRef<str>, password: impl Into<Secret>) -> Self {
        let url = match &self.location {
            Location::Plain(url) => url.as_encoded_bytes().to_vec(),
            Location::Secret(url) => url.expose().to_vec(),
            Location::File(_) => return self,
        };
        let user = percent_encoded(user.as_ref().as_bytes());
        let password = percent_encoded(password.into().expose());
        let login = format!("{user}:{password}@");
        let place = place_of_login(&url);
        let url = [&url[..place.start], login.as_bytes(), &url[place.end..]];
        self.location = Location::Secret(url.concat().into());
        self
    }
}

/// Where the login of a URL is, or would be: after `//`, and up to the last `@` before the
/// path.
fn place_of_login(url: &[u8]) -> std::ops::Range<usize> {
    let slashes = url.windows(2).position(|pair| pair == b"//");
    let start = slashes.map_or("rest:".len(), |at| at + 2);
    let host = url[start..]
        .split(|byte| *byte == b'/')
        .next()
        .unwrap_or_default();
    let login = host
        .iter()
        .rposition(|byte| *byte == b'@')
        .map_or(0, |at| at + 1);
    start..start + login
}

impl Repository<Rclone> {
    /// Configures the remote: sets an option of it, such as `type` to `sftp`. Passwords are
    /// written as `rclone obscure` writes them.
    ///
    /// The name of the remote has to be one that a variable can have: letters, digits and
    /// `_`.
    #[doc(alias = "RCLONE_CONFIG_")]
    pub fn remote_option(self, name: impl AsRef<str>, value: impl Into<Secret>) -> Self {
        let location = match &self.location {
            Location::Plain(text) => text.to_string_lossy().into_owned(),
            Location::Secret(_) | Location::File(_) => String::new(),
        };
        let remote = location.split(':').nth(1).unwrap_or_default();
        let name = name.as_ref().replace('-', "_");
        let variable = format!("RCLONE_CONFIG_{remote}_{name}");
        self.set(variable.to_uppercase(), value, Gate::NONE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::repository::variables;

    #[test]
    fn new_variables_are_those_of_the_setters() {
        let backends = [
            Local::VARIABLES,
            Rest::VARIABLES,
            Sftp::VARIABLES,
            S3::VARIABLES,
            B2::VARIABLES,
            Azure::VARIABLES,
            Gs::VARIABLES,
            Swift::VARIABLES,
            Rclone::VARIABLES,
        ];
        for (variable, since) in backends.into_iter().flatten() {
            assert_eq!(variables::since(variable), *since, "{variable}");
        }
    }
}
