//! Lines: two bytes say how chunks are cut and one how long lines may be, then comes output.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Some((&[one, other, limit], output)) = bytes.split_first_chunk() {
        let limit = match limit {
            0 => usize::MAX / 2,
            limit => usize::from(limit),
        };
        restic_cli_wrap::fuzzing::lines(output, &[one.into(), other.into()], limit);
    }
});
