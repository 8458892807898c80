//! What restic says as text: any text. Seeds: lines of restic's output that are no JSON.
#![no_main]

use libfuzzer_sys::fuzz_target;
use restic_properties::{locks, texts};

fuzz_target!(|text: &str| {
    texts::check(text);
    locks::check(text);
});
