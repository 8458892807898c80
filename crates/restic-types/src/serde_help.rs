//! Serde helpers that several types share.

use std::time::Duration;

use serde::{Deserialize, Deserializer};

/// For what restic omits when it is zero, false or empty.
pub(crate) fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// For lists that Go prints as `null` when they are empty.
pub(crate) fn null_as_default<'de, D: Deserializer<'de>, T: Default + Deserialize<'de>>(
    deserializer: D,
) -> Result<T, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

/// Seconds as a length of time: zero for what is negative or no number, the longest one for what is too long.
pub(crate) fn duration(seconds: f64) -> Duration {
    let longest = if seconds > 0.0 {
        Duration::MAX
    } else {
        Duration::ZERO
    };
    Duration::try_from_secs_f64(seconds).unwrap_or(longest)
}
