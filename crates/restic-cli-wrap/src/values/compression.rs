use std::ffi::{OsStr, OsString};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::FlagValue;

/// How hard restic compresses what it writes: `--compression`. Since restic 0.14.0.
///
/// Repositories of format 1 are never compressed.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Compression {
    /// Well, at little cost. What restic does by default.
    Auto,
    /// Not at all, except for the metadata.
    Off,
    /// As small as can be.
    Max,
    /// As fast as can be. Since restic 0.19.0.
    Fastest,
    /// Between [`Auto`](Self::Auto) and [`Max`](Self::Max). Since restic 0.19.0.
    Better,
    /// A word that is newer than this library.
    Other(OsString),
}

impl Compression {
    fn word(&self) -> &OsStr {
        match self {
            Self::Auto => "auto".as_ref(),
            Self::Off => "off".as_ref(),
            Self::Max => "max".as_ref(),
            Self::Fastest => "fastest".as_ref(),
            Self::Better => "better".as_ref(),
            Self::Other(word) => word,
        }
    }
}

impl From<OsString> for Compression {
    /// Takes restic's own word.
    fn from(word: OsString) -> Self {
        [
            Self::Auto,
            Self::Off,
            Self::Max,
            Self::Fastest,
            Self::Better,
        ]
        .into_iter()
        .find(|known| known.word() == word)
        .unwrap_or(Self::Other(word))
    }
}

impl<T: AsRef<OsStr> + ?Sized> From<&T> for Compression {
    /// Takes restic's own word.
    fn from(word: &T) -> Self {
        OsString::from(word).into()
    }
}

impl From<String> for Compression {
    /// Takes restic's own word.
    fn from(word: String) -> Self {
        OsString::from(word).into()
    }
}

impl Serialize for Compression {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        super::serialize_text(self.word(), serializer)
    }
}

impl<'de> Deserialize<'de> for Compression {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::from)
    }
}

impl FlagValue for Compression {
    fn render(self) -> OsString {
        self.word().to_owned()
    }
}
