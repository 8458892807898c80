//! Numbers of bytes that restic prints for people.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::decimal;

/// A number of bytes out of a text such as `41.508 KiB`.
///
/// restic prints such texts where a command has no JSON, with three decimals above 1 KiB.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ByteCount {
    /// Bytes.
    pub bytes: u64,
    /// Whether restic rounded the number: it is exact only below 1 KiB.
    pub rounded: bool,
}

impl ByteCount {
    /// A number that is not rounded.
    #[must_use]
    pub const fn exact(bytes: u64) -> Self {
        let rounded = false;
        Self { bytes, rounded }
    }

    /// Reads `0 B`, `41.508 KiB`, `1.2 GiB`. Returns `None` if the text is not such a number.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let (number, unit) = text.trim().split_once(' ')?;
        if unit == "B" {
            let bytes = decimal::whole(number)?;
            return Some(Self {
                bytes,
                rounded: false,
            });
        }
        let power = ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB"]
            .iter()
            .position(|known| *known == unit)?;
        let factor = 1u64 << (10 * (power + 1));
        let bytes = scale(number, factor)?;
        Some(Self {
            bytes,
            rounded: true,
        })
    }
}

/// A decimal number times a factor, rounded down, without the detour over floating point.
fn scale(number: &str, factor: u64) -> Option<u64> {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, "0"));
    if fraction.is_empty() || fraction.len() > 9 {
        return None;
    }
    let whole = decimal::whole(whole)?.checked_mul(factor)?;
    let part = u128::from(decimal::whole(fraction)?) * u128::from(factor);
    let decimals = 10u128.pow(u32::try_from(fraction.len()).ok()?);
    whole.checked_add(u64::try_from(part / decimals).ok()?)
}

/// The bytes, with a `~` before them when they are rounded.
impl fmt::Display for ByteCount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mark = if self.rounded { "~" } else { "" };
        write!(f, "{mark}{}", self.bytes)
    }
}

/// For a field that restic prints as a plain number in JSON, and rounded in text. An exact number is a plain number
/// again.
pub(crate) mod number {
    use std::fmt;

    use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
    use serde::de::{Error, MapAccess, SeqAccess, Unexpected, Visitor};
    use serde::{Deserialize, Deserializer, Serialize as _, Serializer};

    use super::ByteCount;

    pub(crate) fn serialize<S: Serializer>(
        count: &ByteCount,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        if count.rounded {
            count.serialize(serializer)
        } else {
            serializer.serialize_u64(count.bytes)
        }
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<ByteCount, D::Error> {
        deserializer.deserialize_any(Either)
    }

    struct Either;

    impl<'de> Visitor<'de> for Either {
        type Value = ByteCount;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a number of bytes")
        }

        fn visit_u64<E>(self, bytes: u64) -> Result<ByteCount, E> {
            Ok(ByteCount::exact(bytes))
        }

        /// Some formats have no other whole numbers.
        fn visit_i64<E: Error>(self, bytes: i64) -> Result<ByteCount, E> {
            let count = u64::try_from(bytes).map(ByteCount::exact);
            count.map_err(|_| E::invalid_value(Unexpected::Signed(bytes), &self))
        }

        /// Some formats write a struct as the list of its fields.
        fn visit_seq<A: SeqAccess<'de>>(self, count: A) -> Result<ByteCount, A::Error> {
            ByteCount::deserialize(SeqAccessDeserializer::new(count))
        }

        fn visit_map<A: MapAccess<'de>>(self, count: A) -> Result<ByteCount, A::Error> {
            ByteCount::deserialize(MapAccessDeserializer::new(count))
        }
    }
}

#[cfg(test)]
mod tests {
    use serde::de::value::{Error, I64Deserializer, U64Deserializer};
    use serde::de::{Deserializer, IntoDeserializer};

    use super::{ByteCount, number};

    fn read<'de>(deserializer: impl Deserializer<'de, Error = Error>) -> Result<ByteCount, Error> {
        number::deserialize(deserializer)
    }

    #[test]
    fn a_number_is_read_as_any_format_has_it() {
        let unsigned: U64Deserializer<Error> = 6291_u64.into_deserializer();
        assert_eq!(read(unsigned), Ok(ByteCount::exact(6291)));
        let signed: I64Deserializer<Error> = 6291_i64.into_deserializer();
        assert_eq!(read(signed), Ok(ByteCount::exact(6291)));
        let negative: I64Deserializer<Error> = (-1_i64).into_deserializer();
        assert!(read(negative).is_err());
    }

    #[test]
    fn a_rounded_number_is_read_as_the_list_of_its_fields() {
        let rounded = ByteCount::read("41.508 KiB").unwrap();
        let fields = serde_json::json!([rounded.bytes, rounded.rounded]);
        assert_eq!(number::deserialize(fields).unwrap(), rounded);
    }
}
