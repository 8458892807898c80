//! `fixtures/scenario.schema.json` says what is read and written.

use std::fs;
use std::path::{Path, PathBuf};

use restic_core::Scenario;
use serde_json::{Value, json};

/// The keywords of JSON Schema that this one uses.
fn accepts(root: &Value, schema: &Value, value: &Value) -> bool {
    if let Some(name) = schema["$ref"].as_str() {
        let name = name.trim_start_matches("#/$defs/");
        return accepts(root, &root["$defs"][name], value);
    }
    if let Some(choices) = schema["oneOf"].as_array() {
        let fits = choices.iter().filter(|choice| accepts(root, choice, value));
        return fits.count() == 1;
    }
    let is_allowed = |allowed: &Vec<Value>| allowed.contains(value);
    let in_range = |least: i64| value.as_i64().is_some_and(|number| number >= least);
    schema["enum"].as_array().is_none_or(is_allowed)
        && schema["minimum"].as_i64().is_none_or(in_range)
        && match schema["type"].as_str() {
            Some("string") => value.is_string(),
            Some("boolean") => value.is_boolean(),
            Some("integer") => value.is_i64() || value.is_u64(),
            Some("array") => value.as_array().is_some_and(|items| {
                let item = |item| accepts(root, &schema["items"], item);
                items.iter().all(item)
            }),
            Some("object") => accepts_object(root, schema, value),
            other => panic!("the schema says {other:?}"),
        }
}

fn accepts_object(root: &Value, schema: &Value, value: &Value) -> bool {
    let Some(members) = value.as_object() else {
        return false;
    };
    let required = schema["required"].as_array().into_iter().flatten();
    let has_all = required
        .filter_map(Value::as_str)
        .all(|name| members.contains_key(name));
    let member = |(name, member): (&String, &Value)| match schema["properties"].get(name) {
        Some(known) => accepts(root, known, member),
        None => match &schema["additionalProperties"] {
            Value::Bool(any) => *any,
            other => accepts(root, other, member),
        },
    };
    has_all && members.iter().all(member)
}

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn schema() -> Value {
    let path = repository().join("fixtures/scenario.schema.json");
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

#[test]
fn every_recording_of_this_repository_fits() {
    let (schema, mut count) = (schema(), 0);
    let directories = [repository().join("fixtures"), repository().join("examples")];
    let mut waiting: Vec<_> = directories.into_iter().filter(|one| one.exists()).collect();
    while let Some(directory) = waiting.pop() {
        for entry in fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            if path.ends_with("target") {
                continue;
            }
            if path.is_dir() {
                waiting.push(path);
            } else if path.ends_with("scenario.json") {
                let manifest: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
                assert!(accepts(&schema, &schema, &manifest), "{}", path.display());
                count += 1;
            }
        }
    }
    assert!(count >= 4, "{count} recordings");
}

/// A manifest with all that there can be.
fn full() -> Value {
    let stream = json!({"file": "a", "bytes": 5, "thinned_status": 4});
    let file = json!({"file": {"file": "b", "bytes": 1, "executable": true}});
    json!({
        "format": {"major": 1, "minor": 0},
        "note": "all of it",
        "recorded_with": {"restic": "0.19.1", "os": "linux", "arch": "x86_64", "recorder": "0.1.0"},
        "record_again": "again",
        "placeholders": {"repo": "path"},
        "calls": [
            {
                "id": "01-backup", "argv": ["backup"], "current_dir": "{{repo}}", "mutates": true,
                "stdin": stream, "stdout": stream, "stderr": stream, "exit": {"code": 0},
                "signal": {"name": "interrupt", "after_stdout": 1, "after_stderr": 0},
                "left": [
                    {"path": "a", "is": file}, {"path": "b", "is": "directory"},
                    {"path": "c", "is": {"link": "a"}}, {"path": "d", "is": "gone"},
                ],
            },
            {
                "id": "02-ls", "argv": [], "mutates": false, "exit": {"signal": 15},
                "stdin": {"bytes": 2_000_000, "digest": "85944171f73967e8"},
            },
            {"id": "03-ls", "argv": [], "mutates": false, "exit": "lost"},
        ],
    })
}

/// Every value in a document, by its JSON pointer.
fn pointers(value: &Value, pointer: &str, all: &mut Vec<String>) {
    all.push(pointer.to_owned());
    match value {
        Value::Object(members) => members
            .iter()
            .for_each(|(name, member)| pointers(member, &format!("{pointer}/{name}"), all)),
        Value::Array(items) => items
            .iter()
            .enumerate()
            .for_each(|(index, item)| pointers(item, &format!("{pointer}/{index}"), all)),
        _ => {}
    }
}

#[test]
fn the_schema_and_the_library_accept_and_refuse_the_same() {
    let (schema, full) = (schema(), full());
    let directory = tempfile::tempdir().unwrap();
    let check = |manifest: &Value, what: &str| {
        fs::write(directory.path().join("scenario.json"), manifest.to_string()).unwrap();
        let loaded = Scenario::load(directory.path());
        let fits = accepts(&schema, &schema, manifest);
        assert_eq!(fits, loaded.is_ok(), "{what}: {loaded:?}");
        fits
    };
    assert!(check(&full, "all of it"));
    let mut all = Vec::new();
    pointers(&full, "", &mut all);
    let (mut accepted, mut refused) = (0, 0);
    for pointer in all.iter().filter(|pointer| !pointer.is_empty()) {
        // What is absent may be null for the library, which never writes it so.
        for other in [json!(-1.5), json!({"other": {}})] {
            let mut changed = full.clone();
            *changed.pointer_mut(pointer).unwrap() = other.clone();
            refused += usize::from(!check(&changed, &format!("{pointer} = {other}")));
        }
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        let mut without = full.clone();
        if let Some(Value::Object(members)) = without.pointer_mut(parent) {
            members.remove(name);
            accepted += usize::from(check(&without, &format!("without {pointer}")));
        }
    }
    assert!(accepted > 10 && refused > 40, "{accepted} {refused}");
}
