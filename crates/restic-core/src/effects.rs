//! Files that a call of restic leaves, beside what it prints.

use std::fmt;
use std::path::{Component, Path};

use serde::{Deserialize, Serialize};

mod place;
mod watch;

pub(crate) use place::Place;
pub use watch::EffectsWatch;

/// How many files, directories and links one call may leave, or find.
pub(crate) const ENTRIES: usize = 1_000;

/// How many bytes may be in these files together.
pub(crate) const BYTES: u64 = 1024 * 1024;

/// What one call of restic left in the file system: what `restore --target` and
/// `dump --target` wrote, or the outermost files and directories of the repository that `init`
/// made.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Effects(pub(crate) Vec<Left>);

impl Effects {
    /// Whether nothing was left.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    #[doc(hidden)]
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|left| left.path.as_str())
    }
}

/// Names without content, which is that of a backup.
impl fmt::Debug for Effects {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.paths()).finish()
    }
}

/// One file, directory or link.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Left<C = Content> {
    /// Below the place where the call writes; `/` is that place itself. In a recording it may begin
    /// with a placeholder, as what restic restores is called by the whole path that was saved.
    pub(crate) path: String,
    pub(crate) is: Found<C>,
}

/// What is there. A recording has files for the content of others.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Found<C = Content> {
    File {
        #[serde(flatten)]
        content: C,
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        executable: bool,
    },
    Directory,
    Link(String),
    /// It was there before.
    Gone,
}

/// What is in a file.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Content {
    pub(crate) bytes: Vec<u8>,
}

impl<C> Found<C> {
    /// The same with the content of a file in another form.
    pub(crate) fn with_content<D, E>(
        &self,
        change: impl FnOnce(&C) -> Result<D, E>,
    ) -> Result<Found<D>, E> {
        Ok(match self {
            Self::File {
                content,
                executable,
            } => Found::File {
                content: change(content)?,
                executable: *executable,
            },
            Self::Directory => Found::Directory,
            Self::Link(target) => Found::Link(target.clone()),
            Self::Gone => Found::Gone,
        })
    }
}

impl<C> fmt::Debug for Found<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::File { .. } => "File",
            Self::Directory => "Directory",
            Self::Link(_) => "Link",
            Self::Gone => "Gone",
        })
    }
}

/// Whether a link that is this deep in a place leads to something inside of it. Steps up come
/// first: behind a name, which may be another link, nobody knows where they lead.
pub(crate) fn leads_inside(target: &str, depth: usize) -> bool {
    let (mut up, mut has_name) = (0, false);
    !target.is_empty()
        && Path::new(target)
            .components()
            .all(|component| match component {
                Component::ParentDir => {
                    up += 1;
                    up <= depth && !has_name
                }
                Component::Normal(_) => {
                    has_name = true;
                    true
                }
                Component::CurDir => true,
                Component::RootDir | Component::Prefix(_) => false,
            })
}

/// A name for content: the same for the same, in no danger of chance. FNV-1a of 128 bits.
pub(crate) fn content_name(bytes: &[u8]) -> String {
    const BEGIN: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
    const PRIME: u128 = 0x0000_0000_0100_0000_0000_0000_0000_013b;
    let step = |hash: u128, byte: &u8| (hash ^ u128::from(*byte)).wrapping_mul(PRIME);
    format!("left.{:032x}.bin", bytes.iter().fold(BEGIN, step))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_lead_inside_or_nowhere() {
        for (target, depth) in [("a", 0), ("../a/b", 1), ("./a", 0), ("../..", 2)] {
            assert!(leads_inside(target, depth), "{target}");
        }
        for (target, depth) in [
            ("/etc/passwd", 9),
            ("..", 0),
            ("../../a", 1),
            ("a/../..", 9),
            ("a/..", 9),
            ("", 0),
        ] {
            assert!(!leads_inside(target, depth), "{target}");
        }
    }

    #[test]
    fn content_has_the_name_that_it_has_elsewhere() {
        let empty = "left.6c62272e07bb014262b821756295c58d.bin";
        assert_eq!(content_name(b""), empty);
        // From the test vectors of FNV.
        assert_eq!(
            content_name(b"a"),
            "left.d228cb696f1a8caf78912b704e4a8964.bin"
        );
    }
}
