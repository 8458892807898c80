//! rclone, which restic starts as its helper.

use std::fs;
use std::path::{Path, PathBuf};

use super::backend::{Backend, Kind};
use super::install;
use crate::task::Result;

pub(super) const KIND: Kind = Kind {
    name: "rclone",
    find,
    start,
};

fn find() -> Result<PathBuf, String> {
    install::program(&["rclone"], "rclone")
}

fn start(program: &Path, scratch: &Path) -> Result<Vec<Backend>> {
    // Without one rclone says so, each time.
    let configuration = scratch.join("rclone.conf");
    fs::write(&configuration, "")?;
    let backend = Backend::new("rclone", format!("rclone:{}/", scratch.display()))
        .kept_in(scratch)
        .env("RCLONE_CONFIG", configuration.into_os_string())
        .option(format!("rclone.program={}", program.display()));
    Ok(vec![backend])
}
