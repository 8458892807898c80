//! Recordings from outside, which cannot be made again.

use restic_corpus::Samples;
use restic_replay::Drift;

use super::changes;
use super::report::{Played, Report};
use crate::task::Result;

/// How they are called in the report.
const NAME: &str = "samples";

/// Adds what our types do not know of any release that there are recordings of, and how those of
/// the newer restic differ from those of the older one. False when there are none of both.
pub(super) fn add(samples: &Samples, report: &mut Report) -> Result<bool> {
    for (place, reading) in samples.readings()? {
        for finding in changes::unknown(&reading) {
            report.unknown(finding, &format!("{NAME} {place}"));
        }
    }
    let (Ok(from), Ok(to)) = (report.from.parse(), report.to.parse()) else {
        return Ok(false);
    };
    let directory = tempfile::tempdir()?;
    let Some((old, new)) = samples.in_common(from, to, directory.path())? else {
        return Ok(false);
    };
    let drift = Drift::between(&old, &new)?;
    report.add(Played {
        name: NAME.to_owned(),
        stopped: None,
        unknown: changes::made(&drift, &old, &new)?,
        drift: Some(drift),
    });
    Ok(true)
}
