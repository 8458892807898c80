/// Where the program stands to the terminal of this process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::process) enum Session {
    /// In a session of its own: what it starts finds no terminal to ask, and fails instead.
    /// A Ctrl-C does not reach it.
    Own,
    /// In the session and the process group of this process, so that it may ask.
    Shared,
}
