//! Messages and documents: any text. Seeds: restic's output, a line or a document each.
#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../../crates/restic-types/tests/it/properties/messages.rs"]
mod messages;
#[allow(dead_code, reason = "this is a part of it")]
#[path = "../../crates/restic-types/tests/it/support.rs"]
mod support;

fuzz_target!(|text: &str| messages::check(text));
