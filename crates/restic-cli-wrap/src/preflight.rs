//! What is refused before restic is started.

use std::env;
use std::ffi::OsStr;

use restic_process::{Environment, Stdin};
use restic_types::search::contains;

use crate::asking::Asker;
use crate::invocation::Call;
use crate::need::Gated;
use crate::repository::Password;
use crate::repository::flags::{FROM, OWN, SECOND};
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
    if let Some(error) = call.refusal() {
        return Err(error.with_invocation(call.invocation().into()));
    }
    let (settings, arguments) = (call.settings, call.arguments);
    let global = settings.arguments.given();
    let source = arguments.source.as_ref();
    let gated = Gated {
        command: arguments.command,
        flags: [&global.flags, &arguments.flags],
        names: call.names(),
        operands: &arguments.operands,
        environments: [
            Some(&settings.repository_environment),
            source.map(|source| &source.environment),
        ],
        needs: &arguments.needs,
        old_refusal: arguments.old_refusal.as_ref(),
        // `init` takes a secret location in another way before 0.12, as `backup` does very many
        // paths, every command a second repository before 0.14, and a lock is not waited for
        // before 0.16.
        is_spelled_by_version: source.is_some()
            || settings.retry_lock.is_some()
            || call.makes_secret_place()
            || call.has_many_paths(),
        // Without it two repositories cannot be distinguished whose places are in files.
        old_flag: source
            .filter(|source| settings.access().is_in_file() || source.access().is_in_file())
            .map(|_| SECOND.location_file),
        invocation: &|| call.invocation(),
    };
    match call.gate().keeper() {
        Some(keeper) => keeper.check(&gated, asker),
        None => {
            debug_assert!(gated.is_for_every_restic(), "{arguments:?} needs a gate");
            Ok(())
        }
    }
}

impl<'a> Call<'a> {
    /// The flags of passwords and of files with secrets, which a call holds otherwise than as flags.
    fn names(self) -> Vec<&'static str> {
        let is_open = |password: &Option<Password>| *password == Some(Password::None);
        let mut names = Vec::new();
        if is_open(&self.settings.password) {
            names.push(OWN.no_password);
        }
        let source = self.arguments.source.as_ref();
        if source.is_some_and(|source| is_open(&source.password)) {
            names.push(FROM.no_password);
        }
        for (flag, _) in &self.arguments.secrets {
            names.push(flag);
        }
        names
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
        let environments = self.environments();
        for (name, value) in environments.into_iter().flatten().flatten() {
            for other in environments.into_iter().flatten() {
                if other.get(name).is_some_and(|other| other != value) {
                    return Some(name);
                }
            }
        }
        None
    }

    /// Whether restic gets its password from somewhere else than standard input.
    fn has_password(self) -> bool {
        let Self {
            settings,
            arguments,
            ..
        } = self;
        let host = settings.host_environment.as_ref();
        let is_set = |name: &str| {
            let name = OsStr::new(name);
            let is_given = |variables: &Environment| variables.contains_key(name);
            let is_inherited = settings.inherited.contains(name) && env::var_os(name).is_some();
            is_inherited
                || host.is_some_and(|host| is_given(&host.variables))
                || self.environments().into_iter().flatten().any(is_given)
        };
        let extra = settings
            .arguments
            .given()
            .extra
            .iter()
            .chain(&arguments.extra);
        let mut extra = extra.map(|word| word.to_string_lossy());
        settings.password.is_some()
            || PASSWORDS.into_iter().any(is_set)
            || extra.any(|word| contains(&word, "password") || word.starts_with("-p"))
    }
}
