use std::collections::VecDeque;
use std::io;
use std::mem;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use restic_process::for_core::advance_to;

use super::{Fault, Kind, Place, Unit, What};
use crate::{Clock as _, Control, Event, Exit, ManualClock, Process, SystemClock};

/// A process that something goes wrong with.
#[derive(Debug)]
pub(super) struct FaultyProcess {
    process: Box<dyn Process>,
    spoiler: Spoiler,
    /// What comes next, before the process below is asked again.
    next: VecDeque<Item>,
    clock: Option<ManualClock>,
    signals: Arc<Signals>,
    /// A wake that was already reported still waits in the process below.
    owes_wake: bool,
    finished: bool,
}

#[derive(Debug)]
enum Item {
    Event(Event),
    /// Nothing until then, or until a signal when there is no instant.
    Hold(Option<Instant>),
    Fail(io::ErrorKind),
    Kill,
    Exit(Exit),
}

impl FaultyProcess {
    pub(super) fn new(process: Box<dyn Process>, fault: &Fault) -> Self {
        let signals = Arc::new(Signals {
            below: process.control(),
            received: Mutex::default(),
            changed: Condvar::new(),
        });
        let mut new = Self {
            process,
            spoiler: Spoiler::new(fault.kind.clone()),
            next: VecDeque::new(),
            clock: fault.clock.clone(),
            signals,
            owes_wake: false,
            finished: false,
        };
        if let Kind::Delay(time) = fault.kind {
            new.next.push_back(Item::Hold(new.now().checked_add(time)));
        }
        new.spoiler.begin(&mut new.next);
        new
    }

    fn now(&self) -> Instant {
        match &self.clock {
            Some(clock) => clock.now(),
            None => SystemClock.now(),
        }
    }

    /// What the next item is for whoever waits. Returns `None` when there is none, or it is over.
    fn take_item(&mut self, deadline: Option<Instant>) -> Option<io::Result<Event>> {
        if let Some(Item::Hold(until)) = self.next.front() {
            let until = *until;
            return self.hold(until, deadline).then_some(Ok(Event::Woken));
        }
        match self.next.pop_front()? {
            Item::Fail(kind) => {
                self.next.push_front(Item::Fail(kind));
                Some(Err(io::Error::new(kind, "a fault that was asked for")))
            }
            Item::Kill => {
                // A process that cannot be killed is waited for.
                let _ = self.signals.below.kill();
                None
            }
            Item::Exit(exit) => {
                self.finished = true;
                Some(Ok(Event::Exited(self.signals.exit(exit, &self.spoiler))))
            }
            Item::Event(event) => Some(Ok(event)),
            Item::Hold(_) => None,
        }
    }

    /// Waits where nothing comes. Returns whether the deadline ended it.
    fn hold(&mut self, until: Option<Instant>, deadline: Option<Instant>) -> bool {
        let now = self.now();
        if self.signals.is_signalled() || until.is_some_and(|until| now >= until) {
            self.next.pop_front();
            return false;
        }
        if deadline.is_some_and(|deadline| now >= deadline) {
            return true;
        }
        match (&self.clock, until.into_iter().chain(deadline).min()) {
            (Some(clock), Some(instant)) => advance_to(clock, instant),
            (_, instant) => self.signals.wait(instant),
        }
        false
    }

    /// Asks the process below. Nothing when what it said has become items.
    fn ask(&mut self, deadline: Option<Instant>) -> io::Result<Option<Event>> {
        match self.process.next_event(deadline)? {
            Event::Woken => {
                let over = deadline.is_some_and(|deadline| self.now() >= deadline);
                let owed = mem::take(&mut self.owes_wake);
                let woken = self.signals.take_wake();
                return Ok((woken || over || !owed).then_some(Event::Woken));
            }
            Event::Stdout(bytes) => self.spoiler.stdout(bytes, &mut self.next),
            Event::Stderr(bytes) => self.spoiler.stderr(bytes, &mut self.next),
            Event::Exited(exit) => self.spoiler.end(exit, &mut self.next),
            // Not restic's output: there is nothing to spoil.
            notice @ Event::Notice(_) => return Ok(Some(notice)),
            // Of a restic-process that is newer than this.
            _ => {
                return Err(io::Error::other(
                    "a process reports what no fault is known for: use the restic-core that \
                     belongs to this restic-process",
                ));
            }
        }
        Ok(None)
    }
}

