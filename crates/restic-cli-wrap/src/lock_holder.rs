use std::ops::Range;
use std::time::Duration;

use restic_types::LockId;
use restic_types::search::{contains, rsplit_once, split_once, trim};

/// Who holds the lock that was in the way, as restic reports it.
///
/// A lock of a process that is gone blocks commands for half an hour on other machines, and
/// forever on its own: [`Unlock`](crate::commands::Unlock) removes such locks.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LockHolder {
    /// Whether the lock is exclusive, so that nobody else may hold one beside it.
    pub exclusive: bool,
    /// The holder's process id, on its own machine.
    pub pid: u32,
    /// The name of the holder's machine.
    pub host: String,
    /// The name of the holder's user. Empty when the machine knows none.
    pub user: String,
    /// How old the lock was when restic reported it. Absent when restic did not say. A running
    /// restic replaces its lock every five minutes.
    pub age: Option<Duration>,
    /// The lock's own id, or the beginning of it. Absent when restic did not say.
    pub id: Option<LockId>,
}

impl LockHolder {
    /// The holder of a lock that others may hold as well, of unknown age: for tests.
    pub fn new(pid: u32, host: impl Into<String>, user: impl Into<String>) -> Self {
        Self {
            exclusive: false,
            pid,
            host: host.into(),
            user: user.into(),
            age: None,
            id: None,
        }
    }

    /// Finds the holder in what restic says:
    ///
    /// ```text
    /// unable to create lock in backend: repository is already locked exclusively by PID 23642 on srv1 by alice (UID 1000, GID 1000)
    /// lock was created at 2026-11-22 11:19:27 (3.585526865s ago)
    /// storage ID 8d299942
    /// ```
    ///
    /// Names are parts of a line, and stored as `shown` returns them: a secret may be in the line
    /// that is in none of the names alone.
    pub(crate) fn find(
        lines: &[&str],
        shown: &dyn Fn(&str, Range<usize>) -> String,
    ) -> Option<Self> {
        let (line, holder) = behind(lines, "epository is already locked")?;
        let (kind, holder) = split_once(holder, "by PID ")?;
        let (pid, holder) = split_once(holder, " on ")?;
        let begin = line.len() - holder.len();
        let (holder, _) = rsplit_once(holder, " (UID ")?;
        let end = begin + holder.len();
        let (host, user) = rsplit_once(holder, " by ")?;
        Some(Self {
            exclusive: contains(kind, "exclusively"),
            pid: pid.parse().ok()?,
            host: shown(line, begin..begin + host.len()),
            user: shown(line, end - user.len()..end),
            age: age(lines),
            id: behind(lines, "storage ID ").map(|(_, id)| LockId::from(trim(id))),
        })
    }

    /// All of it in one line.
    pub(crate) fn summary(&self) -> String {
        let Self {
            pid, host, user, ..
        } = self;
        let mut line = format!("PID {pid} on {host} by {user}");
        if self.exclusive {
            line.push_str(", exclusive");
        }
        if let Some(age) = self.age {
            let seconds = age.as_secs();
            line.push_str(&format!(", {seconds} s old"));
        }
        if let Some(id) = &self.id {
            line.push_str(", ID ");
            line.push_str(id.as_str());
        }
        line
    }
}

/// How old the lock was.
fn age(lines: &[&str]) -> Option<Duration> {
    let (_, created) = behind(lines, "lock was created at ")?;
    let (_, age) = split_once(created, "(")?;
    let (age, _) = split_once(age, " ago")?;
    go_duration(age)
}

/// The first line with these words, and what is behind them.
fn behind<'a>(lines: &[&'a str], words: &str) -> Option<(&'a str, &'a str)> {
    let behind = |line: &&'a str| Some((*line, split_once(line, words)?.1));
    lines.iter().find_map(behind)
}

