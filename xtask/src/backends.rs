//! Real restic on real servers, through the client: `cargo xtask backends`.
//!
//! Each kind of server has a module. What is done with it is always the same [`sequence`].

mod concurrency;
mod install;
mod rclone;
mod rest;
mod s3;
mod sequence;
mod server;
mod sftp;
mod sources;

use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use restic_cli_wrap::types::ResticVersion;
use restic_cli_wrap::{Restic, ResticBuilder, Secret, commands::Version};

use crate::Outcome;
use server::Server;

type Result<T, E = Box<dyn std::error::Error>> = std::result::Result<T, E>;

/// The longest that any call of restic may take. Before 0.18 it tries for 45 seconds to remove
/// what an append-only server does not let it remove.
const LIMIT: Duration = Duration::from_secs(150);

/// How many KiB restic may upload in a second while a backup is to be cancelled.
const UPLOAD: u32 = 4 * 1024;

const KINDS: [Kind; 4] = [rest::KIND, rclone::KIND, sftp::KIND, s3::KIND];

/// A kind of server.
struct Kind {
    name: &'static str,
    /// Finds its program, or installs it; or says why it cannot be had.
    find: fn() -> Result<PathBuf, String>,
    /// Starts the servers, which may keep what they need in this folder.
    start: fn(&Path, &Path) -> Result<Vec<Backend>>,
}

/// A place for repositories, which is gone when this is dropped.
struct Backend {
    name: &'static str,
    /// A location up to the name of the repository.
    prefix: String,
    /// The folder of this machine in which the repositories are, when they are in one.
    folder: Option<PathBuf>,
    environment: Vec<(&'static str, Secret)>,
    options: Vec<String>,
    /// KiB a second, for backups that are to be cancelled.
    upload: u32,
    append_only: bool,
    /// Held to be dropped. Absent where restic starts a helper.
    server: Option<Server>,
}

impl Backend {
    fn new(name: &'static str, prefix: String) -> Self {
        Self {
            name,
            prefix,
            folder: None,
            environment: Vec::new(),
            options: Vec::new(),
            upload: UPLOAD,
            append_only: false,
            server: None,
        }
    }

    fn kept_in(mut self, folder: &Path) -> Self {
        self.folder = Some(folder.to_owned());
        self
    }

    fn env(mut self, name: &'static str, value: impl Into<Secret>) -> Self {
        self.environment.push((name, value.into()));
        self
    }

    fn option(mut self, option: String) -> Self {
        self.options.push(option);
        self
    }

    fn upload(mut self, limit: u32) -> Self {
        self.upload = limit;
        self
    }

    fn append_only(mut self) -> Self {
        self.append_only = true;
        self
    }

    fn served_by(mut self, server: Server) -> Self {
        self.server = Some(server);
        self
    }

    /// A client of the repository with this name.
    fn client(&self, restic: &Path, repository: &str) -> ResticBuilder {
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
struct Program {
    path: PathBuf,
    version: ResticVersion,
}

/// Runs the sequence with every restic on the servers that are named, or on all.
pub(crate) fn run(arguments: impl Iterator<Item = String>) -> Outcome {
    let names: Vec<String> = arguments.collect();
    if let Some(name) = names
        .iter()
        .find(|name| KINDS.iter().all(|kind| kind.name != **name))
    {
        return Err(format!(
            "no backend {name}; there are {}",
            KINDS.map(|kind| kind.name).join(", ")
        )
        .into());
    }
    let programs = programs()?;
    if programs.is_empty() {
        return Err("RESTIC_BINARIES names no real restic".into());
    }
    let chosen = KINDS
        .into_iter()
        .filter(|kind| names.is_empty() || names.iter().any(|name| kind.name == name));
    run_on(chosen, &programs)
}

/// What does not take long: rest-server, with the oldest and the newest restic.
pub(crate) fn run_few() -> Outcome {
    let mut programs = programs()?;
    if programs.is_empty() {
        return crate::skip("RESTIC_BINARIES names no real restic");
    }
    programs.drain(1..programs.len().max(2) - 1);
    run_on([rest::KIND], &programs)
}

/// The real binaries, the oldest first.
fn programs() -> Result<Vec<Program>> {
    let mut programs = Vec::new();
    for path in crate::binaries(Vec::new()) {
        let info = Restic::builder()
            .binary(&path)
            .total_deadline(LIMIT)
            .build()
            .run(Version::new())?;
        let version = info.restic_version()?;
        programs.push(Program { path, version });
    }
    programs.sort_by(|one, other| one.version.cmp(&other.version));
    Ok(programs)
}

fn run_on(kinds: impl IntoIterator<Item = Kind>, programs: &[Program]) -> Outcome {
    let scratch = tempfile::tempdir()?;
    let noise = scratch.path().join("noise");
    sources::write_noise(&noise, sequence::NOISE)?;

    let (mut backends, mut skipped, mut failures) = (Vec::new(), Vec::new(), Vec::new());
    for kind in kinds {
        match (kind.find)() {
            Ok(program) => {
                let folder = scratch.path().join(kind.name);
                std::fs::create_dir(&folder)?;
                match (kind.start)(&program, &folder) {
                    Ok(started) => backends.extend(started),
                    Err(error) => failures.push(format!("{}: {error}", kind.name)),
                }
            }
            Err(reason) => skipped.push(format!("{}: {reason}", kind.name)),
        }
    }
    failures.extend(run_sequences(&backends, programs, &noise));
    // Alone, since it counts what this process holds.
    failures.extend(run_crowds(&backends, programs));

    for reason in &skipped {
        println!("NOT RUN {reason}");
    }
    if !failures.is_empty() {
        return Err(failures.join("\n").into());
    }
    if skipped.is_empty() {
        return Ok(());
    }
    crate::skip("some servers cannot be had here")
}

/// Uses all servers at once, each with one restic after the other, and gives what failed.
fn run_sequences(backends: &[Backend], programs: &[Program], noise: &Path) -> Vec<String> {
    let run_all = |backend| -> Vec<String> {
        let run = |program| sequence::run(backend, program, noise);
        programs.iter().filter_map(run).collect()
    };
    let run_all = &run_all;
    thread::scope(|scope| {
        let threads: Vec<_> = (backends.iter())
            .map(|backend| scope.spawn(move || run_all(backend)))
            .collect();
        let failures = threads.into_iter().flat_map(|thread| {
            let panic = |_| vec!["FAILED: a panic".to_owned()];
            thread.join().unwrap_or_else(panic)
        });
        failures.collect()
    })
}

fn run_crowds(backends: &[Backend], programs: &[Program]) -> Vec<String> {
    let open = backends.iter().filter(|backend| backend.name == rest::OPEN);
    let pairs = open.flat_map(|backend| programs.iter().map(move |program| (backend, program)));
    let run = |(backend, program)| {
        tell(backend, program, "crowd", || {
            concurrency::run(backend, program)
        })
    };
    pairs.filter_map(run).collect()
}

/// Prints how something went, and gives what failed.
fn tell(
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
