//! What another restic does differently in the scenarios of `fixtures/` and in recordings from
//! outside, and what of it our types do not know: `cargo xtask drift`.

mod changes;
mod options;
mod report;
mod samples;
mod scenario;
#[cfg(test)]
mod tests;

use std::path::Path;

use restic_cli_wrap::{Restic, commands::Version};
use restic_corpus::Samples;
use restic_replay::Severity;

use crate::coverage;
use crate::task::{Outcome, Result, listed};
use options::{Options, Other};
use report::{Finding, Report};

/// Plays every scenario with this restic, and compares it with the recording of an older one. A
/// difference that programs may fail on is a failure, and so is what we would read wrongly.
pub(crate) fn run(arguments: impl Iterator<Item = String>) -> Outcome {
    let Some(options) = Options::read(arguments)? else {
        println!("{}", options::USAGE);
        return Ok(());
    };
    let report = report(&options)?;
    if options.is_json {
        println!("{}", serde_json::to_string_pretty(&report)?);
    } else {
        print!("{report}");
    }
    match report.worst() {
        Some(Severity::Error) => Err("programs may fail on what is different".into()),
        _ => Ok(()),
    }
}

fn report(options: &Options) -> Result<Report> {
    let from = options.from.as_str();
    let samples = || Samples::below(&listed("RESTIC_CORPUS"));
    match &options.restic {
        Other::Binary(binary) => {
            let mut report = of_binary(&std::path::absolute(binary)?, options)?;
            if options.is_whole {
                samples::add(&samples()?, &mut report)?;
            }
            Ok(report)
        }
        Other::Version(version) => {
            let mut report = Report::new(from, version);
            if samples::add(&samples()?, &mut report)? {
                return Ok(report);
            }
            Err(format!(
                "there are no recordings of both restic {from} and {version}: name directories \
                 with some in RESTIC_CORPUS, or name a restic to play the scenarios with"
            )
            .into())
        }
    }
}

fn of_binary(binary: &Path, options: &Options) -> Result<Report> {
    let restic = Restic::builder().binary(binary).build();
    let version = restic.run(Version::new())?.version;
    let from = options.from.as_str();
    let mut report = Report::new(from, &version);
    for scenario in &options.scenarios {
        report.add(scenario::play(scenario, from, binary, &version)?);
    }
    for finding in interface(binary)? {
        report.unknown(finding, "");
    }
    Ok(report)
}

/// Commands and flags that the table does not have as this binary has them.
fn interface(binary: &Path) -> Result<Vec<Finding>> {
    let differences = coverage::differences(binary)?.into_iter();
    let finding = |text: String| {
        let is_new = text.ends_with(" is not in the table");
        let severity = match is_new {
            true => Severity::Info,
            false => Severity::Warning,
        };
        Finding::new(severity, "interface", text)
    };
    Ok(differences.map(finding).collect())
}
