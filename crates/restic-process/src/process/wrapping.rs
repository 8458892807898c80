use std::ffi::OsStr;
use std::fmt::Debug;
use std::panic::RefUnwindSafe;
use std::path::Path;

#[cfg(unix)]
use rustix::process::Pid;

#[cfg(unix)]
use super::descendants::{Descendant, Descendants};
#[cfg(unix)]
use super::texts::Texts;
use crate::{Invocation, Process, StartError};

/// What a start comes to.
pub(super) type Started = Result<Box<dyn Process>, StartError>;

/// What is done otherwise when another program runs restic.
///
/// Few programs have a wrapper: the others reach this through a pointer that only the setter
/// brings along, and have no part of it in them.
pub(super) trait Wrapping: Debug + Send + Sync + RefUnwindSafe {
    /// The program, as it was named.
    fn name(&self) -> &OsStr;

    /// Starts it, so that it runs this program as that is to be called.
    fn start(
        &self,
        program: &OsStr,
        invocation: &Invocation,
        start: &dyn Fn(&Path, &Invocation) -> Started,
    ) -> Started;

    /// How restic is known among those that the wrapper starts, whose words these are.
    #[cfg(unix)]
    fn restic(&self, words: &Texts) -> Box<dyn Wrapped>;
}

/// A restic that a wrapper has started.
#[cfg(unix)]
pub(super) trait Wrapped: Send + Sync {
    /// The one that is it.
    fn among<'a>(&self, started: &'a Descendants, wrapper: Pid) -> Option<&'a Descendant>;
}
