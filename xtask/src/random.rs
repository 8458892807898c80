//! Moments that are not always the same.

use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::time::Duration;

/// A moment before the limit, each time another one.
pub(crate) fn moment(limit: Duration) -> Duration {
    let random = RandomState::new().build_hasher().finish();
    limit.mul_f64((random % 1000) as f64 / 1000.0)
}
