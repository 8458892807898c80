//! Lists the snapshots of a repository as one would write it by hand, without the SDK: what is
//! left of its weight is the standard library's and `serde_json`'s.
#![allow(clippy::print_stdout, reason = "a program for people at a terminal")]

use std::process::Command;

use restic_types::Snapshot;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let output = Command::new("restic")
        .args([
            "--json",
            "--repo=/srv/repo",
            "--password-file=/etc/restic/password",
            "snapshots",
        ])
        .output()?;
    let snapshots: Vec<Snapshot> = serde_json::from_slice(&output.stdout)?;
    for snapshot in snapshots {
        println!("{} {}", snapshot.short_id, snapshot.time);
    }
    Ok(())
}
