//! Records the scenarios of `fixtures/` with real restic: `cargo xtask record`.

use std::any::Any;
use std::env;
use std::net::{Ipv4Addr, TcpListener};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use restic_cli_wrap::core::{Kept, PendingRecording, Recorder, Runner};
use restic_cli_wrap::{RecordError, Restic, commands::Version};
use restic_test_support::outside::Outside;
use restic_test_support::played::{Played, Unlucky};
use restic_test_support::scenarios::{self, Scenario};
use restic_test_support::stage::Stage;

use crate::backends;
use crate::task::{Outcome, Result};

const USAGE: &str = "\
usage: cargo xtask record [--check] [--only SCENARIO,…] [RESTIC…]

Plays every scenario with every restic and puts what is recorded into fixtures/. The binaries are
those that are named, or else those of RESTIC_BINARIES.

  --check            replaces nothing; a difference is a failure, shown with its file and line
  --only NAME,NAME   plays only these scenarios";

/// What is recorded again in CI.
const FEW: &str = "empty-repository,wrong-password,no-repository,restore-of-nothing";

/// How often a scenario is played when restic does something in a random order. The unluckiest one
/// comes out in every fourth attempt.
const ATTEMPTS: usize = 40;

/// How the command that records a scenario again is written.
const AGAIN: &str = "cargo xtask record --only";

/// Records scenarios with each of these binaries, and puts them in the place of the old ones. With
/// `--check` nothing is replaced, and a difference is a failure. What fails does not keep the
/// others from being recorded.
pub(crate) fn run(arguments: impl Iterator<Item = String>) -> Outcome {
    let Some(options) = Options::read(arguments)? else {
        println!("{USAGE}");
        return Ok(());
    };
    // What is saved has the directories above it, up to the root.
    if env::temp_dir() != Path::new("/tmp") {
        return Err("the sources have to be in /tmp: unset TMPDIR".into());
    }
    let (mut different, mut failures) = (Vec::new(), Vec::new());
    for binary in &options.binaries {
        let restic = Recorded::by(binary)?;
        for scenario in &options.scenarios {
            let name = format!("{} {}", scenario.name, restic.version);
            match options.record(&restic, scenario) {
                Ok(true) => different.push(name),
                Ok(false) => {}
                Err(error) => {
                    println!("{name}: failed");
                    failures.push(format!("{name}: {error}"));
                }
            }
        }
    }
    if options.is_check && !different.is_empty() {
        let list = different.join(", ");
        failures.push(format!(
            "restic does something else now than in the recording: {list}"
        ));
    }
    if failures.is_empty() {
        return Ok(());
    }
    Err(failures.join("\n").into())
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
    /// None when only help is wanted.
    fn read(mut arguments: impl Iterator<Item = String>) -> Result<Option<Self>> {
        let (mut is_check, mut names, mut binaries) = (false, Vec::new(), Vec::new());
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--check" => is_check = true,
                "--only" => {
                    let list = arguments.next().ok_or(USAGE)?;
                    names.extend(list.split(',').map(str::to_owned));
                }
                "--help" | "-h" => return Ok(None),
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
        Ok(Some(Self {
            is_check,
            scenarios,
            binaries,
        }))
    }

    /// Records a scenario and says how that went. True when it is different now.
    fn record(&self, restic: &Recorded, scenario: &Scenario) -> Result<bool> {
        let relative = format!("fixtures/{}/{}", scenario.name, restic.version);
        let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let directory = directory.join(&relative);
        let begin = Instant::now();
        let (kept, attempts) = restic.record(scenario, &directory, self.is_check)?;
        let said = match kept {
            Kept::New => "recorded",
            Kept::Unchanged => "the same",
            _ => "different",
        };
        let attempts = match attempts {
            1 => String::new(),
            attempts => format!(", in {attempts} attempts"),
        };
        let seconds = begin.elapsed().as_secs_f32();
        println!(
            "{} {}: {said}{attempts}, {seconds:.1} s",
            scenario.name, restic.version
        );
        let Kept::Pending(_) = kept else {
            return Ok(false);
        };
        let pending = PendingRecording::of(&directory)?;
        for line in pending.diff()?.lines() {
            match line.starts_with(' ') {
                true => println!("{line}"),
                false => println!("{relative}/{line}"),
            }
        }
        if self.is_check {
            pending.reject()?;
        } else {
            pending.accept()?;
        }
        Ok(true)
    }
}

