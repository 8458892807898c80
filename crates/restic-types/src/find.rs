//! What `restic find` prints.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::cat::BlobType;
use crate::file_mode::FileMode;
use crate::id::{BlobId, PackId, SnapshotId, TreeId};
use crate::ls::NodeType;
use crate::open_enum::open_enum;
use crate::row::Row;
use crate::serde_help::{is_default, null_as_default};
use crate::time::Time;

/// What was found in one snapshot.
///
/// See restic's documentation, [find](https://restic.readthedocs.io/en/stable/075_scripting.html#find).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SnapshotMatches {
    /// What was found.
    #[serde(default, deserialize_with = "null_as_default")]
    pub matches: Vec<FoundNode>,
    /// How much was found.
    pub hits: u64,
    /// The snapshot.
    pub snapshot: SnapshotId,
}

/// A file, a directory or another node that matches the pattern.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FoundNode {
    /// The path from the snapshot's root `/`. Bytes that are not UTF-8 are replaced by U+FFFD.
    pub path: String,
    /// The mode as text, such as `drwxr-xr-x`; [`mode`](FoundNode::mode) displays the same.
    #[serde(default, skip_serializing_if = "is_default")]
    pub permissions: String,
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
    /// The number of the inode. Absent when it is 0. Since restic 0.16.1.
    #[serde(default, skip_serializing_if = "is_default")]
    pub inode: Option<u64>,
    /// The number of the file system that it was on; 0 when it was not known.
    #[serde(default, skip_serializing_if = "is_default")]
    pub device_id: u64,
    /// Bytes of a file; 0 for anything else.
    #[serde(default, skip_serializing_if = "is_default")]
    pub size: u64,
    /// How many names the file has; 0 for a directory.
    #[serde(default, skip_serializing_if = "is_default")]
    pub links: u64,
    /// Where a symbolic link points; empty for anything else. Bytes that are not UTF-8 are replaced by U+FFFD.
    #[serde(default, skip_serializing_if = "is_default")]
    pub linktarget: String,
    /// What went wrong when the file was saved. Mostly empty.
    #[serde(default, skip_serializing_if = "is_default")]
    pub error: String,
}

