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

    /// Starts it.
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

    /// The calls so far.
    #[must_use]
    pub fn calls(&self) -> Vec<Invocation> {
        lock(&self.calls).clone()
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
            let message = format!("no scripted response left for `{invocation}`");
            StartError::new(StartErrorKind::NotRecorded, message)
        })?;
        match script.start_error {
            Some((kind, message)) => Err(StartError::new(kind, message)),
            None => Ok(Box::new(ScriptedProcess::new(script))),
        }
    }
}
