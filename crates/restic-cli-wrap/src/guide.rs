//! What to know about [stopping], [secrets], [errors] and [plans], which of the test [doubles]
//! to take, [commands of your own](own_commands), and for those who come from [resticpy].

pub mod doubles;
pub mod errors;
pub mod own_commands;
pub mod plans;
pub mod resticpy;
pub mod secrets;
pub mod stopping;
