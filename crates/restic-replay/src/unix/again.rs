//! The calls of a recording, made once more with another restic: `restic-replay check`.
//!
//! A recording has the calls and not what was around them, so that is made up: files where a backup
//! wants some, another password where one was wrong, a lock where there was one. Whatever can be
//! reached by a recorded call is below a directory of its own: a recording may be a stranger's.

use std::fs;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use restic_core::{
    Event, Exit, InputReader, Invocation, Process, Recorder, Recording, Runner, Scenario, Secret,
    Stdin,
};

use crate::drift::Drift;

mod ids;
mod lock;
mod sources;
mod words;

use ids::Ids;
use lock::HeldLock;
use sources::Sources;
use words::Words;

/// How long a call may take until it is in the middle.
const UNTIL_LOCKED: Duration = Duration::from_secs(20);

/// What is repeated, and how far it has come.
struct Again {
    recorder: Recorder,
    restic: PathBuf,
    words: Words,
    sources: Sources,
    ids: Ids,
    /// Of the repository.
    password: Secret,
}

/// Makes the calls of a scenario with this restic, and compares what it prints.
pub(crate) fn check(scenario: &Scenario, restic: &Path) -> Result<Drift, String> {
    let mut again = Again::new(scenario, restic)?;
    for call in scenario.calls() {
        again
            .call(&call)
            .map_err(|problem| format!("{}: {problem}", call.name()))?;
    }
    let kept = tempfile::tempdir().map_err(|error| error.to_string())?;
    let directory = kept.path().join("again");
    let keep = again.recorder.keep(&directory);
    // It is new: there is nothing that it would have to wait beside.
    let _ = keep.map_err(|error| error.in_full())?;
    let new = Scenario::load(directory).map_err(|error| error.to_string())?;
    Drift::between(scenario, &new).map_err(|error| error.to_string())
}

impl Again {
    fn new(scenario: &Scenario, restic: &Path) -> Result<Self, String> {
        let recorder = Recorder::scratch("check")
            .map_err(|error| error.to_string())?
            .around(Arc::new(Runner::new(restic)))
            .allow_foreign_repositories()
            .placeholders_are_bound();
        let version = recorder.version().map_err(|error| error.to_string())?;
        let recorder = recorder.restic_version(version);
        let mut words = Words::new(recorder.directory());
        for name in scenario.placeholders() {
            let path = match name {
                "dir" => recorder.directory().to_owned(),
                name if words::is_plain(name) => recorder.path(name),
                name => return Err(format!("the placeholder {name:?} is no plain word")),
            };
            words.bind(name, path);
        }
        let sources = Sources::of(scenario)?;
        let password = recorder.password();
        Ok(Self {
            recorder,
            restic: restic.to_owned(),
            words,
            sources,
            ids: Ids::default(),
            password,
        })
    }

    fn call(&mut self, recorded: &Recording<'_>) -> Result<(), String> {
        let read = |stream: Result<Vec<u8>, _>| stream.map_err(|error| format!("{error}"));
        let (stdout, stderr) = (read(recorded.stdout())?, read(recorded.stderr())?);
        let says = |sentence: &str| {
            let said = |bytes: &[u8]| String::from_utf8_lossy(bytes).contains(sentence);
            said(&stdout) || said(&stderr)
        };
        let mut password = self.password.clone();
        if says("wrong password or no key found") {
            password = Secret::new("another password than that of the repository");
        }
        let line = self.words.line(recorded.arguments(), &self.ids)?;
        if line.command == "backup" && !says("does not exist") && !says("no such file") {
            let is_long = recorded.is_signalled();
            let made = self.sources.make(&line.operands, &self.words, is_long);
            made.map_err(|error| format!("no files to save: {error}"))?;
        }
        let mut invocation = Invocation::new(Vec::<String>::new());
        invocation.arguments = line.arguments(&password);
        invocation.current_dir = Some(self.recorder.directory().to_owned());
        if line.reads_stdin {
            invocation.stdin = input(recorded)?;
        }
        let repository = self.words.repository(&line);
        let lock = match repository {
            Some(repository) if says("already locked") => {
                let hold = if says("already locked exclusively") {
                    HeldLock::exclusive
                } else {
                    HeldLock::shared
                };
                let held = hold(&self.restic, repository, &self.password);
                Some(held.map_err(|error| format!("nobody else could lock it: {error}"))?)
            }
            _ => None,
        };
        let process = self.recorder.executor().start(&invocation);
        let mut process = process.map_err(|error| error.to_string())?;
        let printed = if recorded.is_signalled() {
            interrupted(&mut *process, recorded, repository)
        } else {
            to_the_end(&mut *process)
        };
        let (printed, exit) = printed.map_err(|error| error.to_string())?;
        drop(lock);
        if line.command == "key passwd" && exit.is_success() {
            self.password = Secret::new(words::NEW_PASSWORD);
        }
        self.ids.learn(&stdout, &printed);
        Ok(())
    }
}

/// What a call is given on standard input: of long input a recording has the length alone.
fn input(recorded: &Recording<'_>) -> Result<Stdin, String> {
    let bytes = recorded.stdin().map_err(|error| error.to_string())?;
    if bytes.len() as u64 == recorded.stdin_length() {
        return Ok(Stdin::Bytes(bytes.into()));
    }
    let made_up = io::repeat(b'x').take(recorded.stdin_length());
    Ok(Stdin::Reader(InputReader::new(made_up)))
}

/// Runs to its end, and returns what comes on standard output.
fn to_the_end(process: &mut dyn Process) -> io::Result<(Vec<u8>, Exit)> {
    let mut stdout = Vec::new();
    loop {
        match process.next_event(None)? {
            Event::Stdout(bytes) => stdout.extend(bytes),
            Event::Exited(exit) => return Ok((stdout, exit)),
            _ => {}
        }
    }
}

/// Likewise, and is signalled when it has begun.
fn interrupted(
    process: &mut dyn Process,
    recorded: &Recording<'_>,
    repository: Option<&Path>,
) -> io::Result<(Vec<u8>, Exit)> {
    let locks = repository.map(|repository| repository.join("locks"));
    let is_locked = || {
        let entries = locks.as_ref().and_then(|locks| fs::read_dir(locks).ok());
        entries.is_some_and(|mut entries| entries.next().is_some())
    };
    let begin = Instant::now();
    let mut stdout = Vec::new();
    while !is_locked() && begin.elapsed() < UNTIL_LOCKED {
        match process.next_event(Some(Instant::now() + Duration::from_millis(10)))? {
            Event::Stdout(bytes) => stdout.extend(bytes),
            Event::Exited(exit) => return Ok((stdout, exit)),
            _ => {}
        }
    }
    // It is there before restic knows that it is.
    thread::sleep(Duration::from_millis(500));
    recorded.signal(&*process.control())?;
    let (rest, exit) = to_the_end(process)?;
    stdout.extend(rest);
    Ok((stdout, exit))
}
