use restic_types::serde_json::{Value, json};

/// Adds fields nobody knows to every object, but for the errors of items and the attributes of operating systems, which
/// keep all of their fields.
///
/// The keys' order changes as well, so that no cheap look at a tag works.
#[must_use]
pub fn with_new_fields(value: Value) -> Value {
    match value {
        Value::Object(object) => {
            let known = object.into_iter().map(|(key, value)| {
                let value = if key == "error" || key == "generic_attributes" {
                    value
                } else {
                    with_new_fields(value)
                };
                (key, value)
            });
            let new = [
                ("a_new_field", json!({"deep": [1, null]})),
                ("z_new_field", json!("text")),
            ];
            known
                .chain(new.map(|(key, value)| (key.to_owned(), value)))
                .collect()
        }
        Value::Array(array) => array.into_iter().map(with_new_fields).collect(),
        other => other,
    }
}
