//! One scenario, played once more.

use std::path::Path;

use restic_core::Scenario as Recording;
use restic_replay::Drift;
use restic_test_support::scenarios::Scenario;

use super::changes;
use super::report::Played;
use crate::record;
use crate::task::Result;

/// Plays a scenario, and compares it with the recording of an older restic.
pub(super) fn play(
    scenario: &Scenario,
    from: &str,
    binary: &Path,
    version: &str,
) -> Result<Played> {
    let name = scenario.name;
    let old = Recording::load(restic_fixtures::find(name, from)?)?;
    let kept = tempfile::tempdir()?;
    let directory = kept.path().join(name);
    let stopped = match record::trial(scenario, binary, version, &directory) {
        Ok(stopped) => stopped,
        // Of a restic that does what nobody expects, nothing may be left to compare.
        Err(error) if !directory.exists() => {
            return Ok(Played {
                name: name.to_owned(),
                stopped: Some(error.to_string()),
                drift: None,
                unknown: Vec::new(),
            });
        }
        Err(error) => return Err(error),
    };
    let new = Recording::load(&directory)?;
    let drift = Drift::between(&old, &new)?;
    let mut unknown = changes::unknown_in(&new)?;
    unknown.extend(changes::made(&drift, &old, &new)?);
    Ok(Played {
        unknown,
        name: name.to_owned(),
        stopped,
        drift: Some(drift),
    })
}
