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
    Event, Exit, InputReader, Invocation, Process, Recording, Runner, Scenario, Secret, Stdin,
};
use restic_record::Recorder;

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

/// Sentences that say that something is not there.
const NOT_THERE: [&str; 5] = [
    "does not exist",
    "no such file or directory",
    "not found in snapshot",
    "no matching ID found",
    "Is there a repository at the following location?",
];

/// Why nothing could be compared.
pub(crate) enum Trouble {
    /// The calls cannot be made from the recording alone.
    Recording(String),
    /// Anything else, such as a restic that cannot be started.
    Other(String),
}

impl From<String> for Trouble {
    fn from(problem: String) -> Self {
        Self::Other(problem)
    }
}

/// Makes the calls of a scenario with this restic, and compares what it prints.
pub(crate) fn check(scenario: &Scenario, restic: &Path) -> Result<Drift, Trouble> {
    let mut again = Again::new(scenario, restic)?;
    for call in scenario.calls() {
        let made = again.call(&call);
        made.map_err(|problem| Trouble::Recording(format!("{}: {problem}", call.name())))?;
    }
    let kept = tempfile::tempdir().map_err(|error| error.to_string())?;
    let directory = kept.path().join("again");
    let keep = again.recorder.keep(&directory);
    // It is new: there is nothing that it would have to wait beside.
    let _ = keep.map_err(|error| error.in_full())?;
    let new = Scenario::load(directory).map_err(|error| error.to_string())?;
    Drift::between(scenario, &new).map_err(|error| Trouble::Other(error.to_string()))
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
        let text = [&stdout[..], b"\n", &stderr].concat();
        let text = String::from_utf8_lossy(&text);
        let says = |sentence: &str| text.contains(sentence);
        let mut password = self.password.clone();
        if says("wrong password or no key found") {
            password = Secret::new("another password than that of the repository");
        }
        let line = self.words.line(recorded.arguments(), &self.ids)?;
        if line.command == "backup" {
            let is_missing = |operand: &str| {
                let mut lines = text.lines().map(|line| self.words.filled(line));
                lines.any(|line| says_missing(&line, operand))
            };
            let there = line.operands.iter().filter(|operand| !is_missing(operand));
            let paths: Vec<_> = there
                .map(|path| self.recorder.directory().join(path))
                .collect();
            let made = self
                .sources
                .make(&paths, &self.words, recorded.is_signalled());
            made.map_err(|error| format!("no files to save: {error}"))?;
        }
        let mut invocation = Invocation::new(Vec::<String>::new());
        invocation.arguments = line.arguments(&password);
        invocation.current_dir = Some(self.recorder.directory().to_owned());
        if line.reads_stdin {
            invocation.stdin = input(recorded)?;
        }
        let repository = self.words.repository(&line);
        if let Some(repository) = repository
            && line.command != "init"
            && !repository.join("config").exists()
            && has_opened(recorded.exit(), &text)
        {
            return Err("the repository that it uses is not made in the recording".to_owned());
        }
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
            to_the_end(&mut *process, Printed::default())
        };
        let (printed, exit) = printed.map_err(|error| error.to_string())?;
        drop(lock);
        if recorded.exit().is_success() && !exit.is_success() {
            let said = String::from_utf8_lossy(&printed.stderr);
            let is_missing = |line: &&str| NOT_THERE.iter().any(|words| line.contains(words));
            if let Some(line) = said.lines().find(is_missing) {
                return Err(format!(
                    "something that it uses is not made in the recording: {line}"
                ));
            }
        }
        if line.command == "key passwd" && exit.is_success() {
            self.password = Secret::new(words::NEW_PASSWORD);
        }
        self.ids.learn(&stdout, &printed.stdout);
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

/// Whether a line says that a path is not there: this one, and not another one that it is a part of.
fn says_missing(line: &str, path: &str) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || "/._-".contains(c);
    let is_whole = |(at, _): (usize, &str)| {
        let (before, after) = (&line[..at], &line[at + path.len()..]);
        !before.ends_with(is_part) && !after.starts_with(is_part)
    };
    NOT_THERE.iter().any(|words| line.contains(words))
        && !path.is_empty()
        && line.match_indices(path).any(is_whole)
}

/// Whether a call got as far as to use its repository. An unknown flag ends before that, and what
/// had no code of its own before restic 0.17 is not known.
fn has_opened(exit: Exit, text: &str) -> bool {
    match exit {
        Exit::Code(0 | 3 | 11 | 12 | 130) | Exit::Signal(_) => true,
        _ => {
            let says = |sentence| text.contains(sentence);
            says("wrong password or no key found") || says("already locked")
        }
    }
}

/// What came on both streams.
#[derive(Default)]
struct Printed {
    stdout: Vec<u8>,
    stderr: Vec<u8>,
}

impl Printed {
    /// Takes an event, and gives the exit when it is that.
    fn take(&mut self, event: Event) -> Option<Exit> {
        match event {
            Event::Stdout(bytes) => self.stdout.extend(bytes),
            Event::Stderr(bytes) => self.stderr.extend(bytes),
            Event::Exited(exit) => return Some(exit),
            _ => {}
        }
        None
    }
}

/// Runs to its end.
fn to_the_end(process: &mut dyn Process, mut printed: Printed) -> io::Result<(Printed, Exit)> {
    loop {
        if let Some(exit) = printed.take(process.next_event(None)?) {
            return Ok((printed, exit));
        }
    }
}

/// Likewise, and is signalled when it has begun.
fn interrupted(
    process: &mut dyn Process,
    recorded: &Recording<'_>,
    repository: Option<&Path>,
) -> io::Result<(Printed, Exit)> {
    let locks = repository.map(|repository| repository.join("locks"));
    let is_locked = || {
        let entries = locks.as_ref().and_then(|locks| fs::read_dir(locks).ok());
        entries.is_some_and(|mut entries| entries.next().is_some())
    };
    let begin = Instant::now();
    let mut printed = Printed::default();
    while !is_locked() && begin.elapsed() < UNTIL_LOCKED {
        let event = process.next_event(Some(Instant::now() + Duration::from_millis(10)))?;
        if let Some(exit) = printed.take(event) {
            return Ok((printed, exit));
        }
    }
    // It is there before restic knows that it is.
    thread::sleep(Duration::from_millis(500));
    recorded.signal(&*process.control())?;
    to_the_end(process, printed)
}

#[cfg(test)]
mod tests {
    use super::says_missing;

    #[test]
    fn a_path_is_missing_when_it_is_named_as_a_whole() {
        let line = "src/gone does not exist, skipping";
        assert!(says_missing(line, "src/gone"));
        for other in ["src", "gone", "src/gon", "", "skipping!"] {
            assert!(!says_missing(line, other), "{other:?}");
        }
        let json = r#"{"error":{"message":"lstat /d/gone: no such file or directory"}}"#;
        assert!(says_missing(json, "/d/gone"));
        assert!(!says_missing("/d/gone is saved", "/d/gone"));
    }
}
