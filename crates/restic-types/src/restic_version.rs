//! restic's version number.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A version of restic, such as `0.19.1` or `0.18.0-dev (compiled manually)`.
///
/// Ordered by its numbers; of two with equal numbers, a development version comes after its release, because restic
/// names one after the release it builds upon.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ResticVersion {
    /// The first number.
    pub major: u32,
    /// The second number.
    pub minor: u32,
    /// The third number.
    pub patch: u32,
    suffix: Option<Box<str>>,
}

impl ResticVersion {
    /// A released version.
    #[must_use]
    pub const fn new(major: u32, minor: u32, patch: u32) -> Self {
        Self {
            major,
            minor,
            patch,
            suffix: None,
        }
    }

    /// What follows the numbers, such as `-dev (compiled manually)`. Absent in releases.
    #[must_use]
    pub fn suffix(&self) -> Option<&str> {
        self.suffix.as_deref()
    }

    fn parse(text: &str) -> Option<Self> {
        let end = text
            .find(|c: char| !c.is_ascii_digit() && c != '.')
            .unwrap_or(text.len());
        let (numbers, suffix) = text.split_at(end);
        let mut numbers = numbers.split('.').map(|number| number.parse().ok());
        let version = Self::new(numbers.next()??, numbers.next()??, numbers.next()??);
        let suffix = (!suffix.is_empty()).then(|| suffix.into());
        numbers
            .next()
            .is_none()
            .then_some(Self { suffix, ..version })
    }
}

/// A text that does not begin with three numbers.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is not a version of restic")]
#[non_exhaustive]
pub struct ResticVersionError {
    /// The whole text.
    pub text: String,
}

impl FromStr for ResticVersion {
    type Err = ResticVersionError;

    fn from_str(text: &str) -> Result<Self, ResticVersionError> {
        Self::parse(text).ok_or_else(|| ResticVersionError {
            text: text.to_owned(),
        })
    }
}

impl fmt::Display for ResticVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            major,
            minor,
            patch,
            ..
        } = self;
        write!(
            f,
            "{major}.{minor}.{patch}{}",
            self.suffix().unwrap_or_default()
        )
    }
}

impl Serialize for ResticVersion {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ResticVersion {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(de::Error::custom)
    }
}
