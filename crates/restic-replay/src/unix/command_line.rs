//! What a person types.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "it is a program")]

use std::env;
use std::ffi::OsString;
use std::path::PathBuf;
use std::process::{Command, ExitCode, ExitStatus};

use restic_core::Scenario;
use restic_record::{Kept, PendingRecording, Recorder};

use super::check;
use super::journal::find_in_path;
use super::report::{NOT_RECORDED, fail};
use super::session::{Alias, StandIn};

const USAGE: &str = "\
usage: restic-replay record --scenario DIR [--restic PATH] [--as PATH] [--effects]
                            [--throw-away SECRET] -- COMMAND…
       restic-replay replay --scenario DIR [--as PATH] [--effects-in DIR] -- COMMAND…
       restic-replay check DIR [--restic PATH] [--json] [-- COMMAND…]
       restic-replay show|diff|accept|reject DIR";

pub(crate) fn run(arguments: Vec<OsString>) -> ExitCode {
    match dispatch(arguments) {
        Ok(code) => code,
        Err(problem) => fail(&problem),
    }
}

fn dispatch(arguments: Vec<OsString>) -> Result<ExitCode, String> {
    let mut arguments = arguments.into_iter();
    let command = arguments.next().and_then(|word| word.into_string().ok());
    match command.as_deref() {
        Some("record") => record(Options::read(arguments)?),
        Some("replay") => replay(Options::read(arguments)?),
        Some("check") => Ok(check::run(arguments, &this_program()?)),
        Some("--help" | "-h" | "help") => {
            println!("{USAGE}");
            Ok(ExitCode::SUCCESS)
        }
        Some(command @ ("show" | "diff" | "accept" | "reject")) => {
            let (Some(directory), None) = (arguments.next(), arguments.next()) else {
                return Err(USAGE.to_owned());
            };
            look_at(command, PathBuf::from(directory))
        }
        _ => Err(USAGE.to_owned()),
    }
}

struct Options {
    scenario: PathBuf,
    restic: Option<PathBuf>,
    alias: Option<PathBuf>,
    /// Whether files that calls leave are recorded.
    effects: bool,
    /// Where they may be made on replay.
    effects_in: Vec<PathBuf>,
    /// Secrets that may be in the recording.
    thrown_away: Vec<String>,
    command: Vec<OsString>,
}

impl Options {
    fn read(mut arguments: impl Iterator<Item = OsString>) -> Result<Self, String> {
        let (mut scenario, mut restic, mut alias) = (None, None, None);
        let (mut thrown_away, mut effects, mut effects_in) = (Vec::new(), false, Vec::new());
        while let Some(word) = arguments.next() {
            let option = match word.to_str() {
                Some("--") => break,
                Some("--scenario") => &mut scenario,
                Some("--restic") => &mut restic,
                Some("--as") => &mut alias,
                Some("--effects") => {
                    effects = true;
                    continue;
                }
                Some("--effects-in") => {
                    effects_in.push(PathBuf::from(arguments.next().ok_or(USAGE)?));
                    continue;
                }
                Some("--throw-away") => {
                    let secret = arguments.next().ok_or(USAGE)?;
                    thrown_away.push(secret.to_string_lossy().into_owned());
                    continue;
                }
                _ => return Err(format!("{word:?} is not understood\n{USAGE}")),
            };
            let value = arguments.next().ok_or(USAGE)?;
            *option = Some(PathBuf::from(value));
        }
        let command: Vec<_> = arguments.collect();
        match scenario {
            Some(scenario) if !command.is_empty() => Ok(Self {
                scenario,
                restic,
                alias,
                effects,
                effects_in,
                thrown_away,
                command,
            }),
            _ => Err(USAGE.to_owned()),
        }
    }

    fn run(&self, stand_in: &StandIn) -> Result<ExitStatus, String> {
        let alias = self.alias.clone();
        let _alias = alias.map(|path| Alias::new(path, stand_in)).transpose()?;
        Command::new(&self.command[0])
            .args(&self.command[1..])
            .envs(stand_in.variables())
            .status()
            .map_err(|error| format!("{}: {error}", self.command[0].display()))
    }
}

fn this_program() -> Result<PathBuf, String> {
    env::current_exe().map_err(|error| error.to_string())
}

fn record(options: Options) -> Result<ExitCode, String> {
    Recorder::refuse_in_ci().map_err(|error| error.to_string())?;
    let restic = options.restic.clone();
    let real = restic
        .or_else(|| find_in_path("restic", &PathBuf::new()))
        .ok_or("there is no restic in PATH: name it with --restic PATH")?;
    let real = std::path::absolute(real).map_err(|error| error.to_string())?;
    let mut stand_in = StandIn::record(real, &this_program()?)?;
    if options.effects {
        stand_in = stand_in.with_effects();
    }
    let status = options.run(&stand_in)?;
    if !status.success() {
        return Err(format!(
            "the command failed ({status}), and was not recorded"
        ));
    }
    let words = options.command.iter().map(|word| word.to_string_lossy());
    let command = words.collect::<Vec<_>>().join(" ");
    let directory = options.scenario.display();
    let effects = if options.effects { " --effects" } else { "" };
    let again = format!("restic-replay record --scenario {directory}{effects} -- {command}");
    match stand_in.keep(&options.scenario, &again, options.thrown_away)? {
        Kept::New => println!("{directory}: recorded"),
        Kept::Unchanged => println!("{directory}: recorded, and nothing changed"),
        _ => {
            let pending = PendingRecording::of(&options.scenario);
            let diff = pending.and_then(|pending| pending.diff());
            print!("{}", diff.map_err(|error| error.to_string())?);
            println!("the new recording waits: restic-replay accept {directory}");
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn replay(options: Options) -> Result<ExitCode, String> {
    let mut stand_in = StandIn::replay(&options.scenario, this_program()?)?;
    for directory in &options.effects_in {
        stand_in = stand_in.effects_in(directory)?;
    }
    let status = options.run(&stand_in)?;
    if let Err(report) = stand_in.finish() {
        eprintln!("{report}");
        return Ok(ExitCode::from(NOT_RECORDED));
    }
    Ok(ExitCode::from(
        status
            .code()
            .and_then(|code| u8::try_from(code).ok())
            .unwrap_or(1),
    ))
}

fn look_at(command: &str, directory: PathBuf) -> Result<ExitCode, String> {
    if command == "show" {
        let scenario = Scenario::load(directory).map_err(|error| error.to_string())?;
        print!("{scenario}");
        return Ok(ExitCode::SUCCESS);
    }
    let pending = PendingRecording::of(directory).map_err(|error| error.to_string())?;
    let done = match command {
        "accept" => pending.accept(),
        "reject" => pending.reject(),
        _ => pending.diff().map(|diff| print!("{diff}")),
    };
    done.map_err(|error| error.to_string())?;
    Ok(ExitCode::SUCCESS)
}
