//! What another restic does differently, by what the same calls print.

use restic_core::{Recording, Scenario, ScenarioError};
use serde::Serialize;

mod content;
mod difference;
mod kind;
mod pairs;
mod sentence;
mod severity;
mod table;

use content::Content;
use pairs::Pair;

pub use difference::{Difference, DriftStream};
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
        for pair in pairs::of(&before, &after) {
            let text = match pair {
                Pair::Both(old, new) if pairs::is_same_command(old, new) => {
                    drift.compare(old, new)?;
                    continue;
                }
                Pair::Both(_, new) => format!("{} is called in its place", new.name()),
                Pair::Missing(_) => "is not called any more".to_owned(),
                Pair::Added(new) => {
                    let words = new.arguments().join(" ");
                    format!("was not called before: restic {words}")
                }
            };
            let (Pair::Both(call, _) | Pair::Missing(call) | Pair::Added(call)) = pair;
            let difference = Difference::new(Severity::Error, DriftKind::Call, text);
            drift.differences.push(difference.placed(call.name(), None));
        }
        Ok(drift)
    }

    /// How bad the worst difference is. Absent when there is none.
    #[must_use]
    pub fn worst(&self) -> Option<Severity> {
        self.differences.iter().map(|one| one.severity).max()
    }

    fn compare(&mut self, old: &Recording<'_>, new: &Recording<'_>) -> Result<(), ScenarioError> {
        let name = old.name();
        let (was, is) = (old.exit(), new.exit());
        if was != is {
            let text = format!("it ended with {was}, and now with {is}");
            let exit = Difference {
                was: Some(was.to_string()),
                is: Some(is.to_string()),
                ..Difference::new(Severity::Error, DriftKind::Exit, text)
            };
            self.differences.push(exit.placed(name, None));
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
            (DriftStream::Stdout, &old_streams.0, &new_streams.0),
            (DriftStream::Stderr, &old_streams.1, &new_streams.1),
        ];
        for (stream, was, is) in streams {
            let found = was.compare(is).into_iter();
            let placed = found.map(|one| one.placed(name, Some(stream)));
            self.differences.extend(placed);
        }
        Ok(())
    }
}
