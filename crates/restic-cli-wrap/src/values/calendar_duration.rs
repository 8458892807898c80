use std::ffi::OsString;

use crate::values::value;

value! {
    /// Years, months, days and hours, such as `2y5m7d3h`, of `--keep-within` and its kin.
    ///
    /// restic counts back by the calendar, so that months have their actual lengths. Setting
    /// a unit again replaces its value. A duration of zero has no effect, and restic since
    /// 0.17 refuses a policy that has no other rule. A spelling that restic does not know is
    /// an error, except with restic 0.11, which ignores it.
    CalendarDuration
}

impl CalendarDuration {
    /// Begins with no time at all.
    #[must_use]
    pub fn new() -> Self {
        Self(OsString::new())
    }

    /// Goes back this many years.
    #[must_use]
    pub fn years(self, years: u32) -> Self {
        self.with(years, 'y')
    }

    /// Goes back this many months.
    #[must_use]
    pub fn months(self, months: u32) -> Self {
        self.with(months, 'm')
    }

    /// Goes back this many days.
    #[must_use]
    pub fn days(self, days: u32) -> Self {
        self.with(days, 'd')
    }

    /// Goes back this many hours.
    #[must_use]
    pub fn hours(self, hours: u32) -> Self {
        self.with(hours, 'h')
    }

    fn with(mut self, number: u32, unit: char) -> Self {
        self.0.push(format!("{number}{unit}"));
        self
    }
}

impl Default for CalendarDuration {
    fn default() -> Self {
        Self::new()
    }
}
