//! `restic cat`: what is in the repository, as it is there. There is a command for each kind,
//! because each has a type of its own.

mod blob;
mod config;
mod index;
mod key;
mod lock;
mod master_key;
mod pack;
mod snapshot;
mod tree;

use std::ffi::OsString;

pub use blob::CatBlob;
pub use config::CatConfig;
pub use index::CatIndex;
pub use key::CatKey;
pub use lock::CatLock;
pub use master_key::{CatMasterKey, MasterKey};
pub use pack::CatPack;
pub use snapshot::CatSnapshot;
pub use tree::CatTree;

use crate::arguments::Arguments;

/// The arguments for a kind of which there is one.
fn the(kind: &str) -> Arguments {
    let mut arguments = Arguments::ungated("cat");
    arguments.operand(kind);
    arguments
}

/// The arguments for one of a kind.
fn one(kind: &str, id: impl Into<OsString>) -> Arguments {
    let mut arguments = the(kind);
    arguments.operand(id);
    arguments
}

/// Makes a command of a struct with arguments.
macro_rules! cat {
    ($command:ident: $event:ty => $output:ty, $decoder:ty, $new:expr) => {
        crate::arguments::setters! { $command: }

        impl crate::command::Command for $command {
            type Event = $event;
            type Output = $output;
            type Decoder = $decoder;

            fn arguments(&self) -> crate::arguments::Arguments {
                self.arguments.clone()
            }

            fn decoder(&self) -> $decoder {
                $new
            }
        }
    };
    ($command:ident => bytes) => {
        super::cat! { $command: Vec<u8> => Vec<u8>,
        crate::decode::BytesDecoder, crate::decode::BytesDecoder::default() }
    };
    ($command:ident => $document:ty) => {
        super::cat! { $command: crate::decode::NoEvents => $document,
        crate::decode::DocumentDecoder<$document>, crate::decode::DocumentDecoder::new() }
    };
}
use cat;
