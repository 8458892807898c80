use std::io;
use std::sync::Arc;
use std::time::Instant;

use restic_core::{Argument, Control, Event, Executor, Exit, Invocation, Process, StartError};

use crate::arguments::Silence;
use crate::retry_lock::RetryControl;

/// How much is kept of a line: more than the beginning of any that counts.
const LINE: usize = 64;

/// Runs a command that some releases end well without having done anything, and without a
/// word. Then another command says why. From outside the two are one process, which ends as the
/// other one does when that fails.
pub(crate) struct SecondLook {
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

/// How a command says that it has done its work, and what is asked when it does not.
pub(crate) struct Doubt {
    ends: &'static [&'static str],
    question: Invocation,
}

impl Doubt {
    /// Asks this where the command says nothing. A lock that the command has waited for is not
    /// waited for once more.
    pub(crate) fn new(silence: Silence, mut question: Invocation) -> Self {
        let is_patience = |argument: &Argument| {
            let word = argument.masked();
            word.to_string_lossy().starts_with("--retry-lock=")
        };
        question.arguments.retain(|argument| !is_patience(argument));
        Self {
            ends: silence.ends,
            question,
        }
    }
}

impl SecondLook {
    pub(crate) fn start(
        executor: Arc<dyn Executor>,
        invocation: &Invocation,
        doubt: Doubt,
    ) -> Result<Box<dyn Process>, StartError> {
        let process = executor.start(invocation)?;
        Ok(Box::new(Self {
            executor,
            control: Arc::new(RetryControl::new(process.control())),
            process,
            question: Some(doubt.question),
            ends: doubt.ends,
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
