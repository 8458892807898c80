//! From recorded calls to a scenario that is known to work.

use std::path::Path;
use std::time::Instant;

use restic_types::canonical::{Canonical, Names, Said, progress_lines};

use crate::directories::{beside, remove};
use crate::error::RecordError;
use crate::gate::Secrets;
use crate::inherited::Inherited;
use crate::pending::PendingRecording;
use restic_core::for_recorder::{Input, RecordedSignal, SignalName};
use restic_core::{
    Effects, Event, Exit, Invocation, Order, PlaceholderKind, Process, RecordedWith, Replay,
    ScenarioWriter, Secret, Stdin,
};

/// Flags that name a repository, and the variables that count without them.
const REPOSITORIES: [(&[&str], &[&str]); 2] = [
    (
        &["repo", "repository-file"],
        &["RESTIC_REPOSITORY", "RESTIC_REPOSITORY_FILE"],
    ),
    (
        &[
            "from-repo",
            "from-repository-file",
            "repo2",
            "repository-file2",
        ],
        &[
            "RESTIC_FROM_REPOSITORY",
            "RESTIC_FROM_REPOSITORY_FILE",
            "RESTIC_REPOSITORY2",
            "RESTIC_REPOSITORY_FILE2",
        ],
    ),
];

/// One call as it was made and answered.
#[derive(Clone)]
pub(crate) struct RawCall {
    pub(crate) invocation: Invocation,
    pub(crate) inherited: Inherited,
    /// The arguments as they are kept: a repository of the environment among them.
    pub(crate) argv: Vec<String>,
    /// Absent when that was nothing, or its end was not read.
    pub(crate) stdin: Option<Input>,
    pub(crate) stdout: Vec<u8>,
    pub(crate) stderr: Vec<u8>,
    pub(crate) exit: Exit,
    /// The first signal that the program sent it.
    pub(crate) signal: Option<RawSignal>,
    /// The files that it left, or why they cannot be recorded.
    pub(crate) left: Result<Effects, String>,
}

