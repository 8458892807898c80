//! What is tested, and with what.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use restic_cli_wrap::types::ResticVersion;
use restic_cli_wrap::{Restic, ResticBuilder, Secret};

use super::server::Server;
use crate::task::Result;

/// The longest that any call of restic may take. Before 0.18 it tries for 45 seconds to remove
/// what an append-only server does not let it remove.
pub(super) const LIMIT: Duration = Duration::from_secs(150);

/// How many KiB restic may upload in a second while a backup is to be cancelled.
const UPLOAD: u32 = 4 * 1024;

/// A kind of server.
pub(super) struct Kind {
    pub(super) name: &'static str,
    /// Finds its program, or installs it; or says why it cannot be had.
    pub(super) find: fn() -> Result<PathBuf, String>,
    /// Starts the servers, which may keep what they need in this directory.
    pub(super) start: fn(&Path, &Path) -> Result<Vec<Backend>>,
}

/// A place for repositories, which is gone when this is dropped.
pub(super) struct Backend {
    pub(super) name: &'static str,
    /// A location up to the name of the repository.
    pub(super) prefix: String,
    /// The directory of this machine in which the repositories are, when they are in one.
    pub(super) directory: Option<PathBuf>,
    pub(super) environment: Vec<(&'static str, Secret)>,
    pub(super) options: Vec<String>,
    /// KiB a second, for backups that are to be cancelled.
    pub(super) upload: u32,
    pub(super) append_only: bool,
    /// Held to be dropped. Absent where restic starts a helper.
    pub(super) server: Option<Server>,
}

impl Backend {
    pub(super) fn new(name: &'static str, prefix: String) -> Self {
        Self {
            name,
            prefix,
            directory: None,
            environment: Vec::new(),
            options: Vec::new(),
            upload: UPLOAD,
            append_only: false,
            server: None,
        }
    }

    pub(super) fn kept_in(mut self, directory: &Path) -> Self {
        self.directory = Some(directory.to_owned());
        self
    }

    pub(super) fn env(mut self, name: &'static str, value: impl Into<Secret>) -> Self {
        self.environment.push((name, value.into()));
        self
    }

    pub(super) fn option(mut self, option: String) -> Self {
        self.options.push(option);
        self
    }

    pub(super) fn upload(mut self, limit: u32) -> Self {
        self.upload = limit;
        self
    }

    pub(super) fn append_only(mut self) -> Self {
        self.append_only = true;
        self
    }

    pub(super) fn served_by(mut self, server: Server) -> Self {
        self.server = Some(server);
        self
    }

    /// A client of the repository with this name.
    pub(super) fn client(&self, restic: &Path, repository: &str) -> ResticBuilder {
        let client = Restic::builder()
            .binary(restic)
            .repository(format!("{}{repository}", self.prefix))
            .password("secret")
            .no_cache(true)
            .options(&self.options)
            .total_deadline(LIMIT);
        let environment = self.environment.iter();
        environment.fold(client, |client, (name, value)| {
            client.env(*name, value.clone())
        })
    }
}

/// A real restic.
pub(super) struct Program {
    pub(super) path: PathBuf,
    pub(super) version: ResticVersion,
}

/// Prints how something went, and returns what failed.
pub(super) fn report(
    backend: &Backend,
    program: &Program,
    what: &str,
    run: impl FnOnce() -> Result<String>,
) -> Option<String> {
    let begin = Instant::now();
    let result = run();
    let name = format!("{}, restic {}, {what}", backend.name, program.version);
    let took = begin.elapsed().as_secs_f32();
    match result {
        Ok(fact) => {
            println!("{name}: {fact} ({took:.1} s)");
            None
        }
        Err(error) => {
            println!("{name}: FAILED ({took:.1} s)");
            Some(format!("FAILED {name}: {error}"))
        }
    }
}
