use serde::de::IgnoredAny;

use crate::arguments::Arguments;
use crate::command::Command;
use crate::commands::Ls;
use crate::decode::{DecodeFailure, Decoder, Line, NoEvents, RunEnd};
use crate::diagnostics::Diagnostics;
use crate::{ErrorKind, Result};

/// Lists a snapshot as one document for the program `ncdu`, which shows it with
/// `ncdu -f FILE`.
///
/// `restic ls --ncdu`, since restic 0.17.0. It is made of an [`Ls`], with all of its
/// settings:
///
/// ```
/// # use restic_cli_wrap::commands::Ls;
/// let command = Ls::new("latest").host("srv1").ncdu();
/// ```
///
/// The result is the document as restic printed it, checked to be whole. restic refuses
/// `--json` with this, so errors are printed as text.
#[must_use]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LsNcdu {
    arguments: Arguments,
}

impl Ls {
    /// Lists the same as one document for the program `ncdu`. Since restic 0.17.0.
    #[doc(alias = "--ncdu")]
    pub fn ncdu(self) -> LsNcdu {
        let mut arguments = self.arguments();
        arguments.switch("--ncdu", true);
        arguments.without_json();
        LsNcdu { arguments }
    }
}

impl Command for LsNcdu {
    type Event = NoEvents;
    type Output = String;
    type Decoder = LsNcduDecoder;

    fn arguments(&self) -> Arguments {
        self.arguments.clone()
    }

    fn decoder(&self) -> LsNcduDecoder {
        LsNcduDecoder::default()
    }
}

/// Reads what [`LsNcdu`] prints.
#[derive(Debug, Default)]
pub struct LsNcduDecoder {
    document: String,
}

impl Decoder for LsNcduDecoder {
    type Event = NoEvents;
    type Output = String;

    fn is_data(_: &str) -> bool {
        true
    }

    fn stdout(&mut self, line: &Line<'_>, _: &mut Diagnostics) -> Option<NoEvents> {
        self.document.push_str(line.text);
        self.document.push('\n');
        None
    }

    fn finish(self, end: &RunEnd<'_>) -> Result<String, DecodeFailure<String>> {
        if !end.is_success() {
            return Err(end.failure());
        }
        match serde_json::from_str::<IgnoredAny>(&self.document) {
            Ok(_) => Ok(self.document),
            Err(error) => {
                let message = format!("restic's document for ncdu is not whole: {error}");
                Err(DecodeFailure::new(ErrorKind::BadOutput, message).with(Some(self.document)))
            }
        }
    }
}
