//! restic's version number.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::search::split;

/// A version of restic: three numbers, and whether it was built on the way to the next ones.
///
/// Ordered by age. A development version comes after the release with its numbers, because restic names it after the
/// release it builds upon. What else a build says of itself, such as `(compiled manually)`, is in
/// [`VersionInfo::version`](crate::VersionInfo::version).
///
/// ```
/// use restic_types::ResticVersion;
///
/// let version: ResticVersion = "0.18.0-dev (compiled manually)".parse()?;
/// assert!(version.is_development() && version > ResticVersion::new(0, 18, 0));
/// assert_eq!(version.to_string(), "0.18.0-dev");
/// # Ok::<(), restic_types::ResticVersionError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ResticVersion {
    /// The first number, 0 up to now.
    pub major: u16,
    /// The second number, which counts feature releases.
    pub minor: u16,
    /// The third number, which counts bug fix releases.
    pub patch: u16,
    is_development: bool,
}

/// What restic adds to the numbers of a development version.
const DEVELOPMENT: &str = "-dev";

impl ResticVersion {
    /// The release with these numbers.
    #[must_use]
    pub const fn new(major: u16, minor: u16, patch: u16) -> Self {
        Self {
            major,
            minor,
            patch,
            is_development: false,
        }
    }

    /// Whether it was built from restic's source after the release with these numbers.
    #[must_use]
    pub const fn is_development(self) -> bool {
        self.is_development
    }

    /// The release with these numbers, which a development version builds upon.
    #[must_use]
    pub const fn release(self) -> Self {
        Self::new(self.major, self.minor, self.patch)
    }

    fn parse(text: &str) -> Option<Self> {
        let end = text
            .find(|c: char| !c.is_ascii_digit() && c != '.')
            .unwrap_or(text.len());
        let (numbers, suffix) = text.split_at(end);
        let mut numbers = split(numbers, b'.').map(|number| number.parse().ok());
        let release = Self::new(numbers.next()??, numbers.next()??, numbers.next()??);
        let is_development = suffix.starts_with(DEVELOPMENT);
        numbers.next().is_none().then_some(Self {
            is_development,
            ..release
        })
    }
}

/// A text that does not begin with three numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ResticVersionError {
    /// The whole text.
    pub text: String,
}

impl fmt::Display for ResticVersionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} is not a version of restic", self.text)
    }
}

impl std::error::Error for ResticVersionError {}

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
            is_development,
        } = *self;
        let suffix = if is_development { DEVELOPMENT } else { "" };
        write!(f, "{major}.{minor}.{patch}{suffix}")
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
