use std::any::Any;
use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use restic_core::{Cause, Event, Exit, Invocation, Redactor, Stop, Supervised};
use restic_types::ExitError;

use crate::command::Command;
use crate::decode::{BorrowRows, DecodeFailure, Decoder, Line, RunEnd};
use crate::diagnostics::{Diagnostics, Notice, NoticeHandler, NoticeSource};
use crate::failure::{self, LastWords};
use crate::framing::Output;
use crate::framing::lines::{self, Lines};
use crate::lock_holder::LockHolder;
use crate::trace::RunSpan;
use crate::version::Versions;
use crate::{Error, ErrorKind, Result};

/// A running restic: an iterator over its events, then [`finish`](Self::finish).
///
/// The iterator ends when restic has ended; whether it did what was asked is returned by
/// `finish`. Its own errors are failures of the process: it could not be read any longer.
///
/// A `Run` that is dropped early interrupts restic and waits until it has cleaned up,
/// however long the [grace](crate::ResticBuilder::grace) allows. Code that handles events blocks
/// restic while it runs, and deadlines are kept only while somebody waits here.
#[must_use = "restic is stopped when its run is dropped"]
pub struct Run<C: Command> {
    process: Supervised,
    assembly: Assembly<C::Decoder>,
    /// Reaches this run alone.
    stop: Stop,
}

impl<C: Command> Run<C> {
    pub(crate) fn new(process: Supervised, assembly: Assembly<C::Decoder>) -> Self {
        let stop = Stop::new();
        Self {
            process: process.stopped_by(&stop),
            assembly,
            stop,
        }
    }

    /// Shows every row while restic goes on, in constant memory and without copying it: for a
    /// listing of millions of files. [`finish`](Self::finish) has what is no row, and says
    /// whether all of them came.
    ///
    /// ```no_run
    /// use restic_cli_wrap::{Restic, commands::Ls};
    ///
    /// let restic = Restic::builder().repository("/srv/repo").build();
    /// let mut run = restic.start(Ls::new("latest"))?;
    /// let mut bytes = 0;
    /// run.for_each_row(|node| bytes += node.size)?;
    /// let snapshot = run.finish()?.snapshot;
    /// # Ok::<(), restic_cli_wrap::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// When the process cannot be read any longer.
    pub fn for_each_row<F>(&mut self, mut visit: F) -> Result<()>
    where
        C::Decoder: BorrowRows,
        F: FnMut(<C::Decoder as BorrowRows>::Row<'_>),
    {
        loop {
            self.assembly.visit_rows(&mut visit);
            if self.assembly.has_ended() {
                return Ok(());
            }
            match self.process.next_event() {
                Ok(event) => self.assembly.push(event),
                Err(error) => return Err(self.broken(error)),
            }
        }
    }

    /// Nothing more can be read.
    fn broken(&mut self, error: std::io::Error) -> Error {
        self.assembly.give_up();
        Error::broken(&self.assembly.invocation, error)
    }

    /// Waits for the end and returns the result. Events that nobody has taken are
    /// made part of the result where it has a place for them, such as the rows of a listing.
    ///
    /// # Errors
    ///
    /// When restic did not do what was asked.
    pub fn finish(self) -> Result<C::Output> {
        self.finish_with_notices().map(|(output, _)| output)
    }

    /// Like [`finish`](Self::finish), with the lines that were no messages: warnings,
    /// hints, what a helper program said.
    ///
    /// # Errors
    ///
    /// As `finish`; the error has its notices itself.
    pub fn finish_with_notices(mut self) -> Result<(C::Output, Vec<Notice>)> {
        loop {
            while let Some(event) = self.assembly.next_event() {
                self.assembly.decoder.keep(event);
            }
            if self.assembly.has_ended() {
                let stopped = Stopped::of(&self.process);
                return self.assembly.finish::<C>(stopped);
            }
            match self.process.next_event() {
                Ok(event) => self.assembly.push(event),
                Err(error) => return Err(Error::broken(&self.assembly.invocation, error)),
            }
        }
    }

    /// Adds what the user should know.
    pub(crate) fn with_warning(mut self, words: Option<&str>) -> Self {
        if let Some(words) = words {
            let diagnostics = &mut self.assembly.diagnostics;
            diagnostics.notice(NoticeSource::Library, words);
        }
        self
    }

    pub(crate) fn into_parts(self) -> (Supervised, Assembly<C::Decoder>) {
        (self.process, self.assembly)
    }

    /// Stops restic because nobody takes its output any longer, and says why.
    pub(crate) fn refuse(mut self, why: std::io::Error) -> Error {
        self.stop();
        // What still comes is thrown away: it may be very much.
        while self.next().is_some() {}
        let message = "restic's output could not be written";
        match self.finish() {
            Ok(_) => Error::new(ErrorKind::CannotWrite, message),
            Err(error) => error.instead(ErrorKind::CannotWrite, message),
        }
        .with_source(why)
    }

    /// Asks restic to end. What comes until then still arrives here, and `finish` returns
    /// [`ErrorKind::Cancelled`], unless that is how such a run ends well, as a
    /// [mount](crate::commands::Mount) does.
    pub fn stop(&self) {
        self.stop.stop();
    }

    /// What [stops](Self::stop) this run from anywhere, such as from the loop over its events:
    ///
    /// ```
    /// # use restic_cli_wrap::{ErrorKind, Restic, Scripted, commands::Ls};
    /// # let script = Scripted::new().stdout("{\"struct_type\":\"snapshot\",\"id\":\"1cfe4abd\",\"time\":\"2026-11-28T06:00:00Z\"}\n");
    /// # let executor = Scripted::executor([script.hang()]);
    /// # let restic = Restic::builder().executor(executor).build();
    /// let mut run = restic.start(Ls::new("latest"))?;
    /// let stop = run.stop_handle();
    /// for event in &mut run {
    ///     event?;
    ///     stop.stop(); // one is enough
    /// }
    /// assert_eq!(run.finish().unwrap_err().kind(), ErrorKind::Cancelled);
    /// # Ok::<(), restic_cli_wrap::Error>(())
    /// ```
    #[must_use]
    pub fn stop_handle(&self) -> Stop {
        self.stop.clone()
    }

    /// The call that was made; printing it is safe.
    #[must_use]
    pub fn invocation(&self) -> &Invocation {
        self.assembly.invocation()
    }
}

impl<C: Command> Iterator for Run<C> {
    type Item = Result<C::Event>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(event) = self.assembly.next_event() {
                return Some(Ok(event));
            }
            if self.assembly.has_ended() {
                return None;
            }
            match self.process.next_event() {
                Ok(event) => self.assembly.push(event),
                Err(error) => return Some(Err(self.broken(error))),
            }
        }
    }
}

