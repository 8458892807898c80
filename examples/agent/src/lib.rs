//! A backup agent: it saves one set of directories every night, thins out old snapshots, lists
//! and restores. It takes a [`Restic`] from whoever makes it, and does not ask where that is from.

use std::fmt;
use std::path::{Path, PathBuf};

use restic_cli_wrap::commands::{Backup, CatConfig, Forget, Init, Restore, Snapshots};
use restic_cli_wrap::types::{BackupMessage, BackupSummary};
use restic_cli_wrap::{Error, ErrorKind, Outcome, Restic};

/// Marks the snapshots of this program: it leaves others alone.
const TAG: &str = "agent";

pub struct Agent {
    restic: Restic,
    /// What its snapshots say about where they come from.
    host: String,
    sources: Vec<PathBuf>,
    /// How many snapshots are kept.
    keep: u32,
}

/// What a night's work came to.
#[derive(Debug, PartialEq, Eq)]
pub struct Night {
    /// Whether the repository was made for it.
    pub is_first: bool,
    pub new_files: u64,
    pub changed_files: u64,
    /// What could not be read, and is not in the snapshot.
    pub missing: Vec<String>,
    /// How many snapshots were removed.
    pub removed: usize,
}

impl Agent {
    pub fn new<I>(restic: Restic, host: impl Into<String>, sources: I) -> Self
    where
        I: IntoIterator,
        I::Item: Into<PathBuf>,
    {
        Self {
            restic,
            host: host.into(),
            sources: sources.into_iter().map(Into::into).collect(),
            keep: 30,
        }
    }

    /// Keeps this many snapshots instead of 30.
    pub fn keep(mut self, snapshots: u32) -> Self {
        self.keep = snapshots;
        self
    }

    /// Saves everything and thins out. Progress is between 0 and 1.
    pub fn run_night(&self, progress: impl FnMut(f64)) -> Result<Night, Problem> {
        let is_first = self.make_repository()?;
        let (summary, missing) = match self.back_up(progress)? {
            Outcome::Complete(summary) => (Some(summary), Vec::new()),
            Outcome::Incomplete(partial) => {
                let missing = partial.errors.into_iter().map(|item| item.path);
                (partial.summary, missing.collect())
            }
        };
        let summary = summary.unwrap_or_default();
        Ok(Night {
            is_first,
            new_files: summary.files_new,
            changed_files: summary.files_changed,
            missing,
            removed: self.thin_out()?,
        })
    }

    /// Makes the repository if there is none, and says whether it did.
    fn make_repository(&self) -> Result<bool, Problem> {
        match self.restic.run(CatConfig::new()) {
            Ok(_) => Ok(false),
            Err(error) if error.kind() == ErrorKind::NoRepository => {
                self.restic.run(Init::new())?;
                Ok(true)
            }
            Err(error) => Err(error.into()),
        }
    }

    fn back_up(&self, mut progress: impl FnMut(f64)) -> Result<Outcome<BackupSummary>, Error> {
        let command = Backup::new(&self.sources).host(&self.host).tag(TAG);
        let mut run = self.restic.start(command)?;
        for event in &mut run {
            if let BackupMessage::Status(status) = event? {
                progress(status.percent_done);
            }
        }
        run.finish()
    }

    /// Removes old snapshots, and what only they needed.
    fn thin_out(&self) -> Result<usize, Problem> {
        let forget = Forget::new()
            .tag(TAG)
            .host(&self.host)
            .keep_last(self.keep)
            .prune(true);
        let report = self.restic.run(forget)?;
        Ok(report.groups.iter().map(|group| group.remove.len()).sum())
    }

    /// A table of the snapshots, the oldest first.
    pub fn table(&self) -> Result<String, Problem> {
        let snapshots = self.restic.run(Snapshots::new().tag(TAG))?;
        let mut table = format!("{:<8}  {:<10}  paths\n", "id", "host");
        for snapshot in snapshots {
            let paths = snapshot.paths.join(", ");
            let (id, host) = (snapshot.short_id.to_string(), &snapshot.hostname);
            table += &format!("{id:<8}  {host:<10}  {paths}\n");
        }
        Ok(table)
    }

    /// Restores the newest snapshot below a directory. The paths are those that could not be
    /// restored.
    pub fn restore(&self, target: &Path) -> Result<Vec<String>, Problem> {
        let restore = Restore::new("latest")
            .host(&self.host)
            .tag(TAG)
            .target(target);
        match self.restic.run(restore)? {
            Outcome::Complete(_) => Ok(Vec::new()),
            Outcome::Incomplete(partial) => {
                Ok(partial.errors.into_iter().map(|item| item.path).collect())
            }
        }
    }
}

/// Why something was not done, for the person who reads the agent's mail.
#[derive(Debug)]
pub enum Problem {
    /// Somebody has to do something.
    NeedsYou(String),
    /// It will be tried again.
    Later(String),
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        match error.kind() {
            ErrorKind::WrongPassword => {
                Self::NeedsYou("the password of the repository is another one".to_owned())
            }
            ErrorKind::NoRepository => {
                Self::NeedsYou("there is no repository: has its disk been mounted?".to_owned())
            }
            ErrorKind::BinaryNotFound => Self::NeedsYou("restic is not installed".to_owned()),
            ErrorKind::Locked => {
                let holder = error.lock().map(|lock| lock.host.clone());
                let holder = holder.unwrap_or_else(|| "somebody".to_owned());
                Self::Later(format!("{holder} works on the repository"))
            }
            _ if error.is_retryable() => Self::Later(error.to_string()),
            _ => Self::NeedsYou(error.to_string()),
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NeedsYou(what) => write!(f, "{what}"),
            Self::Later(what) => write!(f, "{what}; the next run tries again"),
        }
    }
}

impl std::error::Error for Problem {}
