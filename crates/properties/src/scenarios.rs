//! A scenario from a stranger: an error or a replay, and never more than its directory.

use std::fs;
use std::path::Path;

use restic_core::{Event, Exit, Invocation, Replay};
use serde_json::Value;

/// What no replay may give: it lies beside the directory of the scenario.
const OUTSIDE: &str = "canary-beside-the-directory";

/// How much of a file's content is written.
const LONGEST: usize = 1 << 20;

/// Loads a manifest, with files of this content for every name in it, and replays what is
/// recorded. `directory` is a scratch directory of its own.
pub fn check(directory: &Path, manifest: &[u8], content: &[u8]) {
    let scenario = directory.join("scenario");
    fs::create_dir_all(&scenario).expect("a scratch directory can be written");
    fs::write(directory.join("outside"), OUTSIDE).expect("a scratch directory can be written");
    fs::write(scenario.join("scenario.json"), manifest)
        .expect("a scratch directory can be written");
    let recorded = serde_json::from_slice(manifest).unwrap_or_default();
    let written = write_streams(&scenario, &recorded, content);
    let loaded = Replay::load(&scenario);
    if let Ok(replay) = loaded {
        for argv in calls(&recorded) {
            call(&replay, &argv, content);
        }
        // Misses and what was never called are no matter here.
        drop(replay.finish());
    }
    for name in written {
        // Something that could not be made cannot be removed.
        drop(fs::remove_file(scenario.join(name)));
    }
}

/// Writes every file that a manifest names, as long as it says, and gives their names.
fn write_streams(directory: &Path, manifest: &Value, content: &[u8]) -> Vec<String> {
    let mut written = Vec::new();
    for call in manifest["calls"].as_array().into_iter().flatten() {
        for stream in ["stdin", "stdout", "stderr"] {
            let Some(name) = call[stream]["file"].as_str().filter(|name| is_plain(name)) else {
                continue;
            };
            let length = call[stream]["bytes"].as_u64().unwrap_or(0);
            let length = usize::try_from(length).unwrap_or(LONGEST).min(LONGEST);
            let bytes: Vec<u8> = content.iter().copied().cycle().take(length).collect();
            if fs::write(directory.join(name), bytes).is_ok() {
                written.push(name.to_owned());
            }
        }
    }
    written
}

/// Whether it is safe to write a file of this name.
fn is_plain(name: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    name.chars().all(plain) && !name.starts_with('.') && name != "scenario.json"
}

fn calls(manifest: &Value) -> Vec<Vec<String>> {
    let calls = manifest["calls"].as_array().into_iter().flatten();
    let words = |call: &Value| {
        let words = call["argv"].as_array().into_iter().flatten();
        words.filter_map(Value::as_str).map(str::to_owned).collect()
    };
    calls.take(20).map(words).collect()
}

