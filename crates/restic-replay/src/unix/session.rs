//! One recording or replay, around the command that calls restic.

use std::collections::BTreeMap;
use std::env;
use std::ffi::OsString;
use std::fs;
use std::io;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use restic_core::{Executor, Scenario, Scripted};
use restic_record::{Kept, Recorder};
use tempfile::TempDir;

use super::answer::replayed;
use super::journal::{BINDINGS, Call, JOURNAL, Journal, REAL, SCENARIO};
use super::left::{self, EFFECTS};
use super::outputs;
use super::recorded::Recorded;

/// The variable that has the path of the stand-in.
const RESTIC: &str = "RESTIC_REPLAY_RESTIC";

/// What to say of a command that made no call.
const NOT_CALLED: &str = "the command called no restic, and there is nothing to keep\n  one that calls \
                          it by an absolute path needs `--as PATH`; one that sets a PATH of its own \
                          finds it in the variable RESTIC_REPLAY_RESTIC";

/// A `restic` for one program under test, answered from a recording.
///
/// ```no_run
/// # fn main() -> Result<(), String> {
/// let program = "target/debug/restic-stand-in"; // env!("CARGO_BIN_EXE_restic-stand-in")
/// let restic = restic_replay::StandIn::replay("tests/recordings/nightly/0.19.1", program)?;
/// let status = std::process::Command::new("my-backup").envs(restic.variables()).status();
/// restic.finish()
/// # }
/// ```
#[derive(Debug)]
#[must_use = "a stand-in checks nothing before it is finished"]
pub struct StandIn {
    directory: TempDir,
    journal: Journal,
    real: Option<PathBuf>,
    /// Whether files are recorded, and where they may be made beside the directories for temporary
    /// ones. Absent: they are not, and nowhere else.
    effects: Option<OsString>,
    /// Values of placeholders that no call needs to show.
    bindings: BTreeMap<String, String>,
}

impl StandIn {
    /// Replays this scenario by way of a program that is nothing but
    /// [`stand_in`](crate::stand_in).
    ///
    /// # Errors
    ///
    /// When there is no such scenario or program, or a temporary directory cannot be made.
    pub fn replay(scenario: impl AsRef<Path>, program: impl AsRef<Path>) -> Result<Self, String> {
        let scenario = scenario.as_ref();
        Scenario::load(scenario).map_err(|error| error.to_string())?;
        let scenario = fs::canonicalize(scenario).map_err(|error| error.to_string())?;
        Self::new(Some(scenario), None, program.as_ref())
    }

    /// Records what this restic does.
    pub(crate) fn record(real: PathBuf, program: &Path) -> Result<Self, String> {
        Self::new(None, Some(real), program)
    }

    fn new(
        scenario: Option<PathBuf>,
        real: Option<PathBuf>,
        program: &Path,
    ) -> Result<Self, String> {
        let made = || -> io::Result<TempDir> {
            let directory = tempfile::tempdir()?;
            fs::create_dir(directory.path().join("bin"))?;
            fs::create_dir(directory.path().join("journal"))?;
            let program = fs::canonicalize(program)?;
            symlink(program, directory.path().join("bin/restic"))?;
            Ok(directory)
        };
        let directory = made().map_err(|error| format!("{}: {error}", program.display()))?;
        let journal = Journal {
            directory: directory.path().join("journal"),
            scenario,
        };
        Ok(Self {
            directory,
            journal,
            real,
            effects: None,
            bindings: BTreeMap::new(),
        })
    }

    /// Records files that calls leave, too.
    pub(crate) fn with_effects(mut self) -> Self {
        self.effects = Some("1".into());
        self
    }

    /// Lets calls that left files in the recording make them again in this directory as well, not
    /// only below those for temporary files. See
    /// [`Replay::effects_in`](restic_core::Replay::effects_in).
    ///
    /// # Errors
    ///
    /// When there is no such directory.
    pub fn effects_in(mut self, directory: impl AsRef<Path>) -> Result<Self, String> {
        let directory = directory.as_ref();
        let found = fs::canonicalize(directory);
        let found = found.map_err(|error| format!("{}: {error}", directory.display()))?;
        let mut all: Vec<_> = self.effects.iter().flat_map(env::split_paths).collect();
        all.push(found);
        let all = env::join_paths(all).map_err(|error| error.to_string())?;
        self.effects = Some(all);
        Ok(self)
    }

    /// The path of the stand-in.
    #[must_use]
    pub fn restic(&self) -> PathBuf {
        self.directory.path().join("bin/restic")
    }

    /// The variables for the program under test: `PATH` with the stand-in first, and what the
    /// stand-in itself needs. Those of the test's own process are not changed.
    #[must_use]
    pub fn variables(&self) -> Vec<(OsString, OsString)> {
        let path = env::var_os("PATH").unwrap_or_default();
        let bin = self.directory.path().join("bin");
        let path = env::join_paths(std::iter::once(bin).chain(env::split_paths(&path)));
        let mut variables = vec![
            (OsString::from("PATH"), path.unwrap_or_default()),
            (RESTIC.into(), self.restic().into()),
            (JOURNAL.into(), self.journal.directory.clone().into()),
        ];
        if let Some(scenario) = &self.journal.scenario {
            variables.push((SCENARIO.into(), scenario.into()));
        }
        if let Some(effects) = &self.effects {
            variables.push((EFFECTS.into(), effects.into()));
        }
        if let Ok(bindings) = serde_json::to_string(&self.bindings) {
            variables.push((BINDINGS.into(), bindings.into()));
        }
        if let Some(real) = &self.real {
            variables.push((REAL.into(), real.into()));
        }
        if let Ok(own) = outputs::of_this_process() {
            variables.push((outputs::INHERITED.into(), own.join(" ").into()));
        }
        variables
    }

