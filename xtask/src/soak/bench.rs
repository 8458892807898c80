//! A real restic, a repository of its own, and a backup without an end.

use std::env;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use restic_cli_wrap::commands::Backup;
use restic_cli_wrap::{Restic, ResticBuilder, Run};

use crate::task::Result;
use restic_test_support::cheap_repository;
use restic_test_support::leftovers::{self, Before};

/// In the environment of everything that is started here.
pub(super) const MARK: &str = "XTASK_SOAK";

/// No backup goes on for longer, whatever happens.
const LIMIT: Duration = Duration::from_secs(60);

pub(super) struct Bench {
    pub(super) binary: PathBuf,
    pub(super) directory: PathBuf,
    pub(super) mark: String,
}

impl Bench {
    /// Makes what is needed in an empty directory.
    pub(super) fn make(binary: &Path, directory: &Path) -> io::Result<Self> {
        let bench = Self::at(binary, directory);
        cheap_repository::make(&bench.repository())?;
        cheap_repository::make_endless(&bench.endless())?;
        Ok(bench)
    }

    /// Uses a directory in which that was made.
    pub(super) fn at(binary: &Path, directory: &Path) -> Self {
        // A program that was started from here marks what it starts in the same way.
        let mark = env::var(MARK).unwrap_or_else(|_| std::process::id().to_string());
        Self {
            binary: binary.to_owned(),
            directory: directory.to_owned(),
            mark,
        }
    }

    pub(super) fn before(&self) -> io::Result<Before> {
        Before::now(format!("{MARK}={}", self.mark))
    }

    pub(super) fn client(&self) -> ResticBuilder {
        Restic::builder()
            .binary(&self.binary)
            .repository(self.repository())
            .password("secret")
            .no_cache(true)
            .env(MARK, &*self.mark)
            .total_deadline(LIMIT)
    }

    pub(super) fn backup(&self) -> Backup {
        Backup::new([self.endless()])
    }

    /// A backup that holds its lock, and has worked on until this moment.
    ///
    /// It has reported progress by then: restic up to 0.14 that is interrupted within the
    /// 200 ms after it has made its lock forgets to remove it.
    pub(super) fn at_work(&self, restic: &Restic, moment: Duration) -> Result<Run<Backup>> {
        let mut run = restic.start(self.backup())?;
        let mut since = None;
        while let Some(event) = run.next() {
            event?;
            if self.has_lock()? && since.get_or_insert_with(Instant::now).elapsed() >= moment {
                return Ok(run);
            }
        }
        let end = run.finish();
        Err(format!("the backup ended by itself: {end:?}").into())
    }

    pub(super) fn has_lock(&self) -> io::Result<bool> {
        Ok(!leftovers::locks(&self.repository())?.is_empty())
    }

    pub(super) fn expect_no_lock(&self) -> Result<()> {
        match leftovers::locks(&self.repository())? {
            locks if locks.is_empty() => Ok(()),
            locks => Err(format!("locks are left: {locks:?}").into()),
        }
    }

    fn repository(&self) -> PathBuf {
        self.directory.join("repository")
    }

    fn endless(&self) -> PathBuf {
        self.directory.join("endless")
    }
}
