//! What to know about [stopping], [secrets], [errors] and [plans].

pub mod errors;
pub mod plans;
pub mod secrets;
pub mod stopping;