    /// Says whether everything went as recorded.
    ///
    /// # Errors
    ///
    /// When a call did not match, whether the program cared or not, or a recorded one was
    /// never made.
    pub fn finish(self) -> Result<(), String> {
        let calls = self.calls()?;
        let replay = replayed(&self.journal, &calls)?;
        let verdict = replay.finish().map_err(|report| report.to_string());
        // What went wrong after the start of a call.
        let late = (0..calls.len()).filter_map(|number| self.journal.late_miss(number));
        let late: Vec<_> = late.chain(verdict.err()).collect();
        if late.is_empty() {
            Ok(())
        } else {
            Err(late.join("\n"))
        }
    }

    fn calls(&self) -> Result<Vec<Call>, String> {
        if let Some(problem) = self.journal.refused() {
            return Err(format!("a call of restic was refused: {problem}"));
        }
        let failed = |error: io::Error| format!("the journal: {error}");
        let mut file = self.journal.lock().map_err(failed)?;
        Journal::read(&mut file).map_err(failed)
    }

    /// Keeps what was recorded: the calls are made again, to a recorder, and answered with what
    /// restic has printed.
    pub(crate) fn keep(
        self,
        scenario: &Path,
        again: &str,
        thrown_away: Vec<String>,
    ) -> Result<Kept, String> {
        if self.calls()?.is_empty() {
            return Err(NOT_CALLED.to_owned());
        }
        let name = scenario.to_string_lossy();
        let mut recorder = Recorder::scratch(&name)
            .map_err(|error| error.to_string())?
            .around(Scripted::executor([]))
            .allow_foreign_repositories()
            .note(again)
            .record_again(again)
            .restic_version(self.version()?);
        for secret in thrown_away {
            recorder = recorder.throw_away(secret.as_str());
        }
        for call in self.calls()? {
            for (name, secret) in call.hidden {
                let is_location = name.to_ascii_uppercase().contains("REPOSITORY");
                recorder = match is_location {
                    true => recorder.secret_location(secret.as_str()),
                    false => recorder.secret(name, secret.as_str()),
                };
            }
        }
        self.record_again(&recorder)?;
        recorder.keep(scenario).map_err(|error| error.in_full())
    }

    /// Makes the recorded calls again, to a recorder that answers them with what restic has
    /// printed.
    pub(crate) fn record_again(&self, recorder: &Recorder) -> Result<(), String> {
        let calls = self.calls()?;
        let numbers = 0..calls.len();
        let recorded = numbers.map(|number| Recorded::read(&self.journal, number));
        let recorded = recorded.collect::<Result<Vec<_>, _>>()?;
        let scripts = recorded.iter().map(|call| call.script.clone());
        let executor = recorder.executor_around(Scripted::executor(scripts));
        for (number, (call, recorded)) in calls.iter().zip(&recorded).enumerate() {
            let invocation = self.journal.invocation(number, call);
            let started = executor.start(&invocation);
            let mut process = started.map_err(|error| error.to_string())?;
            let run = recorded.run(&mut *process);
            run.map_err(|error| error.to_string())?;
            let effects = left::read(&self.journal, number)?;
            if !effects.is_empty() {
                recorder.left(effects);
            }
        }
        Ok(())
    }

    /// Makes the replayed calls again, to a replay that answers as this one did. What went wrong
    /// after the start of a call is an error.
    pub(crate) fn replay_again(&self, executor: &dyn Executor) -> Result<(), String> {
        let calls = self.calls()?;
        for (number, call) in calls.iter().enumerate() {
            // A miss was reported to the program, and is remembered by the replay.
            let _ = executor.start(&self.journal.invocation(number, call));
        }
        let late = (0..calls.len()).filter_map(|number| self.journal.late_miss(number));
        let late: Vec<_> = late.collect();
        if late.is_empty() {
            Ok(())
        } else {
            Err(late.join("\n"))
        }
    }

    /// Gives placeholders the values that they have in a test.
    pub(crate) fn bound(mut self, bindings: BTreeMap<String, String>) -> Self {
        self.bindings = bindings;
        self
    }

    fn version(&self) -> Result<String, String> {
        let real = self.real.clone().unwrap_or_default();
        let output = std::process::Command::new(&real).arg("version").output();
        let output = output.map_err(|error| format!("{}: {error}", real.display()))?;
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let version = text
            .strip_prefix("restic ")
            .and_then(|rest| rest.split(' ').next());
        version
            .map(str::to_owned)
            .ok_or_else(|| format!("{} printed {text:?} for its version", real.display()))
    }
}

/// Makes the stand-in reachable under another path as well, as long as this lives.
#[derive(Debug)]
pub(crate) struct Alias(PathBuf);

impl Alias {
    pub(crate) fn new(path: PathBuf, stand_in: &StandIn) -> Result<Self, String> {
        symlink(stand_in.restic(), &path)
            .map_err(|error| format!("{}: {error}", path.display()))?;
        Ok(Self(path))
    }
}

impl Drop for Alias {
    fn drop(&mut self) {
        // It is ours; nothing else can be done about it.
        let _ = fs::remove_file(&self.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_recording_names_the_command() {
        let error = StandIn::replay("/no/such", "/bin/true").unwrap_err();
        assert!(
            error.contains("restic-replay record --scenario /no/such"),
            "{error}"
        );
    }
}