impl<C: Command> fmt::Debug for Run<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Run")
            .field("invocation", &self.assembly.invocation.to_string())
            .field("process", &self.process)
            .finish_non_exhaustive()
    }
}

/// Whether and why a process was stopped from here.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Stopped {
    pub(crate) cause: Option<Cause>,
    pub(crate) lock_may_remain: bool,
}

impl Stopped {
    pub(crate) fn of(process: &Supervised) -> Self {
        Self {
            cause: process.cause(),
            lock_may_remain: process.lock_may_remain(),
        }
    }
}

/// Puts the chunks of both streams together to messages, and these with the exit to a
/// result. Blocking and asynchronous runs share it.
pub(crate) struct Assembly<D: Decoder> {
    decoder: D,
    invocation: Invocation,
    quiet: bool,
    stdout: Output,
    stderr: Lines,
    rows: Rows,
    diagnostics: Diagnostics,
    /// restic has printed something on standard output.
    has_spoken: bool,
    /// What it printed shows that it has its lock.
    is_past_lock: bool,
    /// The repository is on a server.
    is_on_server: bool,
    exit: Option<Exit>,
    gave_up: bool,
    span: RunSpan,
    redactor: Redactor,
    /// Learns of a version that restic says.
    versions: Option<Arc<Versions>>,
}

