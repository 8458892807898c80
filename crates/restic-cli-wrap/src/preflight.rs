//! What is refused before restic is started.

use std::collections::BTreeMap;
use std::env;
use std::ffi::OsStr;

use restic_core::Stdin;

use crate::arguments::Arguments;
use crate::repository::{Environment, backend};
use crate::version::Need;
use crate::{Error, ErrorKind, Restic};

/// The variables by which restic gets the password of its repository.
const PASSWORDS: [&str; 3] = [
    "RESTIC_PASSWORD",
    "RESTIC_PASSWORD_COMMAND",
    "RESTIC_PASSWORD_FILE",
];

impl Restic {
    /// Why no restic must be given this call, whatever its version.
    pub(crate) fn refusal(&self, arguments: &Arguments) -> Option<Error> {
        if let Some(why) = &arguments.refusal {
            return Some(Error::new(ErrorKind::Usage, why));
        }
        if let Some(name) = self.contradiction(arguments) {
            let name = name.to_string_lossy();
            let why = format!("{name} is given two values, but a call has one environment");
            return Some(Error::new(ErrorKind::Usage, why));
        }
        if arguments.stdin != Stdin::Null && self.is_real() && !self.has_password(arguments) {
            let why = "restic would read its password from the standard input that is given to it";
            return Some(Error::new(ErrorKind::NoPassword, why));
        }
        None
    }

    /// Variables that are set for a call: by the builder, and for its repositories.
    pub(crate) fn environments<'a>(
        &'a self,
        arguments: &'a Arguments,
    ) -> impl Iterator<Item = &'a Environment> {
        let settings = self.settings();
        let source = arguments.source.as_ref().map(|source| &source.environment);
        [&settings.environment, &settings.repository_environment]
            .into_iter()
            .chain(source)
    }

    /// A variable that the call would need with two values at once. Two repositories share
    /// the variables of their backends.
    fn contradiction<'a>(&'a self, arguments: &'a Arguments) -> Option<&'a OsStr> {
        let mut seen = BTreeMap::new();
        let mut variables = self.environments(arguments).flatten();
        let mut other = |(name, value)| *seen.entry(name).or_insert(value) != value;
        variables
            .find(|variable| other(*variable))
            .map(|(name, _)| name.as_os_str())
    }

    /// The variables of backends that not every restic reads.
    pub(crate) fn needed_by_backends<'a>(
        &'a self,
        arguments: &'a Arguments,
    ) -> impl Iterator<Item = Need> {
        let repositories = self.environments(arguments).skip(1);
        let names = repositories
            .flat_map(BTreeMap::keys)
            .filter_map(|name| name.to_str());
        names.filter_map(|name| Need::of(name.to_owned(), backend::since(name)?, None))
    }

    /// Whether restic gets its password from somewhere else than standard input.
    fn has_password(&self, arguments: &Arguments) -> bool {
        let settings = self.settings();
        let is_set = |name: &str| {
            let name = OsStr::new(name);
            let is_given = |variables: &Environment| variables.contains_key(name);
            let is_inherited = settings.inherited.contains(name) && env::var_os(name).is_some();
            is_inherited || self.environments(arguments).any(is_given)
        };
        let extra = settings.arguments.extra.iter().chain(&arguments.extra);
        let mut extra = extra.map(|word| word.to_string_lossy());
        settings.password.is_some()
            || PASSWORDS.into_iter().any(is_set)
            || extra.any(|word| word.contains("password") || word.starts_with("-p"))
    }
}