/// A signal, and how many bytes of each stream had been read when it was sent.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RawSignal {
    pub(crate) name: SignalName,
    pub(crate) stdout: usize,
    pub(crate) stderr: usize,
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
    pub(crate) fn propose(mut self, directory: &Path) -> Result<PendingRecording, RecordError> {
        if self.calls.is_empty() {
            return Err(RecordError::Empty);
        }
        for call in &self.calls {
            self.secrets.add_of(&call.invocation);
            self.secrets.add_inherited(&call.inherited);
            forbid_secret_output(&call.argv)?;
            check_left(call)?;
        }
        let writer = self.writer();
        self.secrets.check(&writer.content(), &self.thrown_away)?;
        // A canonical form may have changed a part of a secret and left the rest.
        self.secrets.check(&self.as_printed(), &self.thrown_away)?;
        let pending = beside(directory, "new");
        remove(&pending)?;
        writer.write(&pending)?;
        if let Err(error) = self.try_out(&pending) {
            remove(&pending)?;
            return Err(error);
        }
        PendingRecording::of(directory)
    }

    /// Refuses calls on repositories outside of this directory.
    pub(crate) fn check_repositories(&self, scratch: &Path) -> Result<(), RecordError> {
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
            let in_variables = call.repositories_in_variables(&line);
            if is_hidden || !values.chain(in_variables).all(owned) {
                return Err(RecordError::ForeignRepository {
                    call: call.invocation.to_string(),
                });
            }
        }
        Ok(())
    }

    /// What restic printed and was given, before anything of it is replaced.
    fn as_printed(&self) -> Vec<(String, Vec<u8>)> {
        let mut all = Vec::new();
        for (number, call) in (1..).zip(&self.calls) {
            let name = |what| format!("{number:02}-{}.{what}", command_of(&call.argv));
            all.push((name("argv"), call.argv.join("\n").into_bytes()));
            all.push((name("stdout"), call.stdout.clone()));
            all.push((name("stderr"), call.stderr.clone()));
            let stdin = call.stdin.as_ref().and_then(Input::short);
            all.extend(stdin.map(|stdin| (name("stdin"), stdin.to_vec())));
        }
        all
    }

    fn writer(&self) -> ScenarioWriter {
        let canonical = self.canonical(self.names.clone());
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
            let (stdout, stderr, signal) = match call.signal {
                _ if call.prints_data() => (call.stdout.clone(), bytes(&call.stderr), None),
                None => (bytes(&call.stdout), bytes(&call.stderr), None),
                Some(signal) => call.interrupted(&canonical, signal),
            };
            let progress = progress_lines(&stdout);
            let argv: Vec<_> = call.argv.iter().map(|word| canonical.text(word)).collect();
            let command = command_of(&call.argv);
            writer.call(&command, argv, call.may_change(), stdout, stderr, call.exit);
            if call.prints_data() {
                writer.data();
            }
            if let Some(signal) = signal {
                writer.signal(signal);
            }
            if progress > 0 {
                writer.thinned_status(progress);
            }
            let directory = call.invocation.current_dir.as_deref();
            let directory = directory.map(|path| canonical.text(&path.to_string_lossy()));
            if let Some(directory) = directory.filter(|directory| directory.contains("{{")) {
                writer.current_dir(directory);
            }
            match call.stdin.as_ref().map(|stdin| (stdin.short(), stdin)) {
                Some((Some(short), _)) => writer.short_stdin(given(&canonical, short)),
                Some((None, long)) => writer.long_stdin(long.summary()),
                None => {}
            }
            if let Ok(effects) = &call.left {
                writer.left(effects, |path| canonical.path(path));
            }
        }
        writer
    }

    fn canonical(&self, names: Names) -> Canonical {
        Canonical::of(self.calls.iter().flat_map(RawCall::texts), names)
    }

    /// Makes the recorded calls again and compares the answers with the same recording whose
    /// placeholders are given: what the calls alone say of them must be enough.
    fn try_out(&self, directory: &Path) -> Result<(), RecordError> {
        // Long input is not there any more.
        let load = || {
            let replay = Replay::load(directory)?.order(Order::Strict);
            Ok::<_, RecordError>(replay.tolerates_no_input())
        };
        let given = self.bound(load()?);
        let replay = if self.names_are_given {
            self.bound(load()?)
        } else {
            load()?
        };
        let answers = (self.answers(&replay), self.answers(&given));
        // Both are finished before any of their errors is looked at: none may be dropped.
        let finished = (replay.finish(), given.finish());
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
        // Ids are canonical in what the program under test will see, paths are its own.
        let canonical = self.canonical(Vec::new());
        let answer = |call: &RawCall| {
            let words = call.argv.iter().map(|word| canonical.text(word));
            let mut invocation = Invocation::new(words);
            invocation
                .current_dir
                .clone_from(&call.invocation.current_dir);
            if let Some(short) = call.stdin.as_ref().and_then(Input::short) {
                invocation.stdin = Stdin::Bytes(given(&canonical, short).into());
            }
            let process = executor.start(&invocation).ok()?;
            Some(all_events(process, call.signal))
        };
        self.calls.iter().map(answer).collect()
    }
}

impl RawCall {
    /// A call that printed nothing.
    #[cfg(test)]
    pub(crate) fn silent(words: &[&str]) -> Self {
        let argv = words.iter().map(|&word| word.to_owned()).collect();
        Self::begun(Invocation::new(words), Inherited::default(), argv)
    }

    /// A call of which nothing is known yet but how it began.
    pub(crate) fn begun(invocation: Invocation, inherited: Inherited, argv: Vec<String>) -> Self {
        Self {
            invocation,
            inherited,
            argv,
            stdin: None,
            stdout: Vec::new(),
            stderr: Vec::new(),
            exit: Exit::Code(0),
            signal: None,
            left: Ok(Effects::default()),
        }
    }

