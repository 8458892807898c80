//! What a replay knows and has come to, and how it answers.

use std::fmt;
use std::path::PathBuf;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::bindings::Bindings;
use super::content::Filled;
use super::error::ReplayError;
use super::identity::Identity;
use super::input::Expected;
use super::known_calls::{KnownCall, KnownCalls};
use super::left;
use super::prepared::Prepared;
use super::sequence::{Order, Position, Sequence};
use super::signal_behaviour;
use super::signalled::{self, Printed};
use super::version;
use crate::effects::{Left, Place};
use crate::scenario::{ExpectedInput, Input, RecordedCall, RecordedInput, Scenario};
use crate::scripted::Later;
use crate::{
    Chunking, Invocation, ManualClock, Pacing, Scripted, StartError, StartErrorKind, Stdin,
};

pub(super) struct State {
    pub(super) scenario: Scenario,
    /// Print the version: in plain words, and as JSON.
    versions: [Scripted; 2],
    sequence: Sequence,
    pub(super) progress: Mutex<Progress>,
    pub(super) finished: AtomicBool,
}

/// How a call is answered.
pub(super) struct Answer {
    pub(super) script: Scripted,
    /// The number of the recorded call. Absent for the version, which is always known.
    pub(super) call: Option<usize>,
    /// What is to come from a reader. Absent when that is not known, or there is no reader.
    pub(super) input: Option<FromReader>,
    /// The files that are made in the end.
    pub(super) left: Vec<Left>,
}

/// What is to come from the reader of a call.
pub(super) struct FromReader {
    call: usize,
    /// More bytes are another input.
    pub(super) limit: u64,
    /// What the call prints. Absent when that is known already.
    later: Option<Later>,
}

#[derive(Default)]
pub(super) struct Progress {
    pub(super) order: Order,
    /// Whether recorded calls need not be made.
    pub(super) may_leave_out: bool,
    pub(super) chunking: Chunking,
    pub(super) pacing: Pacing,
    /// For a signal; absent when nobody has said how much.
    patience: Option<Duration>,
    pub(super) clock: Option<ManualClock>,
    position: Position,
    pub(super) bindings: Bindings,
    pub(super) calls: Vec<Arc<Invocation>>,
    known: KnownCalls,
    prepared: Prepared,
    pub(super) tolerates_no_input: bool,
    pub(super) misses: Vec<String>,
    /// Where files may be made. Empty when none are.
    pub(super) effects_in: Vec<PathBuf>,
}

impl fmt::Debug for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Replay")
            .field("directory", &self.scenario.directory)
            .field("position", &self.progress().position)
            .finish_non_exhaustive()
    }
}

impl Progress {
    pub(super) fn set_patience(&mut self, patience: Duration) {
        self.patience = Some(patience);
        // Scripts have the patience in them that they were made with.
        self.prepared = Prepared::default();
    }

    /// A script in the chunks, at the pace and by the clock of this replay.
    fn paced(&self, script: Scripted) -> Scripted {
        let script = script.chunked(self.chunking).paced(&self.pacing);
        match &self.clock {
            Some(clock) => script.clock(clock),
            None => script,
        }
    }
}

impl State {
    pub(super) fn new(scenario: Scenario) -> Self {
        Self {
            versions: [false, true].map(|is_json| {
                Scripted::new().stdout(version::answer(scenario.recorded_with(), is_json))
            }),
            sequence: Sequence::of(&scenario.manifest.calls),
            scenario,
            progress: Mutex::default(),
            finished: AtomicBool::new(false),
        }
    }

