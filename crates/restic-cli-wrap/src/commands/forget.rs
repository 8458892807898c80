use std::ffi::{OsStr, OsString};

use restic_types::ForgetGroup;

use crate::arguments::{Arguments, FlagValue, setters};
use crate::command::Command;
use crate::decode::{Decoder, Document, End, Fault, Line, NoEvents};
use crate::notes::{Notes, Stream};
use crate::values::{CalendarDuration, GroupBy, MaxUnused, Size, TagList};

/// Removes snapshots that a policy does not keep.
///
/// `restic forget`. The result has a group for each host and set of paths: what is kept of
/// it and why, and what is removed, or with [`dry_run`](Self::dry_run) would be. It is
/// empty when no snapshot matched. To remove snapshots by their id, use
/// [`ForgetSnapshots`](crate::commands::ForgetSnapshots).
///
/// A snapshot that could not be removed, on an append-only server for example, is an error
/// on every version, with the plan as [`partial`](crate::Error::partial) result. (restic
/// 0.18 itself ends with exit code 0; restic 0.11 and 0.14 try for a minute, and then print
/// no plan.)
///
/// Two policies remove more than they say on an old restic. Numbers below zero remove every
/// snapshot before restic 0.16: they are refused here, before restic is started. A policy of
/// nothing but [`keep_tag`](Self::keep_tag) removes the whole group when no snapshot has the
/// tag, before restic 0.17.
#[must_use]
#[derive(Clone, Debug)]
pub struct Forget {
    arguments: Arguments,
}

/// How many snapshots a policy keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Keep {
    /// So many. Less than none is refused.
    Count(i64),
    /// All of them. Since restic 0.16.0.
    Unlimited,
}

impl Forget {
    /// Begins with no policy, which removes nothing; restic since 0.17 refuses that.
    pub fn new() -> Self {
        Self {
            arguments: Arguments::new("forget"),
        }
    }
}

setters! { Forget:
    /// Keeps the newest so many snapshots.
    value keep_last: "--keep-last" = Keep;
    /// Keeps the newest snapshot of each of the last so many hours that have one.
    value keep_hourly: "--keep-hourly" = Keep;
    /// Keeps the newest snapshot of each of the last so many days that have one.
    value keep_daily: "--keep-daily" = Keep;
    /// Keeps the newest snapshot of each of the last so many weeks that have one.
    value keep_weekly: "--keep-weekly" = Keep;
    /// Keeps the newest snapshot of each of the last so many months that have one.
    value keep_monthly: "--keep-monthly" = Keep;
    /// Keeps the newest snapshot of each of the last so many years that have one.
    value keep_yearly: "--keep-yearly" = Keep;
    /// Keeps snapshots younger than this, counted back from the newest one: years, months,
    /// days and hours, such as `1y5m7d2h`.
    value keep_within: "--keep-within" = CalendarDuration;
    /// Keeps the newest snapshot of each hour within this time. Since restic 0.12.1.
    value keep_within_hourly: "--keep-within-hourly" = CalendarDuration;
    /// Keeps the newest snapshot of each day within this time. Since restic 0.12.1.
    value keep_within_daily: "--keep-within-daily" = CalendarDuration;
    /// Keeps the newest snapshot of each week within this time. Since restic 0.12.1.
    value keep_within_weekly: "--keep-within-weekly" = CalendarDuration;
    /// Keeps the newest snapshot of each month within this time. Since restic 0.12.1.
    value keep_within_monthly: "--keep-within-monthly" = CalendarDuration;
    /// Keeps the newest snapshot of each year within this time. Since restic 0.12.1.
    value keep_within_yearly: "--keep-within-yearly" = CalendarDuration;
    /// Keeps snapshots with this tag, or with all of a list `a,b`.
    each keep_tag keep_tags: "--keep-tag" = TagList;
    /// Removes every snapshot that matches, when the policy keeps none. Since restic 0.17.0,
    /// which refuses that otherwise.
    switch unsafe_allow_remove_all: "--unsafe-allow-remove-all";
    /// Looks at snapshots made on this host only, or on others that are given.
    each host hosts: "--host" = OsString;
    /// Looks at snapshots made on this host only: the old name of [`host`](Self::host).
    each hostname hostnames: "--hostname" = OsString;
    /// Looks at snapshots with this tag only, or with all of a list `a,b`. Given several
    /// times, one of them is enough.
    each tag tags: "--tag" = TagList;
    /// Looks only at snapshots that contain this path, and all others that are given.
    each path paths: "--path" = OsString;
    /// Applies the policy to each group of snapshots with the same of `host`, `paths`,
    /// `tags`; to all of them at once when empty. `host,paths` unless set.
    value group_by: "--group-by" = GroupBy;
    /// Prints less as text; the typed result is the same.
    switch compact: "--compact";
    /// Removes nothing, and tells what would be removed.
    switch dry_run: "--dry-run";
    /// Removes data that no snapshot needs any longer, too, when a snapshot was removed.
    switch prune: "--prune";
    /// Leaves so much unused data when it prunes: bytes such as `10M`, a part such as `5%`,
    /// or `unlimited`. Since restic 0.12.0.
    value max_unused: "--max-unused" = MaxUnused;
    /// Stops packing anew after so many bytes, such as `10G`, when it prunes. Since restic
    /// 0.12.0.
    value max_repack_size: "--max-repack-size" = Size;
    /// Packs only anew what is in the cache when it prunes. Since restic 0.12.0.
    switch repack_cacheable_only: "--repack-cacheable-only";
    /// Packs small packs anew when it prunes, which restic since 0.19.0 does anyway. Since
    /// restic 0.14.0.
    switch repack_small: "--repack-small";
    /// Packs packs smaller than this anew when it prunes, such as `8M`. Since restic 0.18.0.
    value repack_smaller_than: "--repack-smaller-than" = Size;
    /// Packs uncompressed data anew when it prunes. Since restic 0.14.0.
    switch repack_uncompressed: "--repack-uncompressed";
}

