//! `cargo xtask coverage`: the table of commands and flags against real restic binaries.
//!
//! The table (`restic_types::cli`) is made from the help of several releases and from `data/flags.json`, which holds
//! what help does not say. With `--write` it is written; without, it is made again in memory and must be the same,
//! and every binary given must agree with it, also those of releases that the table is not made from.

mod binary;
mod compare;
mod data;
mod help;
mod merge;
mod print;
mod sightings;

use binary::Binary;
use data::Data;
use std::error::Error;
use std::path::{Path, PathBuf};
use std::{env, fs};

/// Runs the task with the arguments that follow its name.
pub(crate) fn run(arguments: impl Iterator<Item = String>) -> Result<(), Box<dyn Error>> {
    let (options, paths): (Vec<_>, Vec<_>) =
        arguments.partition(|argument| argument.starts_with('-'));
    let write = match options.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => false,
        ["--write"] => true,
        _ => return Err(crate::USAGE.into()),
    };

    let data = Data::read()?;
    let binaries = binaries(paths)
        .iter()
        .map(|path| Binary::read(path, &data))
        .collect::<Result<Vec<_>, _>>()?;
    if binaries.is_empty() && !write {
        println!("coverage: skipped, no restic binary given (as arguments or in RESTIC_BINARIES)");
        return Ok(());
    }

    match (chosen(&binaries, &data), write) {
        (Ok(chosen), _) => ensure_table(&print::table(&merge::table(&chosen, &data)?)?, write)?,
        (Err(missing), true) => return Err(missing.into()),
        (Err(missing), false) => println!("coverage: did not make the table again: {missing}"),
    }
    if write {
        return Ok(());
    }

    let differences: Vec<_> = binaries
        .iter()
        .flat_map(|binary| compare::differences(binary, &data))
        .collect();
    if !differences.is_empty() {
        return Err(differences.join("\n").into());
    }
    for binary in &binaries {
        println!("coverage: the table agrees with restic {}", binary.release);
    }
    Ok(())
}

/// Writes the table, or fails when the one in the repository is another.
fn ensure_table(wanted: &str, write: bool) -> Result<(), Box<dyn Error>> {
    let path =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/restic-types/src/cli/table.rs");
    if fs::read_to_string(&path)? == wanted {
        println!("coverage: table.rs is up to date");
        return Ok(());
    }
    if !write {
        return Err(
            "table.rs is stale: run `cargo xtask coverage --write` with the same binaries".into(),
        );
    }
    fs::write(&path, wanted)?;
    println!("coverage: table.rs written");
    Ok(())
}

fn binaries(arguments: Vec<String>) -> Vec<PathBuf> {
    if !arguments.is_empty() {
        return arguments.into_iter().map(PathBuf::from).collect();
    }
    let listed = env::var_os("RESTIC_BINARIES").unwrap_or_default();
    env::split_paths(&listed)
        .filter(|path| !path.as_os_str().is_empty())
        .collect()
}

/// The binaries that the table is made from, oldest first.
fn chosen<'a>(binaries: &'a [Binary], data: &Data) -> Result<Vec<&'a Binary>, String> {
    let find = |release| binaries.iter().find(|binary| binary.release == release);
    let one =
        |release| find(release).ok_or_else(|| format!("it needs the binary of restic {release}"));
    data.releases.iter().map(|release| one(release.0)).collect()
}
