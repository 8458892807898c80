use std::io;
use std::time::Duration;

use crate::{Event, Exit, ManualClock, StartErrorKind};

mod executor;
mod process;

/// Something that goes wrong with restic, as a value. [`on`](Self::on) injects it into the
/// processes of any executor: a replay's, a script's, the real one's.
///
/// ```
/// use restic_core::{Executor, Fault, Invocation, Scripted};
///
/// let restic = Scripted::executor([Scripted::new().stdout("[]\n"), Scripted::new()]);
/// let restic = Fault::cut_stdout(1).command("snapshots").on(restic);
/// let process = restic.start(&Invocation::new(["snapshots"]))?;
/// # drop(process);
/// # Ok::<(), restic_core::StartError>(())
/// ```
///
/// It happens to every call, unless [`command`](Self::command) and [`call`](Self::call) choose
/// some. A [`Place`] is counted in bytes or in lines of standard output, and a number alone counts
/// bytes; a place that is never reached is the end of the output. Several faults go around each
/// other: in `a.on(b.on(executor))`, `b` happens first, and `a` to what is left.
///
/// Signals reach the process below as if there were no fault.
#[must_use = "a fault does nothing before it is put on an executor"]
#[derive(Clone, Debug)]
pub struct Fault {
    kind: Kind,
    /// Hits only calls of this command.
    command: Option<String>,
    /// Of those it would hit, hits only this one, counted from 1.
    call: Option<usize>,
    clock: Option<ManualClock>,
}

/// A place in standard output, where a [`Fault`] happens.
///
/// A number alone counts bytes. Where a line begins depends on restic's version and on the
/// length of paths, so that lines are what most tests want: `Fault::stall(Place::lines(2))`
/// lets a program see two messages first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Place {
    count: usize,
    unit: Unit,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Unit {
    Bytes,
    Lines,
}

impl Place {
    /// Behind this many bytes; 0 is before everything.
    #[must_use]
    pub const fn bytes(count: usize) -> Self {
        let unit = Unit::Bytes;
        Self { count, unit }
    }

    /// Behind this many whole lines, each with its newline; 0 is before everything.
    #[must_use]
    pub const fn lines(count: usize) -> Self {
        let unit = Unit::Lines;
        Self { count, unit }
    }
}

impl From<usize> for Place {
    fn from(bytes: usize) -> Self {
        Self::bytes(bytes)
    }
}

#[derive(Clone, Debug)]
enum Kind {
    /// Nothing is started.
    Start(StartErrorKind),
    At {
        after: Place,
        what: What,
    },
    DuplicateLine(u64),
    Delay(Duration),
    Chunks(usize),
}

/// What happens at one place of the output.
#[derive(Clone, Debug)]
enum What {
    /// Nothing more comes on standard output. Then it ends in this way, or as it would have.
    Cut(Option<Exit>),
    End(Exit),
    Insert(Event),
    Stall,
    ReadError(io::ErrorKind),
}

/// The faults.
impl Fault {
    /// Standard output ends here, as if restic had printed no more. Standard error goes on, and the
    /// process ends as it would have, with exit code 0 perhaps: a program must not take that for
    /// success. [`cut_stdout_and_exit`](Self::cut_stdout_and_exit) chooses the exit.
    pub fn cut_stdout(after: impl Into<Place>) -> Self {
        Self::at(after, What::Cut(None))
    }

    /// Standard output ends here; standard error goes on, and the process then ends in this way.
    pub fn cut_stdout_and_exit(after: impl Into<Place>, exit: Exit) -> Self {
        Self::at(after, What::Cut(Some(exit)))
    }

    /// Here the process ends with this exit code, whatever it still had to print on either stream.
    /// The process below is killed.
    pub fn exit(after: impl Into<Place>, code: i32) -> Self {
        Self::at(after, What::End(Exit::Code(code)))
    }

    /// Here the process dies of this signal, such as 9 for SIGKILL: the kernel was out of memory,
    /// or somebody has killed it. The process below is killed.
    pub fn signal(after: impl Into<Place>, signal: i32) -> Self {
        Self::at(after, What::End(Exit::Signal(signal)))
    }

    /// Here these bytes come on standard output, such as a helper's words or half a line, and then
    /// the rest.
    pub fn garbage(after: impl Into<Place>, bytes: impl Into<Vec<u8>>) -> Self {
        Self::at(after, What::Insert(Event::Stdout(bytes.into())))
    }

    /// Here this line comes on standard error; its newline is added.
    pub fn stderr_line(after: impl Into<Place>, line: impl AsRef<str>) -> Self {
        let line = format!("{}\n", line.as_ref()).into_bytes();
        Self::at(after, What::Insert(Event::Stderr(line)))
    }

    /// Here the process hangs until it is signalled, for tests of deadlines and of stopping. What it
    /// prints on standard error because of the signal still comes.
    pub fn stall(after: impl Into<Place>) -> Self {
        Self::at(after, What::Stall)
    }

    /// From here on the process cannot be read: every further
    /// [`next_event`](crate::Process::next_event) returns an error of this kind.
    pub fn read_error(after: impl Into<Place>, kind: io::ErrorKind) -> Self {
        Self::at(after, What::ReadError(kind))
    }

    /// This line of standard output, counted from 1, comes twice. Nothing happens when there
    /// are fewer lines.
    pub fn duplicate_line(number: u64) -> Self {
        Self::new(Kind::DuplicateLine(number))
    }

    /// Nothing comes for this long at first, as from a slow server. With a
    /// [`clock`](Self::clock) it takes no real time.
    pub fn delay(time: Duration) -> Self {
        Self::new(Kind::Delay(time))
    }

    /// Both streams come in chunks of up to this many bytes. A chunk of one byte is what the
    /// worst pipe does.
    pub fn chunks_of(size: usize) -> Self {
        Self::new(Kind::Chunks(size.max(1)))
    }

    /// Nothing is started, for this reason: restic is not installed, for example.
    pub fn start_error(kind: StartErrorKind) -> Self {
        Self::new(Kind::Start(kind))
    }

    fn at(after: impl Into<Place>, what: What) -> Self {
        let after = after.into();
        Self::new(Kind::At { after, what })
    }

    fn new(kind: Kind) -> Self {
        Self {
            kind,
            command: None,
            call: None,
            clock: None,
        }
    }
}

/// Where they happen.
impl Fault {
    /// Hits only calls of this command, in restic's own words: `backup`, `key add`. A name that is
    /// no command hits nothing.
    pub fn command(mut self, name: impl Into<String>) -> Self {
        self.command = Some(name.into());
        self
    }

    /// Of the calls it would hit, hits only this one, counted from 1. A client that asks
    /// restic for its version makes a call for that, too.
    pub fn call(mut self, number: usize) -> Self {
        self.call = Some(number);
        self
    }

    /// Measures delays and stalls by this clock, and advances it instead of waiting. Give the
    /// client the same clock, and its deadlines pass in no time.
    pub fn clock(mut self, clock: &ManualClock) -> Self {
        self.clock = Some(clock.clone());
        self
    }
}
