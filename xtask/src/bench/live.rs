//! A real restic that lists to nobody, and to us.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::contestants::{self, Contestant, Goals};
use super::programs::Programs;
use super::table::{Goal, Table};
use crate::task::Result;

/// What restic may be slowed down by.
const WALL: f64 = 1.05;
const CPU: f64 = 1.10;

/// What restic-bench knows.
const PASSWORD: &str = "bench";

pub(super) fn measure(
    programs: &Programs,
    restic: &Path,
    files: u64,
    rounds: usize,
) -> Result<[Table; 2]> {
    let repository = repository(programs, restic, files)?;
    let reads = |way| programs.reads(way, restic, &repository);
    let mut alone = Command::new(restic);
    alone
        .args(["--json", "ls", "latest", "--repo"])
        .arg(&repository)
        .env("RESTIC_PASSWORD", PASSWORD);
    let taken = contestants::run(
        vec![
            Contestant::new("restic to the null device", alone),
            Contestant::new("iterator", reads("iterator")),
            Contestant::new("visitor", reads("visitor")),
            Contestant::new("async", reads("async")),
            Contestant::new("plain loop", reads("baseline")),
        ],
        rounds,
    )?;
    let goals = |name| -> Goals {
        let is_ours = ["iterator", "visitor", "async"].contains(&name);
        is_ours.then_some((Goal::about(WALL), Goal::about(CPU)))
    };
    let rows = taken.into_iter().map(|taken| (taken, goals(taken.name)));
    Ok(contestants::compare(
        &format!("live ls of {files} files"),
        rows,
    ))
}

/// A repository with this many empty files in 20 directories; made once.
fn repository(programs: &Programs, restic: &Path, files: u64) -> Result<PathBuf> {
    let repository = programs.directory(&format!("repository-{files}"));
    if repository.join("complete").exists() {
        return Ok(repository);
    }
    println!("making a repository of {files} files");
    let source = tempfile::tempdir()?;
    write_files(source.path(), files)?;
    if repository.exists() {
        fs::remove_dir_all(&repository)?;
    }
    for arguments in [&["init"][..], &["backup", "."]] {
        let mut command = Command::new(restic);
        command
            .arg("--repo")
            .arg(&repository)
            .args(["--quiet"])
            .args(arguments);
        command
            .env("RESTIC_PASSWORD", PASSWORD)
            .current_dir(&source);
        if !command.status()?.success() {
            return Err("restic could not make the repository".into());
        }
    }
    fs::write(repository.join("complete"), "")?;
    Ok(repository)
}

fn write_files(source: &Path, files: u64) -> std::io::Result<()> {
    for directory in 0..20 {
        let path = source.join(format!("department-{directory:02}"));
        fs::create_dir(&path)?;
        for file in (directory..files).step_by(20) {
            fs::write(path.join(format!("report-{file:06}.data")), "")?;
        }
    }
    Ok(())
}