    pub(super) fn progress(&self) -> MutexGuard<'_, Progress> {
        self.progress.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is given is read already, except from a reader and from a pipe.
    pub(super) fn answer(
        &self,
        invocation: &Invocation,
        given: Option<&Input>,
    ) -> Result<Answer, StartError> {
        let mut progress = self.progress();
        let KnownCall {
            invocation: kept,
            identity: called,
        } = progress.known.of(invocation);
        progress.calls.push(kept);
        let found = self.sequence.find(
            progress.order,
            &called,
            &progress.position,
            &progress.bindings,
        );
        let answer = match found {
            Some((index, bindings)) => {
                progress.bindings = bindings;
                self.sequence.use_up(index, &mut progress.position);
                let call = &self.scenario.manifest.calls[index];
                bind_directory(call, invocation, &mut progress.bindings);
                let played = match &invocation.stdin {
                    Stdin::Reader(_) => self.play_while_read(index, &mut progress),
                    stdin => self
                        .check_given(call, stdin, given, &mut progress)
                        .and_then(|()| Ok((self.script(index, &mut progress)?, None))),
                };
                played.and_then(|(script, input)| {
                    Ok(Answer {
                        script,
                        call: Some(index),
                        input,
                        left: self.left(call, &progress)?,
                    })
                })
            }
            None if called.command() == "version" => {
                let is_json = called.is_on("json");
                return Ok(Answer {
                    script: self.versions[usize::from(is_json)].clone(),
                    call: None,
                    input: None,
                    left: Vec::new(),
                });
            }
            None => Err(self.explain(invocation, &called, &progress)),
        };
        answer.map_err(|explanation| {
            progress.misses.push(explanation.clone());
            StartError::new(StartErrorKind::NotRecorded, explanation)
        })
    }

    /// Compares what a call is given with what was recorded, where both are known.
    fn check_given(
        &self,
        call: &RecordedCall,
        stdin: &Stdin,
        given: Option<&Input>,
        progress: &mut Progress,
    ) -> Result<(), String> {
        match (stdin, given) {
            (Stdin::Null, _) if progress.tolerates_no_input || call.signal.is_some() => Ok(()),
            (Stdin::Bytes(bytes), Some(given)) => self.compare(call, Some(bytes), given, progress),
            (_, Some(given)) => self.compare(call, given.short(), given, progress),
            // A pipe, which restic itself would read.
            (_, None) => Ok(()),
        }
    }

    /// Compares an input, of which this is the text if it is not too long, with what was recorded.
    fn compare(
        &self,
        call: &RecordedCall,
        text: Option<&[u8]>,
        given: &Input,
        progress: &mut Progress,
    ) -> Result<(), String> {
        let Some(recorded) = &call.stdin else {
            return Ok(());
        };
        let input = match recorded {
            RecordedInput::Long(long) => ExpectedInput::long(long.clone()),
            RecordedInput::Kept(file) => {
                let bytes = self.with(&progress.bindings).read(Some(file))?;
                ExpectedInput::short(self.expected(&file.file, bytes, text, progress)?)
            }
        };
        let expected = Expected {
            input,
            id: call.id.clone(),
            directory: self.scenario.directory.display().to_string(),
        };
        expected.check(given)
    }

    /// What answers a call whose input comes from a reader, and is compared when it is read. It
    /// may be the first to name a directory that the call prints.
    fn play_while_read(
        &self,
        index: usize,
        progress: &mut Progress,
    ) -> Result<(Scripted, Option<FromReader>), String> {
        let call = &self.scenario.manifest.calls[index];
        let script = self.script(index, progress);
        let Some(recorded) = &call.stdin else {
            return Ok((script?, None));
        };
        let (script, later) = match (script, recorded) {
            (Err(_), RecordedInput::Kept(_)) if has_read_all(call) => {
                let later = Later::default();
                let restic = &self.scenario.recorded_with().restic;
                let script = Scripted::new().later(&later);
                let script = signal_behaviour::react_like(restic, script);
                (progress.paced(script), Some(later))
            }
            (script, _) => (script?, None),
        };
        let input = FromReader {
            call: index,
            limit: self.limit(recorded, progress)?,
            later,
        };
        Ok((script, Some(input)))
    }

