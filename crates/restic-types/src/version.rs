//! What `restic version` prints.

use serde::{Deserialize, Deserializer, Serialize};

use crate::fields::{Field, Values};
use crate::restic_version::{ResticVersion, ResticVersionError};
use crate::search::{rsplit_once, split_once, trim};

/// What `restic version --json` prints. JSON since restic 0.17.0; see [`VersionInfo::from_text`] for older ones.
///
/// See restic's documentation, [version](https://restic.readthedocs.io/en/stable/075_scripting.html#version).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "message_type", rename = "version")]
#[non_exhaustive]
pub struct VersionInfo {
    /// restic's version, such as `0.19.1` or `0.18.0-dev (compiled manually)`.
    pub version: String,
    /// The Go release restic was built with, such as `go1.26.4`.
    pub go_version: String,
    /// The operating system restic was built for, in Go's words: `linux`, `darwin`, `windows`, …
    pub go_os: String,
    /// The processor restic was built for, in Go's words: `amd64`, `arm64`, …
    pub go_arch: String,
}

impl VersionInfo {
    /// Reads the text of every restic without `--json`: `restic 0.14.0 compiled with go1.19.8 on linux/amd64`.
    #[must_use]
    pub fn from_text(text: &str) -> Option<Self> {
        // From the right: a version may say "(compiled manually)".
        let text = trim(text).strip_prefix("restic ")?;
        let (restic, go) = rsplit_once(text, " compiled with ")?;
        let (go_version, target) = split_once(go, " on ")?;
        let (go_os, go_arch) = split_once(target, "/")?;
        let [version, go_version, go_os, go_arch] =
            [restic, go_version, go_os, go_arch].map(str::to_owned);
        Some(Self {
            version,
            go_version,
            go_os,
            go_arch,
        })
    }

    /// The version to compare with.
    ///
    /// # Errors
    ///
    /// When a build has a version that does not begin with three numbers.
    pub fn restic_version(&self) -> Result<ResticVersion, ResticVersionError> {
        self.version.parse()
    }
}

impl<'de> Deserialize<'de> for VersionInfo {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        const FIELDS: &[Field] = &[
            Field::text("version"),
            Field::text("go_version"),
            Field::text("go_os"),
            Field::text("go_arch"),
        ];
        let mut values = Values::read(deserializer, FIELDS)?;
        Ok(Self {
            version: values.text(),
            go_version: values.text(),
            go_os: values.text(),
            go_arch: values.text(),
        })
    }
}
