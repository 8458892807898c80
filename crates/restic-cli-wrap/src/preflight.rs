//! What is refused before restic is started.

use std::env;
use std::ffi::{OsStr, OsString};

use restic_process::{Environment, Secret, Stdin};
use restic_types::search::contains;

use crate::asking::Asker;
use crate::gate::{Gate, Keeper};
use crate::invocation::Call;
use crate::listed_paths;
use crate::need::Need;
use crate::repository::flags::{FROM, OWN, SECOND};
use crate::repository::{Password, backend};
use crate::{Error, ErrorKind, Result};

/// The variables by which restic gets the password of its repository.
const PASSWORDS: [&str; 3] = [
    "RESTIC_PASSWORD",
    "RESTIC_PASSWORD_COMMAND",
    "RESTIC_PASSWORD_FILE",
];

/// Refuses what the installed restic does not have, before it is started. It is asked for its
/// version only when that matters, and once.
pub(crate) fn check(call: Call<'_>, asker: &mut dyn Asker) -> Result<()> {
    let Call {
        settings,
        arguments,
        ..
    } = call;
    if let Some(error) = call.refusal() {
        return Err(error.with_invocation(call.invocation().into()));
    }
    let Some(keeper) = arguments.gate.or(settings.arguments.gate).keeper() else {
        debug_assert!(call.is_for_every_restic(), "{arguments:?} needs a gate");
        return Ok(());
    };
    let needs = call.needs(keeper);
    if needs.is_empty() && !call.depends_on_version() {
        return Ok(());
    }
    let found = (keeper.version)(asker)?;
    let more = (keeper.needs)(arguments.command, call.flag_of_files().as_slice());
    for need in needs.iter().chain(&more) {
        need.check(found)?;
    }
    match &arguments.old_refusal {
        Some((since, why)) if found.release() < *since => {
            let message = format!("{why}; this is restic {found}");
            let invocation = call.invocation().into();
            Err(Error::new(ErrorKind::Usage, message).with_invocation(invocation))
        }
        _ => Ok(()),
    }
}

impl<'a> Call<'a> {
    /// What of the call not every supported restic has.
    fn needs(self, keeper: Keeper) -> Vec<Need> {
        let Self {
            settings,
            arguments,
            ..
        } = self;
        let command = arguments.command;
        let mut needs = (keeper.needs)(command, &self.flags());
        for flags in [&settings.arguments.flags, &arguments.flags] {
            needs.append(&mut (keeper.value_needs)(command, flags, &[]));
        }
        needs.append(&mut (keeper.value_needs)(command, &[], &arguments.operands));
        for (what, since) in &arguments.needs {
            needs.extend(Need::of((*what).to_owned(), *since, None));
        }
        needs.extend(self.needed_by_backends());
        needs
    }

    /// Whether it depends on the version what the call looks like, or whether it is made at all,
    /// although every restic has all that is in it.
    fn depends_on_version(self) -> bool {
        let arguments = self.arguments;
        // `init` takes a secret location in another way before 0.12, as `backup` does very many
        // paths, every command a second repository before 0.14, and a lock is not waited for
        // before 0.16.
        arguments.source.is_some()
            || self.settings.retry_lock.is_some()
            || arguments.old_refusal.is_some()
            || self.makes_secret_place()
            || listed_paths::are_many(arguments)
    }

    /// Whether it depends in no way on the version.
    fn is_for_every_restic(self) -> bool {
        let keeper = Gate::VERSION.keeper();
        let needs = keeper.map(|keeper| self.needs(keeper));
        needs.is_none_or(|needs| needs.is_empty()) && !self.depends_on_version()
    }

    /// The flags of a call that depend on the version, global ones too.
    fn flags(self) -> Vec<&'static str> {
        let Self {
            settings,
            arguments,
            ..
        } = self;
        let is_open = |password: &Option<Password>| *password == Some(Password::None);
        let mut names = Vec::new();
        if is_open(&settings.password) {
            names.push(OWN.no_password);
        }
        if arguments
            .source
            .as_ref()
            .is_some_and(|source| is_open(&source.password))
        {
            names.push(FROM.no_password);
        }
        for flag in settings.arguments.flags.iter().chain(&arguments.flags) {
            names.push(flag.name);
        }
        for (flag, _) in &arguments.secrets {
            names.push(flag);
        }
        names
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