    /// How many bytes an input has at most that is the recorded one.
    fn limit(&self, recorded: &RecordedInput, progress: &Progress) -> Result<u64, String> {
        let RecordedInput::Kept(file) = recorded else {
            return Ok(recorded.bytes());
        };
        let files = self.with(&progress.bindings);
        let bytes = files.read(Some(file))?;
        // What looks like a placeholder may be the program's own, and one may have no value yet.
        let filled = files.fill(&file.file, bytes);
        let length = filled.map_or(Scenario::STREAM_BYTES, |filled| filled.len());
        Ok(file.bytes.max(length as u64))
    }

    /// Compares what a reader has given with what was recorded, and finds out what the call prints
    /// if that was not known before.
    pub(super) fn has_read(&self, awaited: &FromReader, given: &Input) -> Result<(), String> {
        let mut progress = self.progress();
        let call = &self.scenario.manifest.calls[awaited.call];
        let compared = self.compare(call, given.short(), given, &mut progress);
        let found_out = compared.and_then(|()| {
            if let Some(later) = &awaited.later {
                later.set(self.script(awaited.call, &mut progress)?);
            }
            Ok(())
        });
        found_out.inspect_err(|miss| progress.misses.push(miss.clone()))
    }

    /// The recorded input of a call with the paths of this replay in it, as far as the given one
    /// says them.
    fn expected(
        &self,
        file: &str,
        bytes: Vec<u8>,
        given: Option<&[u8]>,
        progress: &mut Progress,
    ) -> Result<Vec<u8>, String> {
        if let Some(given) = given {
            bind_lines(&bytes, given, &mut progress.bindings);
        }
        // What looks like a placeholder may be the program's own.
        if given.is_some_and(|given| given == bytes) {
            return Ok(bytes);
        }
        self.with(&progress.bindings).fill(file, bytes)
    }

    pub(super) fn waits_for_input(&self, invocation: &Invocation) -> bool {
        let progress = self.progress();
        let Progress {
            order,
            position,
            bindings,
            ..
        } = &*progress;
        let called = Identity::of(invocation);
        let found = self.sequence.find(*order, &called, position, bindings);
        let calls = &self.scenario.manifest.calls;
        found.is_some_and(|(index, _)| has_read_all(&calls[index]))
    }

    /// What answers the call of this number, as this replay paces and cuts it.
    fn script(&self, call: usize, progress: &mut Progress) -> Result<Scripted, String> {
        let script = match progress.prepared.get(call, &progress.bindings) {
            Some(script) => script,
            None => {
                let script = self.play(&self.scenario.manifest.calls[call], progress)?;
                let Progress {
                    prepared, bindings, ..
                } = progress;
                prepared.keep(call, bindings, &script);
                script
            }
        };
        Ok(progress.paced(script))
    }

    /// The scenario with these values of its placeholders.
    fn with<'a>(&'a self, bindings: &'a Bindings) -> Filled<'a> {
        Filled {
            scenario: &self.scenario,
            bindings,
        }
    }

    fn play(&self, call: &RecordedCall, progress: &Progress) -> Result<Scripted, String> {
        let files = self.with(&progress.bindings);
        let printed = Printed {
            stdout: files.read(call.stdout.as_ref())?,
            stderr: files.read(call.stderr.as_ref())?,
        };
        let restic = &self.scenario.recorded_with().restic;
        let react = |script| signal_behaviour::react_like(restic, script);
        let exit = call.exit;
        let Some(signal) = call.signal else {
            let Printed { stdout, stderr } = files.filled(call, printed)?;
            return Ok(react(Scripted::printed(stdout, stderr).exits(exit)));
        };
        let (before, after) = signalled::split(printed, signal);
        let before = files.filled(call, before)?;
        let after = files.filled(call, after)?;
        let patience = progress.patience.unwrap_or(signalled::PATIENCE);
        Ok(signalled::script(
            signal, before, after, exit, patience, react,
        ))
    }

    /// The files that a call left, when some may be made.
    fn left(&self, call: &RecordedCall, progress: &Progress) -> Result<Vec<Left>, String> {
        if progress.effects_in.is_empty() {
            return Ok(Vec::new());
        }
        self.with(&progress.bindings).all_left(call)
    }

