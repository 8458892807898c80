use restic_types::{ByteCount, Counter, RepositoryId};
use serde::{Deserialize, Serialize};

use crate::arguments::{Arguments, setters};
use crate::command::Command;
use crate::commands::report;
use crate::decode::{ReportDecoder, TextReport};

/// Lists restic's cache directories, one per repository, or removes old ones.
///
/// `restic cache`. It needs no repository. Fails with [`Usage`](crate::ErrorKind::Usage) for
/// a client [without a cache](crate::ResticBuilder::no_cache).
#[must_use]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cache {
    arguments: Arguments,
}

/// What [`Cache`] found, or removed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CacheReport {
    /// One entry per repository. Empty with [`cleanup`](Cache::cleanup).
    pub directories: Vec<CacheDirectory>,
    /// Where these directories are. Absent with [`cleanup`](Cache::cleanup).
    pub place: Option<String>,
    /// How many old directories were removed. Absent without [`cleanup`](Cache::cleanup), and with
    /// [`quiet`](crate::ResticBuilder::quiet).
    pub removed: Option<u64>,
    /// What restic printed.
    pub text: Vec<String>,
    /// What it could not remove, with the reason.
    #[serde(skip)]
    problem: Option<String>,
}

/// The cache of one repository.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CacheDirectory {
    /// The first ten digits of the repository's id.
    pub repository: RepositoryId,
    /// How many days ago it was last used.
    pub unused_days: u64,
    /// Whether it is old, because it has not been used for [a long time](Cache::max_age).
    pub is_old: bool,
    /// Its size. Absent with [`no_size`](Cache::no_size).
    pub size: Option<ByteCount>,
}

impl Cache {
    /// Lists the directories.
    pub fn new() -> Self {
        Self {
            arguments: Arguments::ungated("cache"),
        }
    }
}

setters! { Cache:
    /// Removes the old directories instead of listing all.
    switch cleanup: "--cleanup";
    /// Counts as old what was not used for this many days; restic's default is 30.
    number max_age: "--max-age";
    /// Does not compute their sizes.
    switch no_size: "--no-size";
}

impl Default for Cache {
    fn default() -> Self {
        Self::new()
    }
}

impl TextReport for CacheReport {
    fn stdout(&mut self, line: &str) {
        self.read(line);
        self.text.push(line.to_owned());
    }

    fn stderr(&mut self, line: &str) -> bool {
        if line.starts_with("unable to remove ") {
            self.problem.get_or_insert_with(|| line.to_owned());
        }
        false
    }

    fn missing(&self) -> Option<&'static str> {
        let is_reported = self.place.is_some() || self.removed.is_some();
        (!is_reported).then_some("it did not report the directories")
    }

    fn problem(&self) -> Option<&str> {
        self.problem.as_deref()
    }
}

impl CacheReport {
    fn read(&mut self, line: &str) -> Option<()> {
        if let Some(directory) = CacheDirectory::read(line) {
            self.directories.push(directory);
        } else if line == "no old cache dirs found" {
            self.removed = Some(0);
        } else if let Some(rest) = line.strip_prefix("remove ") {
            self.removed = Some(rest.strip_suffix(" old cache directories")?.parse().ok()?);
        } else if let Some(place) = line.strip_prefix("no cache dirs found, basedir is ") {
            self.place = Some(place.to_owned());
        } else {
            let (_, place) = line.split_once(" cache dirs in ")?;
            self.place = Some(place.to_owned());
        }
        Some(())
    }
}

impl CacheDirectory {
    /// `0123456789  40 days ago  yes  11.283 KiB`, of which the last two may be missing.
    fn read(row: &str) -> Option<Self> {
        let (repository, rest) = row.split_once(' ')?;
        let (unused_days, rest) = rest.trim_start().split_once(" days ago")?;
        let rest = rest.trim();
        let (is_old, size) = match rest.strip_prefix("yes") {
            Some(size) => (true, size.trim_start()),
            None => (false, rest),
        };
        Some(Self {
            repository: repository.into(),
            unused_days: unused_days.parse().ok()?,
            is_old,
            size: ByteCount::read(size),
        })
    }
}

report! { Cache: CacheReport }
