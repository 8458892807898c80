//! Lists the snapshots of a repository: what the SDK weighs in a program.
#![allow(clippy::print_stdout, reason = "a program for people at a terminal")]

use restic_cli_wrap::commands::Snapshots;
use restic_cli_wrap::{Error, Restic};

fn main() -> Result<(), Error> {
    let restic = Restic::builder()
        .repository("/srv/repo")
        .password_file("/etc/restic/password")
        .build();
    for snapshot in restic.run(Snapshots::new())? {
        println!("{} {}", snapshot.short_id, snapshot.time);
    }
    Ok(())
}
