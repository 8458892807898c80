use std::ffi::{OsStr, OsString};

use restic_process::Argument;

/// One flag with its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Flag {
    /// With its dashes, such as `--dry-run`.
    pub(crate) name: &'static str,
    pub(crate) value: Option<OsString>,
}

impl Flag {
    /// The flag as one word: a value is joined, so that it is never taken for a flag.
    pub(crate) fn word(&self) -> Argument {
        match &self.value {
            Some(value) => joined(self.name, value),
            None => Argument::Plain(self.name.into()),
        }
    }
}

/// A flag with its value, as one word.
#[inline(never)] // Once, for all that a call is made of.
pub(crate) fn joined(flag: &str, value: &OsStr) -> Argument {
    let mut word = OsString::from(flag);
    word.push("=");
    word.push(value);
    Argument::Plain(word)
}

/// A value that a flag can be given.
pub trait FlagValue {
    /// The value as restic reads it.
    fn render(self) -> OsString;
}

impl FlagValue for OsString {
    fn render(self) -> OsString {
        self
    }
}

impl FlagValue for u32 {
    fn render(self) -> OsString {
        self.to_string().into()
    }
}

impl FlagValue for std::time::Duration {
    /// As Go reads it: whole seconds as `90s`, anything finer in nanoseconds.
    fn render(self) -> OsString {
        match (self.as_secs(), self.subsec_nanos()) {
            (seconds, 0) => format!("{seconds}s").into(),
            (0, rest) => format!("{rest}ns").into(),
            (seconds, rest) => format!("{seconds}{rest:09}ns").into(),
        }
    }
}
