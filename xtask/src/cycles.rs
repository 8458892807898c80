//! The modules of a crate use each other in one direction: no cycles.
//!
//! A module is a file. It uses another one when its code names something of it, by a `use` or
//! by a path; what a module only passes on counts for the module that it comes from. Files
//! below each other have no privileges: a parent may use its children and a child its parent,
//! but not both. Declaring a child and passing on its items is no use of it; code under
//! `#[cfg(test)]` may use everything, and so may documentation.

mod graph;
mod modules;
mod tokens;

use std::path::{Path, PathBuf};
use std::{fs, io};

use crate::task::Outcome;
use modules::Modules;

/// Where crates are, from the root of the repository.
const PLACES: [&str; 2] = ["crates", "."];

/// Fails with the cycles of all crates.
pub(crate) fn run() -> Outcome {
    let mut found = Vec::new();
    for source in sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join(".."))? {
        let cycles = graph::cycles(&Modules::read(&source)?.uses());
        found.extend(cycles.iter().map(|cycle| describe(&source, cycle)));
    }
    if found.is_empty() {
        Ok(())
    } else {
        Err(found.join("\n").into())
    }
}

/// The `src` of each crate.
fn sources(root: &Path) -> io::Result<Vec<PathBuf>> {
    let mut sources = Vec::new();
    for place in PLACES {
        for entry in fs::read_dir(root.join(place))? {
            let directory = entry?.path();
            let source = directory.join("src");
            if directory.join("Cargo.toml").is_file() && source.is_dir() {
                sources.push(source);
            }
        }
    }
    sources.sort();
    Ok(sources)
}

/// One line: `crates/some-crate: a uses b (Thing) uses a (other)`.
fn describe(source: &Path, cycle: &[graph::Use]) -> String {
    let name = source.parent().and_then(Path::file_name);
    let mut line = name.unwrap_or_default().to_string_lossy().into_owned();
    line.push_str(": ");
    for step in cycle {
        line.push_str(&format!("{} uses {} by ", step.user, step.used));
        line.push_str(&format!("{}; ", step.by));
    }
    line
}

#[cfg(test)]
mod tests;
