//! Backs up, looks, checks and tidies up: what a program weighs that uses six commands.
#![allow(clippy::print_stdout, reason = "a program for people at a terminal")]

use restic_cli_wrap::commands::{Backup, Check, Forget, Ls, Snapshots, Stats};
use restic_cli_wrap::{Error, Restic};

fn main() -> Result<(), Error> {
    let restic = Restic::builder()
        .repository("/srv/repo")
        .password_file("/etc/restic/password")
        .build();
    let saved = restic.run(Backup::new(["/data"]))?;
    println!("{:?}", saved.summary().map(|summary| summary.files_new));
    for snapshot in restic.run(Snapshots::new())? {
        println!("{} {}", snapshot.short_id, snapshot.time);
    }
    let mut bytes = 0;
    restic
        .start(Ls::new("latest"))?
        .for_each_row(|node| bytes += node.size)?;
    let groups = restic.run(Forget::new().keep_daily(7))?;
    let stats = restic.run(Stats::new())?;
    println!("{bytes} {} {}", groups.len(), stats.total_size);
    println!("{}", restic.run(Check::new())?.is_ok());
    Ok(())
}
