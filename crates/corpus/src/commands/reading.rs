//! The commands that read what is in a repository.

use super::super::call::{Call, Unbuildable};
use super::super::rebuild::{Json, Rebuild, Reported, rebuild, setters};
use super::row::{Row, row};
use restic_cli_wrap::Secret;
use restic_cli_wrap::commands::{
    CatBlob, CatConfig, CatIndex, CatKey, CatLock, CatMasterKey, CatPack, CatSnapshot, CatTree,
    Diff, Dump, Find, FindObjects, List, MasterKey,
};
use restic_types::cli::ParsedFlag;
use restic_types::{
    DiffMessage, IndexId, KeyId, ListedBlob, LockId, PackId, SnapshotId, serde_json,
};
use serde_json::{Value, json};
use std::ffi::OsString;

pub(super) const READING: &[Row] = &[
    row::<CatBlob>(),
    row::<CatIndex>(),
    row::<CatKey>(),
    row::<CatLock>(),
    row::<CatMasterKey>(),
    row::<CatPack>(),
    row::<CatSnapshot>(),
    row::<CatTree>(),
    // Whatever is left: see there.
    row::<CatConfig>(),
    row::<Diff>(),
    row::<Dump>(),
    row::<FindObjects>(),
    row::<Find>(),
    row::<List<IndexId>>(),
    row::<List<KeyId>>(),
    row::<List<LockId>>(),
    row::<List<PackId>>(),
    row::<List<SnapshotId>>(),
    row::<List<ListedBlob>>(),
];

/// Whether the first operand is this word.
fn is_of(call: &Call, kind: &str) -> bool {
    call.operands.first().is_some_and(|operand| operand == kind)
}

/// Takes out the kind and the id.
fn id(call: &mut Call) -> Result<OsString, Unbuildable> {
    call.first("this command takes a kind")?;
    call.first("it takes an id")
}

macro_rules! cat {
    ($($command:ident: $kind:literal, $json:expr;)*) => {$(
        rebuild! { $command: "cat", $json, [@], {}

            fn is_for(call: &Call) -> bool {
                is_of(call, $kind)
            }

            fn new(call: &mut Call) -> Result<Self, Unbuildable> {
                Ok(Self::new(id(call)?))
            }
        }
    )*};
}
cat! {
    CatBlob: "blob", Json::Bytes;
    CatIndex: "index", Json::Regardless;
    CatKey: "key", Json::Regardless;
    CatLock: "lock", Json::Regardless;
    CatPack: "pack", Json::Bytes;
    CatSnapshot: "snapshot", Json::Regardless;
    CatTree: "tree", Json::Regardless;
}

rebuild! { CatMasterKey: "cat", Json::Regardless, [@ secret], {}

    fn is_for(call: &Call) -> bool {
        is_of(call, "masterkey")
    }

    fn new(call: &mut Call) -> Result<Self, Unbuildable> {
        call.first("it is named")?;
        Ok(Self::new())
    }

    /// Nothing but this tool makes JSON of it.
    fn json(key: &MasterKey) -> Value {
        let text = |secret: &Secret| String::from_utf8_lossy(secret.expose()).into_owned();
        json!({
            "mac": {"k": text(&key.mac_k), "r": text(&key.mac_r)},
            "encrypt": text(&key.encrypt),
        })
    }
}

rebuild! { CatConfig: "cat", Json::Regardless, [@], {}

    fn new(call: &mut Call) -> Result<Self, Unbuildable> {
        if is_of(call, "config") {
            call.first("it is named")?;
            Ok(Self::new())
        } else {
            Err(Unbuildable("there is a command for each kind, and none for others"))
        }
    }
}

rebuild! { Diff: "diff", Json::Since(13), [DiffMessage], {
    switch: metadata;
}

    fn new(call: &mut Call) -> Result<Self, Unbuildable> {
        let first = call.first("Diff takes two snapshots")?;
        Ok(Self::new(first, call.first("Diff takes two snapshots")?))
    }
}

rebuild! { Dump: "dump", Json::Bytes, [@], {
    text: archive host path tag target;
}

    fn new(call: &mut Call) -> Result<Self, Unbuildable> {
        let snapshot = call.first("Dump takes a snapshot")?;
        Ok(Self::new(snapshot, call.first("Dump takes a path")?))
    }
}

rebuild! { FindObjects: "find", Json::Always, [@], {
    switch: reverse show_pack_id;
    text: host path snapshot tag;
}

    fn is_for(call: &Call) -> bool {
        ["blob", "pack", "tree"].iter().any(|kind| call.has(kind))
    }

    fn new(call: &mut Call) -> Result<Self, Unbuildable> {
        let ids = call.take_operands();
        let mut is = |kind| call.take_switch(kind);
        match [is("blob"), is("pack"), is("tree")] {
            [true, false, false] => Ok(Self::blobs(ids)),
            [false, true, false] => Ok(Self::packs(ids)),
            [false, false, true] => Ok(Self::trees(ids)),
            _ => Err(Unbuildable("FindObjects looks for one kind")),
        }
    }
}

rebuild! { Find: "find", Json::Always, [@], {
    switch: human_readable ignore_case long reverse;
    text: host newest oldest path snapshot tag;
}

    fn new(call: &mut Call) -> Result<Self, Unbuildable> {
        Ok(Self::new(call.take_operands()))
    }
}

macro_rules! list {
    ($($row:ident: $kind:ident $($of:ident)?;)*) => {$(
        rebuild! { (List<$row>): "list", Json::Never, [@], {}

            fn is_for(call: &Call) -> bool {
                // The last row takes what is left, to say what it is.
                is_of(call, stringify!($kind)) || stringify!($kind) == "blobs"
            }

            fn new(call: &mut Call) -> Result<Self, Unbuildable> {
                if !is_of(call, stringify!($kind)) {
                    return Err(Unbuildable("there is a list for each kind, and none for others"));
                }
                call.first("it is named")?;
                let more = call.take_operands();
                let snapshot = (!more.is_empty()).then(|| list!(@of more $($of)?));
                match snapshot.unwrap_or(Some(Self::$kind())) {
                    Some(list) => Ok(list),
                    None => Err(Unbuildable("a list takes its kind, and one of packs a snapshot")),
                }
            }
        }
    )*};
    (@of $more:ident packs_of) => {
        <[_; 1]>::try_from($more).ok().map(|[id]| Self::packs_of(id))
    };
    (@of $more:ident) => {
        None
    };
}
list! {
    IndexId: index;
    KeyId: keys;
    LockId: locks;
    PackId: packs packs_of;
    SnapshotId: snapshots;
    ListedBlob: blobs;
}
