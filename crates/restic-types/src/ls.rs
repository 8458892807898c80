//! What `restic ls` prints.

use std::borrow::Cow;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::file_mode::FileMode;
use crate::message::{self, Line, Message, UnknownMessage};
use crate::open_enum::open_enum;
use crate::row::Row;
use crate::serde_help::is_default;
use crate::snapshots::Snapshot;
use crate::time::Time;

/// A line of `restic ls --json`: the snapshot first, then its files and directories.
///
/// See restic's documentation, [ls](https://restic.readthedocs.io/en/stable/075_scripting.html#ls).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LsMessage {
    /// The snapshot that is listed.
    Snapshot(Box<Snapshot>),
    /// A file, a directory or something else in it.
    Node(Node),
    /// A message this crate could not read.
    Unknown(UnknownMessage),
}

impl Message for LsMessage {
    fn read_any(line: &str) -> Option<Self> {
        let line = Line::new(line)?;
        Some(match line.tag() {
            "node" => line.body().map_or_else(Self::Unknown, Self::Node),
            "snapshot" => line.body().map_or_else(Self::Unknown, Self::Snapshot),
            _ => Self::Unknown(line.unknown()),
        })
    }

    fn read_row(line: &str) -> Option<Self> {
        NodeRef::read_row(line).map(|node| Self::Node(node.into_owned()))
    }

    fn unknown(&self) -> Option<&UnknownMessage> {
        match self {
            Self::Unknown(unknown) => Some(unknown),
            _ => None,
        }
    }
}

impl Serialize for LsMessage {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Snapshot(snapshot) => Tagged::new("snapshot", snapshot).serialize(serializer),
            Self::Node(node) => Tagged::new("node", node).serialize(serializer),
            Self::Unknown(unknown) => message::serialize_raw(unknown, serializer),
        }
    }
}

/// A message with both of its tags, at the end as restic has them.
#[derive(Serialize)]
struct Tagged<'a, T> {
    #[serde(flatten)]
    body: &'a T,
    message_type: &'static str,
    struct_type: &'static str,
}

impl<'a, T> Tagged<'a, T> {
    fn new(tag: &'static str, body: &'a T) -> Self {
        Self {
            body,
            message_type: tag,
            struct_type: tag,
        }
    }
}

impl<'de> Deserialize<'de> for LsMessage {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        message::deserialize(deserializer)
    }
}

/// A file, a directory or something else in a snapshot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Node {
    /// The last part of the path. Bytes that are not UTF-8 are replaced by U+FFFD.
    pub name: String,
    /// The kind.
    #[serde(rename = "type")]
    pub node_type: NodeType,
    /// The path from the snapshot's root `/`. Bytes that are not UTF-8 are replaced by U+FFFD.
    pub path: String,
    /// The owner's number; 0 for root.
    pub uid: u32,
    /// The group's number.
    pub gid: u32,
    /// Bytes of a file; 0 for anything else.
    #[serde(default, skip_serializing_if = "is_default")]
    pub size: u64,
    /// The kind and the permissions.
    #[serde(default, skip_serializing_if = "is_default")]
    pub mode: FileMode,
    /// The mode as text, such as `drwxr-xr-x`. Since restic 0.13.0; [`mode`](Node::mode) displays the same.
    #[serde(default, skip_serializing_if = "is_default")]
    pub permissions: Option<String>,
    /// When the content was changed.
    pub mtime: Time,
    /// When the content was read.
    pub atime: Time,
    /// When the content or the metadata was changed.
    pub ctime: Time,
    /// The number of the inode. Absent when it is 0. Since restic 0.16.1.
    #[serde(default, skip_serializing_if = "is_default")]
    pub inode: Option<u64>,
}

