//! Guides to this library, by topic.
//!
//! | guide | read it for |
//! |---|---|
//! | [`tutorial`] | a tested backup tool, from an empty package to a green CI |
//! | [`testing`] | tests without restic: recording your own program, and replaying it |
//! | [`doubles`] | which test double to use for which test |
//! | [`errors`] | what counts as success, and what to do about each failure |
//! | [`stopping`] | Ctrl-C, cancelling and deadlines, without leaving a lock |
//! | [`secrets`] | how passwords and credentials reach restic, and where they are masked |
//! | [`plans`] | dry runs, and what their results contain |
//! | [`hosts`] | containers, services, terminals, low limits, wrappers, and what a run costs |
//! | [`own_commands`] | commands that this library does not have |
//! | [`own_executor`] | running restic on another machine, or watching each call |
//! | [`resticpy`] | the counterpart of each function of the Python library resticpy |

pub mod doubles;
pub mod errors;
pub mod hosts;
pub mod own_commands;
pub mod own_executor;
pub mod plans;
pub mod resticpy;
pub mod secrets;
pub mod stopping;
pub mod testing;
pub mod tutorial;
