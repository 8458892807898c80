use std::ffi::OsString;

/// How programs are started.
#[derive(Clone, Debug, Default)]
pub(super) struct RunnerSettings {
    /// They may ask the terminal of this process.
    pub(super) terminal: bool,
    /// What a wrapper is given before the arguments of restic, the name of restic last. Empty
    /// without a wrapper.
    pub(super) prefix: Vec<OsString>,
}
