//! The recordings of this repository, searched for what looks like a secret.

use std::fs;
use std::path::{Path, PathBuf};

/// What is found in a text. Written once more, and more simply, than what refuses to record it.
fn suspicious(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (at, _) in text.match_indices("://") {
        let rest = &text[at + 3..];
        let end = rest.find(['/', '"', ' ', '\n', '\\']).unwrap_or(rest.len());
        let user_info = rest[..end].rsplit_once('@').map(|(user_info, _)| user_info);
        let password = user_info.and_then(|user_info| user_info.split_once(':'));
        if password.is_some_and(|(_, password)| password != "***") {
            found.push(format!("a URL with a password: {}", &rest[..end]));
        }
    }
    for (at, _) in text.match_indices("AKIA") {
        let digits = |c: &char| c.is_ascii_uppercase() || c.is_ascii_digit();
        if text[at..].chars().take_while(digits).count() == 20 {
            found.push("an access key".to_owned());
        }
    }
    if text.contains("-----BEGIN") && text.contains("PRIVATE KEY") {
        found.push("a private key".to_owned());
    }
    for line in text.lines() {
        let line = line.to_ascii_lowercase();
        let named = ["secret", "token", "passw", "apikey", "api_key"];
        let Some(at) = named.iter().filter_map(|name| line.find(name)).min() else {
            continue;
        };
        let words = line[at..].split(|c: char| !(c.is_ascii_alphanumeric() || "+/_-=".contains(c)));
        let random = |word: &&str| {
            let digits = word.bytes().filter(u8::is_ascii_digit).count();
            word.len() >= 32 && digits >= 3 && !word.contains("00000") && !word.starts_with('/')
        };
        found.extend(
            words
                .filter(random)
                .map(|word| format!("random digits: {word}")),
        );
    }
    found
}

fn files(directory: &Path, all: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(directory).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() && !path.ends_with("target") {
            files(&path, all);
        } else if path.is_file() {
            all.push(path);
        }
    }
}

/// The files of all recordings of this repository.
fn recorded() -> Vec<(PathBuf, String)> {
    let repository = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut all = Vec::new();
    files(&repository.join("fixtures"), &mut all);
    files(&repository.join("examples"), &mut all);
    files(
        &repository.join("crates/restic-cli-wrap/tests/recordings"),
        &mut all,
    );
    all.retain(|path| path.parent().unwrap().join("scenario.json").exists());
    assert!(all.len() > 20, "{} files", all.len());
    let read = |path: PathBuf| {
        let bytes = fs::read(&path).unwrap();
        (path, String::from_utf8_lossy(&bytes).into_owned())
    };
    all.into_iter().map(read).collect()
}

#[test]
fn no_recording_of_this_repository_has_a_secret() {
    for (path, text) in recorded() {
        let found = suspicious(&text);
        assert!(found.is_empty(), "{}: {found:?}", path.display());
    }
}

/// What says where, when or by whom it was recorded.
fn telling(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for word in [
        "restic-recording-",
        "/root",
        "/home/",
        "\"root\"",
        "root@",
        "/tmp/.",
    ] {
        found.extend(text.contains(word).then(|| word.to_owned()));
    }
    let after = |before: &'static str| {
        let values = text.match_indices(before);
        values.map(move |(at, _)| &text[at + before.len()..])
    };
    for (before, said) in [
        ("\"username\":\"", "user\""),
        ("\"userName\":\"", "user\""),
        ("\"hostName\":\"", "host\""),
        ("\"uid\":", "1000,"),
        ("\"gid\":", "1000,"),
        ("PID ", "1 on host by user (UID 1000, GID 1000)"),
        ("\"mtime\":\"", "2020-01-01T00:00:00Z\""),
    ] {
        let others = after(before).filter(|value| !value.starts_with(said));
        found.extend(others.map(|value| format!("{before}{value:.20}")));
    }
    // The years of this project: restic's clock says 2020, and scenarios 2024.
    for year in 2025..2035 {
        found.extend(
            after("\"")
                .filter(|value| value.starts_with(&format!("{year}-")))
                .map(|value| format!("{value:.20}")),
        );
        found.extend(
            text.contains(&format!(" {year}-"))
                .then(|| format!("a date of {year}")),
        );
    }
    found
}

#[test]
fn no_recording_of_this_repository_says_where_when_or_by_whom_it_was_made() {
    for (path, text) in recorded() {
        let found = telling(&text);
        assert!(found.is_empty(), "{}: {found:?}", path.display());
    }
    for text in [
        "of [/tmp/restic-recording-x/src]",
        "by root@example",
        "{\"username\":\"alice\"}",
        "locked by PID 4711 on vm by alice (UID 0, GID 0)",
        "{\"time\":\"2026-11-28T12:00:00Z\"}",
        "created at 2026-11-28 12:00:00",
    ] {
        assert_eq!(telling(text).len(), 1, "{text}");
    }
}

#[test]
fn what_is_searched_for_is_found() {
    for text in [
        "at rest:http://me:hunter2@host/x",
        "AKIAIOSFODNN7EXAMPLE",
        "-----BEGIN OPENSSH PRIVATE KEY-----",
        "\"secret_key\": \"wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY12\"",
    ] {
        assert_eq!(suspicious(text).len(), 1, "{text}");
    }
    assert!(suspicious("rest:http://me:***@host/ and http://host/a@b:c").is_empty());
}