/// A [`Node`] whose texts are in the line that it was read from.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct NodeRef<'a> {
    /// See [`Node::name`].
    pub name: Cow<'a, str>,
    /// See [`Node::node_type`].
    pub node_type: NodeType,
    /// See [`Node::path`].
    pub path: Cow<'a, str>,
    /// See [`Node::uid`].
    pub uid: u32,
    /// See [`Node::gid`].
    pub gid: u32,
    /// See [`Node::size`].
    pub size: u64,
    /// See [`Node::mode`].
    pub mode: FileMode,
    /// See [`Node::permissions`].
    pub permissions: Option<Cow<'a, str>>,
    /// See [`Node::mtime`].
    pub mtime: Time,
    /// See [`Node::atime`].
    pub atime: Time,
    /// See [`Node::ctime`].
    pub ctime: Time,
    /// See [`Node::inode`].
    pub inode: Option<u64>,
}

impl<'a> NodeRef<'a> {
    /// Reads a line of `restic ls --json` if it is a node exactly as restic prints it.
    ///
    /// Returns `None` for any other line: [`LsMessage::read`] reads those.
    #[must_use]
    pub fn read_row(line: &'a str) -> Option<Self> {
        const KEYS: &[&str] = &[
            "name",
            "type",
            "path",
            "uid",
            "gid",
            "size",
            "mode",
            "permissions",
            "mtime",
            "atime",
            "ctime",
            "inode",
            "message_type",
            "struct_type",
        ];
        let mut row = Row::new(line);
        row.expect(r#"{"name":"#)?;
        let name = row.string()?;
        row.expect(r#","type":"#)?;
        let node_type = row.word()?;
        row.expect(r#","path":"#)?;
        let path = row.string()?;
        row.expect(r#","uid":"#)?;
        let uid = row.small_number()?;
        row.expect(r#","gid":"#)?;
        let gid = row.small_number()?;
        let size = row.optional(r#","size":"#, Row::number)?;
        let mode = row.optional(r#","mode":"#, Row::small_number)?;
        let permissions = row.optional(r#","permissions":"#, Row::string)?;
        row.expect(r#","mtime":"#)?;
        let mtime = row.time()?;
        row.expect(r#","atime":"#)?;
        let atime = row.time()?;
        row.expect(r#","ctime":"#)?;
        let ctime = row.time()?;
        let inode = row.optional(r#","inode":"#, Row::number)?;
        if !row.skip(r#","message_type":"node","struct_type":"node"}"#) {
            row.added(KEYS)?;
            row.skip(r#","message_type":"node""#);
            row.expect(r#","struct_type":"node""#)?;
            row.added(KEYS)?;
            row.expect("}")?;
        }
        row.end()?;
        Some(Self {
            name,
            node_type,
            path,
            uid,
            gid,
            size: size.unwrap_or_default(),
            mode: FileMode(mode.unwrap_or_default()),
            permissions,
            mtime,
            atime,
            ctime,
            inode,
        })
    }

    /// The same with texts of its own.
    #[must_use]
    pub fn into_owned(self) -> Node {
        Node {
            name: self.name.into_owned(),
            node_type: self.node_type,
            path: self.path.into_owned(),
            uid: self.uid,
            gid: self.gid,
            size: self.size,
            mode: self.mode,
            permissions: self.permissions.map(Cow::into_owned),
            mtime: self.mtime,
            atime: self.atime,
            ctime: self.ctime,
            inode: self.inode,
        }
    }
}

impl<'a> From<&'a Node> for NodeRef<'a> {
    fn from(node: &'a Node) -> Self {
        Self {
            name: Cow::Borrowed(&node.name),
            node_type: node.node_type.clone(),
            path: Cow::Borrowed(&node.path),
            uid: node.uid,
            gid: node.gid,
            size: node.size,
            mode: node.mode,
            permissions: node.permissions.as_deref().map(Cow::Borrowed),
            mtime: node.mtime,
            atime: node.atime,
            ctime: node.ctime,
            inode: node.inode,
        }
    }
}

open_enum! {
    /// What a node is.
    pub enum NodeType {
        /// A regular file.
        File = "file",
        /// A directory.
        Dir = "dir",
        /// A symbolic link.
        Symlink = "symlink",
        /// A block device.
        Device = "dev",
        /// A character device.
        CharDevice = "chardev",
        /// A named pipe.
        Fifo = "fifo",
        /// A socket. `backup` skips them.
        Socket = "socket",
        /// Something else, in the words of the operating system.
        Irregular = "irregular",
    }
}
