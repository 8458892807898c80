//! What another restic does differently, by what the same calls print.

use std::fmt;

use restic_core::{Recording, Scenario, ScenarioError};
use serde::Serialize;

mod content;
mod kind;
mod severity;

use content::{Content, Found};

pub use kind::DriftKind;
pub use severity::Severity;

/// How restic changed between two recordings of the same scenario.
///
/// Compared is the shape of what it prints, not the values: which messages and fields there are and
/// of which types, the sentences without their numbers, exit codes, and which stream has what. How
/// often progress is reported does not count.
///
/// ```no_run
/// use restic_core::Scenario;
/// use restic_replay::{Drift, Severity};
///
/// let old = Scenario::load("tests/recordings/nightly/0.14.0")?;
/// let new = Scenario::load("tests/recordings/nightly/0.19.1")?;
/// let drift = Drift::between(&old, &new)?;
/// if drift.worst() >= Some(Severity::Error) {
///     println!("{drift}");
/// }
/// # Ok::<(), restic_core::ScenarioError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Drift {
    /// The restic of the first recording.
    pub from: String,
    /// The restic of the second.
    pub to: String,
    /// What differs, in the order of the calls.
    pub differences: Vec<Difference>,
}

/// One thing that differs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Difference {
    /// The name of the recorded call.
    pub call: String,
    /// How much it may matter to programs.
    pub severity: Severity,
    /// What kind of difference it is.
    pub kind: DriftKind,
    /// What was and what is, in words.
    pub text: String,
}

impl Drift {
    /// Compares two recordings of the same calls.
    ///
    /// # Errors
    ///
    /// When a recording cannot be read.
    pub fn between(old: &Scenario, new: &Scenario) -> Result<Self, ScenarioError> {
        let mut drift = Self {
            from: old.recorded_with().restic.clone(),
            to: new.recorded_with().restic.clone(),
            differences: Vec::new(),
        };
        let (before, after): (Vec<_>, Vec<_>) = (old.calls().collect(), new.calls().collect());
        for (old, new) in before.iter().zip(&after) {
            drift.compare(old, new)?;
        }
        let missing = before.iter().skip(after.len());
        let missing = missing.map(|call| (call, "is not called any more"));
        let added = after.iter().skip(before.len());
        let added = added.map(|call| (call, "was not called before"));
        for (call, text) in missing.chain(added) {
            drift.add(call, DriftKind::Call, Severity::Error, text);
        }
        Ok(drift)
    }

    /// How bad the worst difference is. Absent when there is none.
    #[must_use]
    pub fn worst(&self) -> Option<Severity> {
        self.differences.iter().map(|one| one.severity).max()
    }

    fn add(
        &mut self,
        call: &Recording<'_>,
        kind: DriftKind,
        severity: Severity,
        text: impl Into<String>,
    ) {
        self.differences.push(Difference {
            call: call.name().to_owned(),
            severity,
            kind,
            text: text.into(),
        });
    }

    fn compare(&mut self, old: &Recording<'_>, new: &Recording<'_>) -> Result<(), ScenarioError> {
        if old.name() != new.name() {
            let text = format!("{} is called in its place", new.name());
            self.add(old, DriftKind::Call, Severity::Error, text);
            return Ok(());
        }
        let (was, is) = (old.exit(), new.exit());
        if was != is {
            let text = format!("it ended with {was}, and now with {is}");
            self.add(old, DriftKind::Exit, Severity::Error, text);
        }
        let streams = |call: &Recording<'_>| {
            let (stdout, stderr) = (call.stdout()?, call.stderr()?);
            Ok::<_, ScenarioError>((Content::of(&stdout), Content::of(&stderr)))
        };
        let (old_streams, new_streams) = (streams(old)?, streams(new)?);
        if old_streams
            .0
            .is_both(&old_streams.1, &new_streams.0, &new_streams.1)
        {
            // One of the recordings has both streams in one, as its program had.
            return Ok(());
        }
        let streams = [
            ("standard output", &old_streams.0, &new_streams.0),
            ("standard error", &old_streams.1, &new_streams.1),
        ];
        for (name, was, is) in streams {
            was.compare(is, |found| {
                let Found {
                    kind,
                    severity,
                    text,
                } = found;
                self.add(old, kind, severity, format!("{name}: {text}"));
            });
        }
        Ok(())
    }
}

/// A table, the worst of each call first.
impl fmt::Display for Drift {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            from,
            to,
            differences,
        } = self;
        if differences.is_empty() {
            return writeln!(f, "from restic {from} to {to}: nothing differs");
        }
        let count = |severity| {
            let of_it = differences.iter().filter(|one| one.severity == severity);
            of_it.count()
        };
        writeln!(
            f,
            "from restic {from} to {to}: {} errors, {} warnings, {} for information",
            count(Severity::Error),
            count(Severity::Warning),
            count(Severity::Info)
        )?;
        let mut call = "";
        for difference in differences {
            if difference.call != call {
                call = &difference.call;
                writeln!(f, "{call}")?;
            }
            writeln!(f, "  {:<8} {}", difference.severity, difference.text)?;
        }
        Ok(())
    }
}
