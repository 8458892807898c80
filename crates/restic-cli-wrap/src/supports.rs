use restic_types::cli;

use crate::arguments::Arguments;
use crate::command::Command;
use crate::need::{Need, command_need, flag_need};
use crate::slots::Slot;
use crate::{Error, ErrorKind, Restic, Result};

/// Something that the installed restic may lack, for [`Restic::supports`].
///
/// It is made of a whole command, or of its name and flags in restic's own words: `rewrite`,
/// `backup --skip-if-unchanged`, or `--retry-lock` for what every command takes.
#[derive(Clone, Debug)]
pub struct Feature(Asked);

#[derive(Clone, Debug)]
enum Asked {
    /// A call, and what the client adds to it.
    Call(Arguments),
    Names(Vec<Need>),
    /// Why that is unknown.
    Unknown(String),
}

impl Restic {
    /// Whether the installed restic has this, before anything is run:
    ///
    /// ```
    /// # use restic_cli_wrap::{ErrorKind, Restic, commands::Backup};
    /// # let restic = Restic::builder().restic_version("0.14.0").build();
    /// let backup = Backup::new(["/data"]).skip_if_unchanged(true);
    /// let error = restic.supports(&backup).unwrap_err();
    /// assert_eq!(error.kind(), ErrorKind::Unsupported);
    /// assert_eq!(error.message(), "--skip-if-unchanged needs restic 0.17.0, this is 0.14.0");
    ///
    /// assert!(restic.supports("backup --dry-run").is_ok());
    /// assert!(restic.supports("rewrite").is_err());
    /// ```
    ///
    /// A command value is checked as a whole, with its flags and those of this client. Every
    /// run begins with the same check. This blocks while restic is asked for its version, which
    /// happens once, and only if the answer depends on it;
    /// [`supports_async`](Self::supports_async) does not block.
    ///
    /// What a particular build leaves out, such as `self-update`, shows only when it is run.
    ///
    /// # Errors
    ///
    /// [`Unsupported`](ErrorKind::Unsupported) when restic does not have it, with the version that
    /// is needed and the one that was found, or when this library does not know it.
    /// [`Usage`](ErrorKind::Usage) for a command that this library refuses to pass on to any
    /// restic. Any other kind when restic could not be asked for its version.
    pub fn supports(&self, what: impl Into<Feature>) -> Result<()> {
        self.supports_in(&mut None, what.into())
    }

    fn supports_in(&self, slot: &mut Option<Slot>, what: Feature) -> Result<()> {
        match what.0 {
            Asked::Call(arguments) => self.check(slot, arguments.given()),
            Asked::Names(needs) if needs.is_empty() => Ok(()),
            Asked::Names(needs) => {
                let found = self.version_in(slot)?;
                needs.iter().try_for_each(|need| need.check(found))
            }
            Asked::Unknown(why) => Err(Error::new(ErrorKind::Unsupported, why)),
        }
    }

    /// As [`supports`](Self::supports), as a future for any runtime.
    ///
    /// # Errors
    ///
    /// As `supports`.
    pub fn supports_async<F: Into<Feature>>(
        &self,
        what: F,
    ) -> impl Future<Output = Result<()>> + Send + 'static + use<F> {
        let what = what.into();
        let restic = self.clone();
        async move {
            if restic.known_version()?.is_some() {
                return restic.supports(what);
            }
            let ask = |restic: &Restic, mut slot| restic.supports_in(&mut slot, what);
            restic.in_slot_in_background(ask).await
        }
    }
}

impl<C: Command> From<&C> for Feature {
    /// The command, and all of its flags.
    fn from(command: &C) -> Self {
        Self(Asked::Call(command.arguments()))
    }
}

impl From<&str> for Feature {
    /// A command, flags, or both, in restic's own words.
    fn from(words: &str) -> Self {
        let needs = by_name(words);
        Self(needs.map_or_else(Asked::Unknown, Asked::Names))
    }
}

fn by_name(words: &str) -> Result<Vec<Need>, String> {
    let (flags, name): (Vec<_>, Vec<_>) =
        words.split_whitespace().partition(|it| it.starts_with('-'));
    let name = name.join(" ");
    let command = cli::command(&name);
    let is_global = name.is_empty() && !flags.is_empty();
    if command.is_none() && !is_global {
        return Err(format!("this library knows no command `{name}` of restic"));
    }
    let mut needs = Vec::from_iter(command.and_then(command_need));
    for flag in flags {
        let unknown = || format!("this library knows no flag `{flag}` of restic {name}");
        let known = match (flag.strip_prefix("--"), command) {
            (Some(long), Some(command)) => command.flag(long),
            (Some(long), None) => cli::global_flag(long),
            (None, _) => None,
        };
        needs.extend(flag_need(known.ok_or_else(unknown)?));
    }
    Ok(needs)
}
