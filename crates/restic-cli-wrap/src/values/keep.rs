use std::ffi::{OsStr, OsString};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::FlagValue;

/// How many snapshots one rule of a policy keeps: `--keep-last`, `--keep-daily` and their kin.
///
/// For serde it is a number, or a word.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Keep {
    /// Up to this many. A negative number is refused.
    Count(i64),
    /// All of them. Since restic 0.16.0.
    Unlimited,
    /// A word that is newer than this library.
    Other(OsString),
}

/// More than there can be is as many as there can be.
macro_rules! from_number {
    ($($number:ty),*) => {$(
        impl From<$number> for Keep {
            fn from(count: $number) -> Self {
                Self::Count(i64::try_from(count).unwrap_or(i64::MAX))
            }
        }
    )*};
}
from_number!(u8, u16, u32, u64, usize, i32, i64);

impl From<OsString> for Keep {
    /// Takes restic's own spelling: a number, or `unlimited`.
    fn from(word: OsString) -> Self {
        match word.to_str() {
            Some("unlimited") => Self::Unlimited,
            Some(text) => text.parse().map_or(Self::Other(word), Self::Count),
            None => Self::Other(word),
        }
    }
}

impl<T: AsRef<OsStr> + ?Sized> From<&T> for Keep {
    /// Takes restic's own spelling: a number, or `unlimited`.
    fn from(word: &T) -> Self {
        OsString::from(word).into()
    }
}

impl From<String> for Keep {
    /// Takes restic's own spelling: a number, or `unlimited`.
    fn from(word: String) -> Self {
        OsString::from(word).into()
    }
}

impl FlagValue for Keep {
    fn render(self) -> OsString {
        match self {
            Self::Count(count) => count.to_string().into(),
            Self::Unlimited => "unlimited".into(),
            Self::Other(word) => word,
        }
    }
}

impl Serialize for Keep {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Count(count) => serializer.serialize_i64(*count),
            Self::Unlimited => serializer.serialize_str("unlimited"),
            Self::Other(word) => super::serialize_text(word, serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Keep {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged, expecting = "a number of snapshots or \"unlimited\"")]
        enum Written {
            Count(i64),
            Word(String),
        }
        Written::deserialize(deserializer).map(|written| match written {
            Written::Count(count) => Self::Count(count),
            Written::Word(word) => word.into(),
        })
    }
}
