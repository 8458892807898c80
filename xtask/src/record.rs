//! Records the scenarios of `fixtures/` with real restic: `cargo xtask record`.

use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use restic_cli_wrap::core::{Kept, PendingRecording, Recorder, Runner};
use restic_cli_wrap::{RecordError, Restic, commands::Version};
use restic_test_support::outside::Outside;
use restic_test_support::played::Unlucky;
use restic_test_support::scenarios::{self, Scenario};
use restic_test_support::stage::Stage;

use crate::backends;
use crate::task::{Outcome, Result};

const USAGE: &str = "usage: cargo xtask record [--check] [--only SCENARIO,…] [RESTIC…]";

/// What is recorded again in CI.
const FEW: &str = "empty-repository,wrong-password,no-repository,restore-of-nothing";

/// How often a scenario is played when restic does something in a random order.
const ATTEMPTS: usize = 40;

/// How the command that records a scenario again is written.
const AGAIN: &str = "cargo xtask record --only";

/// Records scenarios with each of these binaries, and puts them in the place of the old ones. With
/// `--check` nothing is replaced, and a difference is a failure.
pub(crate) fn run(arguments: impl Iterator<Item = String>) -> Outcome {
    let options = Options::read(arguments)?;
    let mut different = Vec::new();
    for binary in &options.binaries {
        let version = Restic::builder()
            .binary(binary)
            .build()
            .run(Version::new())?
            .version;
        for scenario in &options.scenarios {
            let name = scenario.name;
            let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures");
            let directory = directory.join(name).join(&version);
            let attempt = || options.record(scenario, binary, &version, &directory);
            let mut kept = attempt();
            for _ in 1..ATTEMPTS {
                if !kept.as_ref().is_err_and(|error| error.is::<Unlucky>()) {
                    break;
                }
                kept = attempt();
            }
            let kept = kept.map_err(|error| {
                let recording = error.downcast_ref::<RecordError>();
                let error = recording.map_or_else(|| error.to_string(), RecordError::in_full);
                format!("{name} {version}: {error}")
            })?;
            println!("{name} {version}: {}", said(&kept));
            if let Kept::Pending(_) = kept {
                let pending = PendingRecording::of(&directory)?;
                print!("{}", pending.diff()?);
                if options.is_check {
                    pending.reject()?;
                    different.push(format!("{name} {version}"));
                } else {
                    pending.accept()?;
                }
            }
        }
    }
    if different.is_empty() {
        return Ok(());
    }
    Err(format!(
        "restic does something else now than in the recording: {}",
        different.join(", ")
    )
    .into())
}

/// Checks a few recordings that cost little: that the same comes out again.
pub(crate) fn run_few() -> Outcome {
    if crate::task::binaries(Vec::new()).is_empty() {
        return crate::task::skip("RESTIC_BINARIES names no real restic");
    }
    run(["--check", "--only", FEW].map(str::to_owned).into_iter())
}

struct Options {
    is_check: bool,
    scenarios: Vec<&'static Scenario>,
    binaries: Vec<PathBuf>,
}

impl Options {
    fn read(mut arguments: impl Iterator<Item = String>) -> Result<Self> {
        let (mut is_check, mut names, mut binaries) = (false, Vec::new(), Vec::new());
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--check" => is_check = true,
                "--only" => {
                    let list = arguments.next().ok_or(USAGE)?;
                    names.extend(list.split(',').map(str::to_owned));
                }
                option if option.starts_with('-') => return Err(USAGE.into()),
                _ => binaries.push(argument),
            }
        }
        let binaries = crate::task::binaries(binaries);
        if binaries.is_empty() {
            return Err("name restic binaries, or set RESTIC_BINARIES".into());
        }
        let named = |name: &String| {
            let found = scenarios::named(name);
            found.ok_or_else(|| match restic_fixtures::find(name, "0.19.1") {
                Err(error) => error.to_string(),
                Ok(_) => format!("{name} cannot be played"),
            })
        };
        let scenarios = if names.is_empty() {
            scenarios::ALL.iter().collect()
        } else {
            names.iter().map(named).collect::<Result<_, _>>()?
        };
        Ok(Self {
            is_check,
            scenarios,
            binaries,
        })
    }
}

/// Records a scenario for a comparison, in a directory where there is nothing yet.
pub(crate) fn record_for_trial(
    scenario: &'static Scenario,
    binary: &Path,
    version: &str,
    directory: &Path,
) -> Outcome {
    let options = Options {
        is_check: true,
        scenarios: vec![scenario],
        binaries: Vec::new(),
    };
    // Nothing is there that it would have to wait beside.
    options
        .record(scenario, binary, version, directory)
        .map(drop)
}

fn said(kept: &Kept) -> &'static str {
    match kept {
        Kept::New => "recorded",
        Kept::Unchanged => "the same",
        _ => "different",
    }
}

impl Options {
    fn record(
        &self,
        scenario: &Scenario,
        binary: &Path,
        version: &str,
        directory: &Path,
    ) -> Result<Kept> {
        let mut recorder = Recorder::scratch(scenario.name)?
            .note(about(scenario.name))
            .record_again(format!("{AGAIN} {}", scenario.name));
        let server = free_address()?;
        let mut rest_server = None;
        if scenario.has_server {
            recorder = recorder
                .placeholder("server", &server)
                .allow_foreign_repositories();
            rest_server = backends::rest_server().ok();
        }
        let outside = Outside::new(recorder.directory(), binary, version, rest_server)?;
        let program = if scenario.is_unprivileged {
            outside.unprivileged()?
        } else {
            binary.to_owned()
        };
        let recorder = if self.is_check {
            // What is not kept may be recorded where nobody watches, in CI too.
            recorder.around(Arc::new(Runner::new(program)))
        } else {
            recorder.binary(program)
        };
        let mut stage = Stage::recorded(&recorder, outside, &server);
        (scenario.play)(&mut stage)?;
        drop(stage);
        Ok(recorder.keep(directory)?)
    }
}

/// What the index says of a scenario; its name when it is new.
fn about(name: &str) -> &str {
    restic_fixtures::Scenario::named(name).map_or(name, |scenario| scenario.about)
}

/// An address at which nothing listens now.
fn free_address() -> std::io::Result<String> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    Ok(listener.local_addr()?.to_string())
}