    /// Makes what a call left, or remembers that it cannot be made.
    pub(super) fn leave(&self, place: Option<&Place>, left: &[Left]) -> Result<(), String> {
        let mut progress = self.progress();
        let made = match place {
            Some(place) => left::make(place, &progress.effects_in, left),
            None => Err("a call that writes no files has left some in the recording".to_owned()),
        };
        made.map_err(|problem| {
            let directory = self.scenario.directory.display();
            let problem = format!("{problem}\n  in the scenario {directory}");
            progress.misses.push(problem.clone());
            problem
        })
    }

    /// Says what was called, what is nearest to it, how they differ, and what to do.
    fn explain(&self, invocation: &Invocation, called: &Identity, progress: &Progress) -> String {
        let calls = &self.scenario.manifest.calls;
        let directory = self.scenario.directory.display();
        let text = format!("not recorded: `{invocation}`\n  in the scenario {directory}\n");
        let Progress {
            position, bindings, ..
        } = progress;
        let Some((index, difference)) = self.sequence.nearest(called, position, bindings) else {
            return text + "  it has no calls at all: record it again";
        };
        let id = &calls[index].id;
        let again = self.scenario.record_again();
        if difference.count > 0 {
            return format!(
                "{text}  nearest is {id}:\n{difference}  if the program's call is right, record the \
                 scenario again: {again}"
            );
        }
        if self.sequence.is_used_up(index, position) {
            return format!(
                "{text}  it equals {id}, which was used already: is it called once too often?\n  if \
                 the program is right, record the scenario again: {again}"
            );
        }
        let waits_for = self.sequence.unused(progress.order, position);
        let earlier = waits_for.iter().find(|earlier| **earlier < index);
        let missing = earlier.map_or(String::new(), |earlier| {
            format!(" The first that was not made is {}.", calls[*earlier].id)
        });
        format!("{text}  it equals {id}, which comes later: is a call before it missing?{missing}")
    }

    /// Whether everything went as recorded so far.
    pub(super) fn verdict(&self) -> Result<(), ReplayError> {
        let progress = self.progress();
        let calls = &self.scenario.manifest.calls;
        let unused = match progress.may_leave_out {
            true => Vec::new(),
            false => self.sequence.unused(progress.order, &progress.position),
        };
        let unused: Vec<_> = unused
            .iter()
            .map(|index| calls[*index].id.clone())
            .collect();
        let misses = progress.misses.clone();
        if misses.is_empty() && unused.is_empty() {
            Ok(())
        } else {
            let directory = self.scenario.directory.display();
            let again = self.scenario.record_again();
            let advice = format!(
                "  in the scenario {directory}\n  if the program is right without them, record the \
                 scenario again: {again}"
            );
            Err(ReplayError {
                misses,
                unused,
                advice,
            })
        }
    }
}

/// Gives placeholders in the directory of a recorded call the value they have now.
fn bind_directory(call: &RecordedCall, invocation: &Invocation, bindings: &mut Bindings) {
    let Some(recorded) = &call.current_dir else {
        return;
    };
    let given = invocation.current_dir.clone();
    if let Some(directory) = given.or_else(|| std::env::current_dir().ok()) {
        // Where it runs is no part of what a call is: it may as well be another directory.
        bindings.matches(recorded, &directory.to_string_lossy());
    }
}

/// Whether a recorded call has read its input to the end before it said its last words. One that was
/// stopped may have been stopped before the end.
pub(super) fn has_read_all(call: &RecordedCall) -> bool {
    call.stdin.is_some() && call.signal.is_none()
}

/// Gives placeholders that no argument has shown the value they have in what was given. A list of
/// files may be the only place where a directory is named.
fn bind_lines(recorded: &[u8], given: &[u8], bindings: &mut Bindings) {
    let (Ok(recorded), Ok(given)) = (str::from_utf8(recorded), str::from_utf8(given)) else {
        return;
    };
    for (recorded, given) in recorded.lines().zip(given.lines()) {
        if recorded.contains("{{") {
            bindings.matches(recorded, given);
        }
    }
}
