//! An executor whose calls are remembered.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard};

use crate::assembly::RawCall;
use crate::inherited::Inherited;
use crate::input::WatchedInput;
use crate::process::{Log, RecordedProcess, lock};
use restic_core::for_recorder::location_in_environment;
use restic_core::{
    Effects, EffectsWatch, Executor, Exit, Invocation, Process, StartError, StartErrorKind,
};

/// An executor that remembers what another one did.
pub(crate) struct Recording {
    pub(crate) inner: Arc<dyn Executor>,
    pub(crate) log: Arc<Mutex<Log>>,
    /// Whether files that calls leave are recorded.
    pub(crate) effects: bool,
}

impl Recording {
    pub(crate) fn of(inner: Arc<dyn Executor>, effects: bool) -> Arc<Self> {
        let log = Arc::default();
        Arc::new(Self {
            inner,
            log,
            effects,
        })
    }

    pub(crate) fn log(&self) -> MutexGuard<'_, Log> {
        lock(&self.log)
    }
}

impl fmt::Debug for Recording {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recording")
            .field("inner", &self.inner)
            .finish_non_exhaustive()
    }
}

impl Executor for Recording {
    fn start(&self, invocation: &Invocation) -> Result<Box<dyn Process>, StartError> {
        let argv = argv_of(invocation)?;
        let mut watched = invocation.clone();
        let input = WatchedInput::of(&mut watched.stdin);
        let number = {
            let mut log = self.log();
            log.started += 1;
            log.started
        };
        let watch = if self.effects {
            watch(invocation)
        } else {
            None
        };
        let inner = self.inner.start(&watched)?;
        self.log().running += 1;
        let call = RawCall {
            invocation: invocation.clone(),
            inherited: Inherited::of(invocation),
            argv,
            stdin: None,
            stdout: Vec::new(),
            stderr: Vec::new(),
            exit: Exit::Code(0),
            signal: None,
            left: Ok(Effects::default()),
        };
        let log = Arc::clone(&self.log);
        Ok(Box::new(RecordedProcess::new(
            inner, number, call, input, watch, log,
        )))
    }
}

/// The arguments as they are kept: secrets masked, a repository of the environment added.
fn argv_of(invocation: &Invocation) -> Result<Vec<String>, StartError> {
    let word = |word: std::ffi::OsString| {
        word.into_string().map_err(|word| {
            let message = format!("an argument that is not Unicode cannot be recorded: {word:?}");
            StartError::new(StartErrorKind::InvalidArgument, message)
        })
    };
    let mut argv = invocation
        .masked_arguments()
        .map(word)
        .collect::<Result<Vec<_>, _>>()?;
    if let Some(location) = location_in_environment(invocation, &argv) {
        argv.insert(0, location);
    }
    // How fast a call is and where its cache is does not count on replay.
    argv.retain(|word| !word.starts_with("--cache-dir="));
    Ok(argv)
}

/// Begins to watch what a call leaves. Absent when such a call leaves nothing.
pub(crate) fn watch(invocation: &Invocation) -> Option<EffectsWatch> {
    let words = argv_of(invocation).ok()?;
    EffectsWatch::of(&words, invocation.current_dir.as_deref())
}
