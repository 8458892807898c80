//! The programs that servers are, from where they are or from their packages.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use crate::child;

/// How long a package may take.
const PATIENCE: Duration = Duration::from_secs(600);

/// One of these programs, installed from a Debian package when there is none.
pub(super) fn program(names: &[&str], package: &str) -> Result<PathBuf, String> {
    let find = || names.iter().find_map(|name| find(name));
    if let Some(found) = find() {
        return Ok(found);
    }
    apt_install(package)?;
    find().ok_or_else(|| format!("package {package} has none of {names:?}"))
}

/// A program of a Python package, in an environment of its own below `target`.
pub(super) fn python_program(name: &str, package: &str) -> Result<PathBuf, String> {
    let target = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target");
    let directory = target.join("backends").join(name);
    let program = directory.join("bin").join(name);
    if program.is_file() {
        return Ok(program);
    }
    println!("installing {package} below target/");
    let python = self::program(&["python3"], "python3")?;
    let make = || {
        let mut venv = Command::new(&python);
        child::run(venv.args(["-m", "venv"]).arg(&directory), PATIENCE)
    };
    // Debian keeps a part of it in a package of its own.
    make().or_else(|_| apt_install("python3-venv").and_then(|()| make()))?;
    let mut pip = Command::new(directory.join("bin/pip"));
    child::run(pip.args(["install", "--quiet", package]), PATIENCE)?;
    Ok(program)
}

fn find(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    // Servers for root are not in everybody's PATH.
    let directories = env::split_paths(&path).chain(["/usr/sbin".into()]);
    let mut candidates = directories.map(|directory| directory.join(name));
    candidates.find(|candidate| candidate.is_absolute() && candidate.is_file())
}

fn apt_install(package: &str) -> Result<(), String> {
    println!("installing {package}");
    apt_get(&["update", "--quiet"])?;
    apt_get(&["install", "--yes", "--no-install-recommends", package])
}

fn apt_get(arguments: &[&str]) -> Result<(), String> {
    let mut command = Command::new("apt-get");
    command.env("DEBIAN_FRONTEND", "noninteractive");
    child::run(command.args(arguments), PATIENCE)
}
