use std::sync::Arc;

use restic_process::for_core::{reader_of, unreadable};

use super::identity::words_of;
use super::input::{Awaited, FedProcess};
use super::left::LeavingProcess;
use super::signalled::Signalled;
use super::state::{FromReader, State, has_read_all};
use crate::effects::{Left, Place};
use crate::scenario::{Input, RecordedCall};
use crate::{Executor, Invocation, Process, StartError, StartErrorKind, Stdin, Stepper};

/// Answers from a replay.
#[derive(Debug)]
pub(super) struct ReplayExecutor(pub(super) Arc<State>);

impl Executor for ReplayExecutor {
    fn start(&self, invocation: &Invocation) -> Result<Box<dyn Process>, StartError> {
        let reader = match &invocation.stdin {
            Stdin::Reader(given) => Some(reader_of(given)?),
            _ => None,
        };
        // Before the replay is asked, as other calls wait for that.
        let given = given(&invocation.stdin)?;
        let answer = self.0.answer(invocation, given.as_ref())?;
        let calls = &self.0.scenario.manifest.calls;
        let call = answer.call.map(|index| &calls[index]);
        let holds = reader.is_some().then(Stepper::holding_for_thread);
        let script = match &holds {
            Some(holds) if call.is_some_and(has_read_all) => answer.script.held_by(holds),
            _ => answer.script,
        };
        let mut process = script.start();
        if let Some(call) = call {
            process = self.signalled(process, call);
            process = self.leaving(process, call, invocation, answer.left);
        }
        let (Some(reader), Some(holds)) = (reader, holds) else {
            return Ok(process);
        };
        let fed = FedProcess::new(
            process,
            reader,
            answer.input.map(|it| self.awaited(it)),
            holds,
        );
        let fed = fed.map_err(|error| {
            let message = "no thread reads the standard input";
            StartError::new(StartErrorKind::Stdin, message).with_source(error)
        })?;
        Ok(Box::new(fed))
    }
}

impl ReplayExecutor {
    /// A process that waits for its signal, if there was one.
    fn signalled(&self, process: Box<dyn Process>, call: &RecordedCall) -> Box<dyn Process> {
        let Some(signal) = call.signal else {
            return process;
        };
        Box::new(Signalled {
            inner: process,
            missed: Some(self.missed()),
            id: call.id.clone(),
            name: signal.name,
        })
    }

    /// A process that leaves files, if it did.
    fn leaving(
        &self,
        process: Box<dyn Process>,
        call: &RecordedCall,
        invocation: &Invocation,
        left: Vec<Left>,
    ) -> Box<dyn Process> {
        if left.is_empty() {
            return process;
        }
        let directory = invocation.current_dir.as_deref();
        let place = Place::of(&words_of(invocation), directory);
        let state = Arc::clone(&self.0);
        let leave = move || state.leave(place.as_ref(), &left);
        let leaving = LeavingProcess::new(process, call.exit, Box::new(leave));
        Box::new(leaving)
    }

    /// What is to come from a reader, compared with this replay.
    fn awaited(&self, input: FromReader) -> Awaited {
        let state = Arc::clone(&self.0);
        Awaited {
            limit: input.limit,
            compare: Box::new(move |given| state.has_read(&input, given)),
        }
    }

    /// Keeps what went wrong after the start of a call.
    fn missed(&self) -> Box<dyn FnOnce(String) + Send> {
        let state = Arc::clone(&self.0);
        Box::new(move |miss| state.progress().misses.push(miss))
    }
}

/// What a call is given. Absent when it is read while the call runs.
fn given(stdin: &Stdin) -> Result<Option<Input>, StartError> {
    match stdin {
        Stdin::Null => Ok(Some(Input::default())),
        Stdin::Bytes(bytes) => Ok(Some(Input::of(bytes))),
        Stdin::File(path) => Input::of_file(path).map_err(|error| unreadable(path, error)),
        Stdin::Reader(_) => Ok(None),
        // Of a restic-process that is newer than this.
        _ => Err(StartError::new(
            StartErrorKind::Stdin,
            "a replay cannot be given standard input of this kind: use the restic-core that \
             belongs to this restic-process",
        )),
    }
}
