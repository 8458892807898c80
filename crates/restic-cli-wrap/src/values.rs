//! Values of flags for which restic has a small language of its own.
//!
//! | value | flags |
//! |---|---|
//! | [`CalendarDuration`] | `--keep-within` and its kin |
//! | [`Compression`] | `--compression` |
//! | [`GroupBy`] | `--group-by` |
//! | [`Keep`] | `--keep-last`, `--keep-daily` and their kin |
//! | [`MaxUnused`] | `--max-unused` |
//! | [`Pattern`] | `--exclude`, `--include` and their kin |
//! | [`RetentionPolicy`] | all the `--keep-…` of `forget` |
//! | [`Size`] | `--exclude-larger-than`, `--max-repack-size`, `--repack-smaller-than` |
//! | [`SnapshotRef`] | operands that name a snapshot, `--parent` |
//! | [`Subset`] | `--read-data-subset` |
//! | [`TagList`] | `--tag` of every command, `--keep-tag`, and what `tag` adds, removes, sets |
//!
//! Setters also take restic's own spelling as text: it is passed on unchanged, and restic
//! checks it. All of these types implement serde's `Serialize` and `Deserialize` with that
//! spelling, so that they can be used in configuration files. Values made with these types are
//! spelled so that restic 0.11 to 0.20 all read them in the same way.
//!
//! ```
//! use restic_cli_wrap::commands::{Forget, Restore};
//! use restic_cli_wrap::values::{CalendarDuration, MaxUnused, SnapshotRef, TagList};
//!
//! let forget = Forget::new()
//!     .keep_within(CalendarDuration::new().years(2).months(6))
//!     .tag(TagList::new("nightly").and("database"))
//!     .max_unused(MaxUnused::percent(5));
//! // The same as text.
//! let forget = Forget::new().keep_within("2y6m").tag("nightly,database").max_unused("5%");
//!
//! let restore = Restore::new(SnapshotRef::latest().directory("/home")).target("/restored");
//! # drop((forget, restore));
//! ```

use std::ffi::OsStr;

use serde::Serializer;
use serde::ser::Error as _;

mod calendar_duration;
mod compression;
mod group_by;
mod keep;
mod max_unused;
mod pattern;
mod retention_policy;
mod size;
mod snapshot_ref;
mod subset;
mod tag_list;

pub use calendar_duration::CalendarDuration;
pub use compression::Compression;
pub use group_by::GroupBy;
pub use keep::Keep;
pub use max_unused::MaxUnused;
pub use pattern::Pattern;
pub use retention_policy::RetentionPolicy;
pub use size::Size;
pub use snapshot_ref::SnapshotRef;
pub use subset::Subset;
pub use tag_list::TagList;

/// Makes a value of a flag: a text in restic's spelling, which people may write themselves.
macro_rules! value {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        ///
        /// Two of them are equal when they are spelled alike.
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        pub struct $name(std::ffi::OsString);

        impl AsRef<std::ffi::OsStr> for $name {
            /// In restic's spelling.
            fn as_ref(&self) -> &std::ffi::OsStr {
                &self.0
            }
        }

        impl From<$name> for std::ffi::OsString {
            fn from(value: $name) -> Self {
                value.0
            }
        }

        impl crate::FlagValue for $name {
            fn render(self) -> std::ffi::OsString {
                self.0
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                $crate::values::serialize_text(&self.0, serializer)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer).map(Self::from)
            }
        }

        $crate::values::from_text!($name: &str, &&str, String, &String, std::ffi::OsString, &std::ffi::OsString, &std::ffi::OsStr);
    };
}
use value;

/// Writes restic's own spelling, which serde takes as text only.
fn serialize_text<S: Serializer>(text: &OsStr, serializer: S) -> Result<S::Ok, S::Error> {
    match text.to_str() {
        Some(text) => serializer.serialize_str(text),
        None => Err(S::Error::custom("the value is not UTF-8")),
    }
}

/// Takes restic's own spelling from every usual type of text.
macro_rules! from_text {
    ($name:ident: $($text:ty),*) => {$(
        impl From<$text> for $name {
            /// Takes restic's own spelling, as it is.
            fn from(text: $text) -> Self {
                Self(text.into())
            }
        }
    )*};
}
use from_text;