fn call(replay: &Replay, argv: &[String], content: &[u8]) {
    let Ok(mut process) = replay.executor().start(&Invocation::new(argv)) else {
        return;
    };
    let content_has = String::from_utf8_lossy(content).contains(OUTSIDE);
    let argv_has = argv.iter().any(|word| word.contains(OUTSIDE));
    let exit: Exit = loop {
        match process.next_event(None).expect("a replay can be read") {
            Event::Stdout(bytes) | Event::Stderr(bytes) => {
                let leaks = String::from_utf8_lossy(&bytes).contains(OUTSIDE);
                assert!(!leaks || content_has || argv_has, "{argv:?}");
            }
            Event::Exited(exit) => break exit,
            _ => {}
        }
    };
    assert!(process.next_event(None).is_err(), "after {exit}");
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::option;
    use proptest::prelude::*;
    use proptest::sample::select;
    use serde_json::json;

    use super::*;
    use crate::config;

    proptest! {
        #![proptest_config(config())]

        #[test]
        fn any_manifest_is_replayed_or_refused(
            manifest in manifest(),
            cut in option::weighted(0.1, any::<proptest::sample::Index>()),
            content in "(canary|\\{\\{(repo|src)\\}\\}|\\{\"a\":\"|\n|.){0,20}",
        ) {
            let directory = tempfile::tempdir().unwrap();
            let mut manifest = manifest.to_string().into_bytes();
            if let Some(cut) = cut {
                manifest.truncate(cut.index(manifest.len()));
            }
            check(directory.path(), &manifest, content.as_bytes());
        }

        #[test]
        fn any_bytes_are_refused(bytes in vec(any::<u8>(), 0..100)) {
            let directory = tempfile::tempdir().unwrap();
            check(directory.path(), &bytes, b"");
        }
    }

    #[test]
    fn the_canary_is_looked_for() {
        let directory = tempfile::tempdir().unwrap();
        let stdout = json!({"file": "a.txt", "bytes": 3});
        let calls = json!([{"id": "1", "argv": ["ls"], "mutates": false, "stdout": stdout, "exit": {"code": 0}}]);
        let manifest = json!({
            "format": {"major": 1, "minor": 0},
            "recorded_with": {"restic": "0.14.0", "os": "linux", "arch": "x86_64", "recorder": "0.1.0"},
            "calls": calls,
        });
        check(directory.path(), manifest.to_string().as_bytes(), b"abc");
        assert!(directory.path().join("outside").exists());
    }

    fn manifest() -> impl Strategy<Value = Value> {
        let format = prop_oneof![
            8 => Just(json!({"major": 1, "minor": 0})),
            1 => (0..3, 0..3).prop_map(|(major, minor)| json!({"major": major, "minor": minor})),
            1 => Just(json!(null)),
        ];
        let kind = select(&["path", "id", "text", "time"][..]);
        let placeholders = proptest::collection::btree_map("(repo|src|.{0,5})", kind, 0..3);
        (format, placeholders, vec(call(), 0..5)).prop_map(|(format, placeholders, calls)| {
            let restic =
                json!({"restic": "0.14.0", "os": "linux", "arch": "x86_64", "recorder": "0.1.0"});
            json!({
                "format": format,
                "recorded_with": restic,
                "placeholders": placeholders,
                "calls": calls,
            })
        })
    }

    fn call() -> impl Strategy<Value = Value> {
        let word = prop_oneof![
            select(
                &[
                    "--json",
                    "--repo={{repo}}",
                    "backup",
                    "ls",
                    "--",
                    "{{src}}",
                    "latest",
                    "-q"
                ][..]
            )
            .prop_map(str::to_owned),
            ".{0,8}",
        ];
        let exit = prop_oneof![
            (-1..300).prop_map(|code| json!({"code": code})),
            (0..70).prop_map(|signal| json!({"signal": signal})),
        ];
        (
            "(1|2|3|.{0,4})",
            vec(word, 0..6),
            stream(),
            stream(),
            stream(),
            exit,
        )
            .prop_map(|(id, argv, stdin, stdout, stderr, exit)| {
                let mut call = json!({"id": id, "argv": argv, "mutates": false, "exit": exit});
                for (name, stream) in [("stdin", stdin), ("stdout", stdout), ("stderr", stderr)] {
                    if let Some(stream) = stream {
                        call[name] = stream;
                    }
                }
                call
            })
    }

    fn stream() -> impl Strategy<Value = Option<Value>> {
        let file = prop_oneof![
            6 => select(&["a.txt", "b.jsonl", "c.bin", "d.json"][..]).prop_map(str::to_owned),
            2 => select(&["../outside", "/etc/passwd", "..", "", "a/b", "a\\b", "scenario.json", "a\0b"][..])
                .prop_map(str::to_owned),
            1 => ".{0,6}",
        ];
        let bytes = prop_oneof![8 => 0..100_u64, 1 => any::<u64>()];
        option::of((file, bytes).prop_map(|(file, bytes)| json!({"file": file, "bytes": bytes})))
    }
}
