use std::io;
use std::sync::Arc;
use std::time::Instant;

use restic_process::{Argument, Control, Event, Executor, Exit, Invocation, Process, StartError};
use restic_types::cli::Span;

use crate::code::Code;
use crate::retry_lock::RetryControl;

/// How much is kept of a line: more than the beginning of any that counts.
const LINE: usize = 64;

/// Runs a command that some releases end well without having done anything, and without a
/// word. Then another command says why. From outside the two are one process, which ends as the
/// other one does when that fails.
struct SecondLook {
    executor: Arc<dyn Executor>,
    /// What says why. Absent when it is running.
    question: Option<Invocation>,
    process: Box<dyn Process>,
    control: Arc<RetryControl>,
    ends: &'static [&'static str],
    /// The beginning of the last line of standard output.
    line: Vec<u8>,
    has_ended_well: bool,
}

/// Releases in which a command ends well, without a word, when it cannot open or lock its
/// repository.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Silence {
    pub(crate) releases: Span,
    /// How a line of standard output begins that it prints when it has done its work.
    pub(crate) ends: &'static [&'static str],
    /// Another command that changes nothing, needs the same of the repository, and says so.
    pub(crate) other: &'static str,
    /// What asks the other command.
    pub(crate) look: Look,
}

/// How a command says that it has done its work, and what is asked when it does not.
pub(crate) struct Doubt {
    silence: Silence,
    question: Invocation,
}

impl Doubt {
    /// Asks this where the command says nothing.
    pub(crate) fn new(silence: Silence, question: Invocation) -> Self {
        Self { silence, question }
    }

    pub(crate) fn start(self, executor: Arc<dyn Executor>, invocation: &Invocation) -> Started {
        (self.silence.look.0.0)(executor, invocation, self)
    }
}

type Started = Result<Box<dyn Process>, StartError>;

/// What starts a second look: named by the commands that need one, so that programs without them
/// do without it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Look(Code<Start>);

type Start = fn(Arc<dyn Executor>, &Invocation, Doubt) -> Started;

impl Look {
    pub(crate) const SECOND: Self = Self(Code(SecondLook::start));
}

impl SecondLook {
    /// A lock that the command has waited for is not waited for once more.
    fn start(executor: Arc<dyn Executor>, invocation: &Invocation, mut doubt: Doubt) -> Started {
        let is_patience = |argument: &Argument| {
            let word = argument.masked();
            word.to_string_lossy().starts_with("--retry-lock=")
        };
        let question = &mut doubt.question.arguments;
        question.retain(|argument| !is_patience(argument));
        let process = executor.start(invocation)?;
        Ok(Box::new(Self {
            executor,
            control: Arc::new(RetryControl::new(process.control())),
            process,
            question: Some(doubt.question),
            ends: doubt.silence.ends,
            line: Vec::new(),
            has_ended_well: false,
        }))
    }

    fn listen(&mut self, chunk: &[u8]) {
        for byte in chunk {
            match byte {
                b'\n' => self.line.clear(),
                _ if self.line.len() < LINE => {
                    self.line.push(*byte);
                    let ends = self.ends.iter().map(|end| end.as_bytes());
                    self.has_ended_well |= ends.into_iter().any(|end| self.line == end);
                }
                _ => {}
            }
        }
    }

    /// Asks why nothing was done. Whether there is an answer to wait for.
    fn ask(&mut self) -> bool {
        let question = self.question.take();
        let question = question.filter(|_| !self.has_ended_well && !self.control.has_ended());
        let process = question.and_then(|question| self.executor.start(&question).ok());
        let Some(process) = process else {
            return false;
        };
        self.control.follow(process.control());
        self.process = process;
        true
    }
}

impl Process for SecondLook {
    fn next_event(&mut self, deadline: Option<Instant>) -> io::Result<Event> {
        let is_first = self.question.is_some();
        match self.process.next_event(deadline)? {
            Event::Stdout(chunk) if is_first => {
                self.listen(&chunk);
                Ok(Event::Stdout(chunk))
            }
            // A list of what could be done, which nobody has asked for.
            Event::Stdout(_) => Ok(Event::Stderr(Vec::new())),
            Event::Exited(exit) if exit == Exit::Code(0) && is_first && self.ask() => {
                Ok(Event::Stderr(Vec::new()))
            }
            event => Ok(event),
        }
    }

    fn control(&self) -> Arc<dyn Control> {
        Arc::clone(&self.control) as Arc<dyn Control>
    }
}

/// Lets restic say all that it has to say. What comes after `--` is no flag.
pub(crate) fn loud(invocation: &mut Invocation) {
    let is_one_of =
        |argument: &Argument, words: &[&str]| words.iter().any(|word| *argument == (*word).into());
    let mut are_flags = true;
    invocation.arguments.retain(|argument| {
        are_flags &= !is_one_of(argument, &["--"]);
        !(are_flags && is_one_of(argument, &["--quiet", "--quiet=true", "-q"]))
    });
}
