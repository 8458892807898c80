//! A lock of somebody else.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use restic_core::Secret;
use rustix::process::{Pid, Signal, kill_process};

/// How long restic may take to lock a repository.
const PATIENCE: Duration = Duration::from_secs(20);

/// How often somebody may try to be stopped in time.
const TRIES: usize = 5;

/// A lock, as long as this lives.
pub(super) struct HeldLock {
    holder: Child,
    locks: PathBuf,
    before: Vec<PathBuf>,
}

impl HeldLock {
    /// A lock beside which there may be others of its kind: of a backup that waits for its input.
    pub(super) fn shared(restic: &Path, repository: &Path, password: &Secret) -> io::Result<Self> {
        let mut backup = Command::new(restic);
        backup.args(["backup", "--stdin"]).stdin(Stdio::piped());
        Self::of(backup, repository, password)
    }

    /// A lock that is alone: of a check that was stopped in the middle.
    pub(super) fn exclusive(
        restic: &Path,
        repository: &Path,
        password: &Secret,
    ) -> io::Result<Self> {
        let mut tries = 1;
        loop {
            let mut check = Command::new(restic);
            check.args(["check", "--read-data"]).stdin(Stdio::null());
            let held = Self::of(check, repository, password)?;
            held.signal(Signal::STOP);
            // It may have been at its end already.
            if held.is_locked() || tries == TRIES {
                return Ok(held);
            }
            tries += 1;
        }
    }

    fn of(mut holder: Command, repository: &Path, password: &Secret) -> io::Result<Self> {
        let locks = repository.join("locks");
        let before = files(&locks);
        let password = String::from_utf8_lossy(password.expose()).into_owned();
        let holder = holder
            .arg("--no-cache")
            .env("RESTIC_REPOSITORY", repository)
            .env("RESTIC_PASSWORD", password)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        let mut held = Self {
            holder,
            locks,
            before,
        };
        let begin = Instant::now();
        while !held.is_locked() {
            let has_ended = held.holder.try_wait()?.is_some();
            if has_ended || begin.elapsed() > PATIENCE {
                return Err(io::Error::other("the repository was not locked in time"));
            }
            thread::sleep(Duration::from_millis(1));
        }
        Ok(held)
    }

    fn is_locked(&self) -> bool {
        files(&self.locks).len() > self.before.len()
    }

    fn signal(&self, signal: Signal) {
        if let Some(pid) = i32::try_from(self.holder.id()).ok().and_then(Pid::from_raw) {
            // It is a child that nobody has waited for, so nobody else has its number.
            let _ = kill_process(pid, signal);
        }
    }
}

impl Drop for HeldLock {
    fn drop(&mut self) {
        self.signal(Signal::KILL);
        // What is left is removed with the directory that it is in.
        let _ = self.holder.wait();
        for lock in files(&self.locks) {
            if !self.before.contains(&lock) {
                let _ = fs::remove_file(lock);
            }
        }
    }
}

fn files(directory: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(directory).into_iter().flatten().flatten();
    entries.map(|entry| entry.path()).collect()
}
