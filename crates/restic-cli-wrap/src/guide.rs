//! What to know about [stopping], [secrets], [errors] and [plans], and for those who come from
//! [resticpy].

pub mod errors;
pub mod plans;
pub mod resticpy;
pub mod secrets;
pub mod stopping;
