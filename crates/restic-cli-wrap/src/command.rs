use std::fmt::Debug;

use crate::arguments::Arguments;
use crate::decode::Decoder;

/// One command of restic, as a value.
///
/// Building its arguments and reading its output are pure functions; [`Restic`](crate::Restic)
/// runs it, and also [shows](crate::Restic::invocation) the call that it would make. The guide
/// describes [commands of your own](crate::guide::own_commands).
pub trait Command: Clone + Debug + Send + 'static {
    /// What a [`Run`](crate::Run) of it yields while restic works.
    type Event: Send + 'static;
    /// The result of a run.
    type Output: Send + Sync + 'static;
    /// What reads its output.
    type Decoder: Decoder<Event = Self::Event, Output = Self::Output>;

    /// What the command puts on the command line.
    fn arguments(&self) -> Arguments;

    /// A reader for the output of one run.
    fn decoder(&self) -> Self::Decoder;
}
