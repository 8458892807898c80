//! `cargo xtask coverage`: the table of commands and flags, and the client, against real restic binaries.
//!
//! The table (`restic_types::cli`) is made from the help of several releases and from `data/flags.json`, which holds
//! what help does not say. With `--write` it is written; without, it is made again in memory and must be the same,
//! and every binary given must agree with it, also those of releases that the table is not made from. For every flag
//! of every binary, the client's setter is called: the binary has to take the words that come of it. Releases without a
//! binary are compared with the facts of their source, `data/releases.txt`.

mod availability;
mod binary;
mod compare;
mod data;
mod help;
mod merge;
mod print;
mod releases;
mod setters;
mod source;

use binary::Binary;
use data::Data;
use source::Source;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

/// Runs the task with the arguments that follow its name.
pub(crate) fn run(arguments: impl Iterator<Item = String>) -> Result<(), Box<dyn Error>> {
    let (options, paths): (Vec<_>, Vec<_>) =
        arguments.partition(|argument| argument.starts_with('-'));
    let write = match options.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => false,
        ["--write"] => true,
        _ => return Err("usage: cargo xtask coverage [--write] [RESTIC…]".into()),
    };

    let sources = releases::differences(&releases::Facts::read()?);
    if !write && sources.is_empty() {
        println!("coverage: the table agrees with the source of every release");
    } else if !write {
        return Err(sources.join("\n").into());
    }
    let data = Data::read()?;
    let binaries = crate::task::binaries(paths)
        .iter()
        .map(|path| Binary::read(path, &data))
        .collect::<Result<Vec<_>, _>>()?;
    if binaries.is_empty() && !write {
        if std::env::var_os("RESTIC_NO_SKIP").is_some() {
            return Err("RESTIC_NO_SKIP is set, and there is no restic binary".into());
        }
        println!("coverage: skipped, no restic binary given (as arguments or in RESTIC_BINARIES)");
        return Ok(());
    }

    let made = chosen(&binaries, &data).map(|chosen| made(&chosen, &data));
    if write {
        return write_table(&made??);
    }

    let mut problems = Vec::new();
    match made.map_err(|missing| format!("did not make the table again: {missing}")) {
        Ok(made) => problems.extend(stale(&made?)?),
        Err(skipped) => println!("coverage: {skipped}"),
    }
    let source = Source::read()?;
    for binary in &binaries {
        let coverage = setters::coverage(binary, &source);
        println!("coverage: restic {}: {coverage}", binary.release);
        problems.extend(coverage.problems);
        let differences = compare::differences(binary, &data);
        if differences.is_empty() {
            println!("coverage: the table agrees with restic {}", binary.release);
        }
        problems.extend(differences);
    }
    if problems.is_empty() {
        Ok(())
    } else {
        Err(problems.join("\n").into())
    }
}

/// What the help of a binary has that the table does not, or the other way round; one line for each.
pub(crate) fn differences(path: &Path) -> Result<Vec<String>, Box<dyn Error>> {
    let data = Data::read()?;
    Ok(compare::differences(&Binary::read(path, &data)?, &data))
}

/// The text of the table, made from these binaries.
fn made(binaries: &[&Binary], data: &Data) -> Result<String, Box<dyn Error>> {
    Ok(print::table(&merge::table(binaries, data)?)?)
}

/// The problem that the table in the repository is another one.
fn stale(made: &str) -> Result<Option<String>, Box<dyn Error>> {
    if fs::read_to_string(table_path())? == made {
        println!("coverage: table.txt is up to date");
        return Ok(None);
    }
    Ok(Some(
        "table.txt is stale: run `cargo xtask coverage --write` with the same binaries".into(),
    ))
}

fn write_table(text: &str) -> Result<(), Box<dyn Error>> {
    fs::write(table_path(), text)?;
    println!("coverage: table.txt written");
    Ok(())
}

fn table_path() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/restic-types/src/cli/table.txt")
}

/// The binaries that the table is made from, oldest first.
fn chosen<'a>(binaries: &'a [Binary], data: &Data) -> Result<Vec<&'a Binary>, String> {
    let find = |release| binaries.iter().find(|binary| binary.release == release);
    let one =
        |release| find(release).ok_or_else(|| format!("it needs the binary of restic {release}"));
    data.releases.iter().map(|release| one(*release)).collect()
}
