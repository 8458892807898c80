use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::effects::{Found, Left, Place};
use crate::scenario::{
    RecordedCall, RecordedFound, RecordedLeft, Scenario, ScenarioError, StreamFile,
};
use crate::{
    Chunking, Executor, Invocation, ManualClock, Pacing, Process, Scripted, StartError,
    StartErrorKind, Stdin,
};

mod bindings;
mod identity;
mod known_calls;
mod left;
mod mutating;
mod placeholders;
mod prepared;
mod sequence;
mod signal_behaviour;
mod signalled;
pub(crate) mod version;

use bindings::Bindings;
use identity::Identity;
use known_calls::{KnownCall, KnownCalls};
use left::LeavingProcess;
use placeholders::{FillError, Filler};
use prepared::Prepared;
use sequence::{Position, Sequence};
use signalled::{Printed, Signalled};

pub(crate) use identity::location_in_environment;
pub(crate) use mutating::mutates;
pub use sequence::Order;

/// Answers calls from a recorded [`Scenario`], without restic.
///
/// A call matches a recording when command, flags and operands are equal, by restic's own table
/// of flags: `-r X`, `--repo X`, `--repo=X` and `RESTIC_REPOSITORY=X` are the same, and flags may
/// come in any order. A call with a flag that is not in the table is compared word by word.
/// Placeholders in the recording, such as `{{repo}}`, take the value that the program under test
/// uses first, and keep it in all later arguments and in the output. How a call authenticates is
/// not compared, and neither are the environment, the cache, limits and `--retry-lock`. Standard
/// input is compared if the scenario has it and the call provides it as bytes. A location that is
/// masked, because there is a password in it, equals any other; its placeholder is then `***`.
/// `restic version` is always answered.
///
/// Which recording answers when is decided per repository, see [`Order`]. Output comes as fast as
/// [`Pacing`] says, cut as [`Chunking`] says; what has not been read when the process is interrupted
/// or terminated does not come, and it ends as that version of restic does. A call that the program
/// stopped while it was recorded prints what it had printed then, waits to be stopped again, and
/// ends as it was recorded.
///
/// A call that does not match is an error for the program under test, and again in
/// [`finish`](Self::finish), which also reports recorded calls that were never made. A
/// replay that is dropped without `finish` panics with the same report: neither the program nor
/// the `?` of a test can hide a call that did not match.
#[must_use = "a replay checks nothing before it is finished"]
pub struct Replay(Arc<State>);

struct State {
    scenario: Scenario,
    /// Prints the version.
    version: Scripted,
    sequence: Sequence,
    progress: Mutex<Progress>,
    finished: AtomicBool,
}

/// How a call is answered.
struct Answer {
    script: Scripted,
    /// The number of the recorded call. Absent for the version, which is always known.
    call: Option<usize>,
    /// The files that are made in the end.
    left: Vec<Left>,
}

#[derive(Default)]
struct Progress {
    order: Order,
    chunking: Chunking,
    pacing: Pacing,
    /// For a signal; absent when nobody has said how much.
    patience: Option<Duration>,
    clock: Option<ManualClock>,
    position: Position,
    bindings: Bindings,
    calls: Vec<Arc<Invocation>>,
    known: KnownCalls,
    prepared: Prepared,
    misses: Vec<String>,
    /// Where files may be made. Empty when none are.
    effects_in: Vec<PathBuf>,
}

/// Why a replay did not go as it was recorded.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub struct ReplayError {
    /// Calls that do not match the recording, one report per call.
    pub misses: Vec<String>,
    /// The names of recorded calls that were never made.
    pub unused: Vec<String>,
    /// Where the recording is, and how it is made again.
    advice: String,
}

impl fmt::Display for ReplayError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.misses.join("\n"))?;
        if self.unused.is_empty() {
            return Ok(());
        }
        if !self.misses.is_empty() {
            f.write_str("\n")?;
        }
        let unused = self.unused.join(", ");
        write!(f, "these recorded calls were never made: {unused}")?;
        // Where something else was wrong that comes first, and may well be the reason.
        if self.misses.is_empty() {
            write!(f, "\n{}", self.advice)?;
        }
        Ok(())
    }
}

