//! From recorded calls to a scenario that is known to work.

use std::path::Path;

use super::canonical::{Canonical, Names};
use super::directories::{beside, remove};
use super::error::RecordError;
use super::gate::Secrets;
use super::pending::PendingRecording;
use crate::replay::mutates;
use crate::{
    Event, Exit, Invocation, Order, PlaceholderKind, Process, RecordedWith, Replay, ScenarioWriter,
    Secret,
};

/// One call as it was made and answered.
#[derive(Clone, Debug)]
pub(crate) struct RawCall {
    pub(crate) invocation: Invocation,
    /// The arguments as they are kept: a repository of the environment among them.
    pub(crate) argv: Vec<String>,
    pub(crate) stdin: Option<Vec<u8>>,
    pub(crate) stdout: Vec<u8>,
    pub(crate) stderr: Vec<u8>,
    pub(crate) exit: Exit,
}

/// Everything that becomes a scenario.
pub(crate) struct Assembly {
    pub(crate) note: String,
    pub(crate) restic: String,
    pub(crate) again: Option<String>,
    pub(crate) names: Names,
    /// Whether the names are given on replay, and calls need not show them.
    pub(crate) names_are_given: bool,
    pub(crate) secrets: Secrets,
    pub(crate) thrown_away: Vec<Secret>,
    pub(crate) calls: Vec<RawCall>,
}

impl Assembly {
    /// Writes it beside the directory and tries it.
    pub(crate) fn propose(mut self, folder: &Path) -> Result<PendingRecording, RecordError> {
        if self.calls.is_empty() {
            return Err(RecordError::Empty);
        }
        for call in &self.calls {
            self.secrets.add_of(&call.invocation);
            forbid_secret_output(&call.argv)?;
        }
        let writer = self.writer();
        self.secrets.check(&writer.content(), &self.thrown_away)?;
        let pending = beside(folder, "new");
        remove(&pending)?;
        writer.write(&pending)?;
        if let Err(error) = self.try_out(&pending) {
            remove(&pending)?;
            return Err(error);
        }
        PendingRecording::of(folder)
    }

    /// Refuses calls on repositories outside of this directory.
    pub(super) fn check_repositories(&self, scratch: &Path) -> Result<(), RecordError> {
        let owned = |location: &str| Path::new(location).starts_with(scratch);
        for call in &self.calls {
            let Ok(line) = restic_types::cli::CommandLine::parse(&call.argv) else {
                continue;
            };
            let locations = ["repo", "repo2", "from-repo"];
            let named = locations.iter().flat_map(|name| line.all(name));
            let values = named.filter_map(|flag| flag.value.as_deref()?.to_str());
            let hidden = [
                "repository-file",
                "repository-file2",
                "from-repository-file",
            ];
            let is_hidden = hidden.iter().any(|name| line.all(name).next().is_some());
            if is_hidden || !values.into_iter().all(owned) {
                return Err(RecordError::ForeignRepository {
                    call: call.invocation.to_string(),
                });
            }
        }
        Ok(())
    }

    fn writer(&self) -> ScenarioWriter {
        let texts = self.calls.iter().flat_map(RawCall::texts);
        let texts: Vec<_> = texts.collect();
        let canonical = Canonical::of(texts.iter().map(String::as_str), self.names.clone());
        let mut writer = ScenarioWriter::new(&self.note, RecordedWith::here(&self.restic));
        if let Some(again) = &self.again {
            writer.record_again(again);
        }
        for (_, placeholder) in &self.names {
            if let Some(name) = placeholder_name(placeholder) {
                writer.placeholder(name, PlaceholderKind::Path);
            }
        }
        for call in &self.calls {
            let bytes = |bytes: &[u8]| match std::str::from_utf8(bytes) {
                Ok(text) => canonical.output(text).into_bytes(),
                Err(_) => bytes.to_vec(),
            };
            let argv: Vec<_> = call.argv.iter().map(|word| canonical.text(word)).collect();
            let command = command_of(&call.argv);
            writer.call(
                &command,
                argv,
                mutates(&call.argv),
                bytes(&call.stdout),
                bytes(&call.stderr),
                call.exit,
            );
            let directory = call.invocation.current_dir.as_deref();
            let directory = directory.map(|path| canonical.text(&path.to_string_lossy()));
            if let Some(directory) = directory.filter(|directory| directory.contains("{{")) {
                writer.current_dir(directory);
            }
            if let Some(stdin) = &call.stdin {
                writer.stdin(bytes(stdin));
            }
        }
        writer
    }

