//! Records the scenarios of `fixtures/` with real restic: `cargo xtask record`.

use std::env;
use std::path::{Path, PathBuf};
use std::time::Instant;

use restic_cli_wrap::record::{Kept, PendingRecording};
use restic_test_support::scenarios::{self, Scenario};

use crate::task::{Outcome, Result};

mod recorded;

use recorded::Recorded;

pub(crate) use recorded::trial;

const USAGE: &str = "\
usage: cargo xtask record [--check] [--only SCENARIO,…] [RESTIC…]

Plays every scenario with every restic and puts what is recorded into fixtures/. The binaries are
those that are named, or else those of RESTIC_BINARIES.

  --check            replaces nothing; a difference is a failure, shown with its file and line
  --only NAME,NAME   plays only these scenarios";

/// What is recorded again in CI.
const FEW: &str = "empty-repository,wrong-password,no-repository,restore-of-nothing";

/// Records scenarios with each of these binaries, and puts them in the place of the old ones. With
/// `--check` nothing is replaced, and a difference is a failure. What fails does not keep the
/// others from being recorded.
pub(crate) fn run(arguments: impl Iterator<Item = String>) -> Outcome {
    let Some(options) = Options::read(arguments)? else {
        println!("{USAGE}");
        return Ok(());
    };
    // What is saved has the directories above it, up to the root.
    if env::temp_dir() != Path::new("/tmp") {
        return Err("the sources have to be in /tmp: unset TMPDIR".into());
    }
    let (mut different, mut failures) = (Vec::new(), Vec::new());
    for binary in &options.binaries {
        let restic = Recorded::by(binary)?;
        for scenario in &options.scenarios {
            let name = format!("{} {}", scenario.name, restic.version);
            match options.record(&restic, scenario) {
                Ok(true) => different.push(name),
                Ok(false) => {}
                Err(error) => {
                    println!("{name}: failed");
                    failures.push(format!("{name}: {error}"));
                }
            }
        }
    }
    if options.is_check && !different.is_empty() {
        let list = different.join(", ");
        failures.push(format!(
            "restic does something else now than in the recording: {list}"
        ));
    }
    if failures.is_empty() {
        return Ok(());
    }
    Err(failures.join("\n").into())
}

/// Checks a few recordings that cost little: that the same comes out again.
pub(crate) fn run_few() -> Outcome {
    if crate::task::binaries(Vec::new()).is_empty() {
        return crate::task::skip("RESTIC_BINARIES names no real restic");
    }
    run(["--check", "--only", FEW].map(str::to_owned).into_iter())
}

struct Options {
    is_check: bool,
    scenarios: Vec<&'static Scenario>,
    binaries: Vec<PathBuf>,
}

impl Options {
    /// None when only help is wanted.
    fn read(mut arguments: impl Iterator<Item = String>) -> Result<Option<Self>> {
        let (mut is_check, mut names, mut binaries) = (false, Vec::new(), Vec::new());
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--check" => is_check = true,
                "--only" => {
                    let list = arguments.next().ok_or(USAGE)?;
                    names.extend(list.split(',').map(str::to_owned));
                }
                "--help" | "-h" => return Ok(None),
                option if option.starts_with('-') => return Err(USAGE.into()),
                _ => binaries.push(argument),
            }
        }
        let binaries = crate::task::binaries(binaries);
        if binaries.is_empty() {
            return Err("name restic binaries, or set RESTIC_BINARIES".into());
        }
        let named = |name: &String| {
            let found = scenarios::named(name);
            found.ok_or_else(|| match restic_fixtures::find(name, "0.19.1") {
                Err(error) => error.to_string(),
                Ok(_) => format!("{name} cannot be played"),
            })
        };
        let scenarios = if names.is_empty() {
            scenarios::ALL.iter().collect()
        } else {
            names.iter().map(named).collect::<Result<_, _>>()?
        };
        Ok(Some(Self {
            is_check,
            scenarios,
            binaries,
        }))
    }

    /// Records a scenario and says how that went. True when it is different now.
    fn record(&self, restic: &Recorded, scenario: &Scenario) -> Result<bool> {
        let relative = format!("fixtures/{}/{}", scenario.name, restic.version);
        let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let directory = directory.join(&relative);
        let begin = Instant::now();
        let (kept, attempts) = restic.record(scenario, &directory, self.is_check)?;
        let said = match kept {
            Kept::New => "recorded",
            Kept::Unchanged => "the same",
            _ => "different",
        };
        let attempts = match attempts {
            1 => String::new(),
            attempts => format!(", in {attempts} attempts"),
        };
        let seconds = begin.elapsed().as_secs_f32();
        println!(
            "{} {}: {said}{attempts}, {seconds:.1} s",
            scenario.name, restic.version
        );
        let Kept::Pending(_) = kept else {
            return Ok(false);
        };
        let pending = PendingRecording::of(&directory)?;
        for line in pending.diff()?.lines() {
            match line.starts_with(' ') {
                true => println!("{line}"),
                false => println!("{relative}/{line}"),
            }
        }
        if self.is_check {
            pending.reject()?;
        } else {
            pending.accept()?;
        }
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(arguments: &[&str]) -> Result<Option<Options>> {
        Options::read(arguments.iter().map(|&argument| argument.to_owned()))
    }

    #[test]
    fn what_is_asked_for_is_read_or_refused() {
        let options = read(&["--check", "--only", "keys,copy", "a", "b"]);
        let options = options.unwrap().unwrap();
        assert!(options.is_check);
        assert_eq!(options.binaries, [Path::new("a"), Path::new("b")]);
        let names: Vec<_> = options.scenarios.iter().map(|one| one.name).collect();
        assert_eq!(names, ["keys", "copy"]);

        assert_eq!(
            read(&["a"]).unwrap().unwrap().scenarios.len(),
            scenarios::ALL.len()
        );
        assert!(read(&["--help"]).unwrap().is_none());
        let refused = |arguments| read(arguments).err().unwrap().to_string();
        assert_eq!(refused(&["--chekc", "a"]), USAGE);
        assert!(
            refused(&["--only", "kyes", "a"]).starts_with("there is no scenario \"kyes\", but ")
        );
    }
}
