//! Real restic on real servers, through the client: `cargo xtask backends`.
//!
//! Each kind of server has a module. What is done with it is always the same [`sequence`].

mod backend;
mod concurrency;
mod install;
mod rclone;
mod refusals;
mod rest;
mod s3;
mod sequence;
mod server;
mod sftp;
mod sources;

use std::path::Path;
use std::thread;

use restic_cli_wrap::{Restic, commands::Version};

use crate::task::{Outcome, Result};
use backend::{Backend, Kind, LIMIT, Program, report};

pub(crate) use rest::find_beside as rest_server;

const KINDS: [Kind; 4] = [rest::KIND, rclone::KIND, sftp::KIND, s3::KIND];

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
        return crate::task::skip("RESTIC_BINARIES names no real restic");
    }
    programs.drain(1..programs.len().max(2) - 1);
    run_on([rest::KIND], &programs)
}

/// The real binaries, the oldest first.
fn programs() -> Result<Vec<Program>> {
    let mut programs = Vec::new();
    for path in crate::task::binaries(Vec::new()) {
        let info = Restic::builder()
            .binary(&path)
            .total_deadline(LIMIT)
            .build()
            .run(Version::new())?;
        let version = info.restic_version()?;
        programs.push(Program { path, version });
    }
    programs.sort_by_key(|program| program.version);
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
                let directory = scratch.path().join(kind.name);
                std::fs::create_dir(&directory)?;
                match (kind.start)(&program, &directory) {
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
    failures.extend(run_refusals(&backends, programs));

    for reason in &skipped {
        println!("NOT RUN {reason}");
    }
    if !failures.is_empty() {
        return Err(failures.join("\n").into());
    }
    if skipped.is_empty() {
        return Ok(());
    }
    crate::task::skip("some servers cannot be had here")
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
        report(backend, program, "crowd", || {
            concurrency::run(backend, program)
        })
    };
    pairs.filter_map(run).collect()
}

/// What servers refuse, where there is a rest-server.
fn run_refusals(backends: &[Backend], programs: &[Program]) -> Vec<String> {
    let sftp = backends.iter().find(|backend| backend.name == "sftp");
    let Ok(rest_server) = (rest::KIND.find)() else {
        return Vec::new();
    };
    let run = |program| refusals::run(program, sftp, &rest_server);
    programs.iter().flat_map(run).collect()
}
