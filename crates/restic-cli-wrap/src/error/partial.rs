//! What a command achieved before it failed, by the command.

use super::Error;
use crate::command::Command;

impl Error {
    /// The same, with what the command achieved before it failed: see [`partial`](Self::partial).
    #[must_use]
    pub fn with_partial<C: Command>(mut self, partial: C::Output) -> Self {
        self.0.partial = Some(Box::new(partial));
        self
    }

    /// What the command achieved before it failed: the summary of a backup that was cancelled
    /// too late, the plan of a `forget` that could not remove anything, the snapshots that were
    /// found when one of several was not. Absent when there is none, and when the output of `C` is
    /// of another type than that of the command that failed.
    ///
    /// ```
    /// # use restic_cli_wrap::{Error, commands::Backup};
    /// # fn example(error: Error) {
    /// if let Some(outcome) = error.partial::<Backup>() {
    ///     println!("there is a snapshot: {:?}", outcome.summary());
    /// }
    /// # }
    /// ```
    #[must_use]
    pub fn partial<C: Command>(&self) -> Option<&C::Output> {
        self.0.partial.as_ref()?.downcast_ref()
    }
}
