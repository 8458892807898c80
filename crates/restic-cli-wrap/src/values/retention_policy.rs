use std::ffi::OsString;

use serde::{Deserialize, Serialize};

use crate::FlagValue;
use crate::values::{CalendarDuration, Keep, TagList};

/// Which snapshots to keep, as a value: what a program reads from its configuration and hands
/// to [`Forget::policy`](crate::commands::Forget::policy).
///
/// For serde it is a map of the rules that are set. A rule of another name is an error: a
/// policy that lacks a misspelled rule would remove what it was to keep.
///
/// ```
/// use restic_cli_wrap::{commands::Forget, values::RetentionPolicy};
///
/// let policy: RetentionPolicy = serde_json::from_str(r#"{"keep_daily": 7, "keep_tag": ["gold"]}"#)?;
/// assert_eq!(policy, RetentionPolicy::new().keep_daily(7).keep_tag("gold"));
/// assert_eq!(serde_json::to_string(&policy)?, r#"{"keep_daily":7,"keep_tag":["gold"]}"#);
/// assert_eq!(Forget::new().policy(policy), Forget::new().keep_daily(7).keep_tag("gold"));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[must_use]
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct RetentionPolicy {
    #[serde(skip_serializing_if = "Option::is_none")]
    /// Keeps up to this many of the newest snapshots.
    pub keep_last: Option<Keep>,
    #[serde(skip_serializing_if = "Option::is_none")]
    /// Keeps the newest snapshot of each of the last hours that have one.
    pub keep_hourly: Option<Keep>,
    #[serde(skip_serializing_if = "Option::is_none")]
    /// Keeps the newest snapshot of each of the last days that have one.
    pub keep_daily: Option<Keep>,
    #[serde(skip_serializing_if = "Option::is_none")]
    /// Keeps the newest snapshot of each of the last weeks that have one.
    pub keep_weekly: Option<Keep>,
    #[serde(skip_serializing_if = "Option::is_none")]
    /// Keeps the newest snapshot of each of the last months that have one.
    pub keep_monthly: Option<Keep>,
    #[serde(skip_serializing_if = "Option::is_none")]
    /// Keeps the newest snapshot of each of the last years that have one.
    pub keep_yearly: Option<Keep>,
    #[serde(skip_serializing_if = "Option::is_none")]
    /// Keeps snapshots younger than this, counted back from the newest one.
    pub keep_within: Option<CalendarDuration>,
    #[serde(skip_serializing_if = "Option::is_none")]
    /// Keeps the newest snapshot of each hour within this time. Since restic 0.12.1.
    pub keep_within_hourly: Option<CalendarDuration>,
    #[serde(skip_serializing_if = "Option::is_none")]
    /// Keeps the newest snapshot of each day within this time. Since restic 0.12.1.
    pub keep_within_daily: Option<CalendarDuration>,
    #[serde(skip_serializing_if = "Option::is_none")]
    /// Keeps the newest snapshot of each week within this time. Since restic 0.12.1.
    pub keep_within_weekly: Option<CalendarDuration>,
    #[serde(skip_serializing_if = "Option::is_none")]
    /// Keeps the newest snapshot of each month within this time. Since restic 0.12.1.
    pub keep_within_monthly: Option<CalendarDuration>,
    #[serde(skip_serializing_if = "Option::is_none")]
    /// Keeps the newest snapshot of each year within this time. Since restic 0.12.1.
    pub keep_within_yearly: Option<CalendarDuration>,
    /// Keeps snapshots with one of these lists of tags.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub keep_tag: Vec<TagList>,
}

macro_rules! rules {
    ($($(#[$doc:meta])+ $name:ident: $type:ty;)*) => {
        impl RetentionPolicy {
            $(
                $(#[$doc])+
                pub fn $name(mut self, value: impl Into<$type>) -> Self {
                    self.$name = Some(value.into());
                    self
                }
            )*
        }
    };
}
rules! {
    /// Keeps up to this many of the newest snapshots.
    keep_last: Keep;
    /// Keeps the newest snapshot of each of the last hours that have one.
    keep_hourly: Keep;
    /// Keeps the newest snapshot of each of the last days that have one.
    keep_daily: Keep;
    /// Keeps the newest snapshot of each of the last weeks that have one.
    keep_weekly: Keep;
    /// Keeps the newest snapshot of each of the last months that have one.
    keep_monthly: Keep;
    /// Keeps the newest snapshot of each of the last years that have one.
    keep_yearly: Keep;
    /// Keeps snapshots younger than this, counted back from the newest one.
    keep_within: CalendarDuration;
    /// Keeps the newest snapshot of each hour within this time. Since restic 0.12.1.
    keep_within_hourly: CalendarDuration;
    /// Keeps the newest snapshot of each day within this time. Since restic 0.12.1.
    keep_within_daily: CalendarDuration;
    /// Keeps the newest snapshot of each week within this time. Since restic 0.12.1.
    keep_within_weekly: CalendarDuration;
    /// Keeps the newest snapshot of each month within this time. Since restic 0.12.1.
    keep_within_monthly: CalendarDuration;
    /// Keeps the newest snapshot of each year within this time. Since restic 0.12.1.
    keep_within_yearly: CalendarDuration;
}

impl RetentionPolicy {
    /// Begins with no rule.
    pub fn new() -> Self {
        Self::default()
    }

    /// Keeps snapshots with this tag, or with all of a list `a,b`. Given several times, any of
    /// them is enough.
    pub fn keep_tag(mut self, tag: impl Into<TagList>) -> Self {
        self.keep_tag.push(tag.into());
        self
    }

    /// The rules that are set, by their flags; all but the tags.
    pub(crate) fn flags(&self) -> impl Iterator<Item = (&'static str, OsString)> {
        let counts = [
            ("--keep-last", &self.keep_last),
            ("--keep-hourly", &self.keep_hourly),
            ("--keep-daily", &self.keep_daily),
            ("--keep-weekly", &self.keep_weekly),
            ("--keep-monthly", &self.keep_monthly),
            ("--keep-yearly", &self.keep_yearly),
        ];
        let durations = [
            ("--keep-within", &self.keep_within),
            ("--keep-within-hourly", &self.keep_within_hourly),
            ("--keep-within-daily", &self.keep_within_daily),
            ("--keep-within-weekly", &self.keep_within_weekly),
            ("--keep-within-monthly", &self.keep_within_monthly),
            ("--keep-within-yearly", &self.keep_within_yearly),
        ];
        let counts = counts.map(|(flag, keep)| (flag, keep.clone().map(FlagValue::render)));
        let durations =
            durations.map(|(flag, within)| (flag, within.clone().map(FlagValue::render)));
        (counts.into_iter().chain(durations)).filter_map(|(flag, value)| Some((flag, value?)))
    }
}
