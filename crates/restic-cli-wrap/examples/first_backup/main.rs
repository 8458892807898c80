//! A first backup, from an empty repository to restored files.
//!
//! ```text
//! cargo run --example first_backup [-- --restic PATH]
//! ```
//!
//! With restic in `PATH`, or named, this works on a real repository in a scratch folder, and
//! cleans up. Without, the same program runs against a recording of restic.

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "an example talks to people"
)]
#![allow(
    clippy::unwrap_used,
    reason = "an example stops where its own folder fails it"
)]

mod program;

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use indicatif::{ProgressBar, ProgressStyle};
use program::Report;
use restic_cli_wrap::types::BackupStatus;
use restic_cli_wrap::{ErrorKind, Replay, Restic, commands::Version};

fn main() -> ExitCode {
    let wanted = match arguments() {
        Ok(wanted) => wanted,
        Err(usage) => {
            eprintln!("{usage}");
            return ExitCode::from(2);
        }
    };
    let binary = wanted.clone().unwrap_or_else(|| "restic".into());
    let found = Restic::builder()
        .binary(&binary)
        .build()
        .run(Version::new());
    let done = match found {
        Ok(version) => {
            println!("This is restic {}.", version.version);
            really(&binary)
        }
        Err(error) if wanted.is_none() && error.kind() == ErrorKind::BinaryNotFound => {
            println!("There is no restic in PATH: this REPLAYS a recording of restic 0.19.1.");
            replayed()
        }
        Err(error) => Err(error.into()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

type Failure = Box<dyn std::error::Error>;

fn really(binary: &OsString) -> Result<(), Failure> {
    let folders = Folders::new();
    let restic = Restic::builder()
        .binary(binary)
        .repository(folders.path("repo"))
        .password("only for an example")
        .cache_dir(folders.path("cache"))
        .build();
    let report = run(&restic, &folders)?;
    show(&report);
    check(&report);
    // restic restores the whole path of a folder below its target.
    let source = folders.path("src");
    let restored = folders
        .path("target")
        .join(source.strip_prefix("/").unwrap_or(&source));
    assert_eq!(
        contents(&restored),
        contents(&source),
        "the restored files differ"
    );
    println!("The restored files equal the sources, byte by byte.");
    Ok(())
}

fn replayed() -> Result<(), Failure> {
    let replay = Replay::load(restic_fixtures::path("first-backup", "0.19.1"))?;
    let folders = Folders::new();
    let restic = Restic::builder()
        .executor(replay.executor())
        .repository(folders.path("repo"))
        .password("only for an example")
        .cache_dir(folders.path("cache"))
        .build();
    let report = run(&restic, &folders)?;
    show(&report);
    check(&report);
    replay.finish()?;
    println!("All calls were recorded ones, with the typed results that they should have.");
    println!("A recording restores no files, so none were compared.");
    Ok(())
}

/// The program, with a progress bar and the sources around it.
fn run(restic: &Restic, folders: &Folders) -> Result<Report, restic_cli_wrap::Error> {
    let source = folders.path("src");
    write_sources(&source);
    let bar = ProgressBar::new(100);
    bar.set_style(ProgressStyle::with_template("{bar:40} {percent}% {msg}").unwrap());
    let progress = |status: &BackupStatus| {
        bar.set_position((status.percent_done * 100.0) as u64);
        bar.set_message(format!("{} files", status.files_done));
    };
    let change =
        || fs::write(source.join("notes.txt"), "changed since the first backup\n").unwrap();
    let report = program::run(restic, &source, &folders.path("target"), progress, change);
    bar.finish_and_clear();
    report
}

fn show(report: &Report) {
    println!(
        "made repository {} at {}",
        report.repository.id, report.repository.repository
    );
    for (which, summary) in [("first", &report.first), ("second", &report.second)] {
        println!(
            "{which} backup: {} new and {} changed files, snapshot {}",
            summary.files_new,
            summary.files_changed,
            summary.snapshot_id.as_ref().map_or("none", |id| id.short()),
        );
    }
    for snapshot in &report.snapshots {
        println!(
            "listed: {} {} {}",
            snapshot.short_id, snapshot.time, snapshot.hostname
        );
    }
    println!(
        "the newest one has {} files and folders, {} bytes",
        report.saved.len(),
        report.bytes
    );
    for group in &report.forgotten {
        println!(
            "forget: kept {}, removed {}",
            group.keep.len(),
            group.remove.len()
        );
    }
}

/// What the program must have learned, whoever answered.
fn check(report: &Report) {
    assert_eq!(
        (report.first.files_new, report.second.files_changed),
        (3, 1)
    );
    assert_eq!(report.snapshots.len(), 2);
    assert_eq!(
        report.saved.len(),
        4,
        "three files and a folder: {:?}",
        report.saved
    );
    let group = &report.forgotten[0];
    assert_eq!((group.keep.len(), group.remove.len()), (1, 1));
    assert_eq!(
        group.remove[0].id, report.snapshots[0].id,
        "the older one goes"
    );
}

fn write_sources(folder: &Path) {
    fs::create_dir_all(folder.join("pictures")).unwrap();
    fs::write(folder.join("notes.txt"), "a few words\n").unwrap();
    fs::write(
        folder.join("pictures/blue.ppm"),
        [b"P6 64 64 255 ", &[0; 12288][..]].concat(),
    )
    .unwrap();
    let noise: Vec<u8> = (0..2_000_000u32)
        .map(|i| (i.wrapping_mul(2_654_435_761) >> 13) as u8)
        .collect();
    fs::write(folder.join("noise.bin"), noise).unwrap();
    fs::write(folder.join("left-out.tmp"), "an exclude matches this").unwrap();
}

/// Every saved file below a folder with its bytes, sorted.
fn contents(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(&next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_none_or(|extension| extension != "tmp") {
                let bytes = fs::read(&path).unwrap();
                found.push((path.strip_prefix(folder).unwrap().to_owned(), bytes));
            }
        }
    }
    found.sort();
    found
}

/// A scratch folder that goes when this does.
struct Folders(tempfile::TempDir);

impl Folders {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }
}

/// The binary after `--restic`, if that is given.
fn arguments() -> Result<Option<OsString>, &'static str> {
    let mut words = std::env::args_os().skip(1);
    match (words.next(), words.next(), words.next()) {
        (None, ..) => Ok(None),
        (Some(flag), Some(path), None) if flag == "--restic" => Ok(Some(path)),
        _ => Err("usage: first_backup [--restic PATH]"),
    }
}
