//! Is everything that restic printed in the typed result?

use serde::Deserialize;
use serde_json::Value;
use std::sync::LazyLock;

/// What of a message or document was not found again.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Lost {
    /// Paths without indices, such as `[].summary.files_new`.
    pub(super) missing: Vec<String>,
    /// Paths that are there, but not as a typed field of the same value, for a listed reason.
    pub(super) listed: Vec<String>,
}

/// Compares a recorded value with the typed one, serialised.
///
/// `null`, `[]`, `""`, 0, `false` and absent are equal: restic omits what is zero. Numbers compare as numbers.
pub(super) fn compare(recorded: &Value, typed: &Value) -> Lost {
    let mut lost = Lost::default();
    walk(recorded, Some(typed), &mut String::new(), &mut lost);
    lost
}

/// All paths of a value of which nothing was found.
pub(super) fn all(recorded: &Value) -> Lost {
    compare(recorded, &Value::Null)
}

/// Where a word is in a value.
pub(super) fn of_word(value: &Value, word: &str) -> Option<String> {
    let is_it = |value: &Value| value.as_str() == Some(word);
    find(value, &mut String::new(), &mut |_, value| is_it(value)).map(|(path, _)| path)
}

/// What is at a path, the first of several.
pub(super) fn at<'a>(value: &'a Value, path: &str) -> Option<&'a Value> {
    find(value, &mut String::new(), &mut |place, value| {
        place == path && !is_zero(value)
    })
    .map(|(_, value)| value)
}

/// The first place in a value at which something holds.
fn find<'a>(
    value: &'a Value,
    path: &mut String,
    is_it: &mut impl FnMut(&str, &Value) -> bool,
) -> Option<(String, &'a Value)> {
    if is_it(path, value) {
        return Some((path.clone(), value));
    }
    let mut inside = |step: &str, value: &'a Value| {
        let length = path.len();
        path.push_str(if length == 0 {
            step.trim_start_matches('.')
        } else {
            step
        });
        let found = find(value, path, is_it);
        path.truncate(length);
        found
    };
    match value {
        Value::Object(fields) => fields
            .iter()
            .find_map(|(name, value)| inside(&format!(".{name}"), value)),
        Value::Array(items) => items.iter().find_map(|value| inside("[]", value)),
        _ => None,
    }
}

fn walk(recorded: &Value, typed: Option<&Value>, path: &mut String, lost: &mut Lost) {
    if let Some(untyped) = untyped(path) {
        match &untyped.reason {
            _ if is_zero(recorded) => {}
            Some(_) => lost.listed.push(path.clone()),
            None => lost.missing.push(path.clone()),
        }
        return;
    }
    match recorded {
        Value::Object(fields) => {
            for (name, value) in fields {
                let typed = typed.and_then(|typed| typed.get(name));
                below(&format!(".{name}"), value, typed, path, lost);
            }
        }
        Value::Array(items) => {
            for (index, value) in items.iter().enumerate() {
                let typed = typed.and_then(|typed| typed.get(index));
                // An item that is absent is not one that is zero.
                if typed.is_none() && is_zero(value) {
                    lost.missing.push(format!("{path}[]"));
                } else {
                    below("[]", value, typed, path, lost);
                }
            }
        }
        leaf => {
            let typed = typed.unwrap_or(&Value::Null);
            if same(leaf, typed) || (is_zero(leaf) && is_zero(typed)) {
                return;
            }
            let is_known = |known: &Corrected| {
                known.path == *path && known.restic == *leaf && known.ours == *typed
            };
            let place = if REASONS.corrected.iter().any(is_known) {
                &mut lost.listed
            } else {
                &mut lost.missing
            };
            place.push(path.clone());
        }
    }
}

fn below(step: &str, value: &Value, typed: Option<&Value>, path: &mut String, lost: &mut Lost) {
    let length = path.len();
    path.push_str(if path.is_empty() {
        step.trim_start_matches('.')
    } else {
        step
    });
    walk(value, typed, path, lost);
    path.truncate(length);
}

fn same(recorded: &Value, typed: &Value) -> bool {
    match (recorded, typed) {
        (Value::Number(recorded), Value::Number(typed)) => {
            recorded == typed || recorded.as_f64() == typed.as_f64() && is_float(recorded, typed)
        }
        _ => recorded == typed,
    }
}

/// Two integers are not compared as floats: large ones would be equal too soon.
fn is_float(one: &serde_json::Number, other: &serde_json::Number) -> bool {
    one.is_f64() || other.is_f64()
}

fn is_zero(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::Bool(true) => false,
        Value::Number(number) => number.as_f64() == Some(0.0),
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(fields) => fields.is_empty(),
    }
}