/// A restic that is recorded.
struct Recorded<'a> {
    binary: &'a Path,
    version: String,
    rest_server: Option<PathBuf>,
}

/// Records a scenario for a comparison, as far as it comes, in a directory where there is nothing
/// yet. Says why it came no further.
pub(crate) fn trial(
    scenario: &Scenario,
    binary: &Path,
    version: &str,
    directory: &Path,
) -> Result<Option<String>> {
    let restic = Recorded::of(binary, version.to_owned());
    let mut attempt = 1;
    loop {
        let played = restic.play(scenario, true, |stage| {
            stage.allow_any_order();
            // What a scenario takes for granted may be what has changed.
            let played = catch_unwind(AssertUnwindSafe(|| (scenario.play)(stage)));
            played.unwrap_or_else(|panic| Err(said(&*panic).into()))
        })?;
        let (recorder, stopped) = (played.0, played.1.err());
        let is_unlucky = stopped.as_ref().is_some_and(|error| error.is::<Unlucky>());
        if !is_unlucky || attempt == ATTEMPTS {
            // Nothing is there that it would have to wait beside.
            let _: Kept = recorder.keep(directory).map_err(|error| error.in_full())?;
            return Ok(stopped.map(|error| error.to_string()));
        }
        attempt += 1;
    }
}

/// What a panic says.
fn said(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    let text = text.or_else(|| panic.downcast_ref::<&str>().copied());
    text.unwrap_or("it panicked")
}

impl<'a> Recorded<'a> {
    fn by(binary: &'a Path) -> Result<Self> {
        let restic = Restic::builder().binary(binary).build();
        Ok(Self::of(binary, restic.run(Version::new())?.version))
    }

    fn of(binary: &'a Path, version: String) -> Self {
        Self {
            binary,
            version,
            rest_server: backends::rest_server(Some(binary)).ok(),
        }
    }

    /// Plays a scenario until it comes out as it is recorded, and says in how many attempts.
    fn record(
        &self,
        scenario: &Scenario,
        directory: &Path,
        is_trial: bool,
    ) -> Result<(Kept, usize)> {
        for attempt in 1..=ATTEMPTS {
            match self.attempt(scenario, directory, is_trial) {
                Ok(kept) => return Ok((kept, attempt)),
                Err(error) if error.is::<Unlucky>() => {}
                Err(error) => {
                    let recording = error.downcast_ref::<RecordError>();
                    let error = recording.map_or_else(|| error.to_string(), RecordError::in_full);
                    return Err(error.into());
                }
            }
        }
        Err(format!("{Unlucky}, in {ATTEMPTS} attempts").into())
    }

    fn attempt(&self, scenario: &Scenario, directory: &Path, is_trial: bool) -> Result<Kept> {
        let (recorder, played) = self.play(scenario, is_trial, scenario.play)?;
        played?;
        Ok(recorder.keep(directory)?)
    }

    /// Plays a scenario, and gives what was recorded beside how it ended.
    fn play(
        &self,
        scenario: &Scenario,
        is_trial: bool,
        play: impl FnOnce(&mut Stage<'_>) -> Played,
    ) -> Result<(Recorder, Played)> {
        let mut recorder = Recorder::scratch(scenario.name)?
            .note(about(scenario.name))
            .record_again(format!("{AGAIN} {}", scenario.name));
        let server = free_address()?;
        let mut rest_server = None;
        if scenario.has_server {
            recorder = recorder
                .placeholder("server", &server)
                .allow_foreign_repositories();
            rest_server.clone_from(&self.rest_server);
        }
        let outside = Outside::new(
            recorder.directory(),
            self.binary,
            &self.version,
            rest_server,
        )?;
        let program = if scenario.is_unprivileged {
            outside.unprivileged()?
        } else {
            self.binary.to_owned()
        };
        let recorder = if is_trial {
            // What is not kept may be recorded where nobody watches, in CI too.
            recorder.around(Arc::new(Runner::new(program)))
        } else {
            recorder.binary(program)
        };
        let mut stage = Stage::recorded(&recorder, outside, &server);
        let played = play(&mut stage);
        drop(stage);
        Ok((recorder, played))
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