    /// Makes the recorded calls again and compares the answers with the same recording whose
    /// placeholders are given: what the calls alone say of them must be enough.
    fn try_out(&self, folder: &Path) -> Result<(), RecordError> {
        let load = || Ok::<_, RecordError>(Replay::load(folder)?.order(Order::Strict));
        let told = self.bound(load()?);
        let replay = if self.names_are_given {
            self.bound(load()?)
        } else {
            load()?
        };
        let answers = (self.answers(&replay), self.answers(&told));
        // Both are finished before any of their errors is looked at: none may be dropped.
        let finished = (replay.finish(), told.finish());
        if let (Err(error), _) | (_, Err(error)) = finished {
            return Err(RecordError::DoesNotReplay(error));
        }
        let pairs = answers.0.into_iter().zip(answers.1);
        for (call, (replayed, expected)) in self.calls.iter().zip(pairs) {
            if replayed != expected {
                return Err(RecordError::Differs {
                    call: command_of(&call.argv),
                    problem: "a placeholder has another value than when it was recorded".into(),
                });
            }
        }
        Ok(())
    }

    /// The replay with all placeholders as they were when it was recorded.
    fn bound(&self, mut replay: Replay) -> Replay {
        for (path, placeholder) in &self.names {
            if let Some(name) = placeholder_name(placeholder) {
                replay = replay.bind(name, path);
            }
        }
        replay
    }

    fn answers(&self, replay: &Replay) -> Vec<Option<Vec<Event>>> {
        let executor = replay.executor();
        let texts = self.calls.iter().flat_map(RawCall::texts);
        let texts: Vec<_> = texts.collect();
        // Ids are canonical in what the program under test will see, paths are its own.
        let canonical = Canonical::of(texts.iter().map(String::as_str), Vec::new());
        let answer = |call: &RawCall| {
            let words = call.argv.iter().map(|word| canonical.text(word));
            let mut invocation = Invocation::new(words);
            invocation
                .current_dir
                .clone_from(&call.invocation.current_dir);
            executor.start(&invocation).ok().map(all_events)
        };
        self.calls.iter().map(answer).collect()
    }
}

impl RawCall {
    pub(super) fn is_version(&self) -> bool {
        command_of(&self.argv) == "version"
    }

    /// What is text in it, in the order in which it was said.
    fn texts(&self) -> impl Iterator<Item = String> {
        let outputs = [&self.stdout, &self.stderr];
        let outputs = outputs.map(|bytes| String::from_utf8(bytes.clone()).unwrap_or_default());
        self.argv.iter().cloned().chain(outputs)
    }
}

fn all_events(mut process: Box<dyn Process>) -> Vec<Event> {
    let mut events = Vec::new();
    while let Ok(event) = process.next_event(None) {
        events.push(event);
    }
    events
}

/// The name in `{{name}}`; none for a word that is no placeholder.
fn placeholder_name(placeholder: &str) -> Option<&str> {
    placeholder.strip_prefix("{{")?.strip_suffix("}}")
}

/// The command for the name of a call.
fn command_of(argv: &[String]) -> String {
    let line = restic_types::cli::CommandLine::parse(argv);
    line.map_or_else(|_| "call".to_owned(), |line| line.command.name.to_owned())
}

fn forbid_secret_output(argv: &[String]) -> Result<(), RecordError> {
    let Ok(line) = restic_types::cli::CommandLine::parse(argv) else {
        return Ok(());
    };
    let object = line.operands.first().and_then(|word| word.to_str());
    if line.command.name == "cat" && matches!(object, Some("masterkey" | "key")) {
        let command = format!("cat {}", object.unwrap_or_default());
        return Err(RecordError::Forbidden { command });
    }
    Ok(())
}
