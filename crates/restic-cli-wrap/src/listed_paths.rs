//! More paths than a system may pass to a program.

use std::ffi::OsString;

use restic_process::Argument;

use crate::arguments::Flag;

/// How many bytes of paths a command line has. More are in a file: this much fits everywhere,
/// whatever else there is on the command line and in the environment.
const FIT: usize = if cfg!(windows) { 16 } else { 128 } * 1024;

/// Whether a command has too many paths for a command line that may as well be in a file: a backup of
/// them is the same.
pub(crate) fn are_many(
    command: &str,
    flags: &[Flag],
    extra: &[OsString],
    paths: &[OsString],
) -> bool {
    let length = |path: &OsString| path.len() + size_of::<usize>() + 1;
    command == "backup"
        && paths.iter().map(length).sum::<usize>() > FIT
        && !takes_a_command(flags, extra)
        // restic refuses an empty path in a file, and knows no end of one with a NUL in it.
        && !paths
            .iter()
            .any(|path| path.is_empty() || path.as_encoded_bytes().contains(&0))
}

fn takes_a_command(flags: &[Flag], extra: &[OsString]) -> bool {
    let name = "--stdin-from-command";
    let begins = |word: &OsString| word.as_encoded_bytes().starts_with(name.as_bytes());
    flags.iter().any(|flag| flag.name == name) || extra.iter().any(begins)
}

/// The paths as a flag, with a file of them.
pub(crate) fn listed(paths: &[OsString]) -> Argument {
    let length = paths.iter().map(|path| path.len() + 1).sum();
    let mut content = Vec::with_capacity(length);
    for path in paths {
        content.extend_from_slice(path.as_encoded_bytes());
        content.push(0);
    }
    Argument::list_file("--files-from-raw", content)
}
