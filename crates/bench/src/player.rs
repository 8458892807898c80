//! A restic that prints a given output.

use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::Arc;
use std::time::Instant;

use restic_core::{
    Control, Event, Executor, Exit, Invocation, Process, StartError, StartErrorKind,
};

/// How much of an output comes at once: as much as a pipe holds.
const CHUNK: usize = 64 * 1024;

/// An output of restic.
#[derive(Clone)]
pub enum Source {
    /// In memory.
    Text(Arc<[u8]>),
    /// In a file.
    File(PathBuf),
    /// `ls` of the latest snapshot by a real restic, or by something that acts like it.
    Restic {
        /// The program.
        binary: PathBuf,
        /// The repository, whose password is `bench`.
        repository: String,
    },
}

/// The password of repositories that are made for measuring.
pub(crate) const PASSWORD: &str = "bench";

impl Source {
    /// Reads it from the beginning.
    ///
    /// # Errors
    ///
    /// When it is a file that cannot be opened, or a program that cannot be started.
    pub fn open(&self) -> io::Result<Box<dyn Read + Send>> {
        Ok(match self {
            Self::Text(text) => Box::new(io::Cursor::new(Arc::clone(text))),
            Self::File(path) => Box::new(File::open(path)?),
            Self::Restic { binary, repository } => {
                Box::new(Piped::start(&mut list(binary, repository))?)
            }
        })
    }

    /// What prints it, if that is a program.
    pub(crate) fn command(&self) -> Option<Command> {
        match self {
            Self::Restic { binary, repository } => Some(list(binary, repository)),
            _ => None,
        }
    }
}

/// The listing of the latest snapshot, as one would write it by hand.
fn list(binary: &Path, repository: &str) -> Command {
    let mut command = Command::new(binary);
    command
        .args(["--json", "--repo", repository, "ls", "latest"])
        .env("RESTIC_PASSWORD", PASSWORD);
    command
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => write!(f, "Text({} bytes)", text.len()),
            Self::File(path) => write!(f, "File({})", path.display()),
            Self::Restic { binary, .. } => write!(f, "Restic({})", binary.display()),
        }
    }
}

/// The output of a program, which is waited for at its end.
struct Piped {
    child: Child,
    stdout: ChildStdout,
}

impl Piped {
    fn start(command: &mut Command) -> io::Result<Self> {
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()?;
        let stdout = child.stdout.take();
        let stdout = stdout.ok_or_else(|| io::Error::other("there is no pipe"))?;
        Ok(Self { child, stdout })
    }
}

impl Read for Piped {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.stdout.read(buffer)?;
        if count == 0 && !self.child.wait()?.success() {
            return Err(io::Error::other("the program failed"));
        }
        Ok(count)
    }
}

/// Starts nothing, and prints this for every call.
#[derive(Debug)]
pub struct Player(pub Source);

impl Executor for Player {
    fn start(&self, _: &Invocation) -> Result<Box<dyn Process>, StartError> {
        let reader = self.0.open().map_err(|error| {
            StartError::new(StartErrorKind::Other, "there is no such output").with_source(error)
        })?;
        Ok(Box::new(Playing(reader)))
    }
}

struct Playing(Box<dyn Read + Send>);

impl Process for Playing {
    fn next_event(&mut self, _: Option<Instant>) -> io::Result<Event> {
        let mut chunk = Vec::with_capacity(CHUNK);
        let count = self.0.by_ref().take(CHUNK as u64).read_to_end(&mut chunk)?;
        Ok(match count {
            0 => Event::Exited(Exit::Code(0)),
            _ => Event::Stdout(chunk),
        })
    }

    fn control(&self) -> Arc<dyn Control> {
        Arc::new(Nobody)
    }
}

/// There is no process to signal.
struct Nobody;

impl Control for Nobody {
    fn interrupt(&self) -> io::Result<()> {
        Ok(())
    }

    fn terminate(&self) -> io::Result<()> {
        Ok(())
    }

    fn kill(&self) -> io::Result<()> {
        Ok(())
    }

    fn wake(&self) {}
}