impl Process for FaultyProcess {
    fn next_event(&mut self, deadline: Option<Instant>) -> io::Result<Event> {
        if self.finished {
            return Err(io::Error::other("the process has ended"));
        }
        loop {
            if self.signals.take_wake() {
                self.owes_wake = true;
                return Ok(Event::Woken);
            }
            if !self.next.is_empty() {
                if let Some(event) = self.take_item(deadline) {
                    return event;
                }
            } else if let Some(event) = self.ask(deadline)? {
                return Ok(event);
            }
        }
    }

    fn control(&self) -> Arc<dyn Control> {
        Arc::clone(&self.signals) as Arc<dyn Control>
    }
}

/// Makes of what a process says what is heard of it.
#[derive(Debug)]
struct Spoiler {
    kind: Kind,
    /// Bytes or lines of standard output so far, as the place is counted.
    printed: usize,
    has_struck: bool,
    mutes_stdout: bool,
    mutes_stderr: bool,
    exit: Option<Exit>,
    /// Whole lines of standard output so far.
    lines: u64,
    /// What has come of the line that comes twice.
    twice: Vec<u8>,
}

impl Spoiler {
    fn new(kind: Kind) -> Self {
        Self {
            kind,
            printed: 0,
            has_struck: false,
            mutes_stdout: false,
            mutes_stderr: false,
            exit: None,
            lines: 0,
            twice: Vec::new(),
        }
    }

    /// What comes before everything else.
    fn begin(&mut self, next: &mut VecDeque<Item>) {
        if let Kind::At { after, .. } = self.kind
            && after.count == 0
        {
            self.strike(next);
        }
    }

    fn stdout(&mut self, mut bytes: Vec<u8>, next: &mut VecDeque<Item>) {
        match self.kind {
            Kind::At { after, .. } if !self.has_struck => {
                let Some(here) = self.find(after, &bytes) else {
                    return self.say_stdout(bytes, next);
                };
                let rest = bytes.split_off(here);
                self.say_stdout(bytes, next);
                self.strike(next);
                self.say_stdout(rest, next);
            }
            Kind::DuplicateLine(number) => self.duplicate(bytes, number, next),
            _ => self.say_stdout(bytes, next),
        }
    }

    /// Where in these bytes the place is. Returns `None` when it comes later; then they count
    /// as printed.
    fn find(&mut self, place: Place, bytes: &[u8]) -> Option<usize> {
        let left = place.count - self.printed;
        let here = match place.unit {
            Unit::Bytes => (bytes.len() >= left).then_some(left),
            Unit::Lines => {
                let mut ends = memchr::memchr_iter(b'\n', bytes);
                left.checked_sub(1)
                    .map_or(Some(0), |before| ends.nth(before).map(|end| end + 1))
            }
        };
        if here.is_none() {
            self.printed += match place.unit {
                Unit::Bytes => bytes.len(),
                Unit::Lines => memchr::memchr_iter(b'\n', bytes).count(),
            };
        }
        here
    }

    fn stderr(&self, bytes: Vec<u8>, next: &mut VecDeque<Item>) {
        if !self.mutes_stderr {
            self.say(bytes, Event::Stderr, next);
        }
    }

    fn end(&mut self, exit: Exit, next: &mut VecDeque<Item>) {
        if let (Kind::At { .. }, false) = (&self.kind, self.has_struck) {
            self.strike(next);
        }
        if !self.twice.is_empty() {
            // The last line had no end.
            let line = [b"\n", &mem::take(&mut self.twice)[..]].concat();
            self.say_stdout(line, next);
        }
        next.push_back(Item::Exit(self.exit.unwrap_or(exit)));
    }

    /// The place of the fault is reached.
    fn strike(&mut self, next: &mut VecDeque<Item>) {
        let Kind::At { what, .. } = &self.kind else {
            return;
        };
        self.has_struck = true;
        match what {
            What::Cut(exit) => {
                self.mutes_stdout = true;
                self.exit = *exit;
            }
            What::End(exit) => {
                (self.mutes_stdout, self.mutes_stderr) = (true, true);
                self.exit = Some(*exit);
                next.push_back(Item::Kill);
            }
            What::Insert(event) => next.push_back(Item::Event(event.clone())),
            What::Stall => {
                self.mutes_stdout = true;
                next.push_back(Item::Hold(None));
            }
            What::ReadError(kind) => next.push_back(Item::Fail(*kind)),
        }
    }

