//! Recordings from outside, by release and by name.

use super::reading::Reading;
use super::recording::{self, Recording};
use restic_core::{RecordedWith, Scenario, ScenarioWriter};
use restic_types::ResticVersion;
use std::collections::BTreeMap;
use std::error::Error;
use std::io;
use std::path::{Path, PathBuf};

/// Recordings below a few directories, such as those that `RESTIC_CORPUS` names.
#[derive(Debug)]
pub struct Samples(BTreeMap<ResticVersion, BTreeMap<String, PathBuf>>);

impl Samples {
    /// What there is below these directories. A recording of no known release is left out.
    ///
    /// # Errors
    ///
    /// When a directory cannot be read.
    pub fn below(directories: &[PathBuf]) -> io::Result<Self> {
        let mut samples: BTreeMap<_, BTreeMap<_, _>> = BTreeMap::new();
        for directory in directories {
            for path in recording::find(directory)? {
                let name = path.file_name().unwrap_or_default().to_string_lossy();
                if let Some(version) = recording::version(&path) {
                    samples
                        .entry(version)
                        .or_default()
                        .insert(name.into_owned(), path);
                }
            }
        }
        Ok(Self(samples))
    }

    /// What the client makes of every recording, by the release and name of each.
    ///
    /// # Errors
    ///
    /// When one cannot be read.
    pub fn readings(&self) -> Result<Vec<(String, Reading)>, Box<dyn Error>> {
        let all = self.0.iter().flat_map(|(version, samples)| {
            let named = move |(name, path)| (format!("{version}/{name}"), path);
            samples.iter().map(named)
        });
        let read = all.map(|(place, path)| {
            let reading = Reading::of_recording(&place, &Recording::read(path)?);
            Ok((place, reading))
        });
        read.collect()
    }

    /// What two releases were both asked, as two scenarios of the same calls, which are named after the recordings.
    /// Nothing when there is nothing of that kind. They are written below a directory.
    ///
    /// # Errors
    ///
    /// When a recording cannot be read, or a scenario not be written.
    pub fn in_common(
        &self,
        from: ResticVersion,
        to: ResticVersion,
        directory: &Path,
    ) -> Result<Option<(Scenario, Scenario)>, Box<dyn Error>> {
        let (Some(old), Some(new)) = (self.0.get(&from), self.0.get(&to)) else {
            return Ok(None);
        };
        let names: Vec<_> = old.keys().filter(|name| new.contains_key(*name)).collect();
        let scenario = |version: ResticVersion, samples: &BTreeMap<String, PathBuf>, name| {
            let with = RecordedWith::here(version.to_string());
            let mut writer = ScenarioWriter::new("recordings from outside", with);
            for name in &names {
                add(&mut writer, name, &Recording::read(&samples[*name])?);
            }
            let directory = directory.join(name);
            writer.write(&directory)?;
            Ok::<_, Box<dyn Error>>(Scenario::load(directory)?)
        };
        Ok(Some((
            scenario(from, old, "old")?,
            scenario(to, new, "new")?,
        )))
    }
}

fn add(writer: &mut ScenarioWriter, name: &str, recording: &Recording) {
    let words = recording.words.iter();
    let words = words
        .map(|word| word.to_string_lossy().into_owned())
        .collect();
    let (stdout, stderr) = (recording.stdout.clone(), recording.stderr.clone());
    writer.call(name, words, false, stdout, stderr, recording.exit);
}
