//! What to know about [stopping], [secrets] and [errors].

pub mod errors;
pub mod secrets;
pub mod stopping;
