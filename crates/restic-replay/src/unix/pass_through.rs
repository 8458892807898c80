//! A call that the real restic answers, and that is recorded on its way.

use std::env;
use std::fs::{self, File};
use std::io::{self, IsTerminal as _, PipeReader, Write};
use std::os::fd::{AsFd as _, BorrowedFd};
use std::os::unix::process::CommandExt as _;
use std::process::{Command, ExitCode};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

use restic_core::Exit;
use rustix::event::{PollFd, PollFlags, poll};
use rustix::io::Errno;

use super::answer::end;
use super::forward::Forward;
use super::inherited;
use super::input::{Input, each_chunk};
use super::journal::{Call, Journal, REAL};
use super::left;
use super::outputs;

/// How long whoever restic leaves behind may hold its output open.
const DRAIN: Duration = Duration::from_secs(2);

/// What stands for the exit of a call that has not ended.
const KILLED: &str = "killed";

pub(crate) fn call(journal: &Journal) -> Result<ExitCode, String> {
    let call = journal.call_of_this_process()?;
    let real = env::var_os(REAL).ok_or("no restic to pass the call to")?;
    let failed = |error: io::Error| format!("cannot record: {error}");
    let mut file = journal.lock().map_err(failed)?;
    let number = Journal::add(&mut file, &call).map_err(failed)?;
    drop(file);
    // Overwritten in the end: a call that is killed stays like this.
    let exit = journal.file(number, "exit");
    fs::write(&exit, KILLED).map_err(failed)?;

    let watch = left::watch(journal, number, &call)?;
    let recorded = run(journal, number, &call, &real).map_err(|error| {
        // Nothing that is recorded in part is kept. Emptying it needs no room on the disk.
        let _ = File::create(&exit);
        format!("{}: {error}", real.display())
    })?;
    if let Some(watch) = watch {
        left::keep(journal, number, watch).map_err(failed)?;
    }
    fs::write(&exit, exit_text(recorded)).map_err(failed)?;
    Ok(end(recorded))
}

fn run(journal: &Journal, number: usize, call: &Call, real: &std::ffi::OsStr) -> io::Result<Exit> {
    let file = |what: &str| journal.file(number, what);
    // Before restic is there, so that no signal is lost.
    let ignored = inherited::ignored(&Forward::SIGNALS);
    let forward = Forward::new(file("signals"))?;

    let mut command = Command::new(real);
    let mut words = env::args_os();
    command.arg0(words.next().unwrap_or_default()).args(words);
    let (stdout, stderr) = pipes(&mut command)?;
    let input = Input::of(&call.arguments, &mut command)?;
    inherited::pass_on(&mut command, ignored);
    if !io::stdin().is_terminal() {
        // Whoever signals all of a group reaches restic once, by way of this process. At a
        // terminal restic stays where it may ask for a password.
        command.process_group(0);
    }
    let mut child = command.spawn()?;
    // Its ends of the pipes.
    drop(command);
    input.pass(&mut child, &file("stdin"))?;
    let printed = forward.printed();
    let stderr_file = File::create(file("stderr"))?;
    let stdout_file = File::create(file("stdout"))?;
    let own = io::stdout();
    let mut tees = vec![tee(stdout, own.as_fd(), stdout_file, &printed.stdout)?];
    if let Some(stderr) = stderr {
        let own = io::stderr();
        tees.push(tee(stderr, own.as_fd(), stderr_file, &printed.stderr)?);
    }
    let forward = forward.start(&child);
    let exit = forward.wait(&mut child)?;
    let deadline = Instant::now() + DRAIN;
    for tee in tees {
        match tee.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
            Ok(recorded) => recorded?,
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => {
                return Err(io::Error::other("a stream could not be recorded"));
            }
        }
    }
    input.keep(&file("stdin"))?;
    Ok(exit)
}

/// A pipe for each stream. One for both, when the program has made them one: what is written to
/// two pipes has no order.
fn pipes(command: &mut Command) -> io::Result<(PipeReader, Option<PipeReader>)> {
    let (reader, writer) = io::pipe()?;
    if outputs::are_one()? {
        command.stdout(writer.try_clone()?).stderr(writer);
        return Ok((reader, None));
    }
    let (stderr, stderr_writer) = io::pipe()?;
    command.stdout(writer).stderr(stderr_writer);
    Ok((reader, Some(stderr)))
}

/// Hands on what restic prints as it comes. When nobody reads it any more restic gets the same
/// broken pipe; when it cannot be recorded, the recording fails and restic goes on.
fn tee(
    mut from: PipeReader,
    to: BorrowedFd<'_>,
    mut copy: File,
    printed: &Arc<AtomicU64>,
) -> io::Result<Receiver<io::Result<()>>> {
    let (done, result) = channel();
    let printed = Arc::clone(printed);
    // Without the buffer of the standard library, which waits for ends of lines.
    let to = File::from(to.try_clone_to_owned()?);
    thread::spawn(move || {
        let mut recorded = Ok(());
        let passed = each_chunk(&mut Watched(&mut from, &to), |bytes| {
            if recorded.is_ok() {
                recorded = copy.write_all(bytes);
            }
            printed.fetch_add(bytes.len() as u64, Ordering::SeqCst);
            (&to).write_all(bytes)
        });
        // That nobody reads is for restic to find out, on the pipe that is closed now.
        let _ = passed;
        drop(from);
        // The main thread may have waited long enough.
        let _ = done.send(recorded);
    });
    Ok(result)
}

/// A pipe that ends when nobody reads any more what is passed on.
struct Watched<'a>(&'a mut PipeReader, &'a File);

impl io::Read for Watched<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let mut ends = [
                PollFd::new(&*self.0, PollFlags::IN),
                PollFd::new(self.1, PollFlags::empty()),
            ];
            match poll(&mut ends, None) {
                Err(Errno::INTR) => continue,
                result => result?,
            };
            if !ends[1].revents().is_empty() {
                return Err(io::ErrorKind::BrokenPipe.into());
            }
            if !ends[0].revents().is_empty() {
                return self.0.read(buffer);
            }
        }
    }
}

fn exit_text(exit: Exit) -> String {
    match exit {
        Exit::Signal(signal) => format!("signal {signal}"),
        exit => format!("code {}", exit.code().unwrap_or(1)),
    }
}

/// How a recorded call ended.
#[derive(Clone, Copy)]
pub(crate) enum Ended {
    Itself(Exit),
    /// Somebody killed this process, and restic with it.
    Killed,
}

/// How a recorded call ended; none when that could not be written.
pub(crate) fn read_exit(text: &str) -> Option<Ended> {
    if text == KILLED {
        return Some(Ended::Killed);
    }
    let (kind, number) = text.split_once(' ')?;
    let number = number.parse().ok()?;
    match kind {
        "code" => Some(Ended::Itself(Exit::Code(number))),
        "signal" => Some(Ended::Itself(Exit::Signal(number))),
        _ => None,
    }
}
