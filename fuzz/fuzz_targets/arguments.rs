//! Anything in any argument. Two bytes say which command and how it is opened; then come,
//! between NUL bytes, a part of a location, flags (a byte of 128 or more says which) and
//! operands.
#![no_main]

use libfuzzer_sys::fuzz_target;
use restic_properties::arguments;

fuzz_target!(|bytes: &[u8]| {
    if let Some(call) = arguments::Call::read(bytes) {
        arguments::check(&call);
    }
});
