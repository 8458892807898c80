use std::ffi::OsString;

use restic_types::{Initialized, documents};

use crate::Repository;
use crate::arguments::{Arguments, setters};
use crate::command::Command;
use crate::decode::{DecodeFailure, Decoder, Line, NoEvents, RunEnd};
use crate::diagnostics::{Diagnostics, NoticeSource};

/// Creates a new repository.
///
/// `restic init`. Fails with [`AlreadyExists`](crate::ErrorKind::AlreadyExists) when there
/// is one. Before restic 0.15.0 the output is text with the first ten digits of the id.
#[must_use]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Init {
    arguments: Arguments,
}

impl Init {
    /// Creates the client's repository.
    pub fn new() -> Self {
        Self {
            arguments: Arguments::new("init"),
        }
    }

    /// Names the second repository, from which
    /// [`copy_chunker_params`](Self::copy_chunker_params) copies the chunker parameters.
    #[doc(alias = "--from-repo")]
    #[doc(alias = "--repo2")]
    pub fn from(mut self, repository: impl Into<Repository>) -> Self {
        self.arguments.source(repository.into());
        self
    }
}

setters! { Init:
    /// Cuts files at the same places as the repository given with [`from`](Self::from) does,
    /// so that snapshots copied between the two share their data.
    switch copy_chunker_params: "--copy-chunker-params";
    /// Creates a repository of this format: `1`, `2`, `latest` or `stable`. Since restic 0.14.0.
    value repository_version: "--repository-version" = OsString;
}

impl Default for Init {
    fn default() -> Self {
        Self::new()
    }
}

impl Command for Init {
    type Event = NoEvents;
    type Output = Initialized;
    type Decoder = InitDecoder;

    fn arguments(&self) -> Arguments {
        self.arguments.clone()
    }

    fn decoder(&self) -> InitDecoder {
        InitDecoder::default()
    }
}

/// Reads what [`Init`] prints.
#[derive(Debug, Default)]
pub struct InitDecoder {
    initialized: Option<Initialized>,
    /// What an old restic says, from its first line on: the place may have newlines in it.
    said: Option<String>,
}

impl Decoder for InitDecoder {
    type Event = NoEvents;
    type Output = Initialized;

    fn stdout(&mut self, line: &Line<'_>, diagnostics: &mut Diagnostics) -> Option<NoEvents> {
        if line.text.starts_with('{') {
            match documents::initialized(line.text) {
                Ok(initialized) => self.initialized = Some(initialized),
                Err(error) => {
                    let problem = error.to_string();
                    diagnostics.malformed(NoticeSource::Stdout, line.number, &problem, line.text);
                }
            }
        } else {
            self.hear(line, diagnostics);
        }
        None
    }

    fn finish(self, end: &RunEnd<'_>) -> Result<Initialized, DecodeFailure<Initialized>> {
        let said = self.said.as_deref();
        let from_text = |said| from_text(said, end.asked_repository().as_deref());
        let initialized = self.initialized.or_else(|| said.and_then(from_text));
        end.complete(initialized, "it did not name the new repository")
    }
}

impl InitDecoder {
    fn hear(&mut self, line: &Line<'_>, diagnostics: &mut Diagnostics) {
        match &mut self.said {
            Some(said) if line.is_whole => {
                said.push('\n');
                said.push_str(line.text);
                // It is not known yet whether it is a part of the name.
                diagnostics.notice(NoticeSource::Stdout, line.text);
            }
            None if line.is_whole && line.text.starts_with(BEGIN) => {
                self.said = Some(line.text.to_owned());
            }
            _ => diagnostics.notice(NoticeSource::Stdout, line.text),
        }
    }
}

/// How restic before 0.15.0 begins: `created restic repository 1cfe4abd33 at /srv/repo`.
const BEGIN: &str = "created restic repository ";

/// What it says after that, and nothing more.
const END: &str = "\n\nPlease note that knowledge of your password is required to access\n\
    the repository. Losing your password means that your data is\n\
    irrecoverably lost.";

/// Reads the name that was asked for where it has newlines in it. Any other ends with its line,
/// whatever somebody else says after it. Returns `None` where nobody knows how far it goes.
fn from_text(said: &str, asked: Option<&str>) -> Option<Initialized> {
    let (id, rest) = said.strip_prefix(BEGIN)?.split_once(" at ")?;
    let (line, after) = rest.split_at(rest.find('\n').unwrap_or(rest.len()));
    let repository = match asked {
        Some(asked) if asked.contains('\n') => {
            let after = rest.strip_prefix(asked)?;
            (after.is_empty() || after.starts_with('\n')).then_some(asked)?
        }
        None if !END.starts_with(after.trim_end_matches('\n')) => return None,
        _ => line,
    };
    Some(Initialized::new(id, repository))
}
