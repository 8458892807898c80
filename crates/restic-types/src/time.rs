//! Times as restic prints them.

mod civil;
#[cfg(feature = "jiff")]
mod jiff;
mod local;

use std::fmt;
use std::str::FromStr;
use std::time::{Duration, SystemTime};

use serde::de::{self, Unexpected, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use self::civil::{Civil, digit, two};
pub use self::local::LocalTime;

/// A moment, with the offset from UTC of the machine that noted it.
///
/// restic prints RFC 3339 with up to nine digits of fraction, such as `2026-11-22T11:16:15.849059764+01:00`.
/// `Display` and `Serialize` give the same text again, `Z` and `+00:00` kept apart; only zeros at the end of a
/// fraction, which restic never prints, and the sign of `-00:00` are lost.
///
/// Two times are equal when moment *and* offset are; they are ordered by moment, then by offset. Compare
/// [`unix_seconds`](Time::unix_seconds) to ask only for the moment. The years are 0 to 9999.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Time {
    seconds: i64,
    nanoseconds: u32,
    offset_minutes: i16,
    /// Written `Z`; the offset is 0 then.
    zulu: bool,
}

impl Time {
    /// A moment in UTC, by its distance from 1970.
    ///
    /// # Errors
    ///
    /// When the year is not in 0 to 9999, or the nanoseconds are a second or more.
    pub fn from_unix(seconds: i64, nanoseconds: u32) -> Result<Self, TimeError> {
        Self::checked(seconds, nanoseconds, 0, true)
    }

    /// Whole seconds since 1970-01-01T00:00:00Z, rounded down; negative before.
    #[must_use]
    pub const fn unix_seconds(self) -> i64 {
        self.seconds
    }

    /// Nanoseconds after [`unix_seconds`](Time::unix_seconds), 0 to 999,999,999.
    #[must_use]
    pub const fn nanoseconds(self) -> u32 {
        self.nanoseconds
    }

    /// Minutes the local clock was ahead of UTC; negative when it was behind.
    #[must_use]
    pub const fn offset_minutes(self) -> i16 {
        self.offset_minutes
    }

    /// Reads a time as restic prints it in texts, such as `2026-11-22 11:16:22.229766901 +0100 CET`. Returns
    /// `None` if it is not one.
    ///
    /// The zone's name is left aside. An offset of zero is `Z`, as restic's JSON would have it.
    #[must_use]
    pub fn from_text(text: &str) -> Option<Self> {
        let mut words = text.split(' ');
        let (date, clock, offset) = (words.next()?, words.next()?, words.next()?);
        let (hours, minutes) = offset.split_at_checked(3)?;
        let offset = match (hours, minutes) {
            ("+00" | "-00", "00") => "Z".to_owned(),
            _ => format!("{hours}:{minutes}"),
        };
        format!("{date}T{clock}{offset}").parse().ok()
    }

    fn checked(
        seconds: i64,
        nanoseconds: u32,
        offset_minutes: i16,
        zulu: bool,
    ) -> Result<Self, TimeError> {
        let time = Self {
            seconds,
            nanoseconds,
            offset_minutes,
            zulu,
        };
        let in_range = nanoseconds < 1_000_000_000 && offset_minutes.unsigned_abs() < 100 * 60;
        // Far from i64's ends, so that no later sum can overflow.
        let in_range = in_range && (-1 << 40..1 << 40).contains(&seconds) && time.local().is_some();
        in_range.then_some(time).ok_or(TimeError::OutOfRange)
    }

    fn parse(text: &[u8]) -> Option<Self> {
        let (time, rest) = Self::parse_prefix(text)?;
        rest.is_empty().then_some(time)
    }

    /// Reads a time and returns what follows.
    pub(crate) fn parse_prefix(text: &[u8]) -> Option<(Self, &[u8])> {
        let (clock, rest) = text.split_first_chunk::<19>()?;
        let local = Civil::parse(clock, b'T')?;
        let (nanoseconds, rest) = fraction(rest)?;
        let ((offset_minutes, zulu), rest) = offset(rest)?;
        let time = Self {
            seconds: local.seconds() - i64::from(offset_minutes) * 60,
            nanoseconds,
            offset_minutes,
            zulu,
        };
        Some((time, rest))
    }

    fn local(self) -> Option<Civil> {
        Civil::from_seconds(self.seconds + i64::from(self.offset_minutes) * 60)
    }

    /// Hands out the text without allocating.
    fn with_text<T>(self, then: impl FnOnce(&str) -> T) -> T {
        let mut text = [0; "2006-01-02T15:04:05.999999999+07:00".len()];
        let mut end = 0;
        let mut push = |bytes: &[u8]| {
            text[end..end + bytes.len()].copy_from_slice(bytes);
            end += bytes.len();
        };
        // Always there: both ways to make a `Time` check it.
        if let Some(local) = self.local() {
            push(&local.text(b'T'));
        }
        if self.nanoseconds > 0 {
            let (digits, len) = fraction_text(self.nanoseconds);
            push(&digits[..len]);
        }
        if self.zulu {
            push(b"Z");
        } else {
            push(&offset_text(self.offset_minutes));
        }
        then(str::from_utf8(&text[..end]).unwrap_or_default())
    }
}

