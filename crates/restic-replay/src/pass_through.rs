//! A call that the real restic answers, and that is recorded on its way.

use std::env;
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
use std::process::{Command, ExitCode, Stdio};
use std::thread;

use restic_core::Exit;
use rustix::process::{Pid, Signal, kill_process};
use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM};
use signal_hook::iterator::Signals;

use crate::answer::end;
use crate::journal::{Call, Journal, REAL};

pub(crate) fn call(journal: &Journal) -> Result<ExitCode, String> {
    let call = Call::of_this_process()?;
    let real = env::var_os(REAL).ok_or("no restic to pass the call to")?;
    let failed = |error: io::Error| format!("cannot record: {error}");
    let mut file = journal.lock().map_err(failed)?;
    let number = Journal::add(&mut file, &call).map_err(failed)?;
    drop(file);
    let [stdout, stderr] =
        ["stdout", "stderr"].map(|what| File::create(journal.file(number, what)));
    let (stdout, stderr) = (stdout.map_err(failed)?, stderr.map_err(failed)?);

    // Before restic is there, so that no signal is lost.
    let signals = Signals::new([SIGHUP, SIGINT, SIGQUIT, SIGTERM]).map_err(failed)?;
    let mut child = Command::new(&real)
        .args(env::args_os().skip(1))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        // A Ctrl-C reaches restic once, by way of this process.
        .process_group(0)
        .spawn()
        .map_err(|error| format!("{}: {error}", real.display()))?;
    forward(signals, child.id());
    let tees = [
        child
            .stdout
            .take()
            .map(|pipe| tee(pipe, io::stdout(), stdout)),
        child
            .stderr
            .take()
            .map(|pipe| tee(pipe, io::stderr(), stderr)),
    ];
    for tee in tees.into_iter().flatten() {
        tee.join()
            .map_err(|_| "a stream could not be recorded".to_owned())?
            .map_err(failed)?;
    }
    let status = child.wait().map_err(failed)?;
    let exit = match (status.code(), status.signal()) {
        (Some(code), _) => Exit::Code(code),
        (None, signal) => Exit::Signal(signal.unwrap_or(9)),
    };
    fs::write(journal.file(number, "exit"), exit_text(exit)).map_err(failed)?;
    Ok(end(exit))
}

/// Hands on what restic prints as it comes. When nobody reads it any more restic gets the same
/// broken pipe; when it cannot be recorded, the recording fails and restic goes on.
fn tee(
    mut from: impl Read + Send + 'static,
    mut to: impl Write + Send + 'static,
    mut copy: File,
) -> thread::JoinHandle<io::Result<()>> {
    thread::spawn(move || {
        let mut buffer = vec![0; 64 * 1024];
        let mut recorded = Ok(());
        loop {
            let length = match from.read(&mut buffer) {
                Ok(0) => return recorded,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                result => result?,
            };
            let bytes = &buffer[..length];
            if recorded.is_ok() {
                recorded = copy.write_all(bytes);
            }
            if to.write_all(bytes).and_then(|()| to.flush()).is_err() {
                return recorded;
            }
        }
    })
}

/// Hands on every signal that this process gets.
fn forward(mut signals: Signals, child: u32) {
    let pid = i32::try_from(child).ok().and_then(Pid::from_raw);
    thread::spawn(move || {
        for signal in signals.forever() {
            let signal = match signal {
                SIGHUP => Signal::HUP,
                SIGINT => Signal::INT,
                SIGQUIT => Signal::QUIT,
                _ => Signal::TERM,
            };
            if let Some(pid) = pid {
                // It may have ended just now.
                let _ = kill_process(pid, signal);
            }
        }
    });
}

fn exit_text(exit: Exit) -> String {
    match exit {
        Exit::Signal(signal) => format!("signal {signal}"),
        exit => format!("code {}", exit.code().unwrap_or(1)),
    }
}

/// How a recorded call ended; none when it has not.
pub(crate) fn read_exit(text: &str) -> Option<Exit> {
    let (kind, number) = text.split_once(' ')?;
    let number = number.parse().ok()?;
    match kind {
        "code" => Some(Exit::Code(number)),
        "signal" => Some(Exit::Signal(number)),
        _ => None,
    }
}