/// A place where the Rust type is JSON again: equal text there proves nothing.
#[derive(Deserialize)]
#[cfg_attr(
    not(test),
    allow(dead_code, reason = "`field` is for people and the test")
)]
struct Untyped {
    /// Where it is in the types, as `file.rs: field`.
    field: String,
    /// The end of the path; `.*` at its end is everything below.
    path: String,
    /// What below `.*` has a type of its own.
    #[serde(default)]
    typed: Vec<String>,
    /// Why that is right. Without one, the path counts as missing.
    reason: Option<String>,
}

/// A value that our types set right.
#[derive(Deserialize)]
struct Corrected {
    path: String,
    restic: Value,
    ours: Value,
    #[expect(dead_code, reason = "for people")]
    reason: String,
}

#[derive(Deserialize)]
struct Reasons {
    untyped: Vec<Untyped>,
    corrected: Vec<Corrected>,
}

#[expect(
    clippy::expect_used,
    reason = "the file is compiled in, and a test reads it"
)]
static REASONS: LazyLock<Reasons> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../data/corpus.json"))
        .expect("data/corpus.json lists reasons")
});

fn untyped(path: &str) -> Option<&'static Untyped> {
    REASONS
        .untyped
        .iter()
        .find(|place| match place.path.strip_suffix(".*") {
            Some(above) => path.rsplit_once('.').is_some_and(|(parent, name)| {
                parent == above && !place.typed.iter().any(|typed| typed == name)
            }),
            None => path == place.path,
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use std::collections::BTreeSet;
    use std::path::Path;

    #[test]
    fn what_is_not_there_is_missing() {
        let check = |recorded: Value, typed: Value, expected: &[&str]| {
            assert_eq!(
                compare(&recorded, &typed).missing,
                expected,
                "{recorded} in {typed}"
            );
        };
        check(json!({"a": 1}), json!({"a": 1, "more": 2}), &[]);
        check(json!({"a": 1}), json!({}), &["a"]);
        check(json!({"a": 1}), json!({"a": 2}), &["a"]);
        check(json!({"a": 1}), json!({"a": "1"}), &["a"]);
        check(json!({"a": 1.0}), json!({"a": 1}), &[]);
        check(
            json!({"a": 18446744073709551615_u64}),
            json!({"a": 18446744073709551614_u64}),
            &["a"],
        );
        check(
            json!({"a": 0, "b": "", "c": [], "d": null, "e": false}),
            json!({}),
            &[],
        );
        check(json!({"a": 0}), json!({"a": null}), &[]);
        check(json!({"a": 0}), json!({"a": 5}), &["a"]);
        check(
            json!({"a": {"b": [1, {"c": 2}]}}),
            json!({"a": {"b": [1, {"c": 3}]}}),
            &["a.b[].c"],
        );
        check(json!([{"a": 1}, {"a": 2}]), json!([{"a": 1}]), &["[].a"]);
        check(json!(["", ""]), json!([""]), &["[]"]);
    }

    #[test]
    fn raw_json_is_no_typed_field() {
        let message = json!({"error": {"Op": "open", "Err": 13, "Novel": 1}});
        let lost = compare(&message, &message);
        assert_eq!(lost.missing, ["error.Novel"]);
        assert_eq!(lost.listed, ["error.Err"]);
    }

    /// The list of untyped places is whole: every field of a raw type in the sources is in it.
    #[test]
    fn untyped_fields_are_listed() {
        let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let mut found = BTreeSet::new();
        for directory in ["restic-types/src", "restic-cli-wrap/src"] {
            fields(&crates.join(directory), &mut found);
        }
        let listed: BTreeSet<_> = REASONS
            .untyped
            .iter()
            .map(|place| place.field.clone())
            .collect();
        assert_eq!(found, listed);
    }

    fn fields(directory: &Path, found: &mut BTreeSet<String>) {
        for entry in std::fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            // The command line has a `Value` of its own.
            if path.ends_with("cli") || path.ends_with("cli.rs") {
                continue;
            }
            if path.is_dir() {
                fields(&path, found);
                continue;
            }
            let file = path.file_name().unwrap().to_string_lossy().into_owned();
            let text = std::fs::read_to_string(&path).unwrap();
            for line in text.lines().map(str::trim) {
                let field = line
                    .strip_prefix("pub ")
                    .and_then(|line| line.split_once(": "));
                let Some((name, kind)) = field.filter(|(name, _)| !name.contains([' ', '(']))
                else {
                    continue;
                };
                let raw = ["Value", "RawValue", "Map", "HashMap", "BTreeMap"];
                if kind
                    .split(|c: char| !c.is_alphanumeric())
                    .any(|word| raw.contains(&word))
                {
                    found.insert(format!("{file}: {name}"));
                }
            }
        }
    }
}
