//! Ids as restic prints them.

use std::ffi::OsString;
use std::fmt;

use serde::{Deserialize, Serialize};

ids! {
    /// The id of a snapshot.
    SnapshotId,
    /// The id of a tree, which is a directory's content.
    TreeId,
    /// The id of a blob, which is a piece of a file or a tree.
    BlobId,
    /// The id of a pack, which is a file of blobs in the repository.
    PackId,
    /// The id of an index file.
    IndexId,
    /// The id of a key, which is what a password opens.
    KeyId,
    /// The id of a lock.
    LockId,
    /// The id of a repository, as in its configuration.
    RepositoryId,
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident,)*) => {$(
        $(#[$doc])*
        ///
        /// The text is what restic printed and is not validated: mostly 64 lower-case hex digits, and 8 where
        /// an old restic prints the short form. Two forms of one id are different values.
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// The whole id.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// The first eight characters, restic's short form; all of an id that is shorter.
            #[must_use]
            pub fn short(&self) -> &str {
                short(&self.0)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_tuple(stringify!($name)).field(&self.0).finish()
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl From<$name> for OsString {
            fn from(id: $name) -> Self {
                id.0.into()
            }
        }

        impl From<&$name> for OsString {
            fn from(id: &$name) -> Self {
                id.as_str().into()
            }
        }

        impl From<String> for $name {
            fn from(id: String) -> Self {
                Self(id)
            }
        }

        impl From<&str> for $name {
            fn from(id: &str) -> Self {
                Self(id.to_owned())
            }
        }
    )*};
}
use ids;

fn short(id: &str) -> &str {
    let end = id
        .char_indices()
        .nth(8)
        .map_or(id.len(), |(index, _)| index);
    &id[..end]
}
