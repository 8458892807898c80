//! Blocking work for asynchronous callers.

use std::future::poll_fn;
use std::sync::Arc;

use restic_process::{Background, Outlet, Stop};

use crate::client::Restic;
use crate::settling::Busy;
use crate::slots::Slot;
use crate::{Error, ErrorKind, Result};

impl Restic {
    /// Does this work on a thread of its own, as a future for any runtime. The thread is
    /// spawned when the future is first polled. Dropping the future stops the restic that the
    /// work has started with the client it is given.
    pub(crate) fn in_background<T, W>(
        &self,
        work: W,
    ) -> impl Future<Output = Result<T>> + Send + use<T, W>
    where
        T: Send + 'static,
        W: FnOnce(&Restic) -> Result<T> + Send + 'static,
    {
        let restic = self.clone();
        async move {
            let mut guard = StopOnDrop::new();
            let restic = restic.with_stop(&guard.stop);
            let busy = Busy::begin(Arc::clone(restic.settling()));
            let work = move |outlet: Outlet<Result<T>>| {
                let result = work(&restic);
                // Before the result arrives, so that whoever waits for it finds all settled.
                drop(restic);
                drop(busy);
                outlet.send(result);
            };
            let mut answer = Background::start(1, work).map_err(|error| {
                Error::new(ErrorKind::CannotStart, "could not spawn a thread")
                    .with_source(error.into())
            })?;
            let answer = poll_fn(|context| answer.poll_next(context)).await;
            guard.is_armed = false;
            answer.unwrap_or_else(|| {
                Err(Error::new(
                    ErrorKind::Io,
                    "the thread that ran restic is gone",
                ))
            })
        }
    }

    /// The same for work that starts one run: no thread is spawned before there is a slot
    /// for it.
    pub(crate) fn in_slot_in_background<T, W>(
        &self,
        work: W,
    ) -> impl Future<Output = Result<T>> + Send + use<T, W>
    where
        T: Send + 'static,
        W: FnOnce(&Restic, Option<Slot>) -> Result<T> + Send + 'static,
    {
        let restic = self.clone();
        async move {
            let slot = match restic.slot_request() {
                Some(request) => Some(request.granted().await?),
                None => None,
            };
            restic.in_background(move |restic| work(restic, slot)).await
        }
    }
}

/// Stops what was started for a future that is dropped before its end.
struct StopOnDrop {
    stop: Stop,
    is_armed: bool,
}

impl StopOnDrop {
    fn new() -> Self {
        Self {
            stop: Stop::new(),
            is_armed: true,
        }
    }
}

impl Drop for StopOnDrop {
    fn drop(&mut self) {
        if self.is_armed {
            self.stop.stop();
        }
    }
}
