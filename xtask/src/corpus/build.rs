//! What the client makes of a call, for tasks that look at arguments alone.

use super::call::{Call, Unbuildable};
use super::commands::COMMANDS;
use super::rebuild::{self, Rebuild, Way};
use restic_types::ResticVersion;
use std::ffi::OsString;

/// Makes a call again by setters alone.
pub(super) type Build = fn(&Call, &ResticVersion) -> Result<Vec<OsString>, Unbuildable>;

/// A call that was made again.
pub(crate) struct Built {
    /// The client's words, without the program's name.
    pub(crate) words: Vec<OsString>,
    /// The values in them of the flag that was looked for.
    pub(crate) values: Vec<Option<OsString>>,
}

/// Whether there is a value for this command.
pub(crate) fn has_command(name: &str) -> bool {
    COMMANDS.iter().any(|row| row.name == name)
}

/// Makes a call by setters alone, and looks for this flag in it, in the spelling of any release.
pub(crate) fn build(
    words: &[OsString],
    version: &ResticVersion,
    flag: &str,
) -> Result<Built, &'static str> {
    let call = Call::parse(words).map_err(|Unbuildable(why)| why)?;
    let rows = COMMANDS
        .iter()
        .filter(|row| row.name == call.name && (row.is_for)(&call));
    let mut why = "no command value is for it";
    for row in rows {
        match (row.build)(&call, version).and_then(|words| found(words, flag)) {
            Ok(built) => return Ok(built),
            Err(Unbuildable(reason)) => why = reason,
        }
    }
    Err(why)
}

pub(super) fn words<C: Rebuild>(
    call: &Call,
    version: &ResticVersion,
) -> Result<Vec<OsString>, Unbuildable> {
    let client = rebuild::client(call, Some(version), Way::SettersOnly)?;
    let command = rebuild::command::<C>(call.clone(), Way::SettersOnly)?;
    let invocation = command.invocation(&client.build());
    Ok(invocation.masked_arguments().collect())
}

fn found(words: Vec<OsString>, flag: &str) -> Result<Built, Unbuildable> {
    let call = Call::parse(&words)?;
    let values = call.all_values(flag);
    Ok(Built { words, values })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_are_set_by_setters_or_not_at_all() {
        let build = |line: &str, flag| {
            let words: Vec<OsString> = line.split(' ').map(OsString::from).collect();
            build(&words, &ResticVersion::new(0, 19, 1), flag).map(|built| built.values)
        };
        let value = |text: &str| Ok(vec![Some(text.into())]);
        assert_eq!(build("backup --tag=a", "tag"), value("a"));
        assert_eq!(build("backup --tag=a", "time"), Ok(Vec::new()));
        assert_eq!(
            build("version --limit-upload=7", "limit-upload"),
            value("7")
        );
        assert_eq!(build("init --repo2=other", "from-repo"), value("other"));
        assert_eq!(build("ls --ncdu latest", "ncdu"), value("true"));
        let no_setter = Err("no setter takes it");
        assert_eq!(build("forget --compact 1cfe4abd", "compact"), no_setter);
        assert_eq!(build("version --limit-upload=x", "limit-upload"), no_setter);
        assert!(build("unlock", "x").is_ok() && build("help", "x").is_err());
    }
}
