use std::ffi::OsString;
use std::fmt;
use std::panic::RefUnwindSafe;
use std::time::Duration;

use restic_process::{Argument, Environment};
use restic_types::{ResticVersion, cli};

use crate::Result;
use crate::arguments::{Flag, FlagValue as _, joined};
use crate::asking::{self, Asker};
use crate::need::{self, Gated};
use crate::version::Versions;
use crate::{listed_paths, spelling};

/// Whether a call may have something that not every supported restic has, or that the installed
/// one wants in a way of its own.
///
/// What may be such a thing brings the gate: a program without any has nothing that asks restic for
/// its version, compares a call with it, or spells one for an old restic.
#[derive(Clone, Copy, Default)]
pub(crate) struct Gate(Option<&'static dyn Keeper>);

/// What knows how supported restics differ.
pub(crate) trait Keeper: Sync + RefUnwindSafe {
    /// Refuses a call for which the installed restic lacks something.
    fn check(&self, call: &Gated<'_>, asker: &mut dyn Asker) -> Result<()>;

    /// The version of the installed restic, which is asked for it unless it is known.
    fn version(&self, asker: &mut dyn Asker) -> Result<ResticVersion>;

    /// The version as far as it is known without asking restic.
    fn known(&self, versions: &Versions) -> Option<ResticVersion>;

    /// Whether a command with these flags and words has too many paths for a command line.
    fn are_many(
        &self,
        command: &str,
        flags: &[Flag],
        extra: &[OsString],
        paths: &[OsString],
    ) -> bool;

    /// The paths as a flag, with a file of them.
    fn listed(&self, paths: &[OsString]) -> Argument;

    /// How long restic is to wait for a lock, as a flag.
    fn patience(&self, limit: Duration) -> Argument;

    /// Lets what the environment says of the two repositories change places.
    fn swap_repositories(&self, environment: &mut Environment);

    /// Enables a feature beside those that the user has set.
    fn enable(&self, feature: &str, environment: &mut Environment);
}

struct ByVersion;

impl Keeper for ByVersion {
    fn check(&self, call: &Gated<'_>, asker: &mut dyn Asker) -> Result<()> {
        need::check(call, asker)
    }

    fn version(&self, asker: &mut dyn Asker) -> Result<ResticVersion> {
        asking::version(asker)
    }

    fn known(&self, versions: &Versions) -> Option<ResticVersion> {
        versions.known().ok().flatten()
    }

    fn are_many(
        &self,
        command: &str,
        flags: &[Flag],
        extra: &[OsString],
        paths: &[OsString],
    ) -> bool {
        listed_paths::are_many(command, flags, extra, paths)
    }

    fn listed(&self, paths: &[OsString]) -> Argument {
        listed_paths::listed(paths)
    }

    fn patience(&self, limit: Duration) -> Argument {
        joined("--retry-lock", &limit.render())
    }

    fn swap_repositories(&self, environment: &mut Environment) {
        spelling::swap_repositories(environment);
    }

    fn enable(&self, feature: &str, environment: &mut Environment) {
        spelling::enable(feature, environment);
    }
}

impl Gate {
    /// There is nothing of the kind.
    pub(crate) const NONE: Self = Self(None);

    /// There may be.
    pub(crate) const VERSION: Self = Self(Some(&ByVersion));

    /// The gate of a flag, by its name with dashes.
    pub(crate) const fn of_flag(name: &str) -> Self {
        match cli::is_gated(name) {
            true => Self::VERSION,
            false => Self::NONE,
        }
    }

    /// This one or, if there is none, the other one.
    pub(crate) fn or(self, other: Self) -> Self {
        Self(self.0.or(other.0))
    }

    pub(crate) fn keeper(self) -> Option<&'static dyn Keeper> {
        self.0
    }
}

/// It follows from what it is the gate of.
impl PartialEq for Gate {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Gate {}

impl fmt::Debug for Gate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Gate")
    }
}