/// Reads `.849059764`, or nothing, and returns what follows.
fn fraction(text: &[u8]) -> Option<(u32, &[u8])> {
    let Some((b'.', digits)) = text.split_first() else {
        return Some((0, text));
    };
    let mut number = 0;
    let mut count = 0;
    while let Some(value) = digits.get(count).and_then(|byte| digit(*byte)) {
        if count == MISSING.len() - 1 {
            return None;
        }
        number = number * 10 + u32::from(value);
        count += 1;
    }
    (count > 0).then(|| (number * MISSING[count], &digits[count..]))
}

/// The factor from a fraction with this number of digits to nanoseconds.
const MISSING: [u32; 10] = [
    1_000_000_000,
    100_000_000,
    10_000_000,
    1_000_000,
    100_000,
    10_000,
    1_000,
    100,
    10,
    1,
];

/// Reads `Z` or `+01:00`: minutes, and whether it was `Z`. Returns what follows as well.
fn offset(text: &[u8]) -> Option<((i16, bool), &[u8])> {
    match text {
        [b'Z', rest @ ..] => Some(((0, true), rest)),
        [sign @ (b'+' | b'-'), _, _, b':', _, _, rest @ ..] => {
            let (hours, minutes) = (two(text, 1)?, two(text, 4)?);
            let size = i16::from(hours) * 60 + i16::from(minutes);
            let signed = if *sign == b'-' { -size } else { size };
            (minutes < 60).then_some(((signed, false), rest))
        }
        _ => None,
    }
}

/// `.` and nine digits, and how many of these bytes come before the zeros at the end.
fn fraction_text(nanoseconds: u32) -> ([u8; 10], usize) {
    let mut text = *b".000000000";
    let mut left = nanoseconds;
    for place in text[1..].iter_mut().rev() {
        *place += (left % 10) as u8;
        left /= 10;
    }
    let len = text
        .iter()
        .rposition(|byte| *byte != b'0')
        .map_or(0, |last| last + 1);
    (text, len)
}

fn offset_text(minutes: i16) -> [u8; 6] {
    let sign = if minutes < 0 { b'-' } else { b'+' };
    let size = minutes.unsigned_abs();
    let (hours, minutes) = ((size / 60) as u8, (size % 60) as u8);
    [
        sign,
        b'0' + hours / 10,
        b'0' + hours % 10,
        b':',
        b'0' + minutes / 10,
        b'0' + minutes % 10,
    ]
}

/// Why something is not a [`Time`] or [`LocalTime`], or a time cannot be converted.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TimeError {
    /// A text that is not a time as restic prints them.
    Text {
        /// The whole text.
        text: String,
    },
    /// A moment that the other type can't hold.
    OutOfRange,
}

impl TimeError {
    fn text(text: &str) -> Self {
        Self::Text {
            text: text.to_owned(),
        }
    }
}

impl fmt::Display for TimeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text { text } => write!(f, "{text:?} is not a time as restic prints them"),
            Self::OutOfRange => f.write_str("the time is out of range"),
        }
    }
}

impl std::error::Error for TimeError {}

impl FromStr for Time {
    type Err = TimeError;

    fn from_str(text: &str) -> Result<Self, TimeError> {
        Self::parse(text.as_bytes()).ok_or_else(|| TimeError::text(text))
    }
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.with_text(|text| f.pad(text))
    }
}

impl fmt::Debug for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Time({self})")
    }
}

impl Serialize for Time {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.with_text(|text| serializer.serialize_str(text))
    }
}

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(TimeVisitor)
    }
}

/// Reads from the text in place; a `String` for each time would be most of an `ls` line's cost.
struct TimeVisitor;

impl Visitor<'_> for TimeVisitor {
    type Value = Time;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a time such as 2026-11-22T11:16:15.849+01:00")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Time, E> {
        Time::parse(text.as_bytes()).ok_or_else(|| E::invalid_value(Unexpected::Str(text), &self))
    }
}

impl TryFrom<Time> for SystemTime {
    type Error = TimeError;

    fn try_from(time: Time) -> Result<Self, TimeError> {
        let seconds = Duration::from_secs(time.seconds.unsigned_abs());
        let second = if time.seconds < 0 {
            Self::UNIX_EPOCH.checked_sub(seconds)
        } else {
            Self::UNIX_EPOCH.checked_add(seconds)
        };
        let moment = second
            .and_then(|second| second.checked_add(Duration::from_nanos(time.nanoseconds.into())));
        moment.ok_or(TimeError::OutOfRange)
    }
}

/// The moment in UTC.
impl TryFrom<SystemTime> for Time {
    type Error = TimeError;

    fn try_from(time: SystemTime) -> Result<Self, TimeError> {
        let (seconds, nanoseconds) = match time.duration_since(SystemTime::UNIX_EPOCH) {
            Ok(after) => (i64::try_from(after.as_secs()), after.subsec_nanos()),
            Err(error) => {
                let before = error.duration();
                let borrow = u64::from(before.subsec_nanos() > 0);
                let seconds = i64::try_from(before.as_secs() + borrow).map(|seconds| -seconds);
                (
                    seconds,
                    (1_000_000_000 - before.subsec_nanos()) % 1_000_000_000,
                )
            }
        };
        Self::from_unix(seconds.map_err(|_| TimeError::OutOfRange)?, nanoseconds)
    }
}
