//! What reading restic's output costs, beside the loop that anybody would write with
//! `serde_json` alone: `cargo bench`, and `cargo xtask bench` for instructions, whole processes
//! and rivals.
//!
//! The outputs are generated, in the shapes that restic 0.19.1 prints.

mod baseline;
mod consumer;
mod listing;
mod player;
mod sdk;

pub use consumer::{Consumer, Tally};
pub use listing::Listing;
pub use player::{Player, Source};
