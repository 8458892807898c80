//! What is done on each server: from `init` to a restore that is compared byte by byte.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use restic_cli_wrap::commands::{Backup, Check, Forget, Init, Restore, Snapshots};
use restic_cli_wrap::types::BackupMessage;
use restic_cli_wrap::{ErrorKind, Outcome, Restic, Run};
use tempfile::TempDir;

use super::backend::{Backend, Program, report};
use super::sources;
use crate::task::Result;
use restic_test_support::leftovers;

/// The size of what is backed up to be cancelled, in MiB. Its upload takes half a minute when
/// it is not.
pub(super) const NOISE: usize = 128;

/// So much of it was read when it is cancelled: more than a pack.
const READ: u64 = 24 << 20;

/// restic must end within the grace by itself.
const GRACE: Duration = Duration::from_secs(15);

/// Runs everything, and gives the first failure, if any: what follows builds on it.
pub(super) fn run<'a>(backend: &'a Backend, program: &Program, noise: &'a Path) -> Option<String> {
    let steps: [(&str, Step<'a>); 6] = [
        ("init", Sequence::init),
        ("backup", Sequence::back_up),
        ("cancelled backup", Sequence::cancel),
        ("check", Sequence::check),
        ("forget", Sequence::forget),
        ("restore", Sequence::restore),
    ];
    match Sequence::new(backend, program, noise) {
        Ok(sequence) => (steps.iter())
            .find_map(|(name, step)| report(backend, program, name, || step(&sequence))),
        Err(error) => Some(format!("FAILED {}: {error}", backend.name)),
    }
}

/// Does something, checks it, and says what it came to.
type Step<'a> = fn(&Sequence<'a>) -> Result<String>;

/// One repository, and what is saved in it.
struct Sequence<'a> {
    backend: &'a Backend,
    restic: Restic,
    /// The same with a narrow way to the server.
    slow: Restic,
    /// The repository in this machine's file system, when it is there.
    repository: Option<PathBuf>,
    scratch: TempDir,
    noise: &'a Path,
}

impl<'a> Sequence<'a> {
    fn new(backend: &'a Backend, program: &Program, noise: &'a Path) -> Result<Self> {
        let name = format!("repository-{}", program.version);
        let client = backend.client(&program.path, &name).grace(GRACE);
        let scratch = tempfile::tempdir()?;
        sources::write_few(&scratch.path().join("source"))?;
        Ok(Self {
            backend,
            slow: client.clone().limit_upload(backend.upload).build(),
            restic: client.build(),
            repository: backend
                .directory
                .as_ref()
                .map(|directory| directory.join(name)),
            scratch,
            noise,
        })
    }

    fn source(&self) -> PathBuf {
        self.scratch.path().join("source")
    }

    fn init(&self) -> Result<String> {
        let made = self.restic.run(Init::new())?;
        Ok(format!("repository {}", made.id))
    }

    /// Two backups, so that one can be forgotten.
    fn back_up(&self) -> Result<String> {
        self.complete_backup()?;
        fs::write(self.source().join("notes.txt"), "a few more words\n")?;
        let second = self.complete_backup()?;
        Ok(format!("{second} files, twice"))
    }

    fn complete_backup(&self) -> Result<u64> {
        match self.restic.run(Backup::new([self.source()]))? {
            Outcome::Complete(summary) => Ok(summary.total_files_processed),
            Outcome::Incomplete(partial) => Err(format!("incomplete: {partial:?}").into()),
        }
    }

    /// That no lock is left in the repository is seen in its directory where there is one, and
    /// by the check that follows, which wants the repository for itself.
    fn cancel(&self) -> Result<String> {
        let mut run = self.slow.start(Backup::new([self.noise]))?;
        self.wait_for_upload(&mut run)?;
        let begin = Instant::now();
        run.stop();
        let Err(error) = run.finish() else {
            return Err("a backup that was cancelled has succeeded".into());
        };
        let took = begin.elapsed();
        if error.kind() != ErrorKind::Cancelled || error.lock_may_remain() || took >= GRACE {
            return Err(format!("after {took:?}: {error:?}").into());
        }
        if self.snapshots()? != 2 {
            return Err("a backup that was cancelled has made a snapshot".into());
        }
        let locks = self
            .repository
            .as_deref()
            .map(leftovers::locks)
            .transpose()?;
        match locks {
            Some(locks) if !locks.is_empty() => Err(format!("locks are left: {locks:?}").into()),
            Some(_) => Ok(format!("ended after {took:.1?}, no lock in the directory")),
            None => Ok(format!("ended after {took:.1?}")),
        }
    }

    /// Waits until data are on their way to the server.
    fn wait_for_upload(&self, run: &mut Run<Backup>) -> Result<()> {
        let data = self
            .repository
            .as_ref()
            .map(|directory| directory.join("data"));
        let size = || data.as_deref().map(sources::size);
        let before = size();
        for event in run {
            let BackupMessage::Status(status) = event? else {
                continue;
            };
            let arriving = data.is_none() || size() > before;
            if status.bytes_done >= READ && arriving {
                return Ok(());
            }
        }
        Err("the backup ended before it could be cancelled".into())
    }

    fn check(&self) -> Result<String> {
        let report = self.restic.run(Check::new().read_data(true))?;
        if report.is_ok() {
            Ok("no damage, no lock in the way".into())
        } else {
            Err(format!("{report:?}").into())
        }
    }

    fn forget(&self) -> Result<String> {
        let result = self.restic.run(Forget::new().keep_last(1).prune(true));
        let (fact, rest) = match result {
            Ok(groups) if !self.backend.append_only => {
                let removed: usize = groups.iter().map(|group| group.remove.len()).sum();
                (format!("{removed} removed"), 1)
            }
            Ok(_) => return Err("a server that keeps everything let a snapshot go".into()),
            Err(error) if self.backend.append_only && error.kind() == ErrorKind::AccessDenied => {
                (format!("refused, as {:?}", error.kind()), 2)
            }
            Err(error) => return Err(error.into()),
        };
        match self.snapshots()? {
            left if left == rest => Ok(fact),
            left => Err(format!("{fact}, and {left} snapshots are left instead of {rest}").into()),
        }
    }

    fn snapshots(&self) -> Result<usize> {
        Ok(self.restic.run(Snapshots::new())?.len())
    }

    fn restore(&self) -> Result<String> {
        let target = self.scratch.path().join("target");
        let outcome = self.restic.run(Restore::new("latest").target(&target))?;
        if !outcome.is_complete() {
            return Err(format!("incomplete: {outcome:?}").into());
        }
        let source = self.source();
        let restored = target.join(source.strip_prefix("/").unwrap_or(&source));
        let files = sources::compare(&source, &restored)?;
        Ok(format!("{files} files, the same bytes"))
    }
}
