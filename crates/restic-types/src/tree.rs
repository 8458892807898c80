//! Trees, as they are in the repository: what `restic cat tree` prints, and `cat blob` of a tree.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::base64;
use crate::file_mode::FileMode;
use crate::id::{BlobId, TreeId};
use crate::ls::NodeType;
use crate::node_name::NodeName;
use crate::serde_help::{is_default, null_as_default};
use crate::time::Time;

/// A directory's content, as it is in the repository.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Tree {
    /// What is in the directory, sorted by the bytes of the names.
    #[serde(default, deserialize_with = "null_as_default")]
    pub nodes: Vec<TreeNode>,
}

/// A file, a directory or something else in a [`Tree`].
///
/// This is the one place where names and link targets keep bytes that are not UTF-8.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct TreeNode {
    /// The name, without the directories it is in.
    pub name: NodeName,
    /// The kind.
    #[serde(rename = "type")]
    pub node_type: NodeType,
    /// The kind and the permissions.
    #[serde(default, skip_serializing_if = "is_default")]
    pub mode: FileMode,
    /// When the content was changed.
    pub mtime: Time,
    /// When the content was read.
    pub atime: Time,
    /// When the content or the metadata was changed.
    pub ctime: Time,
    /// The owner's number; 0 for root.
    pub uid: u32,
    /// The group's number.
    pub gid: u32,
    /// The owner's name. Empty when it was not known.
    #[serde(default, skip_serializing_if = "is_default")]
    pub user: String,
    /// The group's name. Empty when it was not known.
    #[serde(default, skip_serializing_if = "is_default")]
    pub group: String,
    /// The number of the inode; 0 when it was not known.
    #[serde(default, skip_serializing_if = "is_default")]
    pub inode: u64,
    /// The number of the file system that it was on; 0 when it was not known.
    #[serde(default, skip_serializing_if = "is_default")]
    pub device_id: u64,
    /// Bytes of a file; 0 for anything else.
    #[serde(default, skip_serializing_if = "is_default")]
    pub size: u64,
    /// How many names the file has; 0 for a directory.
    #[serde(default, skip_serializing_if = "is_default")]
    pub links: u64,
    /// Where a symbolic link points; empty for anything else. Bytes that are not UTF-8 are replaced by U+FFFD:
    /// [`link_target`](TreeNode::link_target) has them.
    #[serde(default, skip_serializing_if = "is_default")]
    pub linktarget: String,
    /// The bytes of the link's target. Absent when it is UTF-8. Since restic 0.16.0.
    #[serde(
        default,
        with = "base64::optional",
        skip_serializing_if = "Option::is_none"
    )]
    pub linktarget_raw: Option<Vec<u8>>,
    /// The extended attributes.
    #[serde(
        default,
        deserialize_with = "null_as_default",
        skip_serializing_if = "is_default"
    )]
    pub extended_attributes: Vec<ExtendedAttribute>,
    /// What only some operating system has, such as `windows.creation_time`, by its name. Since restic 0.17.0.
    #[serde(
        default,
        deserialize_with = "null_as_default",
        skip_serializing_if = "Map::is_empty"
    )]
    pub generic_attributes: Map<String, Value>,
    /// Which device a device file stands for; 0 for anything else.
    #[serde(default, skip_serializing_if = "is_default")]
    pub device: u64,
    /// The pieces of a file's content, in their order. Empty for anything else.
    #[serde(default, deserialize_with = "null_as_default")]
    pub content: Vec<BlobId>,
    /// The content of a directory. Absent for anything else.
    #[serde(default, skip_serializing_if = "is_default")]
    pub subtree: Option<TreeId>,
    /// What went wrong when the file was saved. Mostly empty.
    #[serde(default, skip_serializing_if = "is_default")]
    pub error: String,
}

impl TreeNode {
    /// Where a symbolic link points, byte for byte as far as restic kept it; empty for anything else.
    #[must_use]
    pub fn link_target(&self) -> &[u8] {
        let raw = self.linktarget_raw.as_deref();
        raw.unwrap_or(self.linktarget.as_bytes())
    }
}

/// An extended attribute of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ExtendedAttribute {
    /// The name, such as `user.comment`.
    pub name: String,
    /// The value. Absent when restic could not read it.
    #[serde(default, with = "base64::optional")]
    pub value: Option<Vec<u8>>,
}
