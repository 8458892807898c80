/// How programs are started.
#[derive(Clone, Debug, Default)]
pub(super) struct RunnerSettings {
    /// They may ask the terminal of this process.
    pub(super) terminal: bool,
}
