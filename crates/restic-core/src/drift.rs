//! What another restic does differently, by what the same calls print.

use std::fmt;

use serde::Serialize;

use crate::Exit;
use crate::scenario::{RecordedCall, Scenario, ScenarioError, StreamFile};

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
/// use restic_core::{Drift, Scenario, Severity};
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
        let (before, after) = (&old.manifest.calls, &new.manifest.calls);
        for (a, b) in before.iter().zip(after) {
            drift.compare(old, new, a, b)?;
        }
        for missing in before.iter().skip(after.len()) {
            drift.add(
                missing,
                DriftKind::Call,
                Severity::Error,
                "is not called any more",
            );
        }
        for added in after.iter().skip(before.len()) {
            drift.add(
                added,
                DriftKind::Call,
                Severity::Error,
                "was not called before",
            );
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
        call: &RecordedCall,
        kind: DriftKind,
        severity: Severity,
        text: impl Into<String>,
    ) {
        self.differences.push(Difference {
            call: call.id.clone(),
            severity,
            kind,
            text: text.into(),
        });
    }

    fn compare(
        &mut self,
        old: &Scenario,
        new: &Scenario,
        a: &RecordedCall,
        b: &RecordedCall,
    ) -> Result<(), ScenarioError> {
        if a.id != b.id {
            let text = format!("{} is called in its place", b.id);
            self.add(a, DriftKind::Call, Severity::Error, text);
            return Ok(());
        }
        let (was, is) = (Exit::from(a.exit), Exit::from(b.exit));
        if was != is {
            let text = format!("it ended with {was}, and now with {is}");
            self.add(a, DriftKind::Exit, Severity::Error, text);
        }
        let read = |scenario: &Scenario, stream: &Option<StreamFile>| match stream {
            None => Ok(Content::default()),
            Some(stream) => scenario.read(stream).map(|bytes| Content::of(&bytes)),
        };
        let old_streams = (read(old, &a.stdout)?, read(old, &a.stderr)?);
        let new_streams = (read(new, &b.stdout)?, read(new, &b.stderr)?);
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
                self.add(a, kind, severity, format!("{name}: {text}"));
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
