use std::ffi::OsString;

use crate::arguments::{Arguments, setters};
use crate::command::Command;
use crate::decode::{NoEvents, PlainText, TextDecoder};
use crate::diagnostics::NoticeSource;

/// Writes restic's manual pages, and the files that make shells complete its flags.
///
/// `restic generate`. At least one kind has to be asked for. The text is what restic says
/// about it, which is nothing in newer versions; or the file itself, when `-` is given
/// instead of a path, which restic before 0.18 takes for a name.
#[must_use]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Generate {
    arguments: Arguments,
}

impl Generate {
    /// Writes nothing yet.
    pub fn new() -> Self {
        Self {
            arguments: Arguments::ungated("generate"),
        }
    }
}

setters! { Generate:
    /// Writes the completion for bash to this file.
    value bash_completion: "--bash-completion" = OsString;
    /// Writes the completion for fish to this file. Since restic 0.12.1.
    value fish_completion: "--fish-completion" = OsString;
    /// Writes the completion for PowerShell to this file. Since restic 0.15.0.
    value powershell_completion: "--powershell-completion" = OsString;
    /// Writes the completion for zsh to this file.
    value zsh_completion: "--zsh-completion" = OsString;
    /// Writes the manual pages to this directory, which must be there.
    value man: "--man" = OsString;
}

impl Default for Generate {
    fn default() -> Self {
        Self::new()
    }
}

impl Command for Generate {
    type Event = NoEvents;
    type Output = PlainText;
    type Decoder = TextDecoder;

    fn arguments(&self) -> Arguments {
        self.arguments.clone()
    }

    fn decoder(&self) -> TextDecoder {
        TextDecoder::of(NoticeSource::Stdout)
    }
}
