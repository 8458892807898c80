//! From which release to which: what the data says, checked against the releases whose help shows the thing.

use restic_types::ResticVersion;

/// Where a command or flag was seen.
pub(super) struct Availability {
    /// The releases whose help shows it, oldest first.
    pub(super) seen: Vec<ResticVersion>,
    /// The releases whose help could have shown it, oldest first: for a flag, those that have its command.
    pub(super) among: Vec<ResticVersion>,
    /// The release from which it could exist: for a flag, the first one of its command.
    pub(super) earliest: ResticVersion,
    /// Whether it may exist without being shown: because it is hidden, or not in every build.
    pub(super) elusive: bool,
}

impl Availability {
    /// The first release: what the data says, or the earliest possible one if the first help shows it already.
    pub(super) fn since(&self, said: Option<ResticVersion>) -> Result<ResticVersion, String> {
        let since = said.unwrap_or(self.earliest).max(self.earliest);
        let Some(seen) = self.seen.first().filter(|_| !self.elusive) else {
            return Ok(since);
        };
        let before = self.among.iter().rev().find(|release| *release < seen);
        if since <= *seen && before.is_none_or(|before| *before < since) {
            return Ok(since);
        }
        Err(match said {
            Some(said) => {
                format!("the data says since {said}, but the first help with it is that of {seen}")
            }
            None => format!("the data must say since which release, {seen} at the latest"),
        })
    }

    /// The last release. Absent when the newest help still shows it.
    pub(super) fn until(
        &self,
        said: Option<ResticVersion>,
    ) -> Result<Option<ResticVersion>, String> {
        let Some(seen) = self.seen.last().filter(|_| !self.elusive) else {
            return Ok(said);
        };
        let after = self.among.iter().find(|release| *release > seen);
        match (said, after) {
            (None, None) => Ok(None),
            (Some(until), Some(after)) if *seen <= until && until < *after => Ok(said),
            (Some(until), _) => Err(format!(
                "the data says until {until}, but the last help with it is that of {seen}"
            )),
            (None, Some(_)) => Err(format!(
                "the data must say until which release, {seen} at the earliest"
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const R11: ResticVersion = ResticVersion::new(0, 11, 0);
    const R12: ResticVersion = ResticVersion::new(0, 12, 0);
    const R14: ResticVersion = ResticVersion::new(0, 14, 0);
    const R16: ResticVersion = ResticVersion::new(0, 16, 5);
    const R18: ResticVersion = ResticVersion::new(0, 18, 0);

    fn seen(seen: &[ResticVersion]) -> Availability {
        Availability {
            seen: seen.into(),
            among: vec![R11, R14, R18],
            earliest: R11,
            elusive: false,
        }
    }

    #[test]
    fn the_first_release() {
        assert_eq!(seen(&[R11, R14, R18]).since(None), Ok(R11));
        assert_eq!(seen(&[R14, R18]).since(Some(R12)), Ok(R12));
        assert!(seen(&[R14, R18]).since(None).is_err());
        assert!(seen(&[R11, R14, R18]).since(Some(R12)).is_err());
        assert!(seen(&[R18]).since(Some(R12)).is_err());
    }

    #[test]
    fn the_last_release() {
        assert_eq!(seen(&[R11, R14, R18]).until(None), Ok(None));
        assert_eq!(seen(&[R11, R14]).until(Some(R16)), Ok(Some(R16)));
        assert!(seen(&[R11, R14]).until(None).is_err());
        assert!(seen(&[R11]).until(Some(R16)).is_err());
        assert!(seen(&[R11, R14, R18]).until(Some(R16)).is_err());
    }

    #[test]
    fn what_is_elusive_is_believed() {
        let availability = Availability {
            elusive: true,
            ..seen(&[R11])
        };
        assert_eq!(availability.since(None), Ok(R11));
        assert_eq!(availability.until(None), Ok(None));
    }
}
