//! What restic says as text: any text. Seeds: lines of restic's output that are no JSON.
#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../../crates/restic-cli-wrap/tests/it/properties/locks.rs"]
mod locks;
#[path = "../../crates/restic-types/tests/it/properties/texts.rs"]
mod texts;

fuzz_target!(|text: &str| {
    texts::check(text);
    locks::check(text);
});
