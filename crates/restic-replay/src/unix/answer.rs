//! A call that a recording answers.

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::io::{self, Write as _};
use std::process::ExitCode;
use std::time::Instant;

use restic_core::{Event, Exit, Process, Replay};

use super::heard::Listener;
use super::input;
use super::journal::{BINDINGS, Call, Journal};
use super::left;
use super::report::fail;

pub(crate) fn call(journal: &Journal) -> Result<ExitCode, String> {
    let call = journal.call_of_this_process()?;
    let failed = |error: io::Error| format!("the journal of this replay: {error}");
    let mut listener = Listener::new().map_err(failed)?;
    let mut file = journal.lock().map_err(failed)?;
    let earlier = Journal::read(&mut file).map_err(failed)?;
    let number = Journal::add(&mut file, &call).map_err(failed)?;
    drop(file);

    if input::is_read(&call.arguments) {
        let replay = replayed(journal, &earlier)?;
        let waits = replay.waits_for_input(&journal.invocation(number, &call));
        let _ = replay.finish();
        // Before the first word, as restic does: whoever writes it may read nothing before the end.
        let part = journal.file(number, "part");
        if listener.read_input(&part, waits).map_err(failed)? {
            fs::rename(part, journal.file(number, "stdin")).map_err(failed)?;
        }
    }
    let replay = replayed(journal, &earlier)?;
    let answer = replay.executor().start(&journal.invocation(number, &call));
    // Those of earlier calls were reported by them.
    let known = replay.misses().len();
    let ended = match answer {
        Ok(process) => play(process, listener),
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
fn play(mut process: Box<dyn Process>, listener: Listener) -> io::Result<Exit> {
    let control = process.control();
    let pending = listener.wake(process.control());
    // A signal is sent when nothing more comes by itself: what restic had printed before is
    // printed. Each signal wakes the process once before that.
    let mut woken = 0;
    loop {
        let signals = pending.count();
        let event = process.next_event((signals > 0).then(Instant::now))?;
        woken = if event == Event::Woken { woken + 1 } else { 0 };
        match event {
            Event::Stdout(bytes) => print(&mut io::stdout(), &bytes),
            Event::Stderr(bytes) => print(&mut io::stderr(), &bytes),
            Event::Exited(exit) => return Ok(exit),
            _ if signals > 0 && woken > signals => {
                pending.send_next(&*control);
                woken = 0;
            }
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
