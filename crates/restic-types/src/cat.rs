//! Files of the repository, as `restic cat` prints them.

use serde::{Deserialize, Serialize};

use crate::base64;
use crate::id::{BlobId, IndexId, PackId, RepositoryId};
use crate::open_enum::open_enum;
use crate::serde_help::{is_default, null_as_default};
use crate::time::Time;

/// The configuration of a repository: `restic cat config`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RepositoryConfig {
    /// The format of the repository: 1, or since restic 0.14.0 also 2, which can be compressed.
    pub version: u32,
    /// The repository's id.
    pub id: RepositoryId,
    /// What decides where files are cut, in hexadecimal. Repositories that share it can share pieces of files.
    pub chunker_polynomial: String,
}

/// An index file, which says what is in which pack: `restic cat index`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct IndexFile {
    /// Older indexes that this one replaces. Empty since restic 0.15.0.
    #[serde(
        default,
        deserialize_with = "null_as_default",
        skip_serializing_if = "is_default"
    )]
    pub supersedes: Vec<IndexId>,
    /// The packs.
    #[serde(default, deserialize_with = "null_as_default")]
    pub packs: Vec<IndexedPack>,
}

/// A pack and what is in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct IndexedPack {
    /// The pack's id.
    pub id: PackId,
    /// What is in it.
    #[serde(default, deserialize_with = "null_as_default")]
    pub blobs: Vec<IndexedBlob>,
}

/// A blob and its place in a pack.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct IndexedBlob {
    /// The blob's id.
    pub id: BlobId,
    /// What it holds.
    #[serde(rename = "type")]
    pub blob_type: BlobType,
    /// Where it begins, in bytes from the beginning of the pack.
    pub offset: u64,
    /// How long it is in the pack, in bytes: encrypted, and perhaps compressed.
    pub length: u64,
    /// How long its content is, in bytes. Absent when it is not compressed. Since restic 0.14.0.
    #[serde(default, skip_serializing_if = "is_default")]
    pub uncompressed_length: Option<u64>,
}

open_enum! {
    /// What a blob holds.
    pub enum BlobType {
        /// A piece of a file.
        Data = "data",
        /// A directory's content.
        Tree = "tree",
    }
}

/// A key file, which holds the master key encrypted with a password: `restic cat key`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct KeyFile {
    /// When the key was made.
    pub created: Time,
    /// The user who made it.
    #[serde(default)]
    pub username: String,
    /// The machine on which it was made.
    #[serde(default)]
    pub hostname: String,
    /// How the password is made a key: `scrypt`.
    pub kdf: String,
    /// The parameter N of scrypt, the cost.
    #[serde(rename = "N")]
    pub n: u64,
    /// The parameter r of scrypt, the block size.
    pub r: u64,
    /// The parameter p of scrypt, the parallelism.
    pub p: u64,
    /// The salt of scrypt.
    #[serde(with = "base64::bytes")]
    pub salt: Vec<u8>,
    /// The master key, encrypted.
    #[serde(with = "base64::bytes")]
    pub data: Vec<u8>,
}

/// A lock: `restic cat lock`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct LockFile {
    /// When it was made, or refreshed last.
    pub time: Time,
    /// Whether nobody else may work with the repository meanwhile.
    pub exclusive: bool,
    /// The machine of its holder.
    #[serde(default)]
    pub hostname: String,
    /// The user of its holder.
    #[serde(default)]
    pub username: String,
    /// The process that holds it, on that machine.
    pub pid: i64,
    /// That user's number; 0 for root, and on Windows.
    #[serde(default, skip_serializing_if = "is_default")]
    pub uid: u32,
    /// That user's group's number; 0 for root, and on Windows.
    #[serde(default, skip_serializing_if = "is_default")]
    pub gid: u32,
}
