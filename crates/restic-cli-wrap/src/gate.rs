use std::fmt;

use restic_types::{ResticVersion, cli};

use crate::Result;
use crate::asking::{self, Asker};
use crate::need::{self, Gated};

/// Whether a call may have something that not every supported restic has, or that the installed
/// one wants in a way of its own.
///
/// What may be such a thing brings the gate: a program without any has neither the table of flags
/// nor what asks restic for its version.
#[derive(Clone, Copy, Default)]
pub(crate) struct Gate(Option<Keeper>);

/// What a gate knows.
#[derive(Clone, Copy)]
pub(crate) struct Keeper {
    /// Refuses a call for which the installed restic lacks something.
    pub(crate) check: fn(&Gated<'_>, &mut dyn Asker) -> Result<()>,
    /// The version of the installed restic.
    pub(crate) version: fn(&mut dyn Asker) -> Result<ResticVersion>,
}

impl Gate {
    /// There is nothing of the kind.
    pub(crate) const NONE: Self = Self(None);

    /// There may be.
    pub(crate) const VERSION: Self = Self(Some(Keeper {
        check: need::check,
        version: asking::version,
    }));

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

    pub(crate) fn keeper(self) -> Option<Keeper> {
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
        f.write_str(if self.0.is_some() { "Version" } else { "None" })
    }
}
