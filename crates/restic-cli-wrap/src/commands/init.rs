use std::ffi::OsString;

use restic_types::Initialized;

use crate::Repository;
use crate::arguments::{Arguments, setters};
use crate::command::Command;
use crate::decode::{DecodeFailure, Decoder, Line, NoEvents, RunEnd};
use crate::diagnostics::{Diagnostics, NoticeSource};

/// Makes a new repository.
///
/// `restic init`. Fails with [`AlreadyExists`](crate::ErrorKind::AlreadyExists) when there
/// is one. Before restic 0.15.0 the output is text with the first ten digits of the id.
#[must_use]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Init {
    arguments: Arguments,
}

impl Init {
    /// Makes the client's repository.
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
    /// Makes a repository of this format: `1`, `2`, `latest` or `stable`. Since restic 0.14.0.
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
            match serde_json::from_str(line.text) {
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
        let asked = end.asked_repository();
        let said = self.said.as_deref();
        let read = || from_text(said?, asked.as_deref());
        let initialized = self.initialized.or_else(read);
        end.complete(initialized, "it did not name the new repository")
    }
}

impl InitDecoder {
    fn hear(&mut self, line: &Line<'_>, diagnostics: &mut Diagnostics) {
        match &mut self.said {
            Some(said) if line.is_whole => {
                said.push('\n');
                said.push_str(line.text);
                if END.lines().any(|end| end == line.text) {
                    diagnostics.notice(NoticeSource::Stdout, line.text);
                }
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

/// The name of the repository goes on in the next line where that is what was asked for: what
/// stands there may also be somebody else's words.
fn from_text(said: &str, asked: Option<&str>) -> Option<Initialized> {
    let (id, rest) = said.strip_prefix(BEGIN)?.split_once(" at ")?;
    let whole = rest.trim_end_matches('\n').strip_suffix(END);
    let is_asked = whole.filter(|whole| asked == Some(*whole));
    let repository = is_asked.or_else(|| rest.lines().next())?;
    let document = serde_json::json!({ "id": id, "repository": repository });
    serde_json::from_value(document).ok()
}
