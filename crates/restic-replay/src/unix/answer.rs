//! A call that a recording answers.

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::io::{self, Write as _};
use std::process::{self, ExitCode};
use std::thread;

use restic_core::{Event, Exit, Process, Replay};
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

use super::input;
use super::journal::{BINDINGS, Call, Journal};
use super::left;
use super::report::fail;

pub(crate) fn call(journal: &Journal) -> Result<ExitCode, String> {
    let call = Call::of_this_process()?;
    let failed = |error: io::Error| format!("the journal of this replay: {error}");
    // Before the first word, as restic does: whoever writes it may read nothing before the end.
    let input = journal.directory.join(format!("{}.input", process::id()));
    let reads_input = input::is_read(&call.arguments);
    if reads_input {
        input::drain(&input).map_err(failed)?;
    }
    let mut file = journal.lock().map_err(failed)?;
    let earlier = Journal::read(&mut file).map_err(failed)?;
    let number = Journal::add(&mut file, &call).map_err(failed)?;
    if reads_input {
        fs::rename(input, journal.file(number, "stdin")).map_err(failed)?;
    }
    drop(file);

    let replay = replayed(journal, &earlier)?;
    let answer = replay.executor().start(&journal.invocation(number, &call));
    // Those of earlier calls were reported by them.
    let known = replay.misses().len();
    let ended = match answer {
        Ok(process) => play(process),
        Err(error) => {
            let _ = replay.finish();
            return Ok(fail(&error.to_string()));
        }
    };
    // What was never called is no concern of one call: the end of the command reports it.
    let late = replay.misses().split_off(known).join("\n");
    let _ = replay.finish();
    if !late.is_empty() {
        fs::write(journal.file(number, "miss"), late).map_err(failed)?;
    }
    // An error is one of those that were written.
    ended.map(end).map_err(|error| error.to_string())
}

/// The replay as it is after these calls.
pub(crate) fn replayed(journal: &Journal, calls: &[Call]) -> Result<Replay, String> {
    let scenario = journal.scenario.clone().unwrap_or_default();
    let replay = Replay::load(scenario).map_err(|error| error.to_string())?;
    let replay = left::allowed(replay);
    let bindings = env::var(BINDINGS).unwrap_or_default();
    let bindings: BTreeMap<String, String> = serde_json::from_str(&bindings).unwrap_or_default();
    let replay = bindings
        .into_iter()
        .fold(replay, |replay, (name, value)| replay.bind(&name, value));
    for (number, call) in calls.iter().enumerate() {
        // A miss was reported to the program, and is remembered for the end.
        let _ = replay.executor().start(&journal.invocation(number, call));
    }
    Ok(replay)
}

/// Prints as restic did, and reacts to signals as it did.
fn play(mut process: Box<dyn Process>) -> io::Result<Exit> {
    let control = process.control();
    let mut signals = Signals::new([SIGINT, SIGTERM])?;
    thread::spawn(move || {
        for signal in signals.forever() {
            // A process that has ended takes no signals, and this one is about to end as well.
            let _ = match signal {
                SIGINT => control.interrupt(),
                _ => control.terminate(),
            };
        }
    });
    loop {
        match process.next_event(None)? {
            Event::Stdout(bytes) => print(&mut io::stdout(), &bytes),
            Event::Stderr(bytes) => print(&mut io::stderr(), &bytes),
            Event::Exited(exit) => return Ok(exit),
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
