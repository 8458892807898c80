use std::fmt;
use std::sync::Arc;

use restic_process::{Invocation, Stop, Supervised};

use crate::assembly::Assembly;
use crate::begun::{self, Begun};
use crate::command::Command;
use crate::decode::BorrowRows;
use crate::diagnostics::Notice;
use crate::held::HeldByOne;
use crate::settling::{self, Settling};
use crate::shortened;
use crate::{Error, ErrorKind, Result};

/// A running restic: an iterator over its events, then [`finish`](Self::finish).
///
/// The iterator ends when restic has ended; `finish` returns whether it did what was asked. An
/// error from the iterator itself means that the process could not be read any longer.
///
/// Dropping a `Run` early interrupts restic and waits until it has cleaned up, for up to the
/// [grace period](crate::ResticBuilder::grace) and a second more; to avoid waiting,
/// [stop it in the background](Self::stop_in_background). While your code handles an event, restic
/// may have to wait for it, and deadlines are checked only in calls of this type.
#[must_use = "restic is stopped when its run is dropped"]
pub struct Run<C: Command> {
    process: HeldByOne<Supervised>,
    assembly: Assembly<C::Decoder>,
    /// Reaches this run alone.
    stop: Stop,
    settling: Arc<Settling>,
}

impl<C: Command> Run<C> {
    pub(crate) fn new(begun: Begun, decoder: C::Decoder) -> Self {
        Self {
            process: begun.process,
            assembly: Assembly::new(decoder, begun.intake),
            stop: begun.stop,
            settling: begun.settling,
        }
    }

    /// Calls `visit` with every row as restic prints it, in constant memory and without copying:
    /// for a listing of millions of files. [`finish`](Self::finish) then returns the rest of the
    /// result, and an error unless all rows came.
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
            if !self.read()? {
                return Ok(());
            }
        }
    }

    /// Waits for more of what restic prints, unless there is none.
    fn read(&mut self) -> Result<bool> {
        self.assembly.read(&mut self.process)
    }

    /// Waits for the end and returns the result. Events that have not been taken from the
    /// iterator become part of the result where it has a place for them, such as the rows of a
    /// listing.
    ///
    /// # Errors
    ///
    /// When restic did not do what was asked.
    pub fn finish(self) -> Result<C::Output> {
        self.finish_with_notices().map(|(output, _)| output)
    }

    /// Like [`finish`](Self::finish), but also returns the lines that were not part of restic's
    /// messages: warnings, hints, what a helper program printed.
    ///
    /// # Errors
    ///
    /// As `finish`; the error has its notices itself.
    pub fn finish_with_notices(self) -> Result<(C::Output, Vec<Notice>)> {
        begun::finish(self.process, self.assembly)
    }

    pub(crate) fn into_parts(self) -> (HeldByOne<Supervised>, Assembly<C::Decoder>) {
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
        .with_source(why.into())
    }

    /// Asks restic to end, and returns at once. What restic prints until then still arrives here,
    /// and `finish` returns [`ErrorKind::Cancelled`], unless that is the normal end of such a run,
    /// as for a [mount](crate::commands::Mount).
    pub fn stop(&self) {
        self.stop.stop();
    }

    /// Asks restic to end, and does not wait for that: for a thread that must not block, such as
    /// a user-interface thread, where [`finish`](Self::finish) and a drop would wait for up to the
    /// [grace period](crate::ResticBuilder::grace). A background thread waits instead; call
    /// [`Restic::settle`](crate::Restic::settle) before the program exits to wait for it. The
    /// result of the run is lost: to get it, call [`stop`](Self::stop) and then `finish`.
    ///
    /// If the system cannot start another thread, this call waits itself.
    ///
    /// ```
    /// # use std::time::Duration;
    /// # use restic_cli_wrap::{Restic, Scripted, commands::Backup};
    /// # let restic = Restic::builder().executor(Scripted::executor([Scripted::new().hang()])).build();
    /// let run = restic.start(Backup::new(["/data"]))?;
    /// run.stop_in_background();
    /// // Before the program ends:
    /// assert!(restic.settle(Duration::from_secs(20)));
    /// # Ok::<(), restic_cli_wrap::Error>(())
    /// ```
    pub fn stop_in_background(self) {
        self.stop();
        let settling = Arc::clone(&self.settling);
        settling::drop_in_background(settling, self);
    }

    /// A [`Stop`] that [stops](Self::stop) this run only, from anywhere, such as from the loop over
    /// its events:
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
            match self.read() {
                Ok(true) => {}
                Ok(false) => return None,
                Err(error) => return Some(Err(error)),
            }
        }
    }
}

impl<C: Command> fmt::Debug for Run<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Run")
            .field(
                "invocation",
                &shortened::call(self.invocation().to_string()),
            )
            .field("process", &*self.process)
            .finish_non_exhaustive()
    }
}
