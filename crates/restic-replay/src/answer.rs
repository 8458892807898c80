//! A call that a recording answers.

use std::io::{self, Write as _};
use std::process::ExitCode;

use restic_core::{Event, Exit, Process, Replay};

use crate::journal::{Call, Journal};
use crate::report::fail;

pub(crate) fn call(journal: &Journal) -> Result<ExitCode, String> {
    let call = Call::of_this_process()?;
    let failed = |error: io::Error| format!("the journal of this replay: {error}");
    let mut file = journal.lock().map_err(failed)?;
    let earlier = Journal::read(&mut file).map_err(failed)?;
    Journal::add(&mut file, &call).map_err(failed)?;
    drop(file);

    let replay = replayed(journal, &earlier)?;
    let answer = replay.executor().start(&call.invocation());
    // What was never called is no concern of one call: the end of the command reports it.
    let _ = replay.finish();
    match answer {
        Ok(process) => play(process).map_err(|error| error.to_string()),
        Err(error) => Ok(fail(&error.to_string())),
    }
}

/// The replay as it is after these calls.
pub(crate) fn replayed(journal: &Journal, calls: &[Call]) -> Result<Replay, String> {
    let scenario = journal.scenario.clone().unwrap_or_default();
    let replay = Replay::load(scenario).map_err(|error| error.to_string())?;
    for call in calls {
        // A miss was reported to the program, and is remembered for the end.
        let _ = replay.executor().start(&call.invocation());
    }
    Ok(replay)
}

/// Prints as restic did and ends as it did.
fn play(mut process: Box<dyn Process>) -> io::Result<ExitCode> {
    loop {
        match process.next_event(None)? {
            Event::Stdout(bytes) => print(&mut io::stdout(), &bytes),
            Event::Stderr(bytes) => print(&mut io::stderr(), &bytes),
            Event::Exited(exit) => return Ok(end(exit)),
            _ => {}
        }
    }
}

/// Who does not read does not hear: restic goes on, too.
fn print(stream: &mut impl io::Write, bytes: &[u8]) {
    let _ = stream.write_all(bytes).and_then(|()| stream.flush());
}

/// Ends this process like the other one.
pub(crate) fn end(exit: Exit) -> ExitCode {
    let _ = io::stdout().flush();
    match exit {
        Exit::Signal(signal) => {
            // Does not return for signals that end a process.
            let _ = signal_hook::low_level::emulate_default_handler(signal);
            ExitCode::FAILURE
        }
        exit => ExitCode::from(
            exit.code()
                .and_then(|code| u8::try_from(code).ok())
                .unwrap_or(1),
        ),
    }
}