    /// Whether it may change what the calls after it find. What is not known does.
    fn may_change(&self) -> bool {
        let line = restic_types::cli::CommandLine::parse(&self.argv);
        line.map_or(true, |line| line.may_change())
    }

    /// What variables say of repositories of which the arguments do not speak. What is in a file
    /// is nowhere.
    fn repositories_in_variables<'a>(
        &'a self,
        line: &'a restic_types::cli::CommandLine,
    ) -> impl Iterator<Item = &'a str> {
        let counts = |flags: &[&str]| {
            let is_named = flags.iter().any(|name| line.all(name).next().is_some());
            let of_command = line.command.flags.iter();
            let mut known = of_command.chain(restic_types::cli::global_flags());
            !is_named && known.any(|flag| flags.contains(&flag.name))
        };
        let groups = REPOSITORIES.iter().filter(move |(flags, _)| counts(flags));
        let names = groups.flat_map(|(_, variables)| variables.iter());
        names.flat_map(|name| {
            let given = [&self.invocation.environment, &self.inherited.named];
            let values = given.map(|variables| variables.get(name.as_ref()));
            values.into_iter().flatten().map(|value| {
                let value = std::str::from_utf8(value.expose()).unwrap_or_default();
                if name.contains("_FILE") { "" } else { value }
            })
        })
    }

    pub(crate) fn is_version(&self) -> bool {
        command_of(&self.argv) == "version"
    }

    /// Whether its output is what somebody saved, and is kept as it is: a program may compare it
    /// with what it has. Of a call that was stopped only a part is.
    fn prints_data(&self) -> bool {
        self.signal.is_none() && command_of(&self.argv) == "dump"
    }

    /// What it printed before and after the signal, each in canonical form.
    fn interrupted(
        &self,
        canonical: &Canonical,
        signal: RawSignal,
    ) -> (Vec<u8>, Vec<u8>, Option<RecordedSignal>) {
        let halves = |bytes: &[u8], at: usize| {
            let (before, after) = bytes.split_at(start_of_message(bytes, at));
            let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec());
            match (text(before), text(after)) {
                (Ok(before), Ok(after)) => {
                    let before = canonical.cut_off(&before).into_bytes();
                    let after = canonical.last_words(&after).into_bytes();
                    (before.len() as u64, [before, after].concat())
                }
                _ => (at as u64, bytes.to_vec()),
            }
        };
        let (after_stdout, stdout) = halves(&self.stdout, signal.stdout);
        let (after_stderr, stderr) = halves(&self.stderr, signal.stderr);
        let signal = RecordedSignal {
            name: signal.name,
            after_stdout,
            after_stderr,
        };
        (stdout, stderr, Some(signal))
    }

    /// What the program has said on standard input: text, such as a list of files. What is long is
    /// data.
    pub(crate) fn said(&self) -> Option<&str> {
        let stdin = self.stdin.as_ref().and_then(Input::short)?;
        std::str::from_utf8(stdin).ok()
    }

    /// What is text in it, in the order in which it was said.
    fn texts(&self) -> impl Iterator<Item = Said<'_>> {
        let words = self.argv.iter().map(String::as_str);
        let given = words.chain(self.said()).map(Said::Given);
        let stdout = (!self.prints_data()).then_some(&self.stdout);
        let outputs = stdout.into_iter().chain([&self.stderr]);
        let printed = outputs.filter_map(|bytes| std::str::from_utf8(bytes).ok());
        given.chain(printed.map(Said::Printed))
    }
}

