//! What reading restic's output costs, beside the loop that anybody would write with
//! `serde_json` alone: `cargo bench`, and `cargo xtask bench` for instructions, whole processes,
//! rivals, and what else has a goal.
//!
//! The outputs are generated, in the shapes that restic 0.19.1 prints.

mod baseline;
mod consumer;
mod listing;
mod player;
pub mod progress;
mod replayed;
mod sdk;
pub mod starting;
mod tally;
pub mod timing;

pub use consumer::Consumer;
pub use listing::Listing;
pub use player::{Player, Source};
pub use replayed::{Pair, Replayed};
pub use tally::Tally;
