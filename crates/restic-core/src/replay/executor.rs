use std::sync::Arc;

use super::identity::words_of;
use super::left::LeavingProcess;
use super::signalled::Signalled;
use super::state::State;
use crate::effects::Place;
use crate::scenario::RecordedCall;
use crate::{Executor, Invocation, Process, StartError};

/// Answers from a replay.
#[derive(Debug)]
pub(super) struct ReplayExecutor(pub(super) Arc<State>);

impl Executor for ReplayExecutor {
    fn start(&self, invocation: &Invocation) -> Result<Box<dyn Process>, StartError> {
        let answer = self.0.answer(invocation)?;
        let process = answer.script.start();
        let Some(call) = answer.call else {
            return Ok(process);
        };
        let call = &self.0.scenario.manifest.calls[call];
        let process = self.signalled(process, call);
        if answer.left.is_empty() {
            return Ok(process);
        }
        let place = Place::of(&words_of(invocation), invocation.current_dir.as_deref());
        let state = Arc::clone(&self.0);
        let leave = move || state.leave(place.as_ref(), &answer.left);
        let leaving = LeavingProcess::new(process, call.exit.into(), Box::new(leave));
        Ok(Box::new(leaving))
    }
}

impl ReplayExecutor {
    /// A process that waits for its signal, if there was one.
    fn signalled(&self, process: Box<dyn Process>, call: &RecordedCall) -> Box<dyn Process> {
        let Some(signal) = call.signal else {
            return process;
        };
        let state = Arc::clone(&self.0);
        Box::new(Signalled {
            inner: process,
            missed: Some(Box::new(move |miss| state.progress().misses.push(miss))),
            id: call.id.clone(),
            name: signal.name,
        })
    }
}
