//! A first backup, from an empty repository to restored files.
//!
//! ```text
//! cargo run --example first_backup [-- --restic PATH]
//! ```
//!
//! With restic in `PATH`, or named, this works on a real repository in a scratch directory,
//! and cleans up. Without, the same program runs against a recording of restic.

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "an example talks to people"
)]
#![allow(
    clippy::unwrap_used,
    reason = "an example stops where its own directory fails it"
)]

mod program;
mod show;

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use program::Report;
use restic_cli_wrap::{ErrorKind, Pacing, Replay, Restic, commands::Version};
use show::Bars;

/// The pause before each line of a replay: a backup that is recorded with ten lines takes two
/// seconds.
const PAUSE: Duration = Duration::from_millis(200);

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
        Ok(()) => {
            println!("{}", show::NEXT);
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

type Failure = Box<dyn std::error::Error>;

/// KiB a second for uploads: slow enough to see how a backup goes on.
const UPLOAD_LIMIT: u32 = 24 * 1024;

fn really(binary: &OsString) -> Result<(), Failure> {
    let scratch = Scratch::new();
    let restic = Restic::builder()
        .binary(binary)
        .repository(scratch.path("repo"))
        .password("only for an example")
        .cache_dir(scratch.path("cache"))
        .limit_upload(UPLOAD_LIMIT)
        .build();
    run(&restic, &scratch)?;
    // restic restores the whole path of a directory below its target.
    let source = scratch.path("src");
    let restored = scratch
        .path("target")
        .join(source.strip_prefix("/").unwrap_or(&source));
    assert!(
        contents(&restored) == contents(&source),
        "the restored files differ"
    );
    println!("The restored files equal the sources, byte by byte.");
    Ok(())
}

fn replayed() -> Result<(), Failure> {
    let replay = Replay::load(restic_fixtures::path("first-backup", "0.19.1"))?;
    // A recording has no waiting in it: it would be over before anybody saw it.
    let replay = replay.pacing(Pacing::Lines(PAUSE));
    let scratch = Scratch::new();
    let restic = Restic::builder()
        .executor(replay.executor())
        .repository(scratch.path("repo"))
        .password("only for an example")
        .cache_dir(scratch.path("cache"))
        .build();
    run(&restic, &scratch)?;
    replay.finish()?;
    println!("Every call was in the recording. It restores no files, so none were compared.");
    Ok(())
}

/// The program, with files to save, progress bars and a report around it.
fn run(restic: &Restic, scratch: &Scratch) -> Result<(), restic_cli_wrap::Error> {
    let source = scratch.path("src");
    write_sources(&source);
    let bars = Bars::new();
    let change = || {
        bars.first.finish();
        fs::write(source.join("notes.txt"), "changed since the first backup\n").unwrap();
    };
    let progress = |status: &_| bars.update(status);
    let report = program::run(restic, &source, &scratch.path("target"), progress, change)?;
    bars.finish(&report.second);
    show::report(&report);
    check(&report);
    Ok(())
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
        "three files and a directory: {:?}",
        report.saved
    );
    let group = &report.forgotten.groups[0];
    assert_eq!((group.keep.len(), group.remove.len()), (1, 1));
    assert_eq!(
        group.remove[0].id, report.snapshots[0].id,
        "the older one goes"
    );
}

fn write_sources(directory: &Path) {
    fs::create_dir_all(directory.join("pictures")).unwrap();
    fs::write(directory.join("notes.txt"), "a few words\n").unwrap();
    fs::write(
        directory.join("pictures/blue.ppm"),
        [b"P6 64 64 255 ", &[0; 12288][..]].concat(),
    )
    .unwrap();
    fs::write(directory.join("noise.bin"), noise()).unwrap();
    fs::write(directory.join("left-out.tmp"), "an exclude matches this").unwrap();
}

/// 64 MiB that neither compress nor repeat, so that there is progress to report.
fn noise() -> Vec<u8> {
    let mut noise = vec![0; 64 << 20];
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    for word in noise.chunks_exact_mut(8) {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        word.copy_from_slice(&state.to_le_bytes());
    }
    noise
}

/// Every saved file below a directory with its bytes, sorted.
fn contents(directory: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut found = Vec::new();
    let mut directories = vec![directory.to_owned()];
    while let Some(next) = directories.pop() {
        for entry in fs::read_dir(&next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                directories.push(path);
            } else if path.extension().is_none_or(|extension| extension != "tmp") {
                let bytes = fs::read(&path).unwrap();
                found.push((path.strip_prefix(directory).unwrap().to_owned(), bytes));
            }
        }
    }
    found.sort();
    found
}

/// A scratch directory that is removed with this.
struct Scratch(tempfile::TempDir);

impl Scratch {
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
