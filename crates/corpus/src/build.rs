//! What the client makes of a call, for tasks that look at arguments alone.

use super::call::{Call, Unbuildable};
use super::commands::rows;
use restic_types::ResticVersion;
use std::ffi::OsString;

/// Whether there is a value for this command.
pub fn has_command(name: &str) -> bool {
    rows().any(|row| row.name == name)
}

/// Makes a call by setters alone. The client's words have to mean the same, in the spelling of its restic.
///
/// # Errors
///
/// What no setter takes, or what the words lack.
pub fn build(words: &[OsString], version: ResticVersion) -> Result<Vec<OsString>, String> {
    let call = Call::parse(words).map_err(|Unbuildable(why)| why)?;
    let words = row(&call, version)?;
    let again = Call::parse(&words).map_err(|Unbuildable(why)| why)?;
    let lost = call.lost_in(&again);
    if lost.is_empty() {
        Ok(words)
    } else {
        Err(format!("{} in {words:?}", lost.join(", ")))
    }
}

/// The words of the first command value that takes all of a call.
pub(super) fn row(call: &Call, version: ResticVersion) -> Result<Vec<OsString>, &'static str> {
    let rows = rows();
    let mut why = "no command value is for it";
    for row in rows.filter(|row| row.name == call.name && (row.is_for)(call)) {
        match (row.build)(call, version) {
            Ok(words) => return Ok(words),
            Err(Unbuildable(reason)) => why = reason,
        }
    }
    Err(why)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::ffi::OsStr;

    #[test]
    fn flags_are_set_by_setters_or_not_at_all() {
        let build = |line: &str| {
            let words: Vec<OsString> = line.split(' ').map(OsString::from).collect();
            build(&words, ResticVersion::new(0, 19, 1))
        };
        let check = |line, expected: &str| {
            let words = build(line).unwrap().join(OsStr::new(" "));
            assert_eq!(words, expected, "{line}");
        };
        check(
            "backup --tag=a --tag b -- -x",
            "--json backup --tag=a --tag=b -- -x",
        );
        check(
            "version --limit-upload=7",
            "--json --limit-upload=7 version",
        );
        check("init --repo2=other", "--json init --from-repo=other");
        check("ls --ncdu latest", "ls --ncdu -- latest");
        let no_setter = Err("no setter takes it".to_owned());
        assert_eq!(build("forget --compact 1cfe4abd"), no_setter);
        assert_eq!(build("version --limit-upload=x"), no_setter);
        assert!(build("help").is_err());
    }

    #[test]
    fn what_a_flag_has_become_is_reported() {
        let call = |line: &str| {
            let words: Vec<OsString> = line.split(' ').map(OsString::from).collect();
            Call::parse(&words).unwrap()
        };
        let lost = |one, other| call(one).lost_in(&call(other)).len();
        assert_eq!(
            lost("backup --host a --host b", "backup --host b --force"),
            0
        );
        assert_eq!(lost("init --repo2 a", "init --from-repo a"), 0);
        assert_eq!(lost("backup --tag a --tag b", "backup --tag b"), 2);
        assert_eq!(lost("--repo a backup --force", "--repo b backup"), 2);
    }
}
