//! Many clients at once on one server, some of which are cancelled: each must come to its own
//! end, and nothing must be left.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process;
use std::sync::Barrier;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use restic_cli_wrap::commands::Backup;
use restic_cli_wrap::types::BackupSummary;
use restic_cli_wrap::{ErrorKind, Outcome, Restic, Stop};
use tokio::runtime::Runtime;

use super::backend::{Backend, Program};
use crate::random;
use crate::task::Result;
use restic_test_support::cheap_repository;
use restic_test_support::leftovers::{self, Before};

const CLIENTS: u32 = 50;

/// Of this many clients one is cancelled.
const CANCELLED: u32 = 5;

/// When at the latest, while it is at work.
const MOMENT: Duration = Duration::from_secs(3);

/// In the environment of every restic here.
const MARK: &str = "XTASK_CROWD";

/// Every client has a repository of its own: restic up to 0.14 that sees somebody's lock go
/// while it reads the locks tries to read that one for minutes.
pub(super) fn run(backend: &Backend, program: &Program) -> Result<String> {
    let Some(repositories) = &backend.directory else {
        return Err("the repositories are not on this machine".into());
    };
    let scratch = tempfile::tempdir()?;
    let mark = process::id().to_string();
    let make = |number| -> Result<Client> {
        let name = format!("crowd-{}-{number}", program.version);
        let restic = backend.client(&program.path, &name).env(MARK, &*mark);
        let source = scratch.path().join(&name);
        let repository = repositories.join(name);
        Ok(Client::make(number, source, repository, restic.build())?)
    };
    let clients = (0..CLIENTS).map(make).collect::<Result<Vec<_>>>()?;

    let before = Before::now(format!("{MARK}={mark}"))?;
    let ends = run_all(&clients)?;
    before.check(Duration::from_secs(5))?;
    for (client, end) in clients.iter().zip(ends) {
        client.check(end).map_err(|problem| {
            let Client { number, moment, .. } = client;
            format!("client {number}, cancelled after {moment:?}: {problem}")
        })?;
    }
    let cancelled = clients.iter().filter(|client| client.moment.is_some());
    let cancelled = cancelled.count();
    let saved = clients.len() - cancelled;
    Ok(format!(
        "{saved} saved, {cancelled} cancelled, nothing left"
    ))
}

type End = restic_cli_wrap::Result<Outcome<BackupSummary>>;

/// Lets all clients begin at once, and gives the end of each.
fn run_all(clients: &[Client]) -> Result<Vec<End>> {
    let runtime = Runtime::new()?;
    let barrier = Barrier::new(clients.len());
    let ends: Option<Vec<End>> = thread::scope(|scope| {
        let (barrier, runtime) = (&barrier, &runtime);
        let threads: Vec<_> = (clients.iter())
            .map(|client| {
                scope.spawn(move || {
                    barrier.wait();
                    client.run(runtime)
                })
            })
            .collect();
        let ends = threads.into_iter().map(|thread| thread.join().ok());
        ends.collect()
    });
    ends.ok_or_else(|| "a client has panicked".into())
}

struct Client {
    number: u32,
    restic: Restic,
    source: PathBuf,
    repository: PathBuf,
    /// When it is cancelled, if it is.
    moment: Option<Duration>,
}

impl Client {
    /// One that is cancelled saves what has no end, each of the others something else.
    fn make(number: u32, source: PathBuf, repository: PathBuf, restic: Restic) -> io::Result<Self> {
        let is_cancelled = number.is_multiple_of(CANCELLED);
        let client = Self {
            number,
            restic,
            source,
            repository,
            moment: is_cancelled.then(|| random::moment(MOMENT)),
        };
        cheap_repository::make(&client.repository)?;
        fs::create_dir(&client.source)?;
        if is_cancelled {
            cheap_repository::make_endless(&client.source.join("endless"))?;
        } else {
            for file in 0..number {
                fs::write(client.source.join(file.to_string()), client.content())?;
            }
        }
        Ok(client)
    }

    fn content(&self) -> String {
        format!("what client {} has to say\n", self.number)
    }

    /// Every other one is asynchronous.
    fn run(&self, runtime: &Runtime) -> End {
        let stop = Stop::new();
        let restic = self.restic.with_stop(&stop);
        let backup = Backup::new([&self.source]);
        let (canceller, end);
        if self.number.is_multiple_of(2) {
            let mut run = restic.start(backup)?;
            run.next().transpose()?;
            canceller = self.cancel_later(stop);
            end = run.finish();
        } else {
            let mut run = restic.start_async(backup);
            runtime.block_on(run.next()).transpose()?;
            canceller = self.cancel_later(stop);
            end = runtime.block_on(run.finish());
        }
        // It does not panic.
        let _ = canceller.map(JoinHandle::join);
        end
    }

    /// Cancels a backup that has reported progress: restic before 0.18 that is interrupted
    /// within the 200 ms after it has made its lock forgets to remove it.
    fn cancel_later(&self, stop: Stop) -> Option<JoinHandle<()>> {
        let moment = self.moment?;
        Some(thread::spawn(move || {
            thread::sleep(moment);
            stop.stop();
        }))
    }

    /// Compares the end with what this client has, and with what is in its repository.
    fn check(&self, end: End) -> Result<()> {
        let made = match (end, self.moment) {
            (Ok(Outcome::Complete(summary)), None) => Some(self.check_summary(summary)?),
            (Err(error), Some(_))
                if error.kind() == ErrorKind::Cancelled && !error.lock_may_remain() =>
            {
                None
            }
            (end, _) => return Err(format!("{end:?}").into()),
        };
        let locks = leftovers::locks(&self.repository)?;
        if !locks.is_empty() {
            return Err(format!("locks are left: {locks:?}").into());
        }
        let snapshots = names(&self.repository.join("snapshots"))?;
        let same = match (&snapshots[..], &made) {
            ([], None) => true,
            // Up to restic 0.14 a summary has the beginning of the id only.
            ([snapshot], Some(made)) => snapshot.starts_with(made),
            _ => false,
        };
        same.then_some(())
            .ok_or_else(|| format!("there are {snapshots:?}, not {made:?}").into())
    }

    /// Gives the snapshot that was made when this is the summary of this client's backup.
    fn check_summary(&self, summary: BackupSummary) -> Result<String> {
        let files = u64::from(self.number);
        let expected = (files, files * self.content().len() as u64);
        let found = (summary.total_files_processed, summary.total_bytes_processed);
        if found != expected {
            return Err(format!("{found:?} files and bytes instead of {expected:?}").into());
        }
        let snapshot = summary.snapshot_id.ok_or("a summary without a snapshot")?;
        Ok(snapshot.to_string())
    }
}

fn names(directory: &Path) -> io::Result<Vec<String>> {
    let entries = fs::read_dir(directory)?;
    entries
        .map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()))
        .collect()
}
