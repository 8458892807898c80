//! What another restic does differently in the scenarios of `fixtures/`: `cargo xtask drift`.

use std::path::Path;

use restic_cli_wrap::{Restic, commands::Version};
use restic_core::Scenario;
use restic_replay::{Drift, Severity};
use restic_test_support::scenarios;

use crate::record;
use crate::task::Outcome;

const USAGE: &str = "usage: cargo xtask drift [--from VERSION] [--only SCENARIO,…] RESTIC";

/// Plays every scenario with this restic, and compares it with the recording of an older one: the
/// newest that there is, if no other is named. A difference that programs may fail on is a failure.
pub(crate) fn run(mut arguments: impl Iterator<Item = String>) -> Outcome {
    let mut from = restic_fixtures::Version::LATEST.as_str().to_owned();
    let (mut only, mut binary) = (None, None);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--from" => from = arguments.next().ok_or(USAGE)?,
            "--only" => only = Some(arguments.next().ok_or(USAGE)?),
            option if option.starts_with('-') => return Err(USAGE.into()),
            _ => binary = Some(argument),
        }
    }
    let binary = binary.ok_or(USAGE)?;
    let binary = std::path::absolute(Path::new(&binary))?;
    let version = Restic::builder()
        .binary(&binary)
        .build()
        .run(Version::new())?
        .version;
    let is_asked = |name: &str| {
        let names = only.as_deref();
        names.is_none_or(|names| names.split(',').any(|one| one == name))
    };
    let kept = tempfile::tempdir()?;
    let mut failed = Vec::new();
    for scenario in scenarios::ALL.iter().filter(|one| is_asked(one.name)) {
        let name = scenario.name;
        let directory = kept.path().join(name);
        record::record_for_trial(scenario, &binary, &version, &directory)
            .map_err(|error| format!("{name}: {error}"))?;
        let old = Scenario::load(restic_fixtures::find(name, &from)?)?;
        let drift = Drift::between(&old, &Scenario::load(&directory)?)?;
        print!("== {name} {drift}");
        if drift.worst() == Some(Severity::Error) {
            failed.push(name);
        }
    }
    if failed.is_empty() {
        return Ok(());
    }
    Err(format!(
        "programs may fail on what is different: {}",
        failed.join(", ")
    )
    .into())
}
