//! What each command puts on the command line, one file per group of commands. Every setter is
//! called once.

mod backup;
mod contents;
mod copy;
mod forget;
mod keys;
mod program;
mod repair;
mod repository;
mod restore;
mod snapshots;

use restic_cli_wrap::commands::*;
use restic_cli_wrap::{Command, Repository, Restic, ResticBuilder};

/// The call as one line for a shell, a flag a line.
pub(crate) fn line(command: impl Command) -> String {
    let restic = Restic::builder().build();
    let line = restic.invocation(&command).to_string();
    line.replace(" --", "\n--").replace(" '--", "\n'--")
}

#[test]
fn a_setter_is_taken_back_and_the_last_value_counts() {
    let command = Forget::new()
        .prune(true)
        .prune(false)
        .keep_last(3)
        .keep_last(5);
    insta::assert_snapshot!(line(command), @r"
    restic
    --json forget
    --keep-last=5
    ");
}

/// A client of this version, on a repository that is opened in all the ways there are.
pub(crate) fn client(version: &str) -> ResticBuilder {
    let own = Repository::new("/srv/own")
        .password("own password")
        .key_hint("cd");
    Restic::builder().repository(own).restic_version(version)
}
