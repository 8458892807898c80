//! What `restic features` prints.

use serde::{Deserialize, Serialize};

use crate::open_enum::open_enum;

/// A feature flag in the table of `restic features`, which is text. Since restic 0.17.0.
///
/// `RESTIC_FEATURES` in the environment of restic sets them, as in `s3-restore=true,safe-forget-keep-tags=false`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FeatureFlag {
    /// Its name, such as `safe-forget-keep-tags`.
    pub name: String,
    /// How far it has come.
    #[serde(rename = "type")]
    pub stage: FeatureStage,
    /// Whether it is on when nobody says otherwise.
    pub default: bool,
    /// What it does, for people.
    pub description: String,
}

open_enum! {
    /// How far a feature of restic has come.
    pub enum FeatureStage {
        /// It may change, and is off.
        Alpha = "alpha",
        /// It is on, and can be switched off.
        Beta = "beta",
        /// It is on for good; the flag will go.
        Stable = "stable",
        /// It was taken back; the flag will go.
        Deprecated = "deprecated",
    }
}

impl FeatureFlag {
    /// Reads one row of the table. Returns `None` for its other lines.
    #[must_use]
    pub fn read(row: &str) -> Option<Self> {
        let (name, row) = word(row)?;
        let (stage, row) = word(row)?;
        let (default, description) = word(row)?;
        Some(Self {
            name: name.to_owned(),
            stage: stage.into(),
            default: default.parse().ok()?,
            description: description.to_owned(),
        })
    }
}

/// The first word, and what follows the blanks behind it.
fn word(text: &str) -> Option<(&str, &str)> {
    let (word, rest) = text.trim().split_once(' ')?;
    Some((word, rest.trim_start()))
}
