//! What to know about [stopping], [secrets], [errors] and [plans], which of the test [doubles]
//! to take, and for those who come from [resticpy].

pub mod doubles;
pub mod errors;
pub mod plans;
pub mod resticpy;
pub mod secrets;
pub mod stopping;
