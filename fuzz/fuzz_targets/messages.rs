//! Messages and documents: any text. Seeds: restic's output, a line or a document each.
#![no_main]

use libfuzzer_sys::fuzz_target;
use restic_properties::messages;

fuzz_target!(|text: &str| messages::check(text));
