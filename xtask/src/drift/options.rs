use std::path::{Path, PathBuf};

use restic_test_support::scenarios::{self, Scenario};
use restic_types::ResticVersion;

use crate::task::Result;

pub(super) const USAGE: &str = "\
usage: cargo xtask drift [--from VERSION] [--only SCENARIO,…] [--json] RESTIC|VERSION

Plays the scenarios of fixtures/ with this restic, and reports what it does differently than the
one that is recorded there, and what of its output, commands and flags our types do not know. The
same is done for the recordings below the directories of RESTIC_CORPUS, as far as there are some of
its version: they are all there is to look at when only a version is named.

  --from VERSION     compares with recordings of this restic; the newest, if it is not said
  --only NAME,NAME   plays only these scenarios, and looks at no other recordings
  --json             prints one document for programs";

pub(super) struct Options {
    pub(super) from: String,
    pub(super) scenarios: Vec<&'static Scenario>,
    pub(super) is_json: bool,
    /// Whether all scenarios are played.
    pub(super) is_whole: bool,
    pub(super) restic: Other,
}

/// The restic that is compared.
pub(super) enum Other {
    Binary(PathBuf),
    /// One of which there are recordings alone.
    Version(String),
}

impl Options {
    /// None when only help is wanted.
    pub(super) fn read(mut arguments: impl Iterator<Item = String>) -> Result<Option<Self>> {
        let mut from = restic_fixtures::Version::LATEST.as_str().to_owned();
        let (mut only, mut binary, mut is_json) = (None, None, false);
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--from" => from = arguments.next().ok_or(USAGE)?,
                "--only" => only = Some(arguments.next().ok_or(USAGE)?),
                "--json" => is_json = true,
                "--help" | "-h" => return Ok(None),
                option if option.starts_with('-') || binary.is_some() => return Err(USAGE.into()),
                _ => binary = Some(argument),
            }
        }
        Ok(Some(Self {
            is_whole: only.is_none(),
            scenarios: named(only.as_deref(), &from)?,
            from,
            is_json,
            restic: Other::of(binary.ok_or(USAGE)?),
        }))
    }
}

impl Other {
    fn of(word: String) -> Self {
        let is_version = word.parse::<ResticVersion>().is_ok();
        match is_version && !Path::new(&word).exists() {
            true => Self::Version(word),
            false => Self::Binary(word.into()),
        }
    }
}

/// The scenarios of these names, of which each has to be recorded.
fn named(names: Option<&str>, from: &str) -> Result<Vec<&'static Scenario>> {
    let Some(names) = names else {
        return Ok(scenarios::ALL.iter().collect());
    };
    let find = |name: &str| {
        restic_fixtures::find(name, from)?;
        let found = scenarios::named(name);
        found.ok_or_else(|| format!("{name} cannot be played").into())
    };
    names.split(',').map(find).collect()
}
