use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::process::FaultyProcess;
use super::{Fault, Kind};
use crate::{Executor, Invocation, Process, StartError};

impl Fault {
    /// The same executor, whose processes this happens to.
    #[must_use]
    pub fn on(self, executor: Arc<dyn Executor>) -> Arc<dyn Executor> {
        Arc::new(FaultyExecutor {
            executor,
            fault: self,
            candidates: AtomicUsize::new(0),
        })
    }
}

#[derive(Debug)]
struct FaultyExecutor {
    executor: Arc<dyn Executor>,
    fault: Fault,
    /// How many calls so far were of the command that is hit.
    candidates: AtomicUsize,
}

impl FaultyExecutor {
    fn hits(&self, invocation: &Invocation) -> bool {
        let wanted = self.fault.command.as_deref();
        if wanted.is_some() && wanted != invocation.command_name() {
            return false;
        }
        let number = self.candidates.fetch_add(1, Ordering::SeqCst) + 1;
        self.fault.call.is_none_or(|call| call == number)
    }
}

impl Executor for FaultyExecutor {
    fn start(&self, invocation: &Invocation) -> Result<Box<dyn Process>, StartError> {
        if !self.hits(invocation) {
            return self.executor.start(invocation);
        }
        if let Kind::Start(kind) = self.fault.kind {
            let message = format!("a fault that was asked for: `{invocation}` is not started");
            return Err(StartError::new(kind, message));
        }
        let process = self.executor.start(invocation)?;
        Ok(Box::new(FaultyProcess::new(process, &self.fault)))
    }
}
