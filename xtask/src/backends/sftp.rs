//! sftp, by an sshd for this machine only.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use super::backend::{Backend, Kind};
use super::install;
use super::server::Server;
use crate::child;
use crate::task::Result;

pub(super) const KIND: Kind = Kind {
    name: "sftp",
    find,
    start,
};

/// restic ends only when the packs on their way have arrived, up to 80 MiB: they have to
/// arrive within the grace.
const UPLOAD: u32 = 32 * 1024;

fn find() -> Result<PathBuf, String> {
    install::program(&["ssh"], "openssh-client")?;
    install::program(&["sshd"], "openssh-server")
}

fn start(program: &Path, scratch: &Path) -> Result<Vec<Backend>> {
    // sshd wants this directory when root starts it, and only root can make it.
    let _ = fs::create_dir("/run/sshd");
    make_key(&scratch.join("host"))?;
    make_key(&scratch.join("id"))?;
    fs::copy(scratch.join("id.pub"), scratch.join("authorized"))?;
    let server = Server::start(|port| {
        let mut command = Command::new(program);
        command.args(["-D", "-e", "-f", "/dev/null"]);
        for option in server_options(scratch, port) {
            command.args(["-o", &option]);
        }
        command
    })?;
    let configuration = scratch.join("ssh_config");
    fs::write(&configuration, client_options(scratch, server.port)?)?;

    let repositories = scratch.join("repositories");
    fs::create_dir(&repositories)?;
    let ssh = format!("ssh -F {} lo -s sftp", configuration.display());
    let backend = Backend::new("sftp", format!("sftp:lo:{}/", repositories.display()))
        .kept_in(&repositories)
        .option(format!("sftp.command={ssh}"))
        .upload(UPLOAD)
        .served_by(server);
    Ok(vec![backend])
}

fn make_key(path: &Path) -> Result<(), String> {
    let mut command = Command::new("ssh-keygen");
    command.args(["-q", "-t", "ed25519", "-N", "", "-f"]);
    child::run(command.arg(path), Duration::from_secs(30))
}

fn server_options(scratch: &Path, port: u16) -> [String; 10] {
    let file = |name: &str| scratch.join(name).display().to_string();
    [
        format!("Port={port}"),
        "ListenAddress=127.0.0.1".into(),
        format!("HostKey={}", file("host")),
        format!("AuthorizedKeysFile={}", file("authorized")),
        format!("PidFile={}", file("pid")),
        "StrictModes=no".into(),
        "UsePAM=no".into(),
        "PasswordAuthentication=no".into(),
        "PermitRootLogin=prohibit-password".into(),
        "Subsystem=sftp internal-sftp".into(),
    ]
}

fn client_options(scratch: &Path, port: u16) -> io::Result<String> {
    let output = Command::new("id").arg("-un").output()?;
    let user = String::from_utf8_lossy(&output.stdout);
    Ok(format!(
        "Host lo\nHostName 127.0.0.1\nPort {port}\nUser {user}\n\
         IdentityFile {scratch}/id\nIdentitiesOnly yes\n\
         StrictHostKeyChecking accept-new\nUserKnownHostsFile {scratch}/known\nBatchMode yes\n",
        user = user.trim(),
        scratch = scratch.display(),
    ))
}