impl<D: BorrowRows> Assembly<D> {
    /// Shows all rows in what has come so far, and keeps the other events.
    pub(crate) fn visit_rows(&mut self, visit: &mut impl FnMut(D::Row<'_>)) {
        while let Some(event) = self.decode_stderr() {
            self.show_or_keep(event, visit);
        }
        while let Some(number) = Some(self.stdout.number() + 1)
            && let Some(line) = self.stdout.next()
        {
            let Some((text, is_whole)) =
                text(&line, NoticeSource::Stdout, number, &mut self.diagnostics)
            else {
                continue;
            };
            if is_whole && self.rows.may_come() {
                let row = D::borrowed_row(text);
                self.rows.came(row.is_some());
                if let Some(row) = row {
                    self.span.handed_out();
                    visit(row);
                    continue;
                }
            }
            let line = Line {
                text,
                number,
                is_whole,
            };
            let (decoder, diagnostics) = (&mut self.decoder, &mut self.diagnostics);
            if let Some(event) = decode_line(decoder, line, diagnostics, &self.redactor) {
                self.show_or_keep(event, visit);
            }
        }
    }

    fn show_or_keep(&mut self, event: D::Event, visit: &mut impl FnMut(D::Row<'_>)) {
        self.span.handed_out();
        if D::row_of(&event).map(visit).is_none() {
            self.decoder.keep(event);
        }
    }
}

impl<D: Decoder> Assembly<D> {
    pub(crate) fn new(decoder: D, invocation: Invocation, quiet: bool, span: RunSpan) -> Self {
        let redactor = Redactor::of(&invocation);
        Self {
            span,
            decoder,
            invocation,
            quiet,
            stdout: Output::new(D::STDOUT),
            stderr: Lines::default(),
            rows: Rows::default(),
            diagnostics: Diagnostics::new(redactor.clone()),
            has_spoken: false,
            is_past_lock: false,
            is_on_server: false,
            exit: None,
            gave_up: false,
            redactor,
            versions: None,
        }
    }

    /// Says whether the repository is on a server.
    pub(crate) fn on_server(self, is_on_server: bool) -> Self {
        Self {
            is_on_server,
            ..self
        }
    }

    /// Keeps a version that restic says here.
    pub(crate) fn teaching(mut self, versions: Arc<Versions>) -> Self {
        self.versions = Some(versions);
        self
    }

    /// Hands each notice to this handler, too, when it is read.
    pub(crate) fn on_notice(mut self, handler: Option<NoticeHandler>) -> Self {
        self.diagnostics.set_handler(handler);
        self
    }

    pub(crate) fn push(&mut self, event: Event) {
        self.span.received(&event);
        match event {
            Event::Stdout(chunk) => {
                self.has_spoken = true;
                self.is_past_lock = self.is_past_lock || is_past_the_lock(&chunk);
                self.stdout.push(chunk);
            }
            Event::Stderr(chunk) => self.stderr.push(chunk),
            Event::Notice(text) => self.diagnostics.notice(NoticeSource::Library, &text),
            Event::Exited(exit) => {
                self.stdout.end();
                self.stderr.end();
                self.exit = Some(exit);
            }
            _ => {}
        }
    }

    /// Nothing more can come. All of what came was handed out when
    /// [`next_event`](Self::next_event) has given nothing.
    pub(crate) fn has_ended(&self) -> bool {
        self.exit.is_some() || self.gave_up
    }

    pub(crate) fn give_up(&mut self) {
        self.gave_up = true;
    }

    pub(crate) fn keep(&mut self, event: D::Event) {
        self.decoder.keep(event);
    }

    /// The next event in what has come so far.
    pub(crate) fn next_event(&mut self) -> Option<D::Event> {
        let event = self.decode();
        if event.is_some() {
            self.span.handed_out();
        }
        event
    }

    fn decode(&mut self) -> Option<D::Event> {
        self.decode_stderr()
            .or_else(|| self.decode_bytes())
            .or_else(|| self.decode_stdout())
    }

    fn decode_stderr(&mut self) -> Option<D::Event> {
        let Self {
            decoder,
            stderr,
            diagnostics,
            redactor,
            ..
        } = self;
        while let Some(number) = Some(stderr.number() + 1)
            && let Some(line) = stderr.next()
        {
            let Some((text, is_whole)) = text(&line, NoticeSource::Stderr, number, diagnostics)
            else {
                continue;
            };
            diagnostics.stderr_line(text);
            if let Some(error) = ExitError::read(text) {
                diagnostics.set_exit_error(error);
                continue;
            }
            if let Some(kind) = D::decides(text) {
                diagnostics.decide(kind, text);
            }
            let line = Line {
                text: &masked(text, false, redactor),
                number,
                is_whole,
            };
            if let Some(event) = decoder.stderr(&line, diagnostics) {
                return Some(event);
            }
        }
        None
    }

    fn decode_bytes(&mut self) -> Option<D::Event> {
        while let Some(bytes) = self.stdout.next_bytes() {
            if let Some(event) = self.decoder.bytes(bytes) {
                return Some(event);
            }
        }
        None
    }

    fn decode_stdout(&mut self) -> Option<D::Event> {
        while let Some(number) = Some(self.stdout.number() + 1)
            && let Some(line) = self.stdout.next()
        {
            let Some((text, is_whole)) =
                text(&line, NoticeSource::Stdout, number, &mut self.diagnostics)
            else {
                continue;
            };
            if is_whole && self.rows.may_come() {
                let row = self.decoder.row(text);
                self.rows.came(row.is_some());
                if row.is_some() {
                    return row;
                }
            }
            let line = Line {
                text,
                number,
                is_whole,
            };
            let (decoder, diagnostics) = (&mut self.decoder, &mut self.diagnostics);
            if let Some(event) = decode_line(decoder, line, diagnostics, &self.redactor) {
                return Some(event);
            }
        }
        None
    }

    /// Says what the run came to, when everything that came was handed out.
    pub(crate) fn finish<C>(mut self, stopped: Stopped) -> Result<(C::Output, Vec<Notice>)>
    where
        C: Command<Decoder = D, Event = D::Event, Output = D::Output>,
    {
        let (span, exit, versions) = (self.span.take(), self.exit, self.versions.take());
        let result = self.conclude::<C>(stopped);
        if let (Ok((output, _)), Some(versions)) = (&result, versions) {
            versions.learn_from(output);
        }
        span.ended(exit, result.as_ref().err().map(Error::kind));
        result
    }

    fn conclude<C>(self, stopped: Stopped) -> Result<(C::Output, Vec<Notice>)>
    where
        C: Command<Decoder = D, Event = D::Event, Output = D::Output>,
    {
        let Some(exit) = self.exit else {
            let message = "the run was given up after an error while reading it";
            return Err(Error::new(ErrorKind::Io, message).with_invocation(self.invocation));
        };
        let Self {
            decoder,
            invocation,
            quiet,
            diagnostics,
            redactor,
            has_spoken,
            is_past_lock,
            is_on_server,
            ..
        } = self;
        // Words that prove a good end stand for an exit status that nobody knows.
        let is_proved =
            exit == Exit::Lost && decoder.has_seen_end() && !failure::is_said(&diagnostics);
        let end = RunEnd {
            exit: if is_proved { Exit::Code(0) } else { exit },
            cause: stopped.cause,
            diagnostics: &diagnostics,
            quiet,
        };
        let said = LastWords::of(&diagnostics);
        let result = decoder.finish(&end);
        let result = result.map_err(|fault| match is_proved {
            true => DecodeFailure::new(ErrorKind::Io, failure::LOST).with(fault.partial),
            false => fault,
        });
        let is_end = D::ENDS_WHEN_STOPPED && stopped.cause == Some(Cause::Cancelled);
        let result = match stopped.cause.filter(|_| !is_end) {
            Some(cause) => {
                let complaint = failure::complaint(&said, &diagnostics);
                let complaint = complaint.map(|words| diagnostics.shown(&words));
                Err(stopped_fault(cause, complaint.as_deref(), result))
            }
            None => result.and_then(|output| well_formed(output, &diagnostics)),
        };
        let fault = match result {
            Ok(output) => return Ok((output, diagnostics.into_notices())),
            Err(fault) => fault,
        };
        let lock = (fault.kind == ErrorKind::Locked)
            .then(|| LockHolder::find(said.lines()))
            .flatten()
            .map(|holder| LockHolder {
                host: diagnostics.shown(&holder.host),
                user: diagnostics.shown(&holder.user),
                ..holder
            });
        // restic forgets its lock when it is interrupted in the moment in which it makes it, and
        // that it is past that moment is known by what it prints then.
        let makes_lock = !invocation
            .masked_arguments()
            .any(|argument| argument == "--no-lock");
        let may_forget = stopped.cause.is_some() && !is_past_lock && makes_lock;
        let is_unopened_server = is_on_server && !has_spoken;
        let waited_for_network =
            failure::waited_for_network(&said, &diagnostics, is_unopened_server);
        let has_crashed = failure::crash(exit, &diagnostics).is_some();
        let tail: Vec<&str> = diagnostics.tail().collect();
        let tail = diagnostics.shown(&tail.join("\n"));
        let partial = fault
            .partial
            .map(|partial| Box::new(partial) as Box<dyn Any + Send + Sync>);
        // It may quote a part of what could not be read.
        let message = redactor.redact(&fault.message);
        Err(Error::new(fault.kind, message)
            .with_exit(exit)
            .with_stderr(tail, diagnostics.into_notices())
            .with_invocation(invocation)
            .with_any_partial(partial)
            .with_lock_holder(lock)
            .with_waited_for_network(waited_for_network)
            .with_lock_may_remain(
                stopped.lock_may_remain
                    || matches!(exit, Exit::Signal(_) | Exit::Lost)
                    || may_forget
                    || has_crashed,
            ))
    }

    pub(crate) fn invocation(&self) -> &Invocation {
        &self.invocation
    }
}

/// Whether it is worth looking for rows: a restic that prints them in a way of its own would
/// make every look a waste.
#[derive(Debug, Default)]
struct Rows {
    /// How many lines in turn were none.
    missed: u32,
}

impl Rows {
    /// How many lines may be none before only one in as many is looked at.
    const PATIENCE: u32 = 64;

    fn may_come(&mut self) -> bool {
        let looks = self.missed < Self::PATIENCE || self.missed.is_multiple_of(Self::PATIENCE);
        if !looks {
            self.missed = self.missed.wrapping_add(1);
        }
        looks
    }

    fn came(&mut self, is_row: bool) {
        self.missed = if is_row {
            0
        } else {
            self.missed.wrapping_add(1)
        };
    }
}

/// Whether restic prints something that it prints only when it has its lock, or wants none.
fn is_past_the_lock(chunk: &[u8]) -> bool {
    const BEFORE: [&[u8]; 5] = [
        b"repository ",
        b"created new cache",
        b"using temporary cache",
        b"create exclusive lock",
        b"enter password",
    ];
    let mut lines = chunk.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
    lines.any(|line| !line.is_empty() && !BEFORE.iter().any(|begin| line.starts_with(begin)))
}

/// Reads a line of standard output in which there may be a secret.
fn decode_line<D: Decoder>(
    decoder: &mut D,
    line: Line<'_>,
    diagnostics: &mut Diagnostics,
    redactor: &Redactor,
) -> Option<D::Event> {
    let text = masked(line.text, D::is_data(line.text), redactor);
    let line = Line {
        text: &text,
        ..line
    };
    decoder.stdout(&line, diagnostics)
}

/// A line without the secrets in what restic says. A message or a part of a document has data
/// beside that, which is not touched, and there may be very much of it.
fn masked<'a>(line: &'a str, is_data: bool, redactor: &Redactor) -> Cow<'a, str> {
    match line.trim_start().starts_with(['{', '[', '"']) {
        true => redactor.redact_words(line),
        false if is_data => line.into(),
        false => redactor.redact(line),
    }
}

