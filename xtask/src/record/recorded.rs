//! One scenario, recorded with one restic.

use std::any::Any;
use std::net::{Ipv4Addr, TcpListener};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use restic_cli_wrap::core::Runner;
use restic_cli_wrap::record::{Kept, Recorder};
use restic_cli_wrap::{RecordError, Restic, commands::Version};
use restic_test_support::outside::Outside;
use restic_test_support::played::{Played, Unlucky};
use restic_test_support::scenarios::Scenario;
use restic_test_support::stage::Stage;

use crate::backends;
use crate::task::Result;

/// How often a scenario is played when restic does something in a random order. The unluckiest one
/// comes out in every fourth attempt.
const ATTEMPTS: usize = 40;

/// How the command that records a scenario again is written.
const AGAIN: &str = "cargo xtask record --only";

/// A restic that is recorded.
pub(super) struct Recorded<'a> {
    binary: &'a Path,
    pub(super) version: String,
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
            play(scenario, stage)
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

/// Plays a scenario. What it takes for granted may be what has changed: a panic is an error.
fn play(scenario: &Scenario, stage: &mut Stage<'_>) -> Played {
    let played = catch_unwind(AssertUnwindSafe(|| (scenario.play)(stage)));
    played.unwrap_or_else(|panic| Err(said(&*panic).into()))
}

/// What a panic says.
fn said(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    let text = text.or_else(|| panic.downcast_ref::<&str>().copied());
    text.unwrap_or("it panicked")
}

impl<'a> Recorded<'a> {
    pub(super) fn by(binary: &'a Path) -> Result<Self> {
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
    pub(super) fn record(
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
        let (recorder, played) = self.play(scenario, is_trial, |stage| play(scenario, stage))?;
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
