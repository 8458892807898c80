//! What holds whatever restic prints and users give. The fuzz targets check the same.

use proptest::test_runner::{Config, RngSeed};

mod arguments;
mod assembly;
mod locks;
mod odd_names;
mod progress;
mod quoted_secrets;
mod secrets;

/// The same cases in every run, so that only a change of the code can make one fail.
fn config() -> Config {
    Config {
        cases: 256,
        rng_seed: RngSeed::Fixed(0x7265_7374_6963),
        failure_persistence: None,
        ..Config::default()
    }
}
