//! Calls that are answered in process from a recording, beside parsing the bytes of the answers.

use std::error::Error;
use std::fs;
use std::hint::black_box;
use std::io;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;

use restic_cli_wrap::commands::{Ls, Snapshots, Version};
use restic_cli_wrap::core::{RecordedWith, ScenarioWriter};
use restic_cli_wrap::{Event, Executor, Exit, Invocation, Replay, Restic};
use restic_test_support::first_backup;
use restic_types::{Snapshot, VersionInfo};
use serde_json::Value;

use crate::baseline;
use crate::listing::Listing;
use crate::timing::{Task, in_turn};

/// What is asked of a replay.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Replayed {
    /// The version, a document of a hundred bytes, by the executor alone: its process is read to the
    /// end without a client.
    Executor,
    /// The version, by a client.
    Version,
    /// Three snapshots: two kilobytes.
    Three,
    /// 2,048 snapshots: 1.65 MB in one document.
    Snapshots,
    /// The lines of 30,000 files: 13 MB.
    Ls,
    /// The whole program of the fixture `first-backup`: eight calls, the scenario loaded first.
    Program,
}

/// Two ways to the same values.
#[allow(
    missing_debug_implementations,
    reason = "there is nothing to see of closures"
)]
pub struct Pair {
    /// By a client whose calls are replayed.
    pub replay: Task<'static>,
    /// From the same bytes in memory; from their files for the whole program.
    pub parse: Task<'static>,
}

impl Pair {
    /// The seconds that both ways take, in turn.
    ///
    /// # Errors
    ///
    /// When one fails.
    pub fn measure(self, rounds: usize) -> Result<[f64; 2], Box<dyn Error>> {
        in_turn([self.replay, self.parse], rounds)
    }
}

/// What `restic version` prints; a replay answers with something as long.
const VERSION: &[u8] = br#"{"message_type":"version","version":"0.19.1","go_version":"go1.25.1","go_os":"linux","go_arch":"amd64"}"#;

impl Replayed {
    /// Every one of them.
    pub const ALL: [Self; 6] = [
        Self::Executor,
        Self::Version,
        Self::Three,
        Self::Snapshots,
        Self::Ls,
        Self::Program,
    ];

    /// Its name on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Executor => "executor",
            Self::Version => "version",
            Self::Three => "three-snapshots",
            Self::Snapshots => "snapshots",
            Self::Ls => "ls",
            Self::Program => "first-backup",
        }
    }

    /// Both ways. What is replayed is written below this directory.
    ///
    /// # Errors
    ///
    /// When it cannot be written.
    pub fn pair(self, directory: &Path) -> Result<Pair, Box<dyn Error>> {
        if self == Self::Program {
            return Ok(program(restic_fixtures::first_backup(
                restic_fixtures::Version::V0_19_1,
            )));
        }
        let (command, bytes) = self.answer();
        let executor = executor(&directory.join(self.name()), command, &bytes)?;
        let restic = client(Arc::clone(&executor));
        let replay: Task<'static> = match self {
            Self::Executor => Box::new(move || done(ask(&*executor)?)),
            Self::Version => Box::new(move || done(restic.run(Version::new())?)),
            Self::Ls => Box::new(move || done(restic.run(Ls::new("latest"))?)),
            _ => Box::new(move || done(restic.run(Snapshots::new())?)),
        };
        let parse: Task<'static> = match self {
            Self::Executor | Self::Version => {
                Box::new(move || done(serde_json::from_slice::<VersionInfo>(&bytes)?))
            }
            Self::Ls => Box::new(move || done(baseline::keep(Listing::Ls, &bytes[..])?)),
            _ => Box::new(move || done(serde_json::from_slice::<Vec<Snapshot>>(&bytes)?)),
        };
        Ok(Pair { replay, parse })
    }

    /// The command that is answered, and with what.
    fn answer(self) -> (&'static [&'static str], Vec<u8>) {
        match self {
            Self::Executor | Self::Version | Self::Program => (&["version"], VERSION.to_vec()),
            Self::Three => (&["snapshots"], Listing::Snapshots.print(3).into_bytes()),
            Self::Snapshots => (&["snapshots"], Listing::Snapshots.print(2048).into_bytes()),
            Self::Ls => (
                &["ls", "--", "latest"],
                Listing::Ls.print(30_000).into_bytes(),
            ),
        }
    }
}

impl FromStr for Replayed {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        let found = Self::ALL.into_iter().find(|known| known.name() == name);
        found.ok_or_else(|| format!("{name}: nothing of that name is replayed"))
    }
}

/// Keeps a value from being optimised away.
fn done<T>(value: T) -> Result<(), Box<dyn Error>> {
    drop(black_box(value));
    Ok(())
}

/// Asks for the version without a client.
fn ask(executor: &dyn Executor) -> Result<VersionInfo, Box<dyn Error>> {
    let words = ["--json", "--repo=/srv/repo", "version"];
    let mut process = executor.start(&Invocation::new(words))?;
    let mut printed = Vec::new();
    loop {
        match process.next_event(None)? {
            Event::Stdout(chunk) if printed.is_empty() => printed = chunk,
            Event::Stdout(chunk) => printed.extend(chunk),
            Event::Exited(_) => return Ok(serde_json::from_slice(&printed)?),
            _ => {}
        }
    }
}

/// Answers from a scenario of one call, any number of times.
fn executor(
    directory: &Path,
    command: &[&str],
    stdout: &[u8],
) -> Result<Arc<dyn Executor>, Box<dyn Error>> {
    let mut scenario = ScenarioWriter::new("for measuring", RecordedWith::here("0.19.1"));
    let words = ["--json", "--repo=/srv/repo", "--password-file={{secret}}"];
    let words = words.iter().chain(command).map(|word| (*word).to_owned());
    scenario.call(
        command[0],
        words.collect(),
        false,
        stdout.to_vec(),
        Vec::new(),
        Exit::Code(0),
    );
    fs::create_dir_all(directory)?;
    scenario.write(directory)?;
    let replay = Replay::load(directory)?;
    let executor = replay.executor();
    // It is never used up, and what it would report in the end is no part of what is measured.
    replay.finish().err();
    Ok(executor)
}

fn client(executor: Arc<dyn Executor>) -> Restic {
    Restic::builder()
        .executor(executor)
        .repository("/srv/repo")
        .password("correct horse battery staple")
        .build()
}

fn program(directory: PathBuf) -> Pair {
    let recorded = directory.clone();
    let replay = move || {
        let replay = Replay::load(&recorded)?;
        let restic = Restic::builder()
            .executor(replay.executor())
            .repository("/srv/repo")
            .build();
        let (source, target) = (Path::new("/data/mine"), Path::new("/restored"));
        let report = first_backup::run(&restic, source, target, |_| {}, || {});
        replay.finish()?;
        done(report?)
    };
    Pair {
        replay: Box::new(replay),
        parse: Box::new(move || Ok(parse_all(&directory)?)),
    }
}

/// The files of a scenario, each line parsed as any JSON.
fn parse_all(directory: &Path) -> io::Result<()> {
    for entry in fs::read_dir(directory)? {
        let path = entry?.path();
        let bytes = fs::read(&path)?;
        if path.ends_with("scenario.json") {
            let _ = black_box(serde_json::from_slice::<Value>(&bytes));
            continue;
        }
        for line in bytes.split(|byte| *byte == b'\n') {
            // Not all of it is JSON.
            let _ = black_box(serde_json::from_slice::<Value>(line));
        }
    }
    Ok(())
}
