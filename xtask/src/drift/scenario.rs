//! One scenario, played once more.

use std::collections::BTreeMap;
use std::path::Path;

use restic_core::Scenario as Recording;
use restic_corpus::{Reading, UnknownKind};
use restic_replay::{Drift, DriftKind, DriftStream, Severity};
use restic_test_support::scenarios::Scenario;

use super::report::{Finding, Played};
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
    Ok(Played {
        unknown: unknown(
            &drift,
            &Reading::of_scenario(&old)?,
            &Reading::of_scenario(&new)?,
        ),
        name: name.to_owned(),
        stopped,
        drift: Some(drift),
    })
}

/// What our types do not know in a recording, and what the client makes of it, by the name of the
/// call.
pub(super) fn unknown(drift: &Drift, old: &[Reading], new: &[Reading]) -> Vec<(String, Finding)> {
    let before: BTreeMap<_, _> = old.iter().map(|one| (&one.call, &one.outcome)).collect();
    let mut found = Vec::new();
    for reading in new {
        let mut add = |finding| found.push((reading.call.clone(), finding));
        for unknown in &reading.unknown {
            let severity = match unknown.kind {
                UnknownKind::Misread => Severity::Error,
                UnknownKind::Field | UnknownKind::Message | UnknownKind::Word => Severity::Info,
            };
            let kind = unknown.kind.as_str();
            add(Finding::new(severity, kind, unknown.text.clone()));
        }
        let (Some(Some(was)), Some(is)) = (before.get(&reading.call), &reading.outcome) else {
            continue;
        };
        if was != is {
            let text = format!("the client makes {is} of the call, of which it made {was}");
            add(Finding::new(Severity::Error, "outcome", text));
        }
        for sentence in new_sentences(drift, &reading.call) {
            let text = format!("{sentence:?}, of which the client makes {is}");
            add(Finding::new(Severity::Info, "sentence", text));
        }
    }
    found
}

/// What a call says on standard error that it did not say before.
fn new_sentences<'a>(drift: &'a Drift, call: &'a str) -> impl Iterator<Item = &'a str> {
    let of_call = drift.differences.iter().filter(move |one| {
        one.call == call && one.kind == DriftKind::Text && one.stream == Some(DriftStream::Stderr)
    });
    of_call.filter_map(|one| one.is.as_deref())
}
