//! Secrets in text: a secret and the texts around it, between NUL bytes.
#![no_main]

use libfuzzer_sys::fuzz_target;
use restic_properties::{redactor, secrets};

fuzz_target!(|text: &str| {
    let mut parts = text.split('\0');
    let [secret, before, after] = std::array::from_fn(|_| parts.next().unwrap_or_default());
    redactor::check(secret, before, after);
    // Sixteen runs in tiny chunks take their time.
    if text.len() < 500 {
        secrets::check(secret, before, 1 + text.len() % 7);
    }
});
