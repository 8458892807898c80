use std::sync::Arc;

use super::wrapping::Wrapping;

/// How programs are started.
#[derive(Clone, Debug, Default)]
pub(super) struct RunnerSettings {
    /// They may ask the terminal of this process.
    pub(super) terminal: bool,
    /// What runs restic, if another program does.
    pub(super) wrapper: Option<Arc<dyn Wrapping>>,
}
