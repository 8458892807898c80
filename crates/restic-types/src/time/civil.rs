//! Dates and clock times without a zone, and their distance from 1970.

const SECONDS_PER_DAY: i64 = 86_400;

/// A valid date of the years 0 to 9999 with a time of day.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Civil {
    pub(crate) year: u16,
    pub(crate) month: u8,
    pub(crate) day: u8,
    pub(crate) hour: u8,
    pub(crate) minute: u8,
    pub(crate) second: u8,
}

impl Civil {
    /// Reads `2006-01-02T15:04:05`, with `separator` in the middle.
    pub(crate) fn parse(text: &[u8; 19], separator: u8) -> Option<Self> {
        let shape = [text[4], text[7], text[10], text[13], text[16]];
        let mut is_number = true;
        // One look at the end is faster than one at each digit.
        let mut two = |at: usize| {
            let (tens, ones) = (text[at].wrapping_sub(b'0'), text[at + 1].wrapping_sub(b'0'));
            is_number &= tens < 10 && ones < 10;
            tens.wrapping_mul(10).wrapping_add(ones)
        };
        let civil = Self {
            year: u16::from(two(0)) * 100 + u16::from(two(2)),
            month: two(5),
            day: two(8),
            hour: two(11),
            minute: two(14),
            second: two(17),
        };
        let has_shape = is_number && shape == [b'-', b'-', separator, b':', b':'];
        (has_shape && civil.exists()).then_some(civil)
    }

    /// Writes what [`Civil::parse`] reads.
    pub(crate) fn text(self, separator: u8) -> [u8; 19] {
        let mut text = *b"0000-00-00 00:00:00";
        text[10] = separator;
        let pairs = [
            (0, (self.year / 100) as u8),
            (2, (self.year % 100) as u8),
            (5, self.month),
            (8, self.day),
            (11, self.hour),
            (14, self.minute),
            (17, self.second),
        ];
        for (at, value) in pairs {
            text[at] = b'0' + value / 10;
            text[at + 1] = b'0' + value % 10;
        }
        text
    }

    /// Seconds since 1970, as if the clock were UTC's.
    pub(crate) fn seconds(self) -> i64 {
        let clock =
            i64::from(self.hour) * 3600 + i64::from(self.minute) * 60 + i64::from(self.second);
        self.days() * SECONDS_PER_DAY + clock
    }

    /// The inverse of [`Civil::seconds`]; nothing outside of the years 0 to 9999.
    pub(crate) fn from_seconds(seconds: i64) -> Option<Self> {
        let (year, month, day) = date(seconds.div_euclid(SECONDS_PER_DAY));
        let clock = seconds.rem_euclid(SECONDS_PER_DAY);
        Some(Self {
            year: u16::try_from(year).ok().filter(|year| *year <= 9999)?,
            month,
            day,
            hour: (clock / 3600) as u8,
            minute: (clock / 60 % 60) as u8,
            second: (clock % 60) as u8,
        })
    }

    fn exists(self) -> bool {
        (1..=12).contains(&self.month)
            && self.day >= 1
            && self.day <= days_in_month(self.year, self.month)
            && self.hour < 24
            && self.minute < 60
            && self.second < 60
    }

    /// Days since 1970-01-01, counted in years that begin in March, so that the leap day comes last.
    fn days(self) -> i64 {
        let month = u32::from(self.month);
        // From 400 years earlier, which are a round of the calendar: nothing is negative then.
        let year = u32::from(self.year) + 400 - u32::from(month <= 2);
        let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + u32::from(self.day) - 1;
        let days = 365 * year + year / 4 - year / 100 + year / 400 + day_of_year;
        i64::from(days) - 146_097 - DAYS_TO_1970
    }
}

/// From 0000-03-01, where the years above begin, to 1970-01-01.
const DAYS_TO_1970: i64 = 719_468;

/// The date of a day since 1970-01-01 (Howard Hinnant, "chrono-compatible low-level date algorithms").
fn date(days: i64) -> (i64, u8, u8) {
    let days = days + DAYS_TO_1970;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (
        year_of_era + era * 400 + i64::from(month <= 2),
        month as u8,
        day as u8,
    )
}

fn days_in_month(year: u16, month: u8) -> u8 {
    match month {
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => {
            29
        }
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// The two digits at `at`.
pub(crate) fn two(text: &[u8], at: usize) -> Option<u8> {
    let (tens, ones) = (digit(text[at])?, digit(text[at + 1])?);
    Some(tens * 10 + ones)
}

pub(crate) fn digit(byte: u8) -> Option<u8> {
    let value = byte.wrapping_sub(b'0');
    (value < 10).then_some(value)
}
