//! The checks every type goes through.

use std::fmt::Debug;

use restic_properties::with_new_fields;
use restic_types::Message;
use restic_types::serde_json::{self, Value, json};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// A line is read, comes out as it went in, and what a newer restic might add to it changes nothing.
pub(crate) fn message<M: Message + Serialize + DeserializeOwned + PartialEq + Debug>(
    line: &str,
) -> M {
    let message = M::read(line).unwrap_or_else(|| panic!("no message: {line}"));
    let printed = serde_json::to_string(&message).unwrap();
    assert_eq!(
        M::read(&printed).as_ref(),
        Some(&message),
        "read again: {printed}"
    );
    assert_eq!(
        serde_json::from_str::<M>(&printed).unwrap(),
        message,
        "deserialised again: {printed}"
    );
    assert_covers(&value(line), &value(&printed));

    let from_newer = with_new_fields(value(line)).to_string();
    assert_eq!(
        M::read(&from_newer).as_ref(),
        Some(&message),
        "with new fields: {from_newer}"
    );
    message
}

/// The same for a document.
pub(crate) fn document<T: Serialize + DeserializeOwned + PartialEq + Debug>(json: &str) -> T {
    let document =
        serde_json::from_str::<T>(json).unwrap_or_else(|error| panic!("{error}: {json}"));
    let printed = serde_json::to_string(&document).unwrap();
    assert_eq!(
        serde_json::from_str::<T>(&printed).unwrap(),
        document,
        "deserialised again: {printed}"
    );
    assert_covers(&value(json), &value(&printed));

    let from_newer = with_new_fields(value(json)).to_string();
    assert_eq!(
        serde_json::from_str::<T>(&from_newer).unwrap(),
        document,
        "with new fields: {from_newer}"
    );
    document
}

pub(crate) fn value(json: &str) -> Value {
    serde_json::from_str(json).unwrap_or_else(|error| panic!("{error}: {json}"))
}

/// Everything restic printed is in what we print. Zeros and empty things may be left out.
pub(crate) fn assert_covers(theirs: &Value, ours: &Value) {
    match (theirs, ours) {
        (Value::Object(theirs), Value::Object(ours)) => {
            for (key, theirs) in theirs {
                assert_covers(theirs, ours.get(key).unwrap_or(&Value::Null));
            }
        }
        (Value::Array(theirs), Value::Array(ours)) if theirs.len() == ours.len() => {
            theirs
                .iter()
                .zip(ours)
                .for_each(|(theirs, ours)| assert_covers(theirs, ours));
        }
        (Value::Number(theirs), Value::Number(ours)) => assert_eq!(theirs.as_f64(), ours.as_f64()),
        _ => assert!(
            theirs == ours || (is_zero(theirs) && is_zero(ours)),
            "{theirs} became {ours}"
        ),
    }
}

fn is_zero(value: &Value) -> bool {
    let zeros = [json!(null), json!(false), json!(0), json!(""), json!([])];
    zeros.contains(value)
}
