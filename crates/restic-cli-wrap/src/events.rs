use std::fmt;

use crate::command::Command;
use crate::run::Run;
use crate::{Error, Result};

/// The events of a run and, should it fail, the error of its end as the last item.
///
/// [`Run::into_events`] makes one: a loop with `?` is then all there is to following a run. The
/// output is kept until somebody [takes](Self::into_output) it.
///
/// ```
/// # use restic_cli_wrap::{ErrorKind, Restic, Scripted, commands::Ls};
/// # let script = Scripted::new().stderr("Fatal: unable to open repository: no space left on device\n").exit(1);
/// # let restic = Restic::builder().executor(Scripted::executor([script])).build();
/// let mut events = restic.start(Ls::new("latest"))?.into_events();
/// let error = events.by_ref().find_map(Result::err).unwrap();
/// assert_eq!(error.kind(), ErrorKind::NoSpace);
/// assert!(events.next().is_none() && events.into_output().is_none());
/// # Ok::<(), restic_cli_wrap::Error>(())
/// ```
#[must_use = "restic is stopped when its run is dropped"]
pub struct Events<C: Command> {
    /// Absent after the end.
    run: Option<Run<C>>,
    output: Option<C::Output>,
}

impl<C: Command> Run<C> {
    /// The events, with the error of [`finish`](Self::finish) as the last item, should the run
    /// fail:
    ///
    /// ```no_run
    /// # use restic_cli_wrap::{Restic, commands::Ls};
    /// # fn example(restic: Restic) -> restic_cli_wrap::Result<()> {
    /// for message in restic.start(Ls::new("latest"))?.into_events() {
    ///     println!("{:?}", message?);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn into_events(self) -> Events<C> {
        Events {
            run: Some(self),
            output: None,
        }
    }
}

impl<C: Command> Events<C> {
    /// The result of the run. Returns `None` before the last event was taken, and when the last
    /// item was an error.
    #[must_use]
    pub fn into_output(self) -> Option<C::Output> {
        self.output
    }

    fn end(&mut self) -> Option<Error> {
        match self.run.take()?.finish() {
            Ok(output) => {
                self.output = Some(output);
                None
            }
            Err(error) => Some(error),
        }
    }
}

impl<C: Command> Iterator for Events<C> {
    type Item = Result<C::Event>;

    fn next(&mut self) -> Option<Self::Item> {
        match self.run.as_mut()?.next() {
            Some(Ok(event)) => Some(Ok(event)),
            // It cannot be read any longer, and has nothing else to say at its end.
            Some(Err(error)) => {
                self.run = None;
                Some(Err(error))
            }
            None => self.end().map(Err),
        }
    }
}

impl<C: Command> std::iter::FusedIterator for Events<C> {}

impl<C: Command> fmt::Debug for Events<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Events")
            .field("run", &self.run)
            .finish_non_exhaustive()
    }
}