/// This place, or the beginning of the message that it is in: how much of one had been read is
/// chance, and the program had not seen it.
fn start_of_message(bytes: &[u8], at: usize) -> usize {
    let at = at.min(bytes.len());
    let start = bytes[..at].iter().rposition(|byte| *byte == b'\n');
    let start = start.map_or(0, |newline| newline + 1);
    let is_message = bytes[start..].starts_with(br#"{"message_type":"#);
    if is_message { start } else { at }
}

/// What a process prints until it ends, signalled where it was.
fn all_events(mut process: Box<dyn Process>, signal: Option<RawSignal>) -> Vec<Event> {
    let mut events = Vec::new();
    if let Some(signal) = signal {
        // What it prints at once came before the signal.
        while let Ok(event) = process.next_event(Some(Instant::now())) {
            if event == Event::Woken {
                break;
            }
            events.push(event);
        }
        let control = process.control();
        // A replay takes every signal.
        let _ = signal.name.send(&*control);
    }
    while let Ok(event) = process.next_event(None) {
        events.push(event);
    }
    events
}

/// What a program gives restic, with the names of what restic has printed.
fn given(canonical: &Canonical, stdin: &[u8]) -> Vec<u8> {
    let text = std::str::from_utf8(stdin);
    text.map_or_else(|_| stdin.to_vec(), |text| canonical.text(text).into_bytes())
}

/// The name in `{{name}}`. Returns `None` when the word is no placeholder.
fn placeholder_name(placeholder: &str) -> Option<&str> {
    placeholder.strip_prefix("{{")?.strip_suffix("}}")
}

/// The command for the name of a call.
fn command_of(argv: &[String]) -> String {
    let line = restic_types::cli::CommandLine::parse(argv);
    line.map_or_else(|_| "call".to_owned(), |line| line.command.name.to_owned())
}

/// Refuses what cannot be made again.
fn check_left(call: &RawCall) -> Result<(), RecordError> {
    let unrecordable = |problem: String| Err(RecordError::Unrecordable { problem });
    match &call.left {
        Err(problem) => unrecordable(format!("what `{}` left: {problem}", call.invocation)),
        Ok(effects) => match effects.paths().find(|path| path.contains("{{")) {
            Some(path) => unrecordable(format!(
                "{path} looks like a placeholder: give the file another name"
            )),
            None => Ok(()),
        },
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    fn check(words: &[&str], name: &str, value: &str, is_inherited: bool) -> bool {
        let mut call = RawCall::silent(words);
        let variables = match is_inherited {
            true => &mut call.inherited.named,
            false => &mut call.invocation.environment,
        };
        variables.insert(name.into(), value.into());
        let assembly = Assembly {
            note: String::new(),
            restic: String::new(),
            again: None,
            names: Names::new(),
            names_are_given: false,
            secrets: Secrets::default(),
            thrown_away: Vec::new(),
            calls: vec![call],
        };
        assembly.check_repositories(Path::new("/scratch")).is_ok()
    }

    #[test]
    fn repositories_in_variables_are_foreign_like_others() {
        let own = "--repo=/scratch/repo";
        assert!(!check(
            &["snapshots"],
            "RESTIC_REPOSITORY",
            "/srv/repo",
            true
        ));
        assert!(check(
            &["snapshots"],
            "RESTIC_REPOSITORY",
            "/scratch/repo",
            true
        ));
        assert!(check(
            &[own, "snapshots"],
            "RESTIC_REPOSITORY",
            "/srv/repo",
            true
        ));
        for is_inherited in [true, false] {
            let of = |words: &[&str], name, value| check(words, name, value, is_inherited);
            for name in ["RESTIC_FROM_REPOSITORY", "RESTIC_REPOSITORY2"] {
                assert!(!of(&[own, "copy"], name, "/srv/repo"), "{name}");
                assert!(of(&[own, "copy"], name, "/scratch/other"), "{name}");
                assert!(of(&[own, "snapshots"], name, "/srv/repo"), "{name}");
            }
            let file = "RESTIC_FROM_REPOSITORY_FILE";
            assert!(!of(&[own, "copy"], file, "/scratch/file"));
        }
    }
}
