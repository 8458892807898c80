//! From output and exit to a result. Four bytes say which command, which exit, how chunks are
//! cut and when it is stopped; in what follows, lines that begin with `2>` are of standard
//! error.
#![no_main]

use libfuzzer_sys::fuzz_target;
use restic_properties::assembly;

fuzz_target!(|bytes: &[u8]| {
    if let Some(script) = assembly::Script::read(bytes) {
        assembly::check(&script);
    }
});