impl Replay {
    /// Loads the scenario in this directory.
    ///
    /// # Errors
    ///
    /// When there is none, or it cannot be read.
    pub fn load(directory: impl AsRef<Path>) -> Result<Self, ScenarioError> {
        Scenario::load(directory).map(Self::new)
    }

    /// Replays this scenario.
    pub fn new(scenario: Scenario) -> Self {
        let progress = Mutex::default();
        let sequence = Sequence::of(&scenario.manifest.calls);
        let version = Scripted::new().stdout(version::document(scenario.recorded_with()));
        Self(Arc::new(State {
            scenario,
            version,
            sequence,
            progress,
            finished: AtomicBool::new(false),
        }))
    }

    /// Gives a placeholder its value before any call does.
    pub fn bind(self, placeholder: &str, value: impl Into<String>) -> Self {
        self.0.progress().bindings.set(placeholder, value.into());
        self
    }

    /// In which order calls may come.
    pub fn order(self, order: Order) -> Self {
        self.0.progress().order = order;
        self
    }

    /// Where output is cut.
    pub fn chunking(self, chunking: Chunking) -> Self {
        self.0.progress().chunking = chunking;
        self
    }

    /// How fast lines of standard output come.
    pub fn pacing(self, pacing: Pacing) -> Self {
        self.0.progress().pacing = pacing;
        self
    }

    /// How long a call that was stopped in the middle when it was recorded waits to be stopped
    /// again. The default is a minute.
    pub fn patience(self, patience: Duration) -> Self {
        self.0.progress().patience = Some(patience);
        self
    }

    /// Uses this clock, and advances it instead of waiting: for a program whose deadlines are
    /// measured with it.
    pub fn clock(self, clock: &ManualClock) -> Self {
        self.0.progress().clock = Some(clock.clone());
        self
    }

    /// Makes the files again that recorded calls left, when their programs end as they did, and
    /// when the place where the call writes by its own arguments is in this directory.
    /// Without a directory for them no files are made; with one, a call that left files and
    /// writes elsewhere is an error. May be said several times.
    ///
    /// Recordings have such files where they were recorded with
    /// [`Recorder::effects`](crate::Recorder::effects). Whatever a recording says, nothing is
    /// written outside of these directories, by links neither, or above the place of the call.
    pub fn effects_in(self, directory: impl Into<PathBuf>) -> Self {
        self.0.progress().effects_in.push(directory.into());
        self
    }

    /// The directory of the scenario.
    #[must_use]
    pub fn directory(&self) -> &Path {
        &self.0.scenario.directory
    }

    /// What its placeholders stand for so far, by name.
    #[must_use]
    pub fn bindings(&self) -> BTreeMap<String, String> {
        self.0.progress().bindings.all().clone()
    }

    /// The directories in which it may make files, see [`effects_in`](Self::effects_in).
    #[must_use]
    pub fn effects_directories(&self) -> Vec<PathBuf> {
        self.0.progress().effects_in.clone()
    }

    /// An executor that answers from this replay.
    #[must_use]
    pub fn executor(&self) -> Arc<dyn Executor> {
        Arc::new(ReplayExecutor(Arc::clone(&self.0)))
    }

    /// The calls so far, those that were not recorded too.
    #[must_use]
    pub fn calls(&self) -> Vec<Invocation> {
        let calls = self.0.progress().calls.clone();
        calls.into_iter().map(Arc::unwrap_or_clone).collect()
    }

    /// The reports of calls so far that did not match.
    #[must_use]
    pub fn misses(&self) -> Vec<String> {
        self.0.progress().misses.clone()
    }

