//! What to do about failures whose reason is not restic's, but how it is started.

use std::env;
use std::ffi::OsStr;
use std::process;

use restic_process::{Argument, Exit, Invocation};
use restic_types::search::contains;

use crate::ErrorKind;

/// How restic was started.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Start<'a> {
    /// The program that runs it, if another does.
    pub(crate) wrapper: Option<&'a str>,
    pub(crate) invocation: &'a Invocation,
}

/// The exit codes by which programs that run others say that they could not, which are none of
/// restic's.
const CANNOT_EXECUTE: Exit = Exit::Code(126);
const CANNOT_FIND: Exit = Exit::Code(127);

/// What restic says when it has no repository, and when it has no password.
const NO_PLACE: &str = "specify repository location";
const EMPTY_PASSWORD: &str = "an empty password is not ";

/// The variables that a program may count on.
const PLACES: &[&str] = &["RESTIC_REPOSITORY", "RESTIC_REPOSITORY_FILE"];
const PASSWORDS: &[&str] = &[
    "RESTIC_PASSWORD",
    "RESTIC_PASSWORD_FILE",
    "RESTIC_PASSWORD_COMMAND",
];

impl Start<'_> {
    /// The kind that a failure is behind a wrapper.
    pub(crate) fn kind(self, exit: Exit, kind: ErrorKind, words: &str) -> ErrorKind {
        let is_missing =
            contains(words, "command not found") || contains(words, "not found in $PATH");
        match exit {
            _ if self.wrapper.is_none() => kind,
            CANNOT_FIND => ErrorKind::BinaryNotFound,
            CANNOT_EXECUTE if !is_missing => ErrorKind::BinaryNotExecutable,
            _ if is_missing => ErrorKind::BinaryNotFound,
            _ => kind,
        }
    }

    /// What to do about a failure with these words.
    pub(crate) fn advice(self, kind: ErrorKind, words: &str) -> Option<String> {
        let is_binary = matches!(
            kind,
            ErrorKind::BinaryNotFound | ErrorKind::BinaryNotExecutable
        );
        match self.wrapper {
            Some(wrapper) if is_binary => Some(format!(
                "{wrapper} was to run restic, and is given the name of the binary as it is: name \
                 one that it finds"
            )),
            _ if is_of_private_file(words) => Some(self.about_private_files()),
            Some(wrapper) => self.about_scrubbed_environment(wrapper, words),
            None => self.about_host_environment(words),
        }
    }

    fn about_private_files(self) -> String {
        let why = "restic could not read a private file of this program";
        match self.wrapper {
            Some(wrapper) => format!(
                "{why}, which {wrapper} hides from it: name a file that restic can read there"
            ),
            None => format!(
                "{why}: if the binary is a program or a script that runs restic as another user, \
                 with other processes in sight or in a container, name that with `wrapper(..)` \
                 instead"
            ),
        }
    }

    /// What a wrapper was given and has not handed on.
    fn about_scrubbed_environment(self, wrapper: &str, words: &str) -> Option<String> {
        let is_secret = |flag: &str| {
            let mut arguments = self.invocation.arguments.iter();
            arguments.any(|it| matches!(it, Argument::SecretFile { flag: of, .. } if *of == flag))
        };
        let lost = match words {
            _ if contains(words, NO_PLACE) && is_secret("--repository-file") => "RESTIC_REPOSITORY",
            _ if contains(words, EMPTY_PASSWORD) && is_secret("--password-file") => {
                "RESTIC_PASSWORD"
            }
            _ => return None,
        };
        Some(format!(
            "{wrapper} did not hand {lost} on to restic: let it keep that variable, as `sudo \
             --preserve-env={lost}` and `docker exec --env {lost}` do, or name a file that restic \
             can read there"
        ))
    }

    /// What this program has in its own environment and restic was not given.
    fn about_host_environment(self, words: &str) -> Option<String> {
        let hidden = |names: &[&'static str]| {
            let is_given = |name: &str| {
                let name: &OsStr = name.as_ref();
                let environment = &self.invocation.environment;
                environment.contains_key(name) || self.invocation.inherited.contains(name)
            };
            let mut names = names.iter().copied();
            names.find(|name| env::var_os(name).is_some() && !is_given(name))
        };
        let name = match words {
            _ if contains(words, NO_PLACE) => hidden(PLACES),
            _ if contains(words, EMPTY_PASSWORD) => hidden(PASSWORDS),
            _ => None,
        }?;
        Some(format!(
            "{name} of this program is not handed on to restic: set it here, or have \
             `inherit_restic_env()`"
        ))
    }
}

/// Whether these words are about a file that the runner has made for restic.
fn is_of_private_file(words: &str) -> bool {
    let process = process::id();
    let on_disk = env::temp_dir().join(format!("restic-{process}-"));
    contains(words, &format!("/proc/{process}/fd/")) || contains(words, &on_disk.to_string_lossy())
}
