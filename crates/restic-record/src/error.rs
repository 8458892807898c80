use std::error::Error as _;
use std::io;
use std::path::PathBuf;

use restic_core::{ReplayError, ScenarioError, StartError};

/// Why a recording was not kept.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RecordError {
    /// Recordings are made by people who look at them, never by a CI that nobody watches.
    #[error("the variable CI is set, and nothing is recorded in CI: record on your machine")]
    InCi,
    /// A secret would have been written.
    #[error(
        "{file} would have {secret} in it, {form}, at byte {offset}: nothing was written. Keep it \
         out of what the program gives to restic and out of what restic prints, or declare it a \
         throw-away of this recording with `Recorder::throw_away` if it is worth nothing"
    )]
    Leak {
        /// What the secret is: `the value of AWS_SECRET_ACCESS_KEY`. Never the secret itself.
        secret: String,
        /// The file of the scenario.
        file: String,
        /// Where in it, in bytes.
        offset: usize,
        /// How the secret is written there.
        form: &'static str,
    },
    /// A secret is too short to be searched for.
    #[error(
        "{secret} has fewer than 8 bytes, and such a short one is in some output by chance: use a \
         longer one, or declare it a throw-away of this recording with `Recorder::throw_away`"
    )]
    ShortSecret {
        /// What the secret is, as in [`Leak`](Self::Leak).
        secret: String,
    },
    /// A secret is a word that restic says by itself, and that it has said.
    #[error(
        "{secret} is a word that restic says by itself, such as `password`, and it is in the \
         output: use another one, or declare it a throw-away of this recording with \
         `Recorder::throw_away`"
    )]
    CommonSecret {
        /// What the secret is, as in [`Leak`](Self::Leak).
        secret: String,
    },
    /// What this command prints is secret.
    #[error(
        "`{command}` prints a key of the repository, and is never recorded: leave this call out of \
         the test, and answer it with `Scripted`"
    )]
    Forbidden {
        /// The command in restic's words.
        command: String,
    },
    /// A call had to do with a repository that the recorder does not own.
    #[error(
        "`{call}` uses a repository outside of the recorder's directory: use the recorder's or the \
         test's own `repository()`, or allow it with `Recorder::allow_foreign_repositories`"
    )]
    ForeignRepository {
        /// The call, without secrets.
        call: String,
    },
    /// A call was still running.
    #[error("{running} calls are still running: wait for their end before the recording is kept")]
    Running {
        /// How many.
        running: usize,
    },
    /// There is nothing to keep.
    #[error(
        "restic was not called, and there is nothing to keep: give the program the recorder's \
         executor"
    )]
    Empty,
    /// A call needs what was not recorded, or not in text.
    #[error("{problem}")]
    Unrecordable {
        /// What is wrong, and what to do.
        problem: String,
    },
    /// The recording was replayed before it was kept, and that failed.
    #[error(
        "the recording does not replay, and was not kept: make every call of the program the same \
         each time it runs"
    )]
    DoesNotReplay(#[source] ReplayError),
    /// It replays, but answers something else than restic did.
    #[error("the recording answers {call} differently from restic, and was not kept: {problem}")]
    Differs {
        /// The name of the recorded call.
        call: String,
        /// What differs.
        problem: String,
    },
    /// The version of restic could not be found out.
    #[error(
        "the version of restic is not known: {problem}; name it with `Recorder::restic_version`, \
         or record a real restic"
    )]
    Version {
        /// What it said.
        problem: String,
    },
    /// restic could not be started.
    #[error(transparent)]
    Start(#[from] StartError),
    /// The scenario could not be written or read.
    #[error(transparent)]
    Scenario(#[from] ScenarioError),
    /// A directory could not be made, moved or removed.
    #[error("{}: {problem}", path.display())]
    Io {
        /// Which one.
        path: PathBuf,
        /// What was tried.
        problem: &'static str,
        /// The error of the system.
        source: io::Error,
    },
}

impl RecordError {
    /// The error and all that is behind it.
    #[must_use]
    pub fn in_full(&self) -> String {
        let mut text = self.to_string();
        let mut source = self.source();
        while let Some(error) = source {
            text.push_str(": ");
            text.push_str(&error.to_string());
            source = error.source();
        }
        text
    }

    pub(crate) fn io(
        path: impl Into<PathBuf>,
        problem: &'static str,
    ) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io {
            path,
            problem,
            source,
        }
    }
}
