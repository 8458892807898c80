use std::fmt;
use std::future::poll_fn;
use std::io::Read;
#[cfg(feature = "stream")]
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use restic_process::{Background, Event, InputReader, Invocation, Outlet, Stop};

use crate::assembly::{Assembly, Stopped};
use crate::client::Restic;
use crate::command::Command;
use crate::diagnostics::Notice;
use crate::run::Run;
use crate::settling::Busy;
use crate::slots::{Request, Slot};
use crate::{Error, ErrorKind, Result};

/// How many chunks of output may wait for the asynchronous side. A chunk has at most
/// 64 KiB.
const CHUNKS: usize = 4;

/// A running restic, for asynchronous code on any runtime.
///
/// restic is started when this is first polled, or when its turn comes
/// ([`max_running`](crate::ResticBuilder::max_running)). A background thread waits for it. Dropping
/// this does not block: that thread then stops restic and lets it clean up, and
/// [`Restic::settle`] waits for that.
///
/// At most half a megabyte of restic's output is buffered while nobody polls this. After that
/// restic waits, and so do deadlines and all steps of a stop but the first.
#[must_use = "nothing runs before this is polled"]
pub struct AsyncRun<C: Command> {
    state: State<C>,
    stop: Stop,
}

enum State<C: Command> {
    Ready(Box<Ready<C>>),
    Running(Running<C>),
    Over,
}

/// What is to be started.
struct Ready<C> {
    restic: Restic,
    command: C,
    input: Option<InputReader>,
    /// What waits for a slot. Absent when any number of runs is allowed.
    request: Option<Request>,
}

struct Running<C: Command> {
    chunks: Background<Message<C>>,
    /// Absent until restic was started.
    assembly: Option<Box<Assembly<C::Decoder>>>,
    /// Present when restic has ended.
    ended: Option<Stopped>,
}

/// What the thread sends.
enum Message<C: Command> {
    Started(Box<Assembly<C::Decoder>>),
    Output(Event),
    Ended(Event, Stopped),
    Failed(Error),
}

/// What the asynchronous side learns of.
pub(crate) enum Step<C: Command> {
    Event(C::Event),
    Ended(Box<Assembly<C::Decoder>>, Stopped),
    Failed(Error),
}

impl Restic {
    /// Runs a command to its end, as a future for any runtime.
    ///
    /// restic is started when the future is first polled. Dropping the future stops restic
    /// in the background; [`settle_async`](Self::settle_async) waits for that.
    ///
    /// # Errors
    ///
    /// As [`run`](Self::run).
    pub fn run_async<C: Command>(
        &self,
        command: C,
    ) -> impl Future<Output = Result<C::Output>> + Send + use<C> {
        let run = self.start_async(command);
        async move { run.finish().await }
    }

    /// Starts a command, to follow its events from asynchronous code on any runtime.
    ///
    /// restic is started when the run is first polled.
    pub fn start_async<C: Command>(&self, command: C) -> AsyncRun<C> {
        AsyncRun::new(self.clone(), command, None)
    }

    /// Starts a command whose standard input comes from this reader, as
    /// [`start_with_input`](Self::start_with_input) does. The reader may block: it is read on a
    /// thread of its own.
    pub fn start_with_input_async<C: Command>(
        &self,
        command: C,
        input: impl Read + Send + 'static,
    ) -> AsyncRun<C> {
        AsyncRun::new(self.clone(), command, Some(InputReader::new(input)))
    }
}

impl<C: Command> AsyncRun<C> {
    fn new(restic: Restic, command: C, input: Option<InputReader>) -> Self {
        let stop = Stop::new();
        // It reaches all that is started, the question for the version too.
        let restic = restic.with_stop(&stop);
        let ready = Ready {
            request: restic.slot_request(),
            restic,
            command,
            input,
        };
        Self {
            state: State::Ready(Box::new(ready)),
            stop,
        }
    }

