use std::ffi::{OsStr, OsString};

use restic_types::ResticVersion;
use restic_types::{Counter, ForgetGroup, documents};
use serde::{Deserialize, Serialize};

use crate::arguments::pruning::pruning_setters;
use crate::arguments::{Arguments, Flag, filtering_setters};
use crate::command::Command;
use crate::commands::prune::PruneReport;
use crate::commands::prune::after_forget::{Pruning, is_summary};
use crate::decode::{DecodeFailure, Decoder, Document, Line, RunEnd};
use crate::diagnostics::{Diagnostics, NoticeSource};
use crate::values::{CalendarDuration, GroupBy, Keep, RetentionPolicy, TagList};
use crate::{ErrorKind, failure};

/// Removes snapshots that a policy does not keep.
///
/// `restic forget`. The [`ForgetReport`] has a group for each host and set of paths: what is
/// kept of it and why, and what is removed, or with [`dry_run`](Self::dry_run) would be. It
/// has none when no snapshot matched. With [`prune`](Self::prune) it reports what was pruned,
/// too, and the counters of that are events, up to restic 0.18. To remove snapshots by their id, use
/// [`ForgetSnapshots`](crate::commands::ForgetSnapshots).
///
/// A snapshot that could not be removed, on an append-only server for example, is an error
/// on every version, with the plan as [`partial`](crate::Error::partial) result. (restic
/// 0.18 itself ends with exit code 0; restic 0.11 and 0.14 try for a minute, and then print
/// no plan.)
///
/// Two kinds of policy remove more than expected on an old restic. Negative numbers remove every
/// snapshot before restic 0.16: this library refuses them before restic is started. A policy of
/// only [`keep_tag`](Self::keep_tag) removes the whole group when no snapshot has the tag, before
/// restic 0.17: it is refused with these versions, unless
/// [`allow_removing_all_on_old_restic`](Self::allow_removing_all_on_old_restic) is set.
#[must_use]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Forget {
    arguments: Arguments,
    may_remove_all: bool,
}

/// What a policy does to snapshots; with [`dry_run`](Self::dry_run), what it would do.
///
/// A loop over it is one over its groups.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ForgetReport {
    /// Whether this is a plan, so that nothing was changed: what the command asked for.
    pub dry_run: bool,
    /// The groups, in no particular order. Empty when no snapshot matched.
    pub groups: Vec<ForgetGroup>,
    /// What was pruned. Absent without [`prune`](Forget::prune), when no snapshot was
    /// removed, and since restic 0.19, which prunes and does not report what.
    pub pruned: Option<PruneReport>,
}

impl ForgetReport {
    /// The groups, one after the other.
    pub fn iter(&self) -> std::slice::Iter<'_, ForgetGroup> {
        self.groups.iter()
    }

    /// How many groups there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.groups.len()
    }

    /// Whether there is no group: no snapshot matched.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.groups.is_empty()
    }
}

impl IntoIterator for ForgetReport {
    type Item = ForgetGroup;
    type IntoIter = std::vec::IntoIter<ForgetGroup>;

    fn into_iter(self) -> Self::IntoIter {
        self.groups.into_iter()
    }
}

impl<'a> IntoIterator for &'a ForgetReport {
    type Item = &'a ForgetGroup;
    type IntoIter = std::slice::Iter<'a, ForgetGroup>;

    fn into_iter(self) -> Self::IntoIter {
        self.groups.iter()
    }
}

impl Forget {
    /// Begins with no policy, which removes nothing; restic since 0.17 refuses that.
    pub fn new() -> Self {
        Self {
            arguments: Arguments::new("forget"),
            may_remove_all: false,
        }
    }

    /// Adds the rules of a policy to those that are set; where two contradict each other, the rule
    /// of the policy wins.
    pub fn policy(mut self, policy: RetentionPolicy) -> Self {
        for (flag, value) in policy.flags() {
            self.arguments.own().set(flag, value);
        }
        self.keep_tags(policy.keep_tag)
    }

    /// Lets a policy of nothing but [`keep_tag`](Self::keep_tag) reach a restic before 0.17,
    /// which removes every snapshot with it when none has the tag. Newer restic refuses that
    /// by itself, unless [`unsafe_allow_remove_all`](Self::unsafe_allow_remove_all) is set.
    pub fn allow_removing_all_on_old_restic(mut self, on: bool) -> Self {
        self.may_remove_all = on;
        self
    }

    /// Whether nothing is kept but what has a tag.
    fn keeps_tags_only(&self) -> bool {
        let flags = self.arguments.given().flags.iter();
        let mut policy = flags
            .filter(|flag| flag.name.starts_with("--keep-") && !keeps_nothing(flag))
            .peekable();
        policy.peek().is_some() && policy.all(|flag| flag.name == "--keep-tag")
    }
}

