use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;

use restic_types::ResticVersion;
use restic_types::cli::{self, Release};

use crate::{Error, ErrorKind, Result};

/// Something that not every supported restic has: a command or a flag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Need {
    /// As the user knows it, such as `--skip-if-unchanged` or `rewrite`.
    what: String,
    since: Release,
    until: Option<Release>,
}

impl Need {
    pub(crate) fn of(what: &str, since: Release, until: Option<Release>) -> Option<Self> {
        let always = since <= cli::OLDEST && until.is_none();
        (!always).then(|| Self {
            what: what.to_owned(),
            since,
            until,
        })
    }

    /// Checks this against the restic at hand.
    pub(crate) fn check(&self, found: &ResticVersion) -> Result<()> {
        let number = |number| u16::try_from(number).unwrap_or(u16::MAX);
        let release = Release::new(
            number(found.major),
            number(found.minor),
            number(found.patch),
        );
        let message = if release < self.since {
            format!("{} needs restic {}, this is {found}", self.what, self.since)
        } else if let Some(until) = self.until.filter(|until| release > *until) {
            format!(
                "{} is gone since restic {until}, this is {found}",
                self.what
            )
        } else {
            return Ok(());
        };
        Err(Error::new(ErrorKind::Unsupported, message))
    }
}

/// What of a command and its flags not every supported restic has.
///
/// Flags that are not in the table are left to restic.
pub(crate) fn needs(command: &str, flags: impl IntoIterator<Item = &'static str>) -> Vec<Need> {
    let Some(known) = cli::command(command) else {
        return Vec::new();
    };
    let itself = Need::of(known.name, known.since, known.until);
    let flags = flags.into_iter().filter_map(|name| {
        let flag = known.flag(name.trim_start_matches('-'))?;
        Need::of(name, flag.since, flag.until)
    });
    itself.into_iter().chain(flags).collect()
}

/// The version of restic, asked for once as long as the program stays the same.
#[derive(Debug, Default)]
pub(crate) struct VersionCache(Mutex<Option<(Option<Program>, ResticVersion)>>);

/// What tells one program from the next one at the same path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Program {
    path: PathBuf,
    size: u64,
    modified: Option<SystemTime>,
}

impl Program {
    pub(crate) fn at(path: &Path) -> Option<Self> {
        let metadata = fs::metadata(path).ok()?;
        let (size, modified) = (metadata.len(), metadata.modified().ok());
        Some(Self {
            path: path.to_owned(),
            size,
            modified,
        })
    }
}

impl VersionCache {
    /// The version of this program, if it was asked before.
    pub(crate) fn get(&self, program: Option<&Program>) -> Option<ResticVersion> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (of, version) = known.as_ref()?;
        (of.as_ref() == program).then(|| version.clone())
    }

    pub(crate) fn set(&self, program: Option<Program>, version: ResticVersion) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((program, version));
    }
}