    /// The next event; `None` when restic has ended, or after an error. [`finish`](Self::finish)
    /// returns the result of the run.
    ///
    /// # Errors
    ///
    /// When restic could not be started, or cannot be watched any longer. That error is returned
    /// once; after it, `finish` only says that there was an error.
    pub async fn next(&mut self) -> Option<Result<C::Event>> {
        poll_fn(|context| self.poll_event(context)).await
    }

    /// Waits for the end and returns the result, as [`Run::finish`](crate::Run::finish) does.
    ///
    /// # Errors
    ///
    /// When restic did not do what was asked.
    pub async fn finish(self) -> Result<C::Output> {
        self.finish_with_notices().await.map(|(output, _)| output)
    }

    /// Like [`finish`](Self::finish), but also returns the lines that were not part of restic's
    /// messages.
    ///
    /// # Errors
    ///
    /// As `finish`; the error has its notices itself.
    pub async fn finish_with_notices(mut self) -> Result<(C::Output, Vec<Notice>)> {
        loop {
            match poll_fn(|context| self.poll_step(context)).await {
                Step::Event(event) => self.keep(event),
                Step::Ended(assembly, stopped) => return assembly.finish(stopped),
                Step::Failed(error) => return Err(error),
            }
        }
    }

    /// Asks restic to end, and returns at once. What restic prints until then still arrives here,
    /// and `finish` returns [`ErrorKind::Cancelled`].
    pub fn stop(&self) {
        self.stop.stop();
    }

    /// A [`Stop`] that [stops](Self::stop) this run only, from anywhere, such as from the loop over
    /// its events.
    #[must_use]
    pub fn stop_handle(&self) -> Stop {
        self.stop.clone()
    }

    /// The call that was made; printing it is safe. Returns `None` before the first event,
    /// and after an error.
    #[must_use]
    pub fn invocation(&self) -> Option<&Invocation> {
        match &self.state {
            State::Running(running) => running.assembly.as_ref().map(|it| &**it.invocation()),
            _ => None,
        }
    }

    fn keep(&mut self, event: C::Event) {
        if let State::Running(Running {
            assembly: Some(assembly),
            ..
        }) = &mut self.state
        {
            assembly.keep(event);
        }
    }

