use std::fmt;
use std::future::poll_fn;
#[cfg(feature = "stream")]
use std::pin::Pin;
use std::task::{Context, Poll};

use crate::Result;
use crate::async_run::{AsyncRun, Step};
use crate::command::Command;

/// The events of an asynchronous run and, should it fail, the error of its end as the last
/// item.
///
/// [`AsyncRun::into_events`] makes one. The output is kept until somebody
/// [takes](Self::into_output) it.
#[must_use = "nothing runs before this is polled"]
pub struct AsyncEvents<C: Command> {
    /// Absent after the end.
    run: Option<AsyncRun<C>>,
    output: Option<C::Output>,
}

impl<C: Command> AsyncRun<C> {
    /// The events, with the error of [`finish`](Self::finish) as the last item, should the run
    /// fail.
    pub fn into_events(self) -> AsyncEvents<C> {
        AsyncEvents {
            run: Some(self),
            output: None,
        }
    }
}

impl<C: Command> AsyncEvents<C> {
    /// The next event, or the error at the end; `None` for ever after it.
    pub async fn next(&mut self) -> Option<Result<C::Event>> {
        poll_fn(|context| self.poll_event(context)).await
    }

    /// What the run came to. Returns `None` before the last event was taken, and when the last
    /// item was an error.
    #[must_use]
    pub fn into_output(self) -> Option<C::Output> {
        self.output
    }

    fn poll_event(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<C::Event>>> {
        let Some(run) = &mut self.run else {
            return Poll::Ready(None);
        };
        let error = match run.poll_step(context) {
            Poll::Pending => return Poll::Pending,
            Poll::Ready(Step::Event(event)) => return Poll::Ready(Some(Ok(event))),
            Poll::Ready(Step::Failed(error)) => Some(error),
            Poll::Ready(Step::Ended(assembly, stopped)) => match assembly.finish(stopped) {
                Ok((output, _)) => {
                    self.output = Some(output);
                    None
                }
                Err(error) => Some(error),
            },
        };
        self.run = None;
        Poll::Ready(error.map(Err))
    }
}

/// Nothing in it is ever pinned.
impl<C: Command> Unpin for AsyncEvents<C> {}

impl<C: Command> fmt::Debug for AsyncEvents<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AsyncEvents")
            .field("run", &self.run)
            .finish_non_exhaustive()
    }
}

#[cfg(feature = "stream")]
impl<C: Command> futures_core::Stream for AsyncEvents<C> {
    type Item = Result<C::Event>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.poll_event(context)
    }
}
