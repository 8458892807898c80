//! [Testing](testing) without restic, a [tutorial] of it, and which of the test [doubles] to take;
//! what to know about [stopping], [secrets], [errors] and [plans], about the [hosts] that a
//! program runs in, [commands](own_commands) and [executors](own_executor) of your own, and for
//! those who come from [resticpy].

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