/// The text of a line that is not over the limit, and whether it has an end.
fn text<'a>(
    line: &'a lines::Line<'_>,
    stream: NoticeSource,
    number: u64,
    diagnostics: &mut Diagnostics,
) -> Option<(&'a str, bool)> {
    match line {
        lines::Line::Text(text) => Some((text, true)),
        lines::Line::Last(text) => Some((text, false)),
        lines::Line::TooLong => {
            let problem = format!("the line is longer than {} bytes", lines::LIMIT);
            diagnostics.malformed(stream, number, &problem, "");
            None
        }
    }
}

/// Only this side knows that it stopped restic: the exit code may be 130, 1 or even that of
/// a wrong password.
fn stopped_fault<T>(
    cause: Cause,
    complaint: Option<&str>,
    result: Result<T, DecodeFailure<T>>,
) -> DecodeFailure<T> {
    let partial = result.map_or_else(|fault| fault.partial, Some);
    let (kind, what) = match cause {
        Cause::Cancelled => (ErrorKind::Cancelled, "the run was cancelled"),
        Cause::TotalDeadline => (
            ErrorKind::TimedOut,
            "the run took longer than its total deadline",
        ),
        Cause::IdleDeadline => (
            ErrorKind::TimedOut,
            "restic was silent for longer than its idle deadline",
        ),
        _ => (ErrorKind::Cancelled, "the run was stopped"),
    };
    let message = match complaint {
        Some(words) => format!("{what}; restic said: {words}"),
        None => what.to_owned(),
    };
    DecodeFailure::new(kind, message).with(partial)
}

/// A message that could not be read never interrupts a run, and is never passed over.
fn well_formed<T>(output: T, diagnostics: &Diagnostics) -> Result<T, DecodeFailure<T>> {
    let Some(bad) = diagnostics.first_malformed() else {
        return Ok(output);
    };
    let stream = match bad.stream {
        NoticeSource::Stdout => "standard output",
        NoticeSource::Stderr => "standard error",
        NoticeSource::Library => "part in this library",
    };
    let message = format!(
        "line {} of restic's {stream} cannot be read: {}: {}",
        bad.line, bad.problem, bad.text
    );
    Err(DecodeFailure::new(ErrorKind::BadOutput, message).with(Some(output)))
}
