use std::fmt;
use std::io::{self, Read, Write as _};
use std::process::{Child, ChildStdin};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use self::queue::Queue;
use super::common::{self, CHUNK, Drain};
use super::input::Fed;
use super::prepared::{Input, Prepared};
use super::secret_file::{self, SecretFile};
use crate::{Control, Event, Process, StartError, thread};

mod queue;

/// A running restic, watched by a thread for each thing that may happen to it, for systems
/// whose pipes cannot be polled.
///
/// A helper of restic's that holds a pipe after the end of restic keeps the thread at that
/// pipe for as long, and nothing else.
pub(super) struct ThreadedProcess {
    handle: Arc<Handle>,
    drain: Drain,
    finished: bool,
    /// Kept for as long as restic may read them.
    secrets: Vec<SecretFile>,
    /// What is to be said before the end.
    notices: Vec<String>,
}

/// What only the system knows how to do.
pub(super) struct System {
    /// Returns when the process has ended, and leaves it to be reaped.
    pub(super) wait_for_exit: Box<dyn FnOnce() + Send>,
    /// Asks the process to end. Called before it is reaped only.
    pub(super) interrupt: Box<dyn Fn() -> io::Result<()> + Send + Sync>,
}

impl ThreadedProcess {
    pub(super) fn new(
        child: Child,
        prepared: Prepared,
        system: System,
    ) -> Result<Self, StartError> {
        let process = Self {
            handle: Arc::new(Handle {
                running: Mutex::new(Running { child, alive: true }),
                interrupt: system.interrupt,
                queue: Arc::new(Queue::new(2)),
            }),
            drain: Drain::new(),
            finished: false,
            secrets: prepared.secrets,
            notices: Vec::new(),
        };
        // When this fails, dropping the process ends it.
        process
            .watch(prepared.input, system.wait_for_exit)
            .map_err(common::unwatchable)?;
        Ok(process)
    }

    fn watch(&self, input: Input, wait_for_exit: Box<dyn FnOnce() + Send>) -> io::Result<()> {
        let mut running = self.handle.running();
        let child = &mut running.child;
        if let Some(pipe) = child.stdout.take() {
            self.spawn("restic-stdout", move |queue| {
                read(pipe, Event::Stdout, queue);
            })?;
        }
        if let Some(pipe) = child.stderr.take() {
            self.spawn("restic-stderr", move |queue| {
                read(pipe, Event::Stderr, queue);
            })?;
        }
        if let Some(pipe) = child.stdin.take()
            && let Input::Feed(feed) = input
        {
            let news = Arc::clone(&self.handle.queue);
            let input = Fed::new(feed, Box::new(move || news.input_has_news()))?;
            self.spawn("restic-stdin", move |queue| write(pipe, input, queue))?;
        }
        self.spawn("restic-exit", move |queue| {
            wait_for_exit();
            queue.process_ended();
        })
    }

    fn spawn(&self, name: &str, work: impl FnOnce(&Queue) + Send + 'static) -> io::Result<()> {
        let queue = Arc::clone(&self.handle.queue);
        thread::spawn(name, Box::new(move || work(&queue)))
    }

    /// What is to be said before the end, and then the end.
    fn end(&mut self) -> io::Result<Event> {
        secret_file::remove(&mut self.secrets, &mut self.notices);
        match self.notices.pop() {
            Some(notice) => Ok(Event::Notice(notice)),
            None => self.reap(),
        }
    }

    /// Takes the exit status; from here on the process id belongs to nobody.
    fn reap(&mut self) -> io::Result<Event> {
        let mut running = self.handle.running();
        // Also when the wait fails: nobody knows then to whom the id belongs.
        running.alive = false;
        let status = running.child.wait()?;
        drop(running);
        self.finished = true;
        self.handle.queue.close();
        Ok(Event::Exited(common::exit_of(status)))
    }
}

impl Process for ThreadedProcess {
    fn next_event(&mut self, deadline: Option<Instant>) -> io::Result<Event> {
        if self.finished {
            return Err(common::already_ended());
        }
        self.drain.resume();
        let taken = self.handle.queue.take(deadline, &mut self.drain);
        self.drain.pause();
        match taken? {
            Some(event) => Ok(event),
            None => self.end(),
        }
    }

    fn control(&self) -> Arc<dyn Control> {
        Arc::clone(&self.handle) as Arc<dyn Control>
    }
}

impl Drop for ThreadedProcess {
    fn drop(&mut self) {
        if !self.finished {
            // Only somebody who never asked for `Exited` gets here.
            let _ = self.handle.kill();
            let _ = self.reap();
            // Also when it could not be reaped.
            self.handle.queue.close();
        }
    }
}

impl fmt::Debug for ThreadedProcess {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ThreadedProcess")
            .field("pid", &self.handle.running().child.id())
            .finish_non_exhaustive()
    }
}

/// Reads a pipe to its end, or until nobody wants more.
fn read(mut pipe: impl Read, event: fn(Vec<u8>) -> Event, queue: &Queue) {
    let mut buffer = vec![0; CHUNK];
    let result = loop {
        match pipe.read(&mut buffer) {
            Ok(0) => break Ok(()),
            Ok(count) if queue.add(event(buffer[..count].to_vec())) => {}
            Ok(_) => break Ok(()),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => break Err(error),
        }
    };
    queue.pipe_ended(result);
}

/// Writes to restic for as long as it may want it. When restic does not, that is restic's
/// business: its exit code says so.
fn write(mut pipe: ChildStdin, mut input: Fed, queue: &Queue) {
    while queue.wants_input() {
        match input.refill() {
            Ok(true) => {}
            Ok(false) => return,
            Err(error) => queue.fail(error),
        }
        let pending = input.pending();
        let count = pending.len().min(CHUNK);
        if count == 0 || queue.is_ending() {
            queue.wait_for_input();
        } else if pipe.write_all(&pending[..count]).is_err() {
            return;
        } else {
            input.advance(count);
        }
    }
}

/// Signals the process from anywhere.
struct Handle {
    running: Mutex<Running>,
    interrupt: Box<dyn Fn() -> io::Result<()> + Send + Sync>,
    queue: Arc<Queue>,
}

/// Held while signalling, so that a signal never reaches a stranger with the same id.
struct Running {
    child: Child,
    /// False once the process is reaped.
    alive: bool,
}

impl Handle {
    fn running(&self) -> MutexGuard<'_, Running> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Control for Handle {
    fn interrupt(&self) -> io::Result<()> {
        let running = self.running();
        let sent = if running.alive {
            (self.interrupt)()
        } else {
            Ok(())
        };
        drop(running);
        // restic from 0.18 on waits for the end of its input before it ends. Before it was signalled
        // to end, it would take what it has for all.
        self.queue.end_input();
        self.wake();
        sent
    }

    /// There is nothing between asking and ending here.
    fn terminate(&self) -> io::Result<()> {
        self.kill()
    }

    fn kill(&self) -> io::Result<()> {
        let mut running = self.running();
        if running.alive {
            running.child.kill()
        } else {
            Ok(())
        }
    }

    fn wake(&self) {
        self.queue.wake();
    }
}

impl fmt::Debug for Handle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Handle").finish_non_exhaustive()
    }
}