impl FoundNode {
    /// Reads a match if it is exactly as restic prints it.
    ///
    /// Returns `None` for anything else: `serde_json` reads that.
    #[must_use]
    pub fn read_row(text: &str) -> Option<Self> {
        const KEYS: &[&str] = &[
            "path",
            "permissions",
            "type",
            "mode",
            "mtime",
            "atime",
            "ctime",
            "uid",
            "gid",
            "user",
            "group",
            "inode",
            "device_id",
            "size",
            "links",
            "linktarget",
            "error",
        ];
        let mut row = Row::new(text);
        row.expect(r#"{"path":"#)?;
        let path = row.string()?;
        let permissions = row.optional(r#","permissions":"#, Row::string)?;
        row.expect(r#","type":"#)?;
        let node_type = row.word()?;
        let mode = row.optional(r#","mode":"#, Row::small_number)?;
        row.expect(r#","mtime":"#)?;
        let mtime = row.time()?;
        row.expect(r#","atime":"#)?;
        let atime = row.time()?;
        row.expect(r#","ctime":"#)?;
        let ctime = row.time()?;
        row.expect(r#","uid":"#)?;
        let uid = row.small_number()?;
        row.expect(r#","gid":"#)?;
        let gid = row.small_number()?;
        let user = row.optional(r#","user":"#, Row::string)?;
        let group = row.optional(r#","group":"#, Row::string)?;
        let inode = row.optional(r#","inode":"#, Row::number)?;
        let device_id = row.optional(r#","device_id":"#, Row::number)?;
        let size = row.optional(r#","size":"#, Row::number)?;
        let links = row.optional(r#","links":"#, Row::number)?;
        let linktarget = row.optional(r#","linktarget":"#, Row::string)?;
        let error = row.optional(r#","error":"#, Row::string)?;
        row.added(KEYS)?;
        row.expect("}")?;
        row.end()?;
        let owned = |text: Option<Cow<'_, str>>| text.unwrap_or_default().into_owned();
        Some(Self {
            path: path.into_owned(),
            permissions: owned(permissions),
            node_type,
            mode: FileMode(mode.unwrap_or_default()),
            mtime,
            atime,
            ctime,
            uid,
            gid,
            user: owned(user),
            group: owned(group),
            inode,
            device_id: device_id.unwrap_or_default(),
            size: size.unwrap_or_default(),
            links: links.unwrap_or_default(),
            linktarget: owned(linktarget),
            error: owned(error),
        })
    }
}

/// A place where a blob or a tree is used: with `--blob`, `--tree` and `--pack`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FoundObject {
    /// Whether it is a blob or a tree.
    pub object_type: ObjectType,
    /// The id of the blob or tree.
    pub id: BlobId,
    /// The path of the file it is a piece of, or of the directory it is the content of.
    pub path: String,
    /// The tree that the file is in. Absent for a tree.
    #[serde(default, skip_serializing_if = "is_default")]
    pub parent_tree: Option<TreeId>,
    /// The snapshot.
    pub snapshot: SnapshotId,
    /// When the snapshot was made.
    pub time: Time,
}

open_enum! {
    /// What was found by its id.
    pub enum ObjectType {
        /// A piece of a file.
        Blob = "blob",
        /// A directory's content.
        Tree = "tree",
    }
}

/// In which pack a blob is, which `find --show-pack-id` prints as text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct BlobLocation {
    /// The pack's id.
    pub pack: PackId,
    /// What the blob holds.
    pub blob_type: BlobType,
    /// The first eight digits of the blob's id.
    pub blob: BlobId,
    /// Where it begins, in bytes from the beginning of the pack. Absent since restic 0.20.0.
    #[serde(default, skip_serializing_if = "is_default")]
    pub offset: Option<u64>,
    /// How long it is in the pack, in bytes. Absent since restic 0.20.0.
    #[serde(default, skip_serializing_if = "is_default")]
    pub length: Option<u64>,
    /// How long its content is, in bytes. Absent when it is not compressed. Since restic 0.14.0, and
    /// up to 0.19.
    #[serde(default, skip_serializing_if = "is_default")]
    pub uncompressed_length: Option<u64>,
}

impl BlobLocation {
    /// Reads the two lines that restic prints for a blob:
    ///
    /// ```
    /// use restic_types::{BlobLocation, BlobType};
    ///
    /// let pack = "Object belongs to pack 82212f5069d015057596c171d7c15b889730bf7a41f04414db33e2828b36b983";
    /// let blob = " ... Pack 82212f50: <Blob (data) c4faa63b, offset 106, length 59, uncompressed length 200>";
    /// let location = BlobLocation::read(pack, blob).unwrap();
    /// assert_eq!((location.pack.short(), location.blob_type), ("82212f50", BlobType::Data));
    /// assert_eq!(location.offset, Some(106));
    /// assert_eq!((location.length, location.uncompressed_length), (Some(59), Some(200)));
    /// ```
    #[must_use]
    pub fn read(pack: &str, blob: &str) -> Option<Self> {
        let pack = pack.trim().strip_prefix("Object belongs to pack ")?;
        let (short, blob) = blob.trim().strip_prefix("... Pack ")?.split_once(": ")?;
        let pack = pack.starts_with(short).then(|| pack.into())?;
        if let Some((blob_type, blob)) = blob
            .strip_prefix('<')
            .and_then(|blob| blob.strip_suffix('>')?.split_once('/'))
        {
            // Since restic 0.20.
            return Some(Self {
                pack,
                blob_type: blob_type.into(),
                blob: blob.into(),
                offset: None,
                length: None,
                uncompressed_length: None,
            });
        }
        let mut parts = blob.strip_prefix("<Blob (")?.strip_suffix('>')?.split(", ");
        let (blob_type, blob) = parts.next()?.split_once(") ")?;
        let mut number = |name: &str| parts.next()?.strip_prefix(name)?.trim().parse().ok();
        Some(Self {
            pack,
            blob_type: blob_type.into(),
            blob: blob.into(),
            offset: Some(number("offset ")?),
            length: Some(number("length ")?),
            uncompressed_length: number("uncompressed length "),
        })
    }
}
