use std::collections::BTreeMap;
use std::env;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use restic_types::canonical::Names;

use restic_core::{Effects, EffectsWatch, Executor, Invocation, Runner, Secret};

use crate::assembly::Assembly;
use crate::error::RecordError;
use crate::executor::{self, Recording};
use crate::gate::Secrets;
use crate::kept::Kept;
use crate::mutex::lock;
use crate::pending::PendingRecording;
use crate::scratch::{Scratch, random_password};
use crate::version::ask_for_version;
use crate::{surroundings, temporary};

/// Records what a program does with restic as a scenario for [`Replay`](restic_core::Replay).
///
/// It owns what makes a recording repeatable and harmless: a directory with a repository in it,
/// and a password that is worth nothing elsewhere. Give the program under test all three, and the
/// [executor](Self::executor):
///
/// ```no_run
/// use restic_core::{Executor, Invocation};
/// use restic_record::Recorder;
///
/// let recorder = Recorder::scratch("list")?;
/// let repository = recorder.repository();
/// let executor = recorder.executor();
/// // … the program under test makes its calls with the executor …
/// recorder.keep("tests/recordings/list/0.19.1")?;
/// # Ok::<(), restic_record::RecordError>(())
/// ```
///
/// A recording is kept only when it works. [`keep`](Self::keep) gives ids, times, directories and
/// whoever records fixed names, so that recording twice gives the same bytes; refuses to write any
/// secret that a call was given, in any form; replays the scenario once; and only then moves it into
/// place, or beside a recording that is already there, where [`PendingRecording`] shows the
/// difference and accepts or rejects it. No real restic is recorded where the variable `CI` is set.
///
/// The search cannot find values that are derived from a secret, or secrets in the data that is
/// saved. That is why the repository and the password are the recorder's own.
#[derive(Debug)]
pub struct Recorder {
    scratch: Scratch,
    password: Secret,
    note: String,
    again: Option<String>,
    version: Option<String>,
    foreign: bool,
    names_are_given: bool,
    thrown_away: Vec<Secret>,
    /// Those that no call shows.
    hidden: Secrets,
    executor: Arc<Recording>,
    /// The real restic that is recorded. Absent when it is something else.
    program: Option<PathBuf>,
    paths: Mutex<BTreeMap<String, PathBuf>>,
}

impl Recorder {
    /// A recorder with an empty directory, which lasts as long as it does. While another
    /// recorder has a directory of that name, this one waits.
    ///
    /// # Errors
    ///
    /// When the directory cannot be made.
    pub fn scratch(name: &str) -> Result<Self, RecordError> {
        Ok(Self {
            scratch: Scratch::new(name)?,
            password: random_password().map_err(RecordError::io("/dev/urandom", "not readable"))?,
            note: name.to_owned(),
            again: None,
            version: None,
            foreign: false,
            names_are_given: false,
            thrown_away: Vec::new(),
            hidden: Secrets::default(),
            executor: Recording::of(Arc::new(Runner::new("restic")), false),
            program: Some("restic".into()),
            paths: Mutex::default(),
        })
    }

    /// Runs this restic. The default is the one that is found in `PATH`.
    #[must_use]
    pub fn binary(self, program: impl AsRef<Path>) -> Self {
        let program = program.as_ref();
        let runner = Runner::new(program);
        Self {
            program: Some(program.to_owned()),
            ..self.around(Arc::new(runner))
        }
    }

    /// Records what this executor does instead of a real restic: a script, or a container's. It
    /// works in CI as well.
    #[must_use]
    pub fn around(mut self, executor: Arc<dyn Executor>) -> Self {
        self.executor = Recording::of(executor, self.executor.effects);
        self.program = None;
        self
    }

    /// Records files that calls leave, too: what `restore --target` and `dump --target` write, and
    /// the outermost files and directories of the repository that `init` makes, without content,
    /// as that is encrypted. A call may leave up to 1,000 files and directories and 1 MiB in all.
    ///
    /// They are made again by a replay that has a directory for them, see
    /// [`Replay::effects_in`](restic_core::Replay::effects_in).
    #[must_use]
    pub fn effects(mut self) -> Self {
        self.executor = Recording::of(Arc::clone(&self.executor.inner), true);
        self
    }

