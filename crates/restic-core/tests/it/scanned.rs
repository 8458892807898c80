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

#[test]
fn no_recording_of_this_repository_has_a_secret() {
    let repository = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut all = Vec::new();
    files(&repository.join("fixtures"), &mut all);
    files(&repository.join("examples"), &mut all);
    files(
        &repository.join("crates/restic-cli-wrap/tests/recordings"),
        &mut all,
    );
    let recorded = all.iter().filter(|path| {
        let directory = path.parent().unwrap();
        directory.join("scenario.json").exists()
    });
    let mut count = 0;
    for path in recorded {
        let bytes = fs::read(path).unwrap();
        let found = suspicious(&String::from_utf8_lossy(&bytes));
        assert!(found.is_empty(), "{}: {found:?}", path.display());
        count += 1;
    }
    assert!(count > 20, "{count} files");
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
