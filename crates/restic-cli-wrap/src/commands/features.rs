use restic_types::{Counter, FeatureFlag};
use serde::{Deserialize, Serialize};

use crate::arguments::{Arguments, setters};
use crate::command::Command;
use crate::commands::report;
use crate::decode::{ReportDecoder, TextReport};

/// Lists the feature flags, which `RESTIC_FEATURES` in restic's
/// [environment](crate::ResticBuilder::env) sets.
///
/// `restic features`, since restic 0.17.0. It needs no repository.
#[must_use]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Features {
    arguments: Arguments,
}

/// What [`Features`] found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FeaturesReport {
    /// One entry per feature, sorted by name.
    pub features: Vec<FeatureFlag>,
    /// What restic printed.
    pub text: Vec<String>,
}

impl Features {
    /// Lists all features.
    pub fn new() -> Self {
        Self {
            arguments: Arguments::new("features"),
        }
    }
}

setters! { Features: }

impl Default for Features {
    fn default() -> Self {
        Self::new()
    }
}

impl TextReport for FeaturesReport {
    fn stdout(&mut self, line: &str) {
        self.features.extend(FeatureFlag::read(line));
        self.text.push(line.to_owned());
    }

    fn missing(&self) -> Option<&'static str> {
        // The table has a line at its end as under its heading.
        let is_line = |line: &&String| line.starts_with("---");
        let lines = self.text.iter().filter(is_line).count();
        (lines < 2).then_some("its table has no end")
    }
}

report! { Features: FeaturesReport }
