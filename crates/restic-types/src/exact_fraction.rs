//! Fractions to their last digit.
//!
//! By itself `serde_json` misses the last digit of one long fraction in nine. Its feature `float_roundtrip` keeps it,
//! and adds 35 KB to every program, to those as well that read no fraction. So a fraction is taken as its digits, and
//! the standard library reads these.
//!
//! Where serde holds a value before it knows of which type it is (an untagged enum of a user's with one of our types,
//! `flatten`, `serde_json::Value`), the number has been read by then: the feature keeps its digits there as well.

use std::fmt;

use serde::de::{DeserializeSeed, Error, IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

/// For a fraction that is always there.
pub(crate) fn exact<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    Ok(Exact::deserialize(deserializer)?.0)
}

/// For a fraction that may be absent or `null`.
pub(crate) fn exact_option<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<f64>, D::Error> {
    Ok(Option::<Exact>::deserialize(deserializer)?.map(|Exact(number)| number))
}

struct Exact(f64);

/// The name by which `serde_json`'s `RawValue` asks for the text of a value. To other formats it is the name of a newtype
/// around a number, which nearly all of them write as the number alone.
const AS_TEXT: &str = "$serde_json::private::RawValue";

impl<'de> Deserialize<'de> for Exact {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer
            .deserialize_newtype_struct(AS_TEXT, Number)
            .map(Self)
    }
}

/// Takes a number as its text, or as what a format makes of it.
struct Number;

impl<'de> Visitor<'de> for Number {
    type Value = f64;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("f64")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<f64, A::Error> {
        map.next_key::<IgnoredAny>()?;
        map.next_value_seed(Digits)
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<f64, D::Error> {
        f64::deserialize(deserializer)
    }
}

/// Reads a number's text.
struct Digits;

impl<'de> DeserializeSeed<'de> for Digits {
    type Value = f64;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<f64, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Digits {
    type Value = f64;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Number.expecting(f)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<f64, E> {
        match text.parse::<f64>() {
            Ok(number) if number.is_finite() => Ok(number),
            _ => serde_json::from_str(text).map_err(|error| E::custom(without_place(&error))),
        }
    }
}

/// What is wrong: the place in the number's text is of no use, and whoever reads the rest adds the right one.
fn without_place(error: &serde_json::Error) -> String {
    let text = error.to_string();
    match text.rsplit_once(" at line ") {
        Some((problem, _)) => problem.to_owned(),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;
    use serde_json::json;

    use super::Exact;

    /// Fractions whose last digit `serde_json` misses by itself.
    const HARD: [f64; 3] = [
        0.953_488_372_093_023_3,
        0.001_000_333_444_481_493_9,
        0.010_003_334_444_814_937,
    ];

    #[test]
    fn every_digit_counts() {
        for number in HARD {
            let text = serde_json::to_string(&number).unwrap();
            let Exact(read) = serde_json::from_str(&text).unwrap();
            assert_eq!(read.to_bits(), number.to_bits(), "{text}");
            let Exact(read) = serde_json::from_slice(text.as_bytes()).unwrap();
            assert_eq!(read.to_bits(), number.to_bits(), "{text} from bytes");
            let Exact(read) = serde_json::from_reader(text.as_bytes()).unwrap();
            assert_eq!(read.to_bits(), number.to_bits(), "{text} from a reader");
        }
    }

    #[test]
    fn whole_and_negative_numbers_are_fractions_too() {
        for (text, expected) in [
            ("7", 7.0),
            ("-9223372036.8", -9_223_372_036.8),
            ("-0.0", 0.0),
            ("1E2", 100.0),
        ] {
            let Exact(read) = serde_json::from_str(text).unwrap();
            assert_eq!(read, expected, "{text}");
        }
    }

    #[test]
    fn a_value_and_what_serde_buffers_are_read() {
        let Exact(read) = serde_json::from_value(json!(0.25)).unwrap();
        assert_eq!(read, 0.25);

        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Buffered {
            Fraction(Exact),
            List([u8; 0]),
        }
        assert!(
            matches!(serde_json::from_str("0.25").unwrap(), Buffered::Fraction(Exact(read)) if read == 0.25)
        );
        assert!(matches!(
            serde_json::from_str("[]").unwrap(),
            Buffered::List(_)
        ));
    }

    #[test]
    fn what_is_no_number_is_an_error_with_its_place() {
        #[derive(Debug, Deserialize)]
        struct Done {
            #[serde(deserialize_with = "super::exact")]
            #[allow(dead_code, reason = "only errors are looked at")]
            percent: f64,
        }
        for (value, problem) in [
            (r#""0.5""#, r#"invalid type: string "0.5", expected f64"#),
            ("null", "invalid type: null, expected f64"),
            ("[1]", "invalid type: sequence, expected f64"),
            ("1e999", "number out of range"),
        ] {
            let error =
                serde_json::from_str::<Done>(&format!("{{\"percent\":{value}}}")).unwrap_err();
            let place = format!("line 1 column {}", value.len() + 12);
            assert_eq!(error.to_string(), format!("{problem} at {place}"));
        }
    }

    #[test]
    fn an_optional_fraction_may_be_null() {
        #[derive(Debug, Deserialize, PartialEq)]
        struct Ratio(#[serde(deserialize_with = "super::exact_option")] Option<f64>);
        assert_eq!(serde_json::from_str::<Ratio>("null").unwrap(), Ratio(None));
        assert_eq!(
            serde_json::from_str::<Ratio>("2.5").unwrap(),
            Ratio(Some(2.5))
        );
    }
}
