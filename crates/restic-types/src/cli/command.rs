use super::flag::Flag;
use super::span::{Span, releases};
use crate::restic_version::ResticVersion;

/// One restic command.
#[derive(Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Command {
    /// Its words on the command line, with one space between them: `"backup"`, `"key add"`.
    pub name: &'static str,
    /// What follows the flags, as the usage line of the newest restic that has the command writes it:
    /// `"[FILE/DIR] ..."`. Empty when there is nothing.
    pub operands: &'static str,
    /// The flags of this command alone, by name. See [`Command::flag`] for these and the global ones.
    pub flags: &'static [Flag],
    /// The first release that has the command, [`OLDEST`](super::OLDEST) when it is older than what we support.
    pub since: ResticVersion,
    /// The last release that has the command. Absent when the newest restic still has it.
    pub until: Option<ResticVersion>,
    /// The releases that do not list the command in their help, although they have it. Absent when all of them do.
    pub hidden: Option<Span>,
    /// What to use instead. Absent when the command is not deprecated.
    pub deprecated: Option<&'static str>,
    /// Which builds have the command, as a note for people. Absent when every build does.
    pub builds: Option<&'static str>,
}

releases!(Command);