impl Default for Forget {
    fn default() -> Self {
        Self::new()
    }
}

impl Command for Forget {
    type Event = NoEvents;
    type Output = Vec<ForgetGroup>;
    type Decoder = ForgetDecoder;

    fn arguments(&self) -> Arguments {
        let mut arguments = self.arguments.clone();
        let negative = arguments.flags.iter().find(|flag| {
            let value = flag.value.as_deref().and_then(OsStr::to_str);
            is_count(flag.name) && value.is_some_and(|value| value.starts_with('-'))
        });
        if let Some(flag) = negative {
            let why = format!(
                "{} keeps nothing: restic before 0.16 would remove every snapshot. \
                 To keep all of them, use Keep::Unlimited",
                flag.word().masked().to_string_lossy()
            );
            arguments.refuse(why);
        }
        arguments
    }

    fn decoder(&self) -> ForgetDecoder {
        ForgetDecoder {
            plan: Document::or(Vec::new()),
            not_removed: false,
        }
    }
}

/// Whether the flag of a policy takes a number.
fn is_count(flag: &str) -> bool {
    flag.starts_with("--keep-") && !flag.starts_with("--keep-within") && flag != "--keep-tag"
}

/// Reads what [`Forget`] prints.
#[derive(Debug)]
pub struct ForgetDecoder {
    plan: Document<Vec<ForgetGroup>>,
    not_removed: bool,
}

impl Decoder for ForgetDecoder {
    type Event = NoEvents;
    type Output = Vec<ForgetGroup>;

    fn stdout(&mut self, line: &Line<'_>, notes: &mut Notes) -> Option<NoEvents> {
        self.plan.push(line, notes);
        None
    }

    fn stderr(&mut self, line: &Line<'_>, notes: &mut Notes) -> Option<NoEvents> {
        self.not_removed |= is_not_removed(line.text);
        notes.notice(Stream::Stderr, line.text);
        None
    }

    fn finish(self, end: &End<'_>) -> Result<Vec<ForgetGroup>, Fault<Vec<ForgetGroup>>> {
        if self.not_removed {
            return Err(end.failure().with(self.plan.partial()));
        }
        self.plan.finish(end)
    }
}

/// Whether restic tells that it could not remove a snapshot. Its exit code does since
/// restic 0.19.0.
pub(super) fn is_not_removed(line: &str) -> bool {
    line.starts_with("unable to remove snapshot/")
}

impl From<u32> for Keep {
    fn from(count: u32) -> Self {
        Self::Count(count.into())
    }
}

impl From<i32> for Keep {
    fn from(count: i32) -> Self {
        Self::Count(count.into())
    }
}

impl FlagValue for Keep {
    fn render(self) -> OsString {
        match self {
            Self::Count(count) => count.to_string().into(),
            Self::Unlimited => "unlimited".into(),
        }
    }
}