pruning_setters! { Forget by filtering_setters:
    /// Keeps up to this many of the newest snapshots.
    value keep_last: "--keep-last" = Keep;
    /// Keeps the newest snapshot of each of up to this many of the last hours that have one.
    value keep_hourly: "--keep-hourly" = Keep;
    /// Keeps the newest snapshot of each of up to this many of the last days that have one.
    value keep_daily: "--keep-daily" = Keep;
    /// Keeps the newest snapshot of each of up to this many of the last weeks that have one.
    value keep_weekly: "--keep-weekly" = Keep;
    /// Keeps the newest snapshot of each of up to this many of the last months that have one.
    value keep_monthly: "--keep-monthly" = Keep;
    /// Keeps the newest snapshot of each of up to this many of the last years that have one.
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
    /// Considers only snapshots made on this host: the old name of [`host`](Self::host).
    each hostname hostnames: "--hostname" = OsString;
    /// Applies the policy to each group of snapshots with the same values of these: a list of
    /// `host`, `paths`, `tags`. Empty makes one group of all. `host,paths` unless set.
    value group_by: "--group-by" = GroupBy;
    /// Prints less as text; the typed result is the same.
    switch compact: "--compact";
    /// Removes nothing, and reports what would be removed.
    switch dry_run: "--dry-run";
    /// Removes data that no snapshot needs any longer, too, when a snapshot was removed.
    switch prune: "--prune";
}

impl Default for Forget {
    fn default() -> Self {
        Self::new()
    }
}

impl Command for Forget {
    type Event = Counter;
    type Output = ForgetReport;
    type Decoder = ForgetDecoder;

    fn arguments(&self) -> Arguments {
        let mut arguments = self.arguments.clone();
        let negative = arguments.given().flags.iter().find(|flag| {
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
        let removes = !arguments.given().is_dry_run() && !self.may_remove_all;
        if removes && self.keeps_tags_only() {
            let why = "a policy of nothing but --keep-tag removes every snapshot before restic \
                       0.17 when none has the tag. To do so all the same, use \
                       allow_removing_all_on_old_restic";
            arguments.refuse_before(ResticVersion::new(0, 17, 0), why);
        }
        arguments
    }

    fn decoder(&self) -> ForgetDecoder {
        ForgetDecoder {
            plan: Document::or(Vec::new(), documents::forget_groups),
            pruning: Pruning::of(&self.arguments),
            dry_run: self.arguments.given().is_dry_run(),
            not_removed: false,
        }
    }
}

/// Whether the flag of a policy takes a number.
fn is_count(flag: &str) -> bool {
    flag.starts_with("--keep-") && !flag.starts_with("--keep-within") && flag != "--keep-tag"
}

/// Whether a part of a policy is none: `--keep-last=0`, `--keep-within=0d`.
fn keeps_nothing(flag: &Flag) -> bool {
    let value = flag.value.as_deref().and_then(OsStr::to_str);
    let is_zero = |value: &str| value.contains('0') && !value.contains(|c| matches!(c, '1'..='9'));
    flag.name != "--keep-tag" && value.is_some_and(is_zero)
}

/// Reads what [`Forget`] prints.
#[derive(Debug)]
pub struct ForgetDecoder {
    plan: Document<Vec<ForgetGroup>>,
    pruning: Pruning,
    dry_run: bool,
    not_removed: bool,
}

impl Decoder for ForgetDecoder {
    type Event = Counter;
    type Output = ForgetReport;

    fn decides(line: &str) -> Option<ErrorKind> {
        failure::pack_left(line).or_else(|| failure::left_out(line))
    }

    fn stdout(&mut self, line: &Line<'_>, diagnostics: &mut Diagnostics) -> Option<Counter> {
        if !is_summary(line.text) && self.plan.takes(line) {
            return None;
        }
        self.pruning.stdout(line, diagnostics)
    }

    fn stderr(&mut self, line: &Line<'_>, diagnostics: &mut Diagnostics) -> Option<Counter> {
        self.not_removed |= is_not_removed(line.text);
        diagnostics.notice(NoticeSource::Stderr, line.text);
        None
    }

    fn finish(self, end: &RunEnd<'_>) -> Result<ForgetReport, DecodeFailure<ForgetReport>> {
        let missing = self.pruning.missing(end);
        let report = |groups| ForgetReport {
            dry_run: self.dry_run,
            groups,
            pruned: self.pruning.into_report(),
        };
        if self.not_removed {
            return Err(end.failure().with(self.plan.partial().map(report)));
        }
        match (self.plan.finish(end), missing) {
            (Ok(groups), None) => Ok(report(groups)),
            (Ok(groups), Some(what)) => Err(end.incomplete_output(what).with(Some(report(groups)))),
            (Err(fault), _) => Err(fault.map(report)),
        }
    }
}

/// Whether restic reports that it could not remove a snapshot. Its exit code does since
/// restic 0.19.0.
pub(super) fn is_not_removed(line: &str) -> bool {
    line.starts_with("unable to remove snapshot/")
}
