use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::Arc;

use restic_process::{Clock, Deadlines, Environment, StopPolicy, VariableNames};

use crate::arguments::{Arguments, Given};
use crate::code::Code;
use crate::diagnostics::NoticeHandler;
use crate::gate::Gate;
use crate::repository::flags::RepositoryAccess;
use crate::repository::{Location, Password};
use crate::retry_lock::Patience;

/// What all calls of a client have in common.
#[derive(Clone, Debug, Default)]
pub(crate) struct Settings {
    pub(crate) repository: Option<Location>,
    /// The environment variables for the repository's backend.
    pub(crate) repository_environment: Environment,
    pub(crate) password: Option<Password>,
    pub(crate) key_hint: Option<OsString>,
    /// Global flags.
    pub(crate) arguments: Arguments,
    pub(crate) environment: Environment,
    pub(crate) inherited: VariableNames,
    /// The `RESTIC_*` variables of this program, if restic is to have them.
    pub(crate) host_environment: Option<HostEnvironment>,
    pub(crate) current_dir: Option<PathBuf>,
    pub(crate) retry_lock: Option<Patience>,
    pub(crate) deadlines: Deadlines,
    pub(crate) stop_policy: StopPolicy,
    /// Absent: the system's.
    pub(crate) clock: Option<Arc<dyn Clock>>,
    pub(crate) version: Option<String>,
    pub(crate) on_notice: Option<NoticeHandler>,
    /// Whether the installed restic has to be looked at for any of this but the flags.
    pub(crate) gate: Gate,
}

/// The `RESTIC_*` variables of this program.
#[derive(Clone, Debug)]
pub(crate) struct HostEnvironment {
    pub(crate) variables: Environment,
    /// Adds those to the variables of a call that nothing else in it decides. Named here and not
    /// where a call is made: programs that pass none of them on do without its code.
    pub(crate) add_to: Code<fn(&mut Environment, &Settings, &Given)>,
}

impl Settings {
    /// The client's own repository.
    pub(crate) fn access(&self) -> RepositoryAccess<'_> {
        RepositoryAccess {
            location: self.repository.as_ref(),
            password: self.password.as_ref(),
            key_hint: self.key_hint.as_ref(),
        }
    }
}
