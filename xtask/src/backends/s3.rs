//! S3, by moto: it keeps everything in memory, and lets everybody in.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::backend::{Backend, Kind};
use super::install;
use super::server::Server;
use crate::task::Result;

pub(super) const KIND: Kind = Kind {
    name: "s3",
    find,
    start,
};

fn find() -> Result<PathBuf, String> {
    install::python_program("moto_server", "moto[server]")
}

fn start(program: &Path, _scratch: &Path) -> Result<Vec<Backend>> {
    let server = Server::start(|port| {
        let mut command = Command::new(program);
        command.args(["-H", "127.0.0.1", "-p", &port.to_string()]);
        command
    })?;
    let url = format!("s3:http://127.0.0.1:{}/bucket/", server.port);
    let backend = Backend::new("s3", url)
        .env("AWS_ACCESS_KEY_ID", "anybody")
        .env("AWS_SECRET_ACCESS_KEY", "anything")
        .served_by(server);
    Ok(vec![backend])
}
