use std::fmt::Debug;

use crate::arguments::Arguments;
use crate::decode::Decoder;

/// One command of restic, as a value.
///
/// Building its arguments and reading its output are pure functions; running it is
/// the part of [`Restic`](crate::Restic), which also [shows](crate::Restic::invocation) the call
/// that it would make. The guide shows [commands of your own](crate::guide::own_commands).
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
}
