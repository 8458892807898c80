//! `restic-replay check`: what another restic does differently.
#![allow(clippy::print_stdout, reason = "it is a program")]

use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use restic_core::Scenario;

use super::again::{self, Trouble};
use super::journal::find_in_path;
use super::report;
use super::session::StandIn;
use crate::drift::{Drift, Severity};

const USAGE: &str = "\
usage: restic-replay check DIR [--restic PATH] [--json] [-- COMMAND…]

Makes the calls of a recording once more with another restic, and reports what differs. With a
command, that makes the calls, as when it was recorded; without one they are made from the
recording, in a directory of their own.

  DIR            the recording, a directory with a scenario.json
  --restic PATH  the other restic; the one in PATH, if none is named
  --json         prints one document for programs

Exit codes: 0 when nothing differs that programs may fail on, 1 when something does, 2 when
nothing could be compared.";

/// The exit code when nothing could be compared.
const NOT_COMPARED: u8 = 2;

struct Options {
    scenario: PathBuf,
    restic: Option<PathBuf>,
    is_json: bool,
    /// What makes the recorded calls. Without it they are made from the recording.
    command: Vec<OsString>,
}

impl Options {
    /// None when only help is wanted.
    fn read(mut arguments: impl Iterator<Item = OsString>) -> Result<Option<Self>, String> {
        let wrong = |what: &str| format!("{what}\n{USAGE}");
        let (mut scenario, mut restic, mut is_json) = (None, None, false);
        let mut command = None;
        while let Some(word) = arguments.next() {
            match word.to_str() {
                Some("--") => {
                    command = Some(arguments.by_ref().collect::<Vec<_>>());
                    break;
                }
                Some("--help" | "-h") => return Ok(None),
                Some("--json") => is_json = true,
                Some("--restic") => {
                    let path = arguments.next();
                    restic = Some(path.ok_or_else(|| wrong("--restic needs a path"))?.into());
                }
                Some(option) if option.starts_with('-') => {
                    return Err(wrong(&format!("{option} is not understood")));
                }
                _ if scenario.is_none() => scenario = Some(PathBuf::from(word)),
                _ => {
                    let word = word.display();
                    return Err(wrong(&format!("{word} is one recording too many")));
                }
            }
        }
        if command.as_ref().is_some_and(Vec::is_empty) {
            return Err(wrong("there is no command after --"));
        }
        Ok(Some(Self {
            scenario: scenario.ok_or_else(|| wrong("which recording?"))?,
            restic,
            is_json,
            command: command.unwrap_or_default(),
        }))
    }
}

/// Ends with 1 when something differs that programs may fail on.
pub(crate) fn run(arguments: impl Iterator<Item = OsString>, this_program: &Path) -> ExitCode {
    let compared = Options::read(arguments).and_then(|options| match options {
        Some(options) => compare(&options, this_program),
        None => {
            println!("{USAGE}");
            Ok(ExitCode::SUCCESS)
        }
    });
    compared.unwrap_or_else(|problem| {
        report::say(&problem);
        ExitCode::from(NOT_COMPARED)
    })
}

fn compare(options: &Options, this_program: &Path) -> Result<ExitCode, String> {
    let scenario = load(&options.scenario)?;
    let restic = options.restic.clone();
    let restic = restic
        .or_else(|| find_in_path("restic", &PathBuf::new()))
        .ok_or("there is no restic in PATH: name it with --restic PATH")?;
    let restic = std::path::absolute(restic).map_err(|error| error.to_string())?;
    let directory = options.scenario.display();
    let (drift, has_failed) = match options.command.split_first() {
        None => match again::check(&scenario, &restic) {
            Ok(drift) => (drift, false),
            Err(Trouble::Other(problem)) => return Err(problem),
            Err(Trouble::Recording(problem)) => {
                return Err(format!(
                    "{problem}\n  it cannot be made from the recording alone: give the command \
                     that was recorded, as in\n  restic-replay check {directory} -- COMMAND…"
                ));
            }
        },
        Some((program, words)) => by_command(&scenario, &restic, this_program, program, words)?,
    };
    if options.is_json {
        let json = serde_json::to_string_pretty(&drift).map_err(|error| error.to_string())?;
        println!("{json}");
    } else {
        print!("{drift}");
    }
    Ok(if has_failed || drift.worst() == Some(Severity::Error) {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}

fn load(directory: &Path) -> Result<Scenario, String> {
    Scenario::load(directory).map_err(|error| {
        let entries = fs::read_dir(directory).into_iter().flatten().flatten();
        let paths = entries.map(|entry| entry.path());
        let mut inside: Vec<_> = paths
            .filter(|path| path.join("scenario.json").is_file())
            .map(|path| path.display().to_string())
            .collect();
        inside.sort();
        match inside.is_empty() {
            true => error.to_string(),
            false => format!(
                "{} holds several recordings: name one of\n  {}",
                directory.display(),
                inside.join("\n  ")
            ),
        }
    })
}

/// Records the command once more, beside the recording that there is, and says whether it failed.
fn by_command(
    scenario: &Scenario,
    restic: &Path,
    this_program: &Path,
    program: &OsString,
    words: &[OsString],
) -> Result<(Drift, bool), String> {
    let stand_in = StandIn::record(restic.to_owned(), this_program)?;
    // What it prints is no part of the report.
    let status = Command::new(program)
        .args(words)
        .envs(stand_in.variables())
        .stdout(io::stderr())
        .status();
    let status = status.map_err(|error| format!("{}: {error}", program.display()))?;
    let kept = tempfile::tempdir().map_err(|error| error.to_string())?;
    let directory = kept.path().join("again");
    let failed = format!("the command failed ({status})");
    // It is new: there is nothing that it would have to wait beside.
    let keep = stand_in.keep(&directory, "restic-replay check", Vec::new());
    let _ = keep.map_err(|error| match status.success() {
        true => error,
        false => format!("{failed}, and there is nothing to compare: {error}"),
    })?;
    if !status.success() {
        report::say(&format!("{failed}: with this restic it does not work"));
    }
    let new = Scenario::load(directory).map_err(|error| error.to_string())?;
    let drift = Drift::between(scenario, &new).map_err(|error| error.to_string())?;
    Ok((drift, !status.success()))
}
