use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use super::process::ScriptedProcess;
use super::{Scripted, lock};
use crate::{Executor, Invocation, Process, StartError, StartErrorKind};

impl Scripted {
    /// An executor that plays these processes, one for each call. A client that asks restic
    /// for its version makes a call for that, too: [`restic`](Self::restic) answers it.
    pub fn executor(scripts: impl IntoIterator<Item = Scripted>) -> Arc<ScriptedExecutor> {
        Arc::new(ScriptedExecutor::new(scripts, None))
    }

    /// Starts it without an executor, for what a mock returns.
    #[must_use]
    pub fn start(&self) -> Box<dyn Process> {
        Box::new(ScriptedProcess::new(self.clone()))
    }
}

/// Plays scripted processes, one a call, and remembers the calls.
#[derive(Debug)]
pub struct ScriptedExecutor {
    scripts: Mutex<VecDeque<Scripted>>,
    /// What is printed when the version is asked for, without taking a script.
    version: Option<String>,
    calls: Mutex<Vec<Invocation>>,
}

impl ScriptedExecutor {
    pub(super) fn new(
        scripts: impl IntoIterator<Item = Scripted>,
        version: Option<String>,
    ) -> Self {
        Self {
            scripts: Mutex::new(scripts.into_iter().collect()),
            version,
            calls: Mutex::default(),
        }
    }

    /// The calls so far, with those for the version and those that no script was left for.
    #[must_use]
    pub fn calls(&self) -> Vec<Invocation> {
        lock(&self.calls).clone()
    }

    /// How many scripts have not been played. It is 0 at the end of a test whose program made all
    /// the calls that were expected of it.
    #[must_use]
    pub fn unplayed(&self) -> usize {
        lock(&self.scripts).len()
    }
}

impl Executor for ScriptedExecutor {
    fn start(&self, invocation: &Invocation) -> Result<Box<dyn Process>, StartError> {
        lock(&self.calls).push(invocation.clone());
        if let Some(version) = &self.version
            && invocation.command_name() == Some("version")
        {
            return Ok(Scripted::new().stdout(version).start());
        }
        let next = lock(&self.scripts).pop_front();
        let script = next.ok_or_else(|| {
            let message = format!(
                "no script is left for `{invocation}`: an executor plays one for each call, so \
                 write one more, or make one call less"
            );
            StartError::new(StartErrorKind::NotRecorded, message)
        })?;
        match script.start_error {
            Some((kind, message)) => Err(StartError::new(kind, message)),
            None => Ok(Box::new(ScriptedProcess::new(script))),
        }
    }
}
