//! What is refused before restic is started.

use std::env;
use std::ffi::{OsStr, OsString};

use restic_core::{Environment, Secret, Stdin};
use restic_types::ResticVersion;
use restic_types::search::contains;

use crate::invocation::Call;
use crate::listed_paths;
use crate::repository::flags::{FROM, OWN, SECOND};
use crate::repository::{Password, backend};
use crate::version::{Need, needs, value_needs};
use crate::{Error, ErrorKind, Result};

/// The variables by which restic gets the password of its repository.
const PASSWORDS: [&str; 3] = [
    "RESTIC_PASSWORD",
    "RESTIC_PASSWORD_COMMAND",
    "RESTIC_PASSWORD_FILE",
];

/// Refuses what the installed restic does not have, before it is started. It is asked for its
/// version only when that matters, and once.
pub(crate) fn check(call: Call<'_>, version: impl FnOnce() -> Result<ResticVersion>) -> Result<()> {
    let Call {
        settings,
        arguments,
        ..
    } = call;
    if let Some(error) = call.refusal() {
        return Err(error.with_invocation(call.invocation()));
    }
    let mut known = needs(arguments.command, call.flags());
    for flags in [&settings.arguments.flags, &arguments.flags] {
        known.extend(value_needs(arguments.command, flags, &[]));
    }
    known.extend(value_needs(arguments.command, &[], &arguments.operands));
    let more = arguments.needs.iter();
    known.extend(more.filter_map(|(what, since)| Need::of((*what).to_owned(), *since, None)));
    known.extend(call.needed_by_backends());
    // `init` takes a secret location in another way before 0.12, as `backup` does very many
    // paths, every command a second repository before 0.14, and a lock is not waited for before
    // 0.16.
    let depends = arguments.source.is_some()
        || settings.retry_lock.is_some()
        || arguments.old_refusal.is_some()
        || call.makes_secret_place()
        || listed_paths::are_many(arguments);
    if known.is_empty() && !depends {
        return Ok(());
    }
    let found = version()?;
    let more = needs(arguments.command, call.flag_of_files());
    let mut all = known.iter().chain(&more);
    all.try_for_each(|need| need.check(found))?;
    match &arguments.old_refusal {
        Some((since, why)) if found.release() < *since => {
            let message = format!("{why}; this is restic {found}");
            let invocation = call.invocation();
            Err(Error::new(ErrorKind::Usage, message).with_invocation(invocation))
        }
        _ => Ok(()),
    }
}

impl<'a> Call<'a> {
    /// The flags of a call that depend on the version, global ones too.
    fn flags(self) -> impl Iterator<Item = &'static str> + 'a {
        let Self {
            settings,
            arguments,
            ..
        } = self;
        let own = (settings.password == Some(Password::None)).then_some(OWN.no_password);
        let source = arguments.source.as_ref();
        let source = source.filter(|source| source.password == Some(Password::None));
        let passwords = own.into_iter().chain(source.map(|_| FROM.no_password));
        let flags = settings.arguments.flags.iter().chain(&arguments.flags);
        let secrets = arguments.secrets.iter().map(|(flag, _)| *flag);
        passwords.chain(flags.map(|flag| flag.name)).chain(secrets)
    }

    /// The flag without which two repositories cannot be distinguished whose places are in
    /// files.
    fn flag_of_files(self) -> Option<&'static str> {
        let (first, second) = self.repositories();
        let second = second.filter(|_| self.has_second_repository())?;
        (first.is_in_file() || second.is_in_file()).then_some(SECOND.location_file)
    }

    /// Why no restic must be given this call, whatever its version.
    fn refusal(self) -> Option<Error> {
        let arguments = self.arguments;
        if let Some(why) = &arguments.refusal {
            return Some(Error::new(ErrorKind::Usage, why));
        }
        if let Some(name) = self.contradiction() {
            let name = name.to_string_lossy();
            let why =
                format!("{name} has conflicting values; both repositories share one environment");
            return Some(Error::new(ErrorKind::Usage, why));
        }
        if arguments.stdin != Stdin::Null
            && self.versions.are_of_a_program()
            && !self.has_password()
        {
            let why = "no password set; restic would read it from stdin: \
                       use password(..), password_file(..) or password_command(..)";
            return Some(Error::new(ErrorKind::NoPassword, why));
        }
        None
    }

    /// A variable that the call would need with two values at once. Two repositories share
    /// the variables of their backends.
    fn contradiction(self) -> Option<&'a OsStr> {
        let differs = |(name, value): &&(OsString, Secret)| {
            let mut others = self.environments().filter_map(|other| other.get(name));
            others.any(|other| other != value)
        };
        let mut variables = self.environments().flatten();
        let (name, _) = variables.find(differs)?;
        Some(name)
    }

    /// The variables of backends that not every restic reads.
    fn needed_by_backends(self) -> impl Iterator<Item = Need> {
        let repositories = self.environments().skip(1);
        let names = repositories
            .flat_map(Environment::keys)
            .filter_map(|name| name.to_str());
        names.filter_map(|name| Need::of(name.to_owned(), backend::since(name)?, None))
    }

    /// Whether restic gets its password from somewhere else than standard input.
    fn has_password(self) -> bool {
        let Self {
            settings,
            arguments,
            ..
        } = self;
        let is_set = |name: &str| {
            let name = OsStr::new(name);
            let is_given = |variables: &Environment| variables.contains_key(name);
            let is_inherited = settings.inherited.contains(name) && env::var_os(name).is_some();
            is_inherited
                || is_given(&settings.host_environment)
                || self.environments().any(is_given)
        };
        let extra = settings.arguments.extra.iter().chain(&arguments.extra);
        let mut extra = extra.map(|word| word.to_string_lossy());
        settings.password.is_some()
            || PASSWORDS.into_iter().any(is_set)
            || extra.any(|word| contains(&word, "password") || word.starts_with("-p"))
    }
}
