//! Repository rules as code.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::task::Outcome;

/// The longest file of code that is still one subject.
const LINES: usize = 700;

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
        if !is_recording(&path) && text.lines().any(|line| line.ends_with(' ')) {
            broken.push(format!("{name}: a line ends in a blank"));
        }
    }
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

/// What restic printed stays as it is.
fn is_recording(path: &Path) -> bool {
    path.starts_with("fixtures") || path.starts_with("xtask/data")
}

fn tracked() -> io::Result<Vec<PathBuf>> {
    let output = Command::new("git").arg("ls-files").output()?;
    Ok(String::from_utf8_lossy(&output.stdout)
        .lines()
        .map(PathBuf::from)
        .collect())
}
