//! Conversions between our times and jiff's.

use jiff::tz::{Offset, TimeZone};
use jiff::{Timestamp, Zoned, civil};

use super::{LocalTime, Time, TimeError};

/// The moment alone.
impl TryFrom<Time> for Timestamp {
    type Error = TimeError;

    fn try_from(time: Time) -> Result<Self, TimeError> {
        let nanoseconds = i32::try_from(time.nanoseconds).map_err(out_of_range)?;
        Self::new(time.seconds, nanoseconds).map_err(out_of_range)
    }
}

/// The moment with its offset as a fixed time zone.
impl TryFrom<Time> for Zoned {
    type Error = TimeError;

    fn try_from(time: Time) -> Result<Self, TimeError> {
        let offset =
            Offset::from_seconds(i32::from(time.offset_minutes) * 60).map_err(out_of_range)?;
        let zone = if time.zulu {
            TimeZone::UTC
        } else {
            TimeZone::fixed(offset)
        };
        Ok(Timestamp::try_from(time)?.to_zoned(zone))
    }
}

/// The moment in UTC.
impl TryFrom<Timestamp> for Time {
    type Error = TimeError;

    fn try_from(timestamp: Timestamp) -> Result<Self, TimeError> {
        from_jiff(timestamp, Offset::UTC)
    }
}

/// The moment with its offset, as Go would print it: `Z` for UTC, and no seconds in an offset.
impl TryFrom<&Zoned> for Time {
    type Error = TimeError;

    fn try_from(zoned: &Zoned) -> Result<Self, TimeError> {
        from_jiff(zoned.timestamp(), zoned.offset())
    }
}

impl TryFrom<LocalTime> for civil::DateTime {
    type Error = TimeError;

    fn try_from(LocalTime(time): LocalTime) -> Result<Self, TimeError> {
        let year = i16::try_from(time.year).map_err(out_of_range)?;
        let [month, day, hour, minute, second] =
            [time.month, time.day, time.hour, time.minute, time.second].map(u8::cast_signed);
        Self::new(year, month, day, hour, minute, second, 0).map_err(out_of_range)
    }
}

fn from_jiff(timestamp: Timestamp, offset: Offset) -> Result<Time, TimeError> {
    let nanoseconds = timestamp.as_nanosecond();
    let seconds = i64::try_from(nanoseconds.div_euclid(1_000_000_000)).map_err(out_of_range)?;
    let nanoseconds = u32::try_from(nanoseconds.rem_euclid(1_000_000_000)).map_err(out_of_range)?;
    let offset_minutes = i16::try_from(offset.seconds() / 60).map_err(out_of_range)?;
    Time::checked(seconds, nanoseconds, offset_minutes, offset.seconds() == 0)
}

fn out_of_range<E>(_: E) -> TimeError {
    TimeError::OutOfRange
}
