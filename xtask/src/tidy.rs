//! Repository rules as code.

mod vocabulary;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::task::Outcome;

/// The longest file of code that is still one subject.
const LINES: usize = 700;

/// The crates that are published, and their directories.
pub(crate) const PUBLISHED: [(&str, &str); 6] = [
    ("restic-types", "crates/restic-types"),
    ("restic-process", "crates/restic-process"),
    ("restic-core", "crates/restic-core"),
    ("restic-record", "crates/restic-record"),
    ("restic-cli-wrap", "crates/restic-cli-wrap"),
    ("restic-fixtures", "fixtures"),
];

/// Checks the rules that no other tool knows.
pub(crate) fn run() -> Outcome {
    let mut broken = Vec::new();
    for path in tracked()? {
        let Ok(text) = fs::read_to_string(&path) else {
            continue;
        };
        let name = path.display();
        if path.extension().is_some_and(|extension| extension == "rs") {
            check_code(&name.to_string(), &text, &mut broken);
        }
        check_words(&path, &text, &mut broken);
        if !is_recording(&path) && text.lines().any(|line| line.ends_with(' ')) {
            broken.push(format!("{name}: a line ends in a blank"));
        }
    }
    check_packages(&mut broken);
    if broken.is_empty() {
        Ok(())
    } else {
        Err(broken.join("\n").into())
    }
}

fn check_code(name: &str, text: &str, broken: &mut Vec<String>) {
    let generated = text.starts_with("// Generated ") || text.starts_with("//! Generated ");
    let lines = text.lines().count();
    if lines > LINES && !generated {
        broken.push(format!("{name}: {lines} lines, of {LINES} at most"));
    }
    // Written in two parts, so that this file keeps its own rule.
    if text.contains(concat!("#[", "ignore")) {
        broken.push(format!("{name}: a test that is ignored tests nothing"));
    }
}

fn check_words(path: &Path, text: &str, broken: &mut Vec<String>) {
    let is_code = match path.extension().and_then(|extension| extension.to_str()) {
        Some("rs") => true,
        Some("md") => false,
        _ => return,
    };
    // The list itself has them all.
    if path.ends_with("tidy/vocabulary.rs") {
        return;
    }
    for (line, word, instead) in vocabulary::refused(text, is_code) {
        let name = path.display();
        broken.push(format!(
            "{name}:{line}: do not write \"{word}\", but {instead}"
        ));
    }
}

/// What is published has a page of its own, and both licences beside it.
fn check_packages(broken: &mut Vec<String>) {
    for (_, package) in PUBLISHED {
        if fs::read(Path::new(package).join("README.md")).is_err() {
            broken.push(format!("{package}: has no README.md"));
        }
        for licence in ["LICENSE-APACHE", "LICENSE-MIT"] {
            let there = fs::read(Path::new(package).join(licence)).ok();
            if there.is_none() || there != fs::read(licence).ok() {
                broken.push(format!("{package}/{licence}: is not a copy of {licence}"));
            }
        }
    }
}

/// What restic printed stays as it is.
fn is_recording(path: &Path) -> bool {
    let is_beside_a_test = path
        .components()
        .any(|part| part.as_os_str() == "recordings");
    path.starts_with("fixtures") || path.starts_with("xtask/data") || is_beside_a_test
}

fn tracked() -> io::Result<Vec<PathBuf>> {
    let output = Command::new("git").arg("ls-files").output()?;
    Ok(String::from_utf8_lossy(&output.stdout)
        .lines()
        .map(PathBuf::from)
        .collect())
}
