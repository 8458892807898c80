//! What `restic version` prints.

use serde::{Deserialize, Serialize};

use crate::restic_version::{ResticVersion, ResticVersionError};

/// What `restic version --json` prints. JSON since restic 0.17.0; see [`VersionInfo::from_text`] for older ones.
///
/// See restic's documentation, [version](https://restic.readthedocs.io/en/stable/075_scripting.html#version).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
        let (restic, go) = text
            .trim()
            .strip_prefix("restic ")?
            .rsplit_once(" compiled with ")?;
        let (go_version, target) = go.split_once(" on ")?;
        let (go_os, go_arch) = target.split_once('/')?;
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