    /// Begins to watch what a call leaves, for one that is answered by another process. Returns
    /// `None` when such a call leaves nothing.
    #[must_use]
    pub fn watch(invocation: &Invocation) -> Option<EffectsWatch> {
        executor::watch(invocation)
    }

    /// Says what the call that began last has left, when another process has watched it.
    pub fn left(&self, effects: Effects) {
        if let Some(mut call) = self.executor.log().calls.last_entry() {
            call.get_mut().left = Ok(effects);
        }
    }

    /// Says what happens in the scenario. The default is its name.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.note = note.into();
        self
    }

    /// The command that records it again, for the reports of calls that do not match.
    #[must_use]
    pub fn record_again(mut self, command: impl Into<String>) -> Self {
        self.again = Some(command.into());
        self
    }

    /// The version of restic, such as `0.19.1`. The default is to ask it.
    #[must_use]
    pub fn restic_version(mut self, version: impl Into<String>) -> Self {
        self.version = Some(version.into());
        self
    }

    /// Allows calls on repositories that are not the recorder's. Their names become part of the
    /// recording.
    #[must_use]
    pub fn allow_foreign_repositories(mut self) -> Self {
        self.foreign = true;
        self
    }

    /// Promises that whoever replays it [binds](restic_core::Replay::bind) every placeholder.
    /// Without it, a recording whose calls do not say what a placeholder stands for is not kept.
    #[must_use]
    pub fn placeholders_are_bound(mut self) -> Self {
        self.names_are_given = true;
        self
    }

    /// Searches the recording for this secret, too, which calls use and do not show: one that they
    /// read from a file, for example. The name is for the error, as in "the recording would have
    /// NAME in it".
    #[must_use]
    pub fn secret(mut self, name: impl Into<String>, secret: impl Into<Secret>) -> Self {
        self.hidden.add_hidden(&name.into(), &secret.into());
        self
    }

    /// Searches the recording for the password in this location of a repository, if it has one,
    /// too: for a location that calls use and do not show.
    #[must_use]
    pub fn secret_location(mut self, location: impl Into<Secret>) -> Self {
        self.hidden.add_hidden_location(&location.into());
        self
    }

    /// Declares that this secret is worth nothing, and may be in the recording. A secret of fewer
    /// than 8 bytes is refused otherwise.
    #[must_use]
    pub fn throw_away(mut self, secret: impl Into<Secret>) -> Self {
        self.thrown_away.push(secret.into());
        self
    }

    /// The real restic that is recorded: a path, or a name that is looked up in `PATH`. Returns
    /// `None` when another executor is recorded.
    #[must_use]
    pub fn program(&self) -> Option<&Path> {
        self.program.as_deref()
    }

    /// Fails in CI, where no real restic is recorded. [`keep`](Self::keep) does the same in the
    /// end; this is for asking before anything is run.
    ///
    /// # Errors
    ///
    /// When the variable `CI` is set to anything but `false`.
    pub fn refuse_in_ci() -> Result<(), RecordError> {
        if is_ci(env::var_os("CI").as_deref()) {
            return Err(RecordError::InCi);
        }
        Ok(())
    }

    /// The recorder's directory, which is removed with it.
    #[must_use]
    pub fn directory(&self) -> &Path {
        &self.scratch.directory
    }

    /// The version of restic that is recorded.
    ///
    /// # Errors
    ///
    /// When it was not named, and restic cannot be asked.
    pub fn version(&self) -> Result<String, RecordError> {
        match &self.version {
            Some(version) => Ok(version.clone()),
            None => ask_for_version(&*self.executor.inner),
        }
    }

    /// A path in the recorder's directory, where nothing is yet. In the recording it is a
    /// placeholder of this name.
    #[must_use]
    pub fn path(&self, name: &str) -> PathBuf {
        let path = self.scratch.directory.join(name);
        let mut paths = lock(&self.paths);
        paths.insert(name.to_owned(), path.clone());
        path
    }

    /// Makes a path outside of the recorder's directory a placeholder of this name.
    #[must_use]
    pub fn placeholder(self, name: &str, path: impl Into<PathBuf>) -> Self {
        let mut paths = lock(&self.paths);
        paths.insert(name.to_owned(), path.into());
        drop(paths);
        self
    }

    /// Where the repository goes: the placeholder `{{repo}}`.
    #[must_use]
    pub fn repository(&self) -> PathBuf {
        self.path("repo")
    }

    /// A password that nobody else has.
    #[must_use]
    pub fn password(&self) -> Secret {
        self.password.clone()
    }

    /// The executor for the program under test.
    #[must_use]
    pub fn executor(&self) -> Arc<dyn Executor> {
        Arc::clone(&self.executor) as Arc<dyn Executor>
    }

    /// An executor whose calls are recorded like those of [`executor`](Self::executor), and
    /// answered by this one: for calls that another process has made.
    #[must_use]
    pub fn executor_around(&self, executor: Arc<dyn Executor>) -> Arc<dyn Executor> {
        Arc::new(Recording {
            inner: executor,
            log: Arc::clone(&self.executor.log),
            effects: false,
        })
    }

    /// The recorded calls that have ended, in the order of their starts.
    #[must_use]
    pub fn calls(&self) -> Vec<Invocation> {
        let log = self.executor.log();
        let calls = log.calls.values();
        calls.map(|call| call.invocation.clone()).collect()
    }

    /// Whether files that calls leave are recorded, see [`effects`](Self::effects).
    #[must_use]
    pub fn has_effects(&self) -> bool {
        self.executor.effects
    }

    /// Keeps the recording in this directory.
    ///
    /// # Errors
    ///
    /// When it would hold a secret, does not replay, or cannot be written. Nothing is changed
    /// then.
    pub fn keep(self, directory: impl AsRef<Path>) -> Result<Kept, RecordError> {
        self.propose(directory)?.settle()
    }

    /// Writes the recording beside this directory, for a trial before it is
    /// [settled](PendingRecording::settle). It has been replayed once, call by call.
    ///
    /// # Errors
    ///
    /// Like [`keep`](Self::keep).
    pub fn propose(self, directory: impl AsRef<Path>) -> Result<PendingRecording, RecordError> {
        if self.program.is_some() {
            Self::refuse_in_ci()?;
        }
        let restic = self.version()?;
        let mut log = self.executor.log();
        if log.running > 0 {
            let running = log.running;
            return Err(RecordError::Running { running });
        }
        let calls: Vec<_> = std::mem::take(&mut log.calls).into_values().collect();
        drop(log);
        let mut names = self.names();
        names.extend(temporary::names(&calls, &self.scratch.directory));
        names.extend(surroundings::names(&calls, &self.scratch.directory, &names));
        let mut secrets = self.hidden.clone();
        secrets.add("the password of the recording", &self.password);
        let assembly = Assembly {
            note: self.note.clone(),
            restic,
            again: self.again.clone(),
            names,
            names_are_given: self.names_are_given,
            secrets,
            thrown_away: self.thrown_away.clone(),
            calls,
        };
        if !self.foreign {
            assembly.check_repositories(&self.scratch.directory)?;
        }
        assembly.propose(directory.as_ref())
    }

    /// The paths that have placeholders.
    fn names(&self) -> Names {
        let paths = lock(&self.paths);
        let named = |(name, path): (&String, &PathBuf)| {
            (
                path.to_string_lossy().into_owned(),
                format!("{{{{{name}}}}}"),
            )
        };
        paths.iter().map(named).collect()
    }
}

/// Whether the variable `CI` says that nobody watches.
fn is_ci(value: Option<&OsStr>) -> bool {
    value.is_some_and(|value| !value.is_empty() && value != "false")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ci_is_known_by_its_variable() {
        for (value, expected) in [("true", true), ("1", true), ("", false), ("false", false)] {
            assert_eq!(is_ci(Some(OsStr::new(value))), expected, "{value}");
        }
        assert!(!is_ci(None));
    }
}
