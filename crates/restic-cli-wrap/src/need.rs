use std::ffi::OsString;

use restic_types::{ResticVersion, cli};

use crate::arguments::Flag;
use crate::{Error, ErrorKind, Result};

/// Something that not every supported restic has: a command, a flag, or a value of one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Need {
    /// As the user knows it, such as `--skip-if-unchanged` or `rewrite`.
    what: String,
    since: ResticVersion,
    until: Option<ResticVersion>,
}

/// What a command needs to be there. Returns `None` when every supported restic has it.
pub(crate) fn command_need(command: &cli::Command) -> Option<Need> {
    Need::of(command.name.to_owned(), command.since, command.until)
}

/// What a flag needs to be there. Returns `None` when every supported restic has it.
pub(crate) fn flag_need(flag: &cli::Flag) -> Option<Need> {
    Need::of(format!("--{}", flag.name), flag.since, flag.until)
}

/// What the values of these flags and operands need.
pub(crate) fn value_needs(command: &str, flags: &[Flag], operands: &[OsString]) -> Vec<Need> {
    if flags.is_empty() && operands.is_empty() {
        return Vec::new();
    }
    let flags: Vec<(&str, &str)> = flags
        .iter()
        .filter_map(|flag| {
            let name = flag.name.trim_start_matches('-');
            Some((name, flag.value.as_deref()?.to_str()?))
        })
        .collect();
    let operands: Vec<&str> = operands
        .iter()
        .map(|operand| operand.to_str().unwrap_or_default())
        .collect();
    let gated = cli::gated_values(command, &flags, &operands);
    gated
        .filter_map(|(gate, value)| {
            let what = match gate.place {
                cli::Place::Flag(name) if gate.form == cli::ValueForm::Any => format!("--{name}"),
                cli::Place::Flag(name) => format!("--{name}={value}"),
                _ => format!("{value} as a directory of a snapshot"),
            };
            let what = match command {
                // What all commands have is known without one.
                _ if gate.commands.is_empty() => what,
                command => format!("{what} of {command}"),
            };
            Need::of(what, gate.since, None)
        })
        .collect()
}

impl Need {
    pub(crate) fn of(
        what: String,
        since: ResticVersion,
        until: Option<ResticVersion>,
    ) -> Option<Self> {
        let always = since <= cli::OLDEST && until.is_none();
        (!always).then_some(Self { what, since, until })
    }

    /// Checks this against the installed restic.
    pub(crate) fn check(&self, found: ResticVersion) -> Result<()> {
        let release = found.release();
        let message = if release < self.since {
            format!("{} needs restic {}, this is {found}", self.what, self.since)
        } else if let Some(until) = self.until.filter(|until| release > *until) {
            format!(
                "{} is gone since restic {until}, this is {found}",
                self.what
            )
        } else {
            return Ok(());
        };
        Err(Error::new(ErrorKind::Unsupported, message))
    }
}

/// What of a command and its flags not every supported restic has.
///
/// Flags that are not in the table are left to restic.
pub(crate) fn needs(command: &str, flags: &[&str]) -> Vec<Need> {
    let mut needs = Vec::new();
    let Some(releases) = cli::command_releases(command) else {
        return needs;
    };
    needs.extend(Need::of(command.to_owned(), releases.since, releases.until));
    for flag in flags {
        let name = flag.trim_start_matches('-');
        if let Some(releases) = cli::flag_releases(command, name) {
            needs.extend(Need::of(
                format!("--{name}"),
                releases.since,
                releases.until,
            ));
        }
    }
    needs
}
