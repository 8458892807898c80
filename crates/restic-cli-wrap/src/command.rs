use std::fmt::Debug;

use restic_core::Invocation;

use crate::Restic;
use crate::arguments::Arguments;
use crate::decode::Decoder;

/// One command of restic, as a value.
///
/// Building its arguments and reading its output are pure functions; running it is
/// [`Restic`]'s part.
pub trait Command: Clone + Debug + Send + 'static {
    /// What a [`Run`](crate::Run) of it hands out while restic goes on.
    type Event: Send + 'static;
    /// What a run of it comes to.
    type Output: Send + Sync + 'static;
    /// What reads its output.
    type Decoder: Decoder<Event = Self::Event, Output = Self::Output>;

    /// What the command puts on the command line.
    fn arguments(&self) -> Arguments;

    /// A reader for the output of one run.
    fn decoder(&self) -> Self::Decoder;

    /// The call that this client would make, without making it.
    ///
    /// Its `Debug` and `Display` are safe to print, and `Display` is one line for a shell.
    /// Whether the restic at hand knows every flag is not checked here. Where the spelling
    /// depends on the version, and it is not known yet, it is that of the newest restic.
    fn invocation(&self, restic: &Restic) -> Invocation {
        restic.build_invocation(&self.arguments())
    }
}
