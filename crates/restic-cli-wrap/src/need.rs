use std::ffi::OsString;

use restic_process::{Environment, Invocation};
use restic_types::{ResticVersion, cli};

use crate::arguments::Flag;
use crate::asking::{self, Asker};
use crate::repository::variables;
use crate::{Error, ErrorKind, Result};

/// A call, as far as it matters which restic is installed.
pub(crate) struct Gated<'a> {
    pub(crate) command: &'static str,
    /// Those of the client, and those of the command.
    pub(crate) flags: [&'a [Flag]; 2],
    /// Flags of passwords and of files with secrets, which are not among those.
    pub(crate) names: Vec<&'static str>,
    pub(crate) operands: &'a [OsString],
    /// The variables of its repositories.
    pub(crate) environments: [Option<&'a Environment>; 2],
    /// What not every supported restic has although its command and flags are there.
    pub(crate) needs: &'a [(&'static str, ResticVersion)],
    /// Before which release no restic must be given this, and why.
    pub(crate) old_refusal: Option<&'a (ResticVersion, String)>,
    /// It depends on the version what the call looks like.
    pub(crate) is_spelled_by_version: bool,
    /// The flag that restic before 0.14 needs, if any.
    pub(crate) old_flag: Option<&'static str>,
    pub(crate) invocation: &'a dyn Fn() -> Invocation,
}

/// Refuses a call for which the installed restic lacks something. It is asked for its version only
/// when that matters.
pub(crate) fn check(call: &Gated<'_>, asker: &mut dyn Asker) -> Result<()> {
    let mut needs = call.needs();
    if call.is_free_of(&needs) {
        return Ok(());
    }
    let found = asking::version(asker)?;
    if let Some(flag) = call.old_flag
        && found < ResticVersion::new(0, 14, 0)
    {
        needs.extend(Need::of_flag(call.command, flag));
    }
    for need in &needs {
        need.check(found)?;
    }
    match call.old_refusal {
        Some((since, why)) if found.release() < *since => {
            let message = format!("{why}; this is restic {found}");
            let error = Error::new(ErrorKind::Usage, message);
            Err(error.with_invocation((call.invocation)().into()))
        }
        _ => Ok(()),
    }
}

impl Gated<'_> {
    /// Whether it depends in no way on the version.
    pub(crate) fn is_for_every_restic(&self) -> bool {
        self.is_free_of(&self.needs())
    }

    /// The same, of one that needs these.
    fn is_free_of(&self, needs: &[Need]) -> bool {
        needs.is_empty() && self.old_refusal.is_none() && !self.is_spelled_by_version
    }

    /// What of it not every supported restic has. Flags that are not in the table are left to
    /// restic.
    fn needs(&self) -> Vec<Need> {
        let mut needs = Vec::new();
        if let Some(releases) = cli::command_releases(self.command) {
            let command = self.command.to_owned();
            needs.extend(Need::of(command, releases.since, releases.until));
            let flags = self.flags.into_iter().flatten().map(|flag| flag.name);
            for name in self.names.iter().copied().chain(flags) {
                needs.extend(Need::of_flag(self.command, name));
            }
        }
        for flags in self.flags {
            needs.append(&mut value_needs(self.command, flags, &[]));
        }
        needs.append(&mut value_needs(self.command, &[], self.operands));
        for (what, since) in self.needs {
            needs.extend(Need::of((*what).to_owned(), *since, None));
        }
        for (variable, _) in self.environments.into_iter().flatten().flatten() {
            let since = variable.to_str().and_then(variables::since);
            let name = variable.to_string_lossy().into_owned();
            needs.extend(since.and_then(|since| Need::of(name, since, None)));
        }
        needs
    }
}

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
fn value_needs(command: &str, flags: &[Flag], operands: &[OsString]) -> Vec<Need> {
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
    fn of(what: String, since: ResticVersion, until: Option<ResticVersion>) -> Option<Self> {
        let always = since <= cli::OLDEST && until.is_none();
        (!always).then_some(Self { what, since, until })
    }

    /// What a flag of a command needs to be there, by its name with dashes.
    fn of_flag(command: &str, flag: &str) -> Option<Self> {
        let name = flag.trim_start_matches('-');
        let releases = cli::flag_releases(command, name)?;
        Self::of(format!("--{name}"), releases.since, releases.until)
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