    /// Checks whether everything went as recorded. Call it at the end of a test.
    ///
    /// # Errors
    ///
    /// When a call did not match, or a recorded one was never made.
    pub fn finish(self) -> Result<(), ReplayError> {
        self.0.finished.store(true, Ordering::SeqCst);
        self.0.verdict()
    }
}

impl Drop for Replay {
    fn drop(&mut self) {
        if !self.0.finished.load(Ordering::SeqCst) && !std::thread::panicking() {
            // The one panic of this crate: only a test can get here, and it must not pass.
            let report = match self.0.verdict() {
                Ok(()) => "nothing else was wrong".to_owned(),
                Err(report) => report.to_string(),
            };
            panic!("a Replay was dropped without `finish()`:\n{report}");
        }
    }
}

impl fmt::Debug for Replay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Replay")
            .field("directory", &self.scenario.directory)
            .field("position", &self.progress().position)
            .finish_non_exhaustive()
    }
}

#[derive(Debug)]
struct ReplayExecutor(Arc<State>);

impl Executor for ReplayExecutor {
    fn start(&self, invocation: &Invocation) -> Result<Box<dyn Process>, StartError> {
        let answer = self.0.answer(invocation)?;
        let process = answer.script.start();
        let Some(call) = answer.call else {
            return Ok(process);
        };
        let call = &self.0.scenario.manifest.calls[call];
        let process = self.signalled(process, call);
        if answer.left.is_empty() {
            return Ok(process);
        }
        let place = Place::of(
            &identity::words_of(invocation),
            invocation.current_dir.as_deref(),
        );
        let state = Arc::clone(&self.0);
        let leave = move || state.leave(place.as_ref(), &answer.left);
        let leaving = LeavingProcess::new(process, call.exit.into(), Box::new(leave));
        Ok(Box::new(leaving))
    }
}

impl ReplayExecutor {
    /// A process that waits for its signal, if there was one.
    fn signalled(&self, process: Box<dyn Process>, call: &RecordedCall) -> Box<dyn Process> {
        let Some(signal) = call.signal else {
            return process;
        };
        let state = Arc::clone(&self.0);
        Box::new(Signalled {
            inner: process,
            missed: Some(Box::new(move |miss| state.progress().misses.push(miss))),
            id: call.id.clone(),
            name: signal.name,
        })
    }
}

