//! What is reported: as a table for people, or as JSON.

use std::fmt;

use restic_replay::{Drift, Severity};
use serde::Serialize;

/// How many places a line names.
const NAMED: usize = 2;

#[derive(Serialize)]
pub(super) struct Report {
    pub(super) from: String,
    pub(super) to: String,
    scenarios: Vec<Played>,
    /// What our types do not know, and what we would make of it.
    unknown: Vec<Unknown>,
}

/// A scenario that was played once more.
#[derive(Serialize)]
pub(super) struct Played {
    pub(super) name: String,
    /// Why it could not be played to its end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) stopped: Option<String>,
    /// Absent when there was nothing to compare.
    #[serde(flatten)]
    pub(super) drift: Option<Drift>,
    /// With the names of the calls.
    #[serde(skip)]
    pub(super) unknown: Vec<(String, Finding)>,
}

#[derive(Clone, PartialEq, Eq, Serialize)]
pub(super) struct Finding {
    severity: Severity,
    kind: &'static str,
    text: String,
}

/// A finding and where it is.
#[derive(Serialize)]
struct Unknown {
    #[serde(flatten)]
    finding: Finding,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    places: Vec<String>,
}

impl Finding {
    pub(super) fn new(severity: Severity, kind: &'static str, text: impl Into<String>) -> Self {
        Self {
            severity,
            kind,
            text: text.into(),
        }
    }
}

impl Report {
    pub(super) fn new(from: &str, to: &str) -> Self {
        Self {
            from: from.to_owned(),
            to: to.to_owned(),
            scenarios: Vec::new(),
            unknown: Vec::new(),
        }
    }

    pub(super) fn add(&mut self, mut played: Played) {
        for (call, finding) in std::mem::take(&mut played.unknown) {
            self.unknown(finding, &format!("{} {call}", played.name));
        }
        self.scenarios.push(played);
    }

    /// Adds something that is unknown, at a place or at none.
    pub(super) fn unknown(&mut self, finding: Finding, place: &str) {
        let places = Some(place.to_owned()).filter(|place| !place.is_empty());
        match self.unknown.iter_mut().find(|one| one.finding == finding) {
            Some(known) => known.places.extend(places),
            None => self.unknown.push(Unknown {
                finding,
                places: places.into_iter().collect(),
            }),
        }
    }

    /// How bad the worst of it is.
    pub(super) fn worst(&self) -> Option<Severity> {
        let scenarios = self.scenarios.iter().filter_map(Played::worst);
        let unknown = self.unknown.iter().map(|one| one.finding.severity);
        scenarios.chain(unknown).max()
    }
}

impl Played {
    fn worst(&self) -> Option<Severity> {
        let stopped = self.stopped.as_ref().map(|_| Severity::Error);
        stopped.max(self.drift.as_ref().and_then(Drift::worst))
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut same = Vec::new();
        for played in &self.scenarios {
            if played.worst().is_none() {
                same.push(played.name.as_str());
                continue;
            }
            write!(f, "{}: ", played.name)?;
            if let Some(stopped) = &played.stopped {
                writeln!(f, "it cannot be played to its end: {stopped}")?;
            }
            if let Some(drift) = &played.drift {
                write!(f, "{drift}")?;
            }
        }
        let Self { from, to, .. } = self;
        if !same.is_empty() {
            let same = same.join(", ");
            writeln!(f, "from restic {from} to {to} nothing differs in {same}")?;
        }
        if self.unknown.is_empty() {
            return writeln!(f, "our types know all that restic {to} prints");
        }
        writeln!(
            f,
            "what our types do not know of restic {to}, and what the client makes of it:"
        )?;
        let mut unknown: Vec<_> = self.unknown.iter().collect();
        unknown.sort_by_key(|one| std::cmp::Reverse(one.finding.severity));
        for Unknown { finding, places } in unknown {
            let Finding {
                severity,
                kind,
                text,
            } = finding;
            let named = places.iter().take(NAMED).map(String::as_str);
            let named = named.collect::<Vec<_>>().join(", ");
            let more = match places.len().saturating_sub(NAMED) {
                0 => String::new(),
                more => format!(" and {more} more"),
            };
            write!(f, "  {severity:<8} {kind:<9} {text}")?;
            match places.is_empty() {
                true => writeln!(f)?,
                false => writeln!(f, " (in {named}{more})")?,
            }
        }
        Ok(())
    }
}