    fn duplicate(&mut self, bytes: Vec<u8>, number: u64, next: &mut VecDeque<Item>) {
        for part in bytes.split_inclusive(|byte| *byte == b'\n') {
            let is_it = self.lines + 1 == number;
            self.say_stdout(part.to_vec(), next);
            if is_it {
                self.twice.extend_from_slice(part);
            }
            if part.ends_with(b"\n") {
                self.lines += 1;
                let line = mem::take(&mut self.twice);
                self.say_stdout(line, next);
            }
        }
    }

    fn say_stdout(&self, bytes: Vec<u8>, next: &mut VecDeque<Item>) {
        if !self.mutes_stdout {
            self.say(bytes, Event::Stdout, next);
        }
    }

    fn say(&self, bytes: Vec<u8>, event: fn(Vec<u8>) -> Event, next: &mut VecDeque<Item>) {
        match self.kind {
            Kind::Chunks(size) => {
                let chunks = bytes.chunks(size);
                next.extend(chunks.map(|chunk| Item::Event(event(chunk.to_vec()))));
            }
            // A chunk without bytes is nothing that a process could print.
            _ if bytes.is_empty() => {}
            _ => next.push_back(Item::Event(event(bytes))),
        }
    }

    fn stalls(&self) -> bool {
        let stalls = matches!(
            self.kind,
            Kind::At {
                what: What::Stall,
                ..
            }
        );
        stalls && self.has_struck
    }
}

/// Hands signals on, and remembers them for where the process below is not asked.
#[derive(Debug)]
struct Signals {
    below: Arc<dyn Control>,
    received: Mutex<Received>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct Received {
    woken: bool,
    /// The strongest signal so far: SIGINT, SIGTERM, SIGKILL.
    strongest: Option<Signal>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Signal {
    Interrupt,
    Terminate,
    Kill,
}

impl Signals {
    fn is_signalled(&self) -> bool {
        self.lock().strongest.is_some()
    }

    fn take_wake(&self) -> bool {
        mem::take(&mut self.lock().woken)
    }

    /// A process that was signalled while it stalled did not end well, although the one below
    /// had perhaps come to its end before.
    fn exit(&self, exit: Exit, spoiler: &Spoiler) -> Exit {
        match self.lock().strongest {
            Some(signal) if spoiler.stalls() && exit.is_success() => match signal {
                Signal::Interrupt => Exit::Code(130),
                Signal::Terminate => Exit::Signal(15),
                Signal::Kill => Exit::Signal(9),
            },
            _ => exit,
        }
    }

    /// Waits for a signal or a wake, or until then.
    fn wait(&self, until: Option<Instant>) {
        let received = self.lock();
        let quiet = |received: &mut Received| !received.woken && received.strongest.is_none();
        let waited = match until {
            Some(until) => {
                let left = until.saturating_duration_since(Instant::now());
                let waited = self.changed.wait_timeout_while(received, left, quiet);
                waited.map(|(guard, _)| drop(guard)).is_ok()
            }
            None => self.changed.wait_while(received, quiet).is_ok(),
        };
        // A thread that panicked while it signalled changes nothing here.
        let _ = waited;
    }

    fn lock(&self) -> MutexGuard<'_, Received> {
        self.received.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn remember(&self, signal: Signal) {
        let mut received = self.lock();
        received.strongest = received.strongest.max(Some(signal));
        self.changed.notify_all();
    }
}

impl Control for Signals {
    fn interrupt(&self) -> io::Result<()> {
        let sent = self.below.interrupt();
        self.remember(Signal::Interrupt);
        sent
    }

    fn terminate(&self) -> io::Result<()> {
        let sent = self.below.terminate();
        self.remember(Signal::Terminate);
        sent
    }

    fn kill(&self) -> io::Result<()> {
        let sent = self.below.kill();
        self.remember(Signal::Kill);
        sent
    }

    fn wake(&self) {
        self.lock().woken = true;
        self.changed.notify_all();
        self.below.wake();
    }
}
