//! rest-server: for everybody, with passwords, and one that lets nobody remove anything.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::backend::{Backend, Kind};
use super::install;
use super::server::Server;
use crate::task::Result;

pub(super) const KIND: Kind = Kind {
    name: "rest",
    find,
    start,
};

/// The server that is open to everybody.
pub(super) const OPEN: &str = "rest, open";

/// A name and a password, as a URL has them: `s3cr3t@/p:w`.
const LOGIN: &str = "alice:s3cr3t%40%2Fp%3Aw";

/// The same in a password file: the SHA-1 of the password in Base64.
const HTPASSWD: &str = "alice:{SHA}Jat9E4BEWp7Bo5BngPnmjHImajg=\n";

fn find() -> Result<PathBuf, String> {
    find_beside(None)
}

/// The program that the environment names, the one beside this restic or one of the environment,
/// or the system's.
pub(crate) fn find_beside(restic: Option<&Path>) -> Result<PathBuf, String> {
    if let Some(named) = env::var_os("RESTIC_REST_SERVER") {
        return Ok(named.into());
    }
    let others = crate::task::binaries(Vec::new());
    let mut binaries = restic.map(Path::to_owned).into_iter().chain(others);
    let beside = binaries.find_map(beside);
    beside.map_or_else(
        || install::program(&["restic-rest-server", "rest-server"], "restic-rest-server"),
        Ok,
    )
}

fn beside(restic: PathBuf) -> Option<PathBuf> {
    let mut entries = fs::read_dir(restic.parent()?).ok()?.filter_map(Result::ok);
    let found = entries.find(|entry| {
        let name = entry.file_name();
        name.to_string_lossy().starts_with("rest-server")
    });
    found.map(|entry| entry.path())
}

fn start(program: &Path, scratch: &Path) -> Result<Vec<Backend>> {
    let open = serve(program, scratch.join("open"), &["--no-auth"])?;
    let open = Backend::new(OPEN, open.url("", ""))
        .kept_in(&open.directory)
        .served_by(open.server);

    let directory = scratch.join("private");
    fs::create_dir_all(&directory)?;
    fs::write(directory.join(".htpasswd"), HTPASSWD)?;
    let private = serve(program, directory, &["--private-repos"])?;
    // A user has the directory of their name, and no other.
    let private = Backend::new(
        "rest, password",
        private.url(&format!("{LOGIN}@"), "alice/"),
    )
    .kept_in(&private.directory.join("alice"))
    .served_by(private.server);

    let arguments = ["--no-auth", "--append-only"];
    let append_only = serve(program, scratch.join("append-only"), &arguments)?;
    let append_only = Backend::new("rest, append-only", append_only.url("", ""))
        .kept_in(&append_only.directory)
        .append_only()
        .served_by(append_only.server);

    Ok(vec![open, private, append_only])
}

/// A server, and the directory that it serves.
pub(super) struct Served {
    server: Server,
    directory: PathBuf,
}

impl Served {
    pub(super) fn url(&self, login: &str, path: &str) -> String {
        format!("rest:http://{login}127.0.0.1:{}/{path}", self.server.port)
    }
}

pub(super) fn serve(program: &Path, directory: PathBuf, arguments: &[&str]) -> Result<Served> {
    fs::create_dir_all(&directory)?;
    let server = Server::start(|port| {
        let mut command = Command::new(program);
        command.args(["--listen", &format!("127.0.0.1:{port}"), "--path"]);
        command.arg(&directory).args(arguments);
        command
    })?;
    Ok(Served { server, directory })
}
