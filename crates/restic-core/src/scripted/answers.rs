//! Answers that restic 0.19.1 gives, written from types or ready to use.

use std::sync::Arc;
use std::time::Duration;

use restic_types::BackupStatus;
use serde::Serialize;
use serde_json::Value;

use super::{Scripted, ScriptedExecutor};
use crate::replay::version;
use crate::{RecordedWith, StartErrorKind};

/// Answers written from typed values.
impl Scripted {
    /// Prints this value as restic prints it: as JSON, on one line of standard output.
    ///
    /// Takes the messages of a run one by one, such as a `BackupStatus` or a `BackupSummary`, or
    /// for `ls` an `LsMessage`; and whole documents, such as a list of `Snapshot`.
    ///
    /// ```
    /// use restic_core::Scripted;
    /// use restic_types::{BackupStatus, BackupSummary};
    ///
    /// let mut half = BackupStatus::default();
    /// half.percent_done = 0.5;
    /// let backup = Scripted::new().json(&half).json(&BackupSummary::default());
    /// # drop(backup);
    /// ```
    ///
    /// A value that JSON cannot express makes an executor return a start error that says so.
    #[must_use]
    pub fn json(self, value: &impl Serialize) -> Self {
        match serde_json::to_string(value) {
            Ok(line) => self.stdout(format!("{line}\n")),
            Err(error) => {
                let message = format!("the scripted value cannot be written as JSON: {error}");
                self.start_error(StartErrorKind::Other, message)
            }
        }
    }

    /// Prints the progress of a backup: one status for each of these shares, between 0 and 1, of 100
    /// files with 1 MiB each.
    ///
    /// ```
    /// use restic_core::Scripted;
    /// use restic_types::BackupSummary;
    ///
    /// let backup = Scripted::new()
    ///     .progress([0.25, 0.5, 1.0])
    ///     .json(&BackupSummary::default());
    /// # drop(backup);
    /// ```
    #[must_use]
    pub fn progress(self, shares: impl IntoIterator<Item = f64>) -> Self {
        shares
            .into_iter()
            .fold(self, |script, share| script.json(&status(share)))
    }

    /// Ends as restic does when it gives up for this reason: with an `exit_error` on standard
    /// error, and this exit code. Since restic 0.17.0.
    #[must_use]
    pub fn exit_error(self, code: i32, message: impl AsRef<str>) -> Self {
        let message = Value::from(message.as_ref());
        let line =
            format!("{{\"message_type\":\"exit_error\",\"code\":{code},\"message\":{message}}}\n");
        self.stderr(line).exit(code)
    }
}

/// Progress of a backup of 100 MiB in 100 files.
fn status(share: f64) -> BackupStatus {
    const FILES: u64 = 100;
    const FILE: u64 = 1 << 20;
    #[allow(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a share of small numbers, and no number in what is no share"
    )]
    let part = |all: u64| (all as f64 * share) as u64;
    let mut status = BackupStatus::default();
    status.percent_done = share;
    (status.total_files, status.files_done) = (FILES, part(FILES));
    (status.total_bytes, status.bytes_done) = (FILES * FILE, part(FILES * FILE));
    status
}

/// Answers that are hard to produce with a real repository.
impl Scripted {
    /// Somebody else holds an exclusive lock (exit code 11, as since restic 0.17.0): the process
    /// with this id on this host, for this long.
    ///
    /// ```
    /// use std::time::Duration;
    /// use restic_core::Scripted;
    ///
    /// let locked = Scripted::locked_by(4711, "srv1", "alice", Duration::from_secs(90));
    /// # drop(locked);
    /// ```
    #[must_use]
    pub fn locked_by(pid: u32, host: &str, user: &str, age: Duration) -> Self {
        let seconds = age.as_secs_f64();
        Self::new().exit_error(
            11,
            format!(
                "unable to create lock in backend: repository is already locked exclusively by \
                 PID {pid} on {host} by {user} (UID 1000, GID 1000)\n\
                 lock was created at 2026-11-22 11:20:23 ({seconds}s ago)\n\
                 storage ID 6c910461\n\
                 the `unlock` command can be used to remove stale locks"
            ),
        )
    }

    /// No key of the repository fits the password (exit code 12, as since restic 0.17.1).
    #[must_use]
    pub fn wrong_password() -> Self {
        Self::new().exit_error(12, "Fatal: wrong password or no key found")
    }

    /// There is no repository at this local path (exit code 10, as since restic 0.17.0).
    #[must_use]
    pub fn no_repository(path: &str) -> Self {
        Self::new().exit_error(
            10,
            format!(
                "Fatal: repository does not exist: unable to open config file: \
                 stat {path}/config: no such file or directory\n\
                 Is there a repository at the following location?\n{path}"
            ),
        )
    }

    /// A source file of a backup cannot be read. Any number of these, then the summary by
    /// [`json`](Self::json), then [`partial_backup`](Self::partial_backup).
    #[must_use]
    pub fn unreadable_source(self, path: &str) -> Self {
        let message = Value::from(format!("open {path}: permission denied"));
        let item = Value::from(path);
        self.stderr(format!(
            "{{\"message_type\":\"error\",\"error\":{{\"message\":{message}}},\
             \"during\":\"archival\",\"item\":{item}}}\n"
        ))
    }

    /// Ends as a backup that saved a snapshot without some of its files (exit code 3). Print the
    /// summary before it: without one, it is a backup that failed.
    #[must_use]
    pub fn partial_backup(self) -> Self {
        self.exit_error(3, "Warning: at least one source file could not be read")
    }

    /// An executor that plays these processes, one for each call in this order, and answers the
    /// question for the version by itself, as a replay does. A call for which no script is left is
    /// a [`NotRecorded`](StartErrorKind::NotRecorded) error.
    ///
    /// The version, such as `0.19.1`, decides what a client asks of it and allows. The ready-made
    /// answers are those of restic 0.19.1 whatever it is. With [`executor`](Self::executor) the
    /// question for the version takes a script of its own.
    pub fn restic(
        version: impl Into<String>,
        scripts: impl IntoIterator<Item = Scripted>,
    ) -> Arc<ScriptedExecutor> {
        let version = version::answer(&RecordedWith::here(version), true);
        Arc::new(ScriptedExecutor::new(scripts, Some(version)))
    }
}
