//! Readers of whole documents.
//!
//! A reader of JSON that the caller's crate instantiates is one more in the program, beside the one that messages are
//! read with here: some 40 KB.

use crate::{ForgetGroup, Initialized, Key, Snapshot, SnapshotGroup, Stats};

macro_rules! readers {
    ($($name:ident: $document:ty;)*) => {
        $(
            /// Reads such a document.
            ///
            /// # Errors
            ///
            /// As `serde_json::from_str`, which it is.
            #[inline(never)]
            pub fn $name(text: &str) -> serde_json::Result<$document> {
                serde_json::from_str(text)
            }
        )*
    };
}

readers! {
    snapshots: Vec<Snapshot>;
    snapshot_groups: Vec<SnapshotGroup>;
    forget_groups: Vec<ForgetGroup>;
    initialized: Initialized;
    keys: Vec<Key>;
    stats: Stats;
    version: crate::VersionInfo;
}