    fn poll_event(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<C::Event>>> {
        if matches!(self.state, State::Over) {
            return Poll::Ready(None);
        }
        self.poll_step(context).map(|step| match step {
            Step::Event(event) => Some(Ok(event)),
            Step::Failed(error) => Some(Err(error)),
            Step::Ended(assembly, stopped) => {
                self.put_back(assembly, stopped);
                None
            }
        })
    }

    /// Keeps what `finish` needs when the end was found by `next`.
    fn put_back(&mut self, ended: Box<Assembly<C::Decoder>>, stopped: Stopped) {
        if let State::Running(running) = &mut self.state {
            running.assembly = Some(ended);
            running.ended = Some(stopped);
        }
    }

    pub(crate) fn poll_step(&mut self, context: &mut Context<'_>) -> Poll<Step<C>> {
        loop {
            let running = match &mut self.state {
                State::Running(running) => running,
                State::Ready(ready) => {
                    let Poll::Ready(slot) = ready.poll_slot(context) else {
                        return Poll::Pending;
                    };
                    match slot.and_then(|slot| self.begin(slot)) {
                        Ok(()) => continue,
                        Err(error) => return self.fail(error),
                    }
                }
                State::Over => {
                    let message = "this run already returned its error";
                    return Poll::Ready(Step::Failed(Error::new(ErrorKind::Io, message)));
                }
            };
            if let Some(event) = running.assembly.as_mut().and_then(|all| all.next_event()) {
                return Poll::Ready(Step::Event(event));
            }
            if let Some(stopped) = running.ended
                && let Some(assembly) = running.assembly.take()
            {
                return Poll::Ready(Step::Ended(assembly, stopped));
            }
            let Poll::Ready(message) = running.chunks.poll_next(context) else {
                return Poll::Pending;
            };
            if let Err(error) = running.take(message) {
                return self.fail(error);
            }
        }
    }

    fn fail(&mut self, error: Error) -> Poll<Step<C>> {
        self.state = State::Over;
        Poll::Ready(Step::Failed(error))
    }

    /// Starts the thread that starts restic and waits for it.
    fn begin(&mut self, slot: Option<Slot>) -> Result<()> {
        let State::Ready(ready) = std::mem::replace(&mut self.state, State::Over) else {
            return Ok(());
        };
        let busy = Busy::begin(Arc::clone(ready.restic.settling()));
        let work = move |outlet: Outlet<Message<C>>| {
            watch(*ready, slot, &outlet);
            // Before the last word arrives, so that whoever waits for it finds all settled.
            drop(busy);
        };
        let chunks = Background::start(CHUNKS, work).map_err(|error| {
            Error::new(
                ErrorKind::CannotStart,
                "could not spawn a thread to wait for restic",
            )
            .with_source(error.into())
        })?;
        self.state = State::Running(Running {
            chunks,
            assembly: None,
            ended: None,
        });
        Ok(())
    }
}

impl<C> Ready<C> {
    fn poll_slot(&mut self, context: &mut Context<'_>) -> Poll<Result<Option<Slot>>> {
        match &mut self.request {
            Some(request) => request.poll(context).map_ok(Some).map_err(Error::from),
            None => Poll::Ready(Ok(None)),
        }
    }
}

impl<C: Command> Running<C> {
    fn take(&mut self, message: Option<Message<C>>) -> Result<()> {
        let mut push = |event| {
            if let Some(assembly) = &mut self.assembly {
                assembly.push(event);
            }
        };
        match message {
            Some(Message::Started(assembly)) => self.assembly = Some(assembly),
            Some(Message::Output(event)) => push(event),
            Some(Message::Ended(event, stopped)) => {
                push(event);
                self.ended = Some(stopped);
            }
            Some(Message::Failed(error)) => return Err(error),
            None => {
                let message = "the thread that waited for restic is gone";
                return Err(Error::new(ErrorKind::Io, message));
            }
        }
        Ok(())
    }
}

/// What the thread does: starts restic, and hands over what it prints until its end. When
/// nobody takes it any more, restic is stopped, as for any run that is dropped.
fn watch<C: Command>(ready: Ready<C>, slot: Option<Slot>, outlet: &Outlet<Message<C>>) {
    let Ready {
        restic,
        command,
        input,
        ..
    } = ready;
    let run = restic.start_in(slot, command, input);
    let (mut process, assembly) = match run.map(Run::into_parts) {
        Ok(parts) => parts,
        Err(error) => {
            outlet.send(Message::Failed(error));
            return;
        }
    };
    let invocation = Arc::clone(assembly.invocation());
    let mut wanted = outlet.send(Message::Started(Box::new(assembly)));
    while wanted {
        wanted = match process.next_event() {
            Ok(event @ Event::Exited(_)) => {
                let stopped = Stopped::of(&process);
                // Whoever takes the end may take their time.
                drop(process);
                outlet.send(Message::Ended(event, stopped));
                return;
            }
            Ok(event) => outlet.send(Message::Output(event)),
            Err(error) => {
                outlet.send(Message::Failed(Error::broken(&invocation, error)));
                false
            }
        };
    }
}

impl<C: Command> Drop for AsyncRun<C> {
    fn drop(&mut self) {
        if let State::Running(Running { ended: None, .. }) = self.state {
            self.stop.stop();
        }
    }
}

/// Nothing in it is ever pinned.
impl<C: Command> Unpin for AsyncRun<C> {}

impl<C: Command> fmt::Debug for AsyncRun<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = match &self.state {
            State::Ready(ready) => {
                return f.debug_tuple("AsyncRun").field(&ready.command).finish();
            }
            State::Running(_) => "running",
            State::Over => "over",
        };
        f.debug_struct("AsyncRun")
            .field("state", &state)
            .finish_non_exhaustive()
    }
}

#[cfg(feature = "stream")]
impl<C: Command> futures_core::Stream for AsyncRun<C> {
    type Item = Result<C::Event>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.poll_event(context)
    }
}