impl Progress {
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
    fn progress(&self) -> MutexGuard<'_, Progress> {
        self.progress.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn answer(&self, invocation: &Invocation) -> Result<Answer, StartError> {
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
                self.check_stdin(call, &invocation.stdin).and_then(|()| {
                    Ok(Answer {
                        script: self.script(index, &mut progress)?,
                        call: Some(index),
                        left: self.all_left(call, &progress)?,
                    })
                })
            }
            None if called.command() == "version" => {
                return Ok(Answer {
                    script: self.version.clone(),
                    call: None,
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

    /// Whether a call was given what was recorded, where both are known.
    fn check_stdin(&self, call: &RecordedCall, given: &Stdin) -> Result<(), String> {
        let (Some(recorded), Stdin::Bytes(given)) = (&call.stdin, given) else {
            return Ok(());
        };
        let recorded = self
            .scenario
            .read(recorded)
            .map_err(|error| error.to_string())?;
        if recorded == **given {
            return Ok(());
        }
        // The bytes may be anything, a password too: where they differ is enough.
        let equal = recorded
            .iter()
            .zip(given.iter())
            .take_while(|(a, b)| a == b);
        Err(format!(
            "not recorded: {} with this standard input\n  in the scenario {}\n  {} bytes were \
             recorded and {} given, equal up to byte {}\n  record the scenario again if the \
             program's input is right",
            call.id,
            self.scenario.directory.display(),
            recorded.len(),
            given.len(),
            equal.count()
        ))
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

    fn play(&self, call: &RecordedCall, progress: &Progress) -> Result<Scripted, String> {
        let bindings = &progress.bindings;
        let printed = Printed {
            stdout: self.read(call.stdout.as_ref())?,
            stderr: self.read(call.stderr.as_ref())?,
        };
        let restic = &self.scenario.recorded_with().restic;
        let react = |script| signal_behaviour::react_like(restic, script);
        let exit = call.exit.into();
        let Some(signal) = call.signal else {
            let Printed { stdout, stderr } = self.filled(call, printed, bindings)?;
            return Ok(react(Scripted::printed(stdout, stderr).exits(exit)));
        };
        let (before, after) = signalled::split(printed, signal);
        let before = self.filled(call, before, bindings)?;
        let after = self.filled(call, after, bindings)?;
        let patience = progress.patience.unwrap_or(signalled::PATIENCE);
        Ok(signalled::script(
            signal, before, after, exit, patience, react,
        ))
    }

    /// The files that a call left, when some may be made.
    fn all_left(&self, call: &RecordedCall, progress: &Progress) -> Result<Vec<Left>, String> {
        if progress.effects_in.is_empty() {
            return Ok(Vec::new());
        }
        let bindings = &progress.bindings;
        call.left
            .iter()
            .map(|left| self.left(left, bindings))
            .collect()
    }

    /// A file that a call left, with the paths of this replay in its name.
    fn left(&self, left: &RecordedLeft, bindings: &Bindings) -> Result<Left, String> {
        let path = self.fill("the name of a file", left.path.clone().into(), bindings)?;
        let is = match &left.is {
            RecordedFound::Directory => Found::Directory,
            RecordedFound::Gone => Found::Gone,
            RecordedFound::Link(target) => Found::Link(target.clone()),
            RecordedFound::File {
                content,
                executable,
            } => {
                let bytes = self.scenario.read_left(content);
                Found::File {
                    bytes: bytes.map_err(|error| error.to_string())?,
                    executable: *executable,
                }
            }
        };
        let path = left::as_in_snapshot(&String::from_utf8_lossy(&path));
        Ok(Left { path, is })
    }

    /// Makes what a call left, or remembers that it cannot be made.
    fn leave(&self, place: Option<&Place>, left: &[Left]) -> Result<(), String> {
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

    fn read(&self, stream: Option<&StreamFile>) -> Result<Vec<u8>, String> {
        let read = |stream| self.scenario.read(stream);
        let bytes = stream.map_or_else(|| Ok(Vec::new()), read);
        bytes.map_err(|error| error.to_string())
    }

    /// What restic printed, with the paths of this replay in it.
    fn filled(
        &self,
        call: &RecordedCall,
        printed: Printed,
        bindings: &Bindings,
    ) -> Result<Printed, String> {
        let fill = |stream: &Option<StreamFile>, bytes| match stream {
            Some(stream) => self
                .fill(&stream.file, bytes, bindings)
                .map_err(|problem| format!("the output of {}: {problem}", call.id)),
            None => Ok(bytes),
        };
        Ok(Printed {
            stdout: fill(&call.stdout, printed.stdout)?,
            stderr: fill(&call.stderr, printed.stderr)?,
        })
    }

    /// The content of this file with the values of placeholders in it.
    fn fill(&self, file: &str, bytes: Vec<u8>, bindings: &Bindings) -> Result<Vec<u8>, String> {
        let filler = Filler {
            bindings,
            declared: &self.scenario.manifest.placeholders,
            limit: Scenario::STREAM_BYTES,
        };
        filler.fill(file, bytes).map_err(|error| match error {
            FillError::Unbound(name) => format!(
                "{file} uses {{{{{name}}}}}, which no call has given a value yet: say \
                 `replay.bind(\"{name}\", …)`"
            ),
            FillError::TooLong => format!(
                "{file} has more than {} bytes with its placeholders filled: record less output",
                filler.limit
            ),
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
    fn verdict(&self) -> Result<(), ReplayError> {
        let progress = self.progress();
        let calls = &self.scenario.manifest.calls;
        let unused = self.sequence.unused(progress.order, &progress.position);
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
