//! Counts the files of a snapshot of any size, in constant memory.
//!
//! ```text
//! cargo run --release --example ls_stream -- [--async | --borrowed] RESTIC REPOSITORY PASSWORD_FILE [SNAPSHOT]
//! ```
//!
//! With `--async` from asynchronous code, with `--borrowed` without copying a row.

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "an example talks to people"
)]

use std::process::ExitCode;
use std::time::Instant;
use std::{env, fs};

use restic_cli_wrap::commands::Ls;
use restic_cli_wrap::types::{LsMessage, NodeType};
use restic_cli_wrap::{Error, Restic};

const USAGE: &str =
    "usage: ls_stream [--async | --borrowed] RESTIC REPOSITORY PASSWORD_FILE [SNAPSHOT]";

#[derive(Debug, Default)]
struct Tally {
    files: u64,
    others: u64,
    bytes: u64,
}

impl Tally {
    fn add(&mut self, node_type: &NodeType, size: u64) {
        match node_type {
            NodeType::File => self.files += 1,
            _ => self.others += 1,
        }
        self.bytes += size;
    }
}

/// One event after the other.
fn count(restic: &Restic, ls: Ls) -> Result<Tally, Error> {
    let mut tally = Tally::default();
    let mut run = restic.start(ls)?;
    for event in &mut run {
        if let LsMessage::Node(node) = event? {
            tally.add(&node.node_type, node.size);
        }
    }
    // Only this knows whether restic has listed everything.
    run.finish()?;
    Ok(tally)
}

/// The same without copying names and paths.
fn count_borrowed(restic: &Restic, ls: Ls) -> Result<Tally, Error> {
    let mut tally = Tally::default();
    let mut run = restic.start(ls)?;
    run.for_each_row(|node| tally.add(&node.node_type, node.size))?;
    run.finish()?;
    Ok(tally)
}

/// The same on any asynchronous runtime.
async fn count_async(restic: &Restic, ls: Ls) -> Result<Tally, Error> {
    let mut tally = Tally::default();
    let mut run = restic.start_async(ls);
    while let Some(event) = run.next().await {
        if let LsMessage::Node(node) = event? {
            tally.add(&node.node_type, node.size);
        }
    }
    run.finish().await?;
    Ok(tally)
}

fn main() -> ExitCode {
    let mut arguments: Vec<String> = env::args().skip(1).collect();
    let is_mode = |first: &String| first == "--async" || first == "--borrowed";
    let mode = arguments
        .first()
        .is_some_and(is_mode)
        .then(|| arguments.remove(0));
    let (binary, repository, password_file, snapshot) = match &arguments[..] {
        [binary, repository, file] => (binary, repository, file, "latest"),
        [binary, repository, file, snapshot] => (binary, repository, file, snapshot.as_str()),
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::FAILURE;
        }
    };
    let restic = Restic::builder()
        .binary(binary)
        .repository(repository)
        .password_file(password_file)
        .build();
    let begin = Instant::now();
    let tally = match mode.as_deref() {
        Some("--async") => futures_executor::block_on(count_async(&restic, Ls::new(snapshot))),
        Some(_) => count_borrowed(&restic, Ls::new(snapshot)),
        None => count(&restic, Ls::new(snapshot)),
    };
    match tally {
        Ok(tally) => report(&tally, begin),
        Err(error) => {
            eprintln!("{error}");
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}

fn report(tally: &Tally, begin: Instant) {
    let Tally {
        files,
        others,
        bytes,
    } = tally;
    let seconds = begin.elapsed().as_secs_f32();
    println!("{files} files with {bytes} bytes, {others} others, in {seconds:.2} s");
    // Where Linux says how much memory this program ever had.
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    if let Some(peak) = status.lines().find(|line| line.starts_with("VmHWM:")) {
        println!("{peak}");
    }
}
