use std::ffi::{OsStr, OsString};
use std::fmt::Debug;
use std::path::Path;

#[cfg(unix)]
use rustix::process::Pid;

#[cfg(unix)]
use super::descendants::{Descendant, Descendants};
#[cfg(any(unix, windows))]
use super::hand_over::Variable;
#[cfg(unix)]
use super::texts::Texts;
#[cfg(any(unix, windows))]
use crate::Argument;
use crate::StartError;

/// What is done otherwise when another program runs restic.
///
/// Few programs have a wrapper: the others reach this through a pointer that only the setter
/// brings along, and have no part of it in them.
pub(super) trait Wrapping: Debug + Send + Sync {
    /// The program, as it was named.
    fn name(&self) -> &OsStr;

    /// The program, as it is started.
    fn path(&self) -> Result<&Path, StartError>;

    /// What comes before the arguments of this program, its name last.
    fn words_before_arguments(&self, program: &OsStr) -> Result<Vec<OsString>, StartError>;

    /// The variable by which an argument goes. Absent for what stays an argument.
    #[cfg(any(unix, windows))]
    fn variable(&self, argument: &Argument) -> Result<Option<Variable>, StartError>;

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
