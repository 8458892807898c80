//! `restic-replay check`: what another restic does differently.
#![allow(clippy::print_stdout, reason = "it is a program")]

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use restic_core::Scenario;

use super::again;
use super::journal::find_in_path;
use super::session::StandIn;
use crate::drift::{Drift, Severity};

const USAGE: &str = "restic-replay check DIR [--restic PATH] [--json] [-- COMMAND…]";

struct Options {
    scenario: PathBuf,
    restic: Option<PathBuf>,
    is_json: bool,
    /// What makes the recorded calls. Without it they are made from the recording.
    command: Vec<OsString>,
}

impl Options {
    fn read(mut arguments: impl Iterator<Item = OsString>) -> Result<Self, String> {
        let usage = || format!("usage: {USAGE}");
        let (mut scenario, mut restic, mut is_json) = (None, None, false);
        while let Some(word) = arguments.next() {
            match word.to_str() {
                Some("--") => break,
                Some("--json") => is_json = true,
                Some("--restic") => restic = Some(arguments.next().ok_or_else(usage)?.into()),
                Some(option) if option.starts_with('-') => return Err(usage()),
                _ if scenario.is_none() => scenario = Some(PathBuf::from(word)),
                _ => return Err(usage()),
            }
        }
        Ok(Self {
            scenario: scenario.ok_or_else(usage)?,
            restic,
            is_json,
            command: arguments.collect(),
        })
    }
}

/// Ends with 1 when something differs that programs may fail on.
pub(crate) fn run(
    arguments: impl Iterator<Item = OsString>,
    this_program: &Path,
) -> Result<ExitCode, String> {
    let options = Options::read(arguments)?;
    let scenario = Scenario::load(&options.scenario).map_err(|error| error.to_string())?;
    let restic = options
        .restic
        .or_else(|| find_in_path("restic", &PathBuf::new()))
        .ok_or("there is no restic in PATH: name it with --restic PATH")?;
    let restic = std::path::absolute(restic).map_err(|error| error.to_string())?;
    let drift = match options.command.split_first() {
        None => again::check(&scenario, &restic).map_err(|problem| {
            format!(
                "{problem}\n  give the command that makes the calls instead: restic-replay check {} \
                 -- COMMAND…",
                options.scenario.display()
            )
        })?,
        Some((program, words)) => by_command(&scenario, restic, this_program, program, words)?,
    };
    if options.is_json {
        let json = serde_json::to_string_pretty(&drift).map_err(|error| error.to_string())?;
        println!("{json}");
    } else {
        print!("{drift}");
    }
    Ok(if drift.worst() == Some(Severity::Error) {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}

/// Records the command once more, beside the recording that there is.
fn by_command(
    scenario: &Scenario,
    restic: PathBuf,
    this_program: &Path,
    program: &OsString,
    words: &[OsString],
) -> Result<Drift, String> {
    let stand_in = StandIn::record(restic, this_program)?;
    let status = Command::new(program)
        .args(words)
        .envs(stand_in.variables())
        .status();
    let status = status.map_err(|error| format!("{}: {error}", program.display()))?;
    if !status.success() {
        return Err(format!(
            "the command failed ({status}): with this restic it does not work"
        ));
    }
    let kept = tempfile::tempdir().map_err(|error| error.to_string())?;
    let directory = kept.path().join("again");
    // It is new: there is nothing that it would have to wait beside.
    let _ = stand_in.keep(&directory, "restic-replay check", Vec::new())?;
    let new = Scenario::load(directory).map_err(|error| error.to_string())?;
    Drift::between(scenario, &new).map_err(|error| error.to_string())
}
