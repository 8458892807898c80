//! The commands that remove what is not needed, and that mend what is damaged.

mod arguments;
mod decoding;
mod forget;
#[cfg(unix)]
mod real;
