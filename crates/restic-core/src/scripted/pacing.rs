//! How fast the lines of a script come.

use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;

use super::{Scripted, Step, Stepper, Stream};

/// How fast lines of standard output come.
///
/// A recording has no times in it, since they depend on the machine: a test or a demonstration
/// chooses.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub enum Pacing {
    /// As fast as they are read.
    #[default]
    Instant,
    /// With this pause before each, for people who watch.
    Lines(Duration),
    /// As far as this stepper lets them.
    Manual(Stepper),
}

impl Scripted {
    /// Does nothing before this stepper lets it.
    pub(crate) fn held_by(mut self, stepper: &Stepper) -> Self {
        self.steps
            .insert(0, Step::After(stepper.clone(), String::new()));
        self
    }

    /// Prints what the script has up to here at this pace.
    #[must_use]
    pub fn paced(mut self, pacing: &Pacing) -> Self {
        if !matches!(pacing, Pacing::Instant) {
            let steps = std::mem::take(&mut self.steps);
            self.steps = steps
                .into_iter()
                .flat_map(|step| paced(step, pacing))
                .collect();
        }
        self
    }
}

/// This step line by line, with what makes it keep the pace.
fn paced(step: Step, pacing: &Pacing) -> Vec<Step> {
    let Step::Print(Stream::Stdout, bytes) = &step else {
        return vec![step];
    };
    let lines = bytes.split_inclusive(|byte| *byte == b'\n');
    let steps = lines.flat_map(|line| {
        let print = Step::Print(Stream::Stdout, Arc::new(line.to_vec()));
        let (before, after) = match pacing {
            Pacing::Instant => (None, None),
            Pacing::Lines(pause) => (Some(Step::Pause(*pause)), None),
            Pacing::Manual(stepper) => (
                None,
                message_type(line).map(|message_type| Step::After(stepper.clone(), message_type)),
            ),
        };
        before.into_iter().chain([print]).chain(after)
    });
    steps.collect()
}

fn message_type(line: &[u8]) -> Option<String> {
    #[derive(Deserialize)]
    struct Message {
        message_type: String,
    }
    let message: Message = serde_json::from_slice(line).ok()?;
    Some(message.message_type)
}
