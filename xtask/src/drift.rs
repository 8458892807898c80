//! What another restic does differently in the scenarios of `fixtures/`, and what of it our types
//! do not know: `cargo xtask drift`.

mod options;
mod report;
mod scenario;
#[cfg(test)]
mod tests;

use std::path::Path;

use restic_cli_wrap::{Restic, commands::Version};
use restic_replay::Severity;

use crate::coverage;
use crate::task::{Outcome, Result};
use options::Options;
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
    let binary = std::path::absolute(&options.binary)?;
    let restic = Restic::builder().binary(&binary).build();
    let version = restic.run(Version::new())?.version;
    let mut report = Report::new(&options.from, &version);
    for scenario in &options.scenarios {
        report.add(scenario::play(scenario, &options.from, &binary, &version)?);
    }
    for finding in interface(&binary)? {
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