/// A duration as Go prints it, such as `1h2m3.5s` or `350ms`. Absent when it is negative, by
/// clocks that differ, or is none.
fn go_duration(text: &str) -> Option<Duration> {
    let mut total: u64 = 0;
    let mut rest = text;
    while rest.starts_with(|c: char| c.is_ascii_digit()) {
        let (number, behind) = split_where(rest, |byte| !byte.is_ascii_digit() && byte != b'.')?;
        let (unit, behind) = split_where(behind, |byte| byte.is_ascii_digit())?;
        let nanoseconds = match unit {
            "h" => 3600 * SECOND,
            "m" => 60 * SECOND,
            "s" => SECOND,
            "ms" => 1_000_000,
            "µs" | "us" => 1000,
            "ns" => 1,
            _ => return None,
        };
        total = total.checked_add(product(number, nanoseconds)?)?;
        rest = behind;
    }
    (rest.is_empty() && !text.is_empty()).then(|| Duration::from_nanos(total))
}

/// One second, in nanoseconds.
const SECOND: u64 = 1_000_000_000;

/// What is before the first such byte, and what begins with it.
fn split_where(text: &str, is_such: fn(u8) -> bool) -> Option<(&str, &str)> {
    let at = text.bytes().position(is_such);
    text.split_at_checked(at.unwrap_or(text.len()))
}

/// A number with or without decimals, this many times. What is smaller than one is left out: Go
/// prints no part of a nanosecond.
fn product(number: &str, times: u64) -> Option<u64> {
    let (whole, decimals) = split_once(number, ".").unwrap_or((number, ""));
    let mut sum: u64 = 0;
    for byte in whole.bytes() {
        sum = sum.checked_mul(10)?.checked_add(digit(byte)?)?;
    }
    sum = sum.checked_mul(times)?;
    let mut share = times;
    for byte in decimals.bytes() {
        share /= 10;
        sum = sum.checked_add(share * digit(byte)?)?;
    }
    Some(sum)
}

fn digit(byte: u8) -> Option<u64> {
    byte.is_ascii_digit().then(|| u64::from(byte - b'0'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(text: &str) -> Option<LockHolder> {
        let lines = Vec::from_iter(text.lines());
        LockHolder::find(&lines, &|line, part| line[part].to_owned())
    }

    #[test]
    fn the_holder_is_found_in_what_every_version_says() {
        let plain = "unable to create lock in backend: repository is already locked by PID 22649 on srv1 by alice (UID 1000, GID 1000)\n\
             lock was created at 2026-11-22 11:19:07 (1m12.825698984s ago)\n\
             storage ID 8eaa3a05\n\
             the `unlock` command can be used to remove stale locks\n";
        let holder = find(plain).unwrap();
        assert_eq!((holder.exclusive, holder.pid), (false, 22649));
        assert_eq!(
            (holder.host.as_str(), holder.user.as_str()),
            ("srv1", "alice")
        );
        assert_eq!(holder.age, Some(Duration::new(72, 825_698_984)));
        assert_eq!(holder.id, Some(LockId::from("8eaa3a05")));

        let exclusive = plain.replace("locked by", "locked exclusively by");
        assert!(find(&exclusive).unwrap().exclusive);
    }

    #[test]
    fn what_is_not_reported_is_absent() {
        let short = "repository is already locked by PID 1 on a host by name by  (UID 0, GID 0)";
        let holder = find(short).unwrap();
        assert_eq!(
            (holder.host.as_str(), holder.user.as_str()),
            ("a host by name", "")
        );
        assert_eq!((holder.age, holder.id), (None, None));
        for text in [
            "",
            "repository is already locked",
            "repository is already locked by PID x on",
        ] {
            assert_eq!(find(text), None, "{text}");
        }
    }

    #[test]
    fn durations_of_go_are_read() {
        assert_eq!(
            go_duration("1h2m3.5s"),
            Some(Duration::from_millis(3_723_500))
        );
        assert_eq!(go_duration("350ms"), Some(Duration::from_millis(350)));
        assert_eq!(go_duration("12.5µs"), Some(Duration::from_nanos(12_500)));
        for text in [
            "",
            "-5s",
            "5",
            "s",
            "1x",
            "1..2s",
            "9999999999999999999999h",
        ] {
            assert_eq!(go_duration(text), None, "{text}");
        }
    }
}
