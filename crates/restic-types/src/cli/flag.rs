use super::span::{Span, releases};
use super::value::Value;
use crate::restic_version::ResticVersion;

/// One flag of a command, or of all of them.
///
/// Two commands may have a flag of the same name which differ in all the rest: `backup --host` is one text,
/// `snapshots --host` a list.
#[derive(Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Flag {
    /// Its long form without the dashes: `"keep-daily"`.
    pub name: &'static str,
    /// Its one-letter form, without the dash. Absent when it has none.
    pub short: Option<char>,
    /// What it takes, in the newest release. See [`Flag::value_in`] for older ones.
    pub value: Value,
    /// What the help calls its value: `"file"`, `"pattern"`, `"n"`. Absent when it takes none.
    pub placeholder: Option<&'static str>,
    /// The first release that has the flag, [`OLDEST`](super::OLDEST) when it is older than what we support.
    pub since: ResticVersion,
    /// The last release that has the flag. Absent when the newest restic still has it.
    pub until: Option<ResticVersion>,
    /// What it took before: the first release with the value of today, and the value until then.
    /// Absent when it never changed.
    pub changed: Option<(ResticVersion, Value)>,
    /// The releases that do not list the flag in their help, although they have it. Absent when all of them do.
    pub hidden: Option<Span>,
    /// What to use instead. Absent when the flag is not deprecated.
    pub deprecated: Option<&'static str>,
    /// Which builds have the flag, as a note for people. Absent when every build does.
    pub builds: Option<&'static str>,
}

impl Flag {
    /// What the flag takes in this release.
    ///
    /// `backup --tag=a,b` is two tags since restic 0.12.0; before, it was one with a comma in it.
    #[must_use]
    pub fn value_in(&self, release: ResticVersion) -> Value {
        match self.changed {
            Some((today, before)) if release < today => before,
            _ => self.value,
        }
    }
}

releases!(Flag);
