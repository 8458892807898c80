//! What our types do not know of what another restic prints, and what the client makes of it.

use std::collections::BTreeMap;

use restic_core::{Scenario, ScenarioError};
use restic_corpus::{Reading, UnknownKind};
use restic_replay::{Drift, DriftKind, DriftStream, Severity};

use super::report::Finding;

/// What the client makes of the newer of two recordings, where that is worth a word, by the name of
/// the call.
pub(super) fn made(
    drift: &Drift,
    old: &Scenario,
    new: &Scenario,
) -> Result<Vec<(String, Finding)>, ScenarioError> {
    let old = Reading::of_scenario(old)?;
    let before: BTreeMap<_, _> = old.iter().map(|one| (&one.call, &one.outcome)).collect();
    let mut found = Vec::new();
    for reading in Reading::of_scenario(new)? {
        let was = before
            .get(&reading.call)
            .copied()
            .and_then(Option::as_deref);
        let all = outcome(was, &reading)
            .into_iter()
            .chain(sentences(drift, &reading));
        found.extend(all.map(|finding| (reading.call.clone(), finding)));
    }
    Ok(found)
}

/// What our types do not know in a recording, by the name of the call.
pub(super) fn unknown_in(new: &Scenario) -> Result<Vec<(String, Finding)>, ScenarioError> {
    let readings = Reading::of_scenario(new)?;
    let found = readings
        .iter()
        .flat_map(|reading| unknown(reading).map(|finding| (reading.call.clone(), finding)));
    Ok(found.collect())
}

/// What of a call our types do not know.
pub(super) fn unknown(reading: &Reading) -> impl Iterator<Item = Finding> + '_ {
    reading.unknown.iter().map(|unknown| {
        let severity = match unknown.kind {
            UnknownKind::Misread => Severity::Error,
            UnknownKind::Field | UnknownKind::Message | UnknownKind::Word => Severity::Info,
        };
        Finding::new(severity, unknown.kind.as_str(), unknown.text.clone())
    })
}

/// That the client makes something else of a call.
fn outcome(was: Option<&str>, reading: &Reading) -> Option<Finding> {
    let (was, is) = (was?, reading.outcome.as_deref()?);
    let text = || format!("the client makes {is} of the call, of which it made {was}");
    (was != is).then(|| Finding::new(Severity::Error, "outcome", text()))
}

/// What a call says on standard error that it did not say before.
fn sentences<'a>(drift: &'a Drift, reading: &'a Reading) -> impl Iterator<Item = Finding> + 'a {
    let of_call = drift.differences.iter().filter(|one| {
        one.call == reading.call
            && one.kind == DriftKind::Text
            && one.stream == Some(DriftStream::Stderr)
    });
    of_call.filter_map(move |one| {
        let sentence = one.is.as_ref()?;
        let text = match &reading.outcome {
            Some(outcome) => format!("{sentence:?}, of which the client makes {outcome}"),
            None => format!("{sentence:?}, for which the client never asks"),
        };
        Some(Finding::new(Severity::Info, "sentence", text))
    })
}
