use std::ffi::OsStr;

use restic_process::{Cause, Exit, Invocation};
use restic_types::search::contains;

use crate::ErrorKind;
use crate::diagnostics::Diagnostics;
use crate::failure::{self, LastWords, classify};

/// How a run ended.
#[derive(Debug)]
pub struct RunEnd<'a> {
    pub(crate) exit: Exit,
    /// Why it was stopped, if it was.
    pub(crate) cause: Option<Cause>,
    pub(crate) diagnostics: &'a Diagnostics,
    pub(crate) invocation: &'a Invocation,
    /// Whether restic was asked to print less.
    pub(crate) quiet: bool,
}

/// Why a run is not what was asked for.
#[derive(Debug)]
pub struct DecodeFailure<T> {
    pub(crate) kind: ErrorKind,
    pub(crate) message: String,
    pub(crate) partial: Option<T>,
}

/// The same without a result of any type.
#[derive(Debug)]
pub(crate) struct Fault {
    pub(crate) kind: ErrorKind,
    pub(crate) message: String,
}

impl Fault {
    pub(crate) fn new(kind: ErrorKind, message: &str) -> Self {
        let message = message.to_owned();
        Self { kind, message }
    }

    /// Adds these words, with what stands before them.
    pub(crate) fn add(&mut self, before: &str, words: &str) {
        self.message.push_str(before);
        self.message.push_str(words);
    }

    /// The same with what there is of the result all the same.
    pub(crate) fn with<T>(self, partial: Option<T>) -> DecodeFailure<T> {
        DecodeFailure {
            kind: self.kind,
            message: self.message,
            partial,
        }
    }
}

impl<T> DecodeFailure<T> {
    /// A failure of this kind, with a message for people: one lower-case fragment.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            partial: None,
        }
    }

    /// Adds what there is of the result all the same: [`Error::partial`](crate::Error::partial).
    #[must_use]
    pub fn with(mut self, partial: Option<T>) -> Self {
        self.partial = partial;
        self
    }

    /// What there is of the result, and why it is not all of it.
    pub(crate) fn into_parts(self) -> (Option<T>, Option<Fault>) {
        let Self {
            kind,
            message,
            partial,
        } = self;
        (partial, Some(Fault { kind, message }))
    }

    /// The same failure of a result that this one is a part of.
    pub(crate) fn map<U>(self, whole: impl FnOnce(T) -> U) -> DecodeFailure<U> {
        DecodeFailure {
            kind: self.kind,
            message: self.message,
            partial: self.partial.map(whole),
        }
    }
}

impl RunEnd<'_> {
    /// How restic ended.
    #[must_use]
    pub fn exit(&self) -> Exit {
        self.exit
    }

    /// Why the run was stopped. Absent when restic ended by itself.
    #[must_use]
    pub fn cause(&self) -> Option<Cause> {
        self.cause
    }

    /// Whether the client asked restic to print [less](crate::ResticBuilder::quiet), so that
    /// what is usually said may be missing.
    #[must_use]
    pub fn is_quiet(&self) -> bool {
        self.quiet
    }

    /// Whether restic ended by itself and says that all is well.
    #[must_use]
    pub fn is_success(&self) -> bool {
        self.cause.is_none() && self.exit.is_success()
    }

    /// restic's own words for why it failed, with secrets masked.
    #[must_use]
    pub fn reason(&self) -> String {
        self.diagnostics.shown(&self.raw_reason())
    }

    /// The same as restic said them.
    pub(crate) fn raw_reason(&self) -> String {
        let reason = failure::reason(self.exit, self.diagnostics);
        reason.unwrap_or_else(|| "restic printed no error message".to_owned())
    }

    /// The failure, from the exit and restic's words.
    #[must_use]
    pub fn failure<T>(&self) -> DecodeFailure<T> {
        self.fault().with(None)
    }

    pub(crate) fn fault(&self) -> Fault {
        let words = LastWords::of(self.diagnostics);
        Fault {
            kind: classify(self.exit, &words, self.diagnostics),
            message: self.reason(),
        }
    }

    /// The failure in restic's last words, whatever the exit says. Absent when they are not known
    /// to mean one.
    pub(crate) fn known_failure<T>(&self) -> Option<DecodeFailure<T>> {
        let failure = self.failure();
        (failure.kind != ErrorKind::Failed).then_some(failure)
    }

    /// The failure in these words of restic's, whatever the exit says.
    pub(crate) fn failure_saying<T>(&self, words: &str) -> DecodeFailure<T> {
        let said = LastWords::saying(words);
        DecodeFailure::new(classify(self.exit, &said, self.diagnostics), words)
    }

    /// The result, when restic ended well and it was found; or else the failure, with what there
    /// is of the result all the same. `missing` says what restic did not print, such as "it printed
    /// no summary".
    ///
    /// # Errors
    ///
    /// When restic did not end well, or without the result.
    pub fn complete<T>(&self, found: Option<T>, missing: &str) -> Result<T, DecodeFailure<T>> {
        match found {
            Some(result) if self.is_success() => Ok(result),
            None if self.is_success() => Err(self.incomplete_output(missing)),
            partial => Err(self.fault().with(partial)),
        }
    }

    /// The failure of a run that restic calls a success without having said so completely, with
    /// what is missing, such as "it printed no summary".
    #[must_use]
    pub fn incomplete_output<T>(&self, what: &str) -> DecodeFailure<T> {
        incomplete(what).with(None)
    }

    /// The location of the repository, where it is on the command line and no secret, or in its
    /// variable.
    pub(crate) fn asked_repository(&self) -> Option<String> {
        let mut words = self.invocation.masked_arguments();
        let named = words.find_map(|word| Some(word.to_str()?.strip_prefix("--repo=")?.to_owned()));
        named.or_else(|| self.variable("RESTIC_REPOSITORY"))
    }

    /// What a variable is for restic, set or inherited.
    fn variable(&self, name: &str) -> Option<String> {
        let name = OsStr::new(name);
        let inherited = || {
            let is_inherited = self.invocation.inherited.iter().any(|known| known == name);
            is_inherited.then(|| std::env::var_os(name)).flatten()
        };
        match self.invocation.environment.get(name) {
            Some(value) => Some(String::from_utf8_lossy(value.expose()).into_owned()),
            None => inherited().map(|value| value.to_string_lossy().into_owned()),
        }
    }

    /// Whether restic gave this as its reason.
    pub(crate) fn says(&self, words: &str) -> bool {
        contains(&self.raw_reason(), words)
    }

    /// The failure of a run that left out something that it was asked for, with a word on
    /// standard error that [decides](Decoder::decides).
    ///
    /// # Errors
    ///
    /// When there is such a word.
    pub(crate) fn nothing_ignored<T>(&self) -> Result<(), DecodeFailure<T>> {
        match self.left_out() {
            Some(fault) => Err(fault.with(None)),
            None => Ok(()),
        }
    }

    pub(crate) fn left_out(&self) -> Option<Fault> {
        let (kind, words) = self.diagnostics.decisive()?;
        Some(Fault::new(kind, words))
    }
}

fn incomplete(what: &str) -> Fault {
    let mut fault = Fault::new(ErrorKind::BadOutput, "restic ended well, but ");
    fault.add(what, ": its output is not complete");
    fault
}
