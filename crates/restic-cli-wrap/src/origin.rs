use std::sync::Arc;

use restic_process::{Executor, Runner};

use crate::settling::Settling;
use crate::slots::Bound;
use crate::version::Versions;

/// What starts restic for a client and those made from it, and what they know together.
#[derive(Clone, Debug)]
pub(crate) struct Origin {
    pub(crate) executor: Arc<dyn Executor>,
    /// The same, when it starts a real program.
    runner: Option<Arc<Runner>>,
    pub(crate) versions: Arc<Versions>,
    pub(crate) settling: Arc<Settling>,
    /// Absent when any number of runs is allowed.
    pub(crate) slots: Option<Arc<dyn Bound>>,
}

impl Origin {
    pub(crate) fn program(runner: Runner) -> Self {
        let runner = Arc::new(runner);
        Self::new(Arc::clone(&runner) as Arc<dyn Executor>, Some(runner))
    }

    pub(crate) fn executor(executor: Arc<dyn Executor>) -> Self {
        Self::new(executor, None)
    }

    fn new(executor: Arc<dyn Executor>, runner: Option<Arc<Runner>>) -> Self {
        Self {
            executor,
            versions: Arc::new(Versions::new(None, runner.clone())),
            runner,
            settling: Arc::default(),
            slots: None,
        }
    }

    /// What starts the program, when it is a real one.
    pub(crate) fn runner(&self) -> Option<&Runner> {
        self.runner.as_deref()
    }

    /// The program that runs restic, if another does.
    pub(crate) fn wrapper(&self) -> Option<String> {
        let wrapper = self.runner.as_ref()?.wrapper_program()?;
        Some(wrapper.to_string_lossy().into_owned())
    }

    /// The same, for clients that wait for the background work of each other, and whose runs
    /// are counted together.
    pub(crate) fn sharing_with(self, other: &Self) -> Self {
        Self {
            settling: Arc::clone(&other.settling),
            slots: other.slots.clone(),
            ..self
        }
    }

    /// The same with a bound of its own.
    pub(crate) fn with_slots(self, slots: Arc<dyn Bound>) -> Self {
        Self {
            slots: Some(slots),
            ..self
        }
    }

    /// The same for a client that was given the version to trust, if it was. What is known of
    /// the version is shared with those that trust the same.
    pub(crate) fn trusting(self, version: Option<&str>) -> Self {
        if self.versions.trusted() == version {
            return self;
        }
        let versions = Versions::new(version.map(str::to_owned), self.runner.clone());
        Self {
            versions: Arc::new(versions),
            ..self
        }
    }
}
