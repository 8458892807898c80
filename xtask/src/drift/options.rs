use std::path::PathBuf;

use restic_test_support::scenarios::{self, Scenario};

use crate::task::Result;

pub(super) const USAGE: &str = "\
usage: cargo xtask drift [--from VERSION] [--only SCENARIO,…] [--json] RESTIC

Plays the scenarios of fixtures/ with this restic, and reports what it does differently than the
one that is recorded there, and what of its output, commands and flags our types do not know.

  --from VERSION     compares with recordings of this restic; the newest, if it is not said
  --only NAME,NAME   plays only these scenarios
  --json             prints one document for programs";

pub(super) struct Options {
    pub(super) from: String,
    pub(super) scenarios: Vec<&'static Scenario>,
    pub(super) is_json: bool,
    pub(super) binary: PathBuf,
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
            scenarios: named(only.as_deref(), &from)?,
            from,
            is_json,
            binary: binary.ok_or(USAGE)?.into(),
        }))
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
