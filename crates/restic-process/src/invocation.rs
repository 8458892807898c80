use std::ffi::OsString;
use std::fmt::{self, Write as _};
use std::io::Read;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use restic_types::cli::CommandLine;

use crate::reading::{Begin, begin};
use crate::{Environment, Secret, VariableNames};

/// Everything about one run of restic but the program itself, as plain data.
///
/// Two invocations are equal when they would do the same. `Debug` and `Display` are safe to
/// print: secrets are shown as `{{secret}}`. `Display` is one line for a shell:
///
/// ```
/// # use restic_process::{Argument, Invocation};
/// let invocation = Invocation::new(["--json", "backup", "--", "/my data"])
///     .argument(Argument::secret_file("--password-file", "hunter2"));
/// assert_eq!(
///     invocation.to_string(),
///     "restic --json backup -- '/my data' '--password-file={{secret}}'"
/// );
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Invocation {
    /// What follows the program's name on the command line.
    pub arguments: Vec<Argument>,
    /// Variables set for restic on top of what it inherits. Values are secret.
    pub environment: Environment,
    /// Names of inherited variables that restic may see although they begin with
    /// `RESTIC_`. All others of that kind are removed: they would change what the
    /// arguments mean, or contradict them.
    pub inherited: VariableNames,
    /// The directory restic runs in. Absent when that is the one of the calling process.
    pub current_dir: Option<PathBuf>,
    /// What restic reads from standard input.
    pub stdin: Stdin,
    /// How long the run may take.
    pub deadlines: Deadlines,
}

impl Invocation {
    /// A run with these arguments, an otherwise untouched environment and nothing on
    /// standard input.
    pub fn new<I>(arguments: I) -> Self
    where
        I: IntoIterator,
        I::Item: Into<Argument>,
    {
        Self {
            arguments: arguments.into_iter().map(Into::into).collect(),
            ..Self::default()
        }
    }

    /// Adds one argument at the end.
    #[must_use]
    pub fn argument(mut self, argument: impl Into<Argument>) -> Self {
        self.arguments.push(argument.into());
        self
    }

    /// The arguments as they may be shown: secrets as `{{secret}}`.
    pub fn masked_arguments(&self) -> impl Iterator<Item = OsString> {
        self.arguments.iter().map(Argument::masked)
    }

    /// The command in restic's own words, such as `key add`. Returns `None` when restic has no
    /// such command or flag.
    #[must_use]
    pub fn command_name(&self) -> Option<&'static str> {
        let line = CommandLine::parse(self.masked_arguments()).ok()?;
        Some(line.command.name)
    }
}

impl fmt::Display for Invocation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("restic")?;
        for argument in self.masked_arguments() {
            f.write_str(" ")?;
            write_shell_word(f, &argument.to_string_lossy())?;
        }
        Ok(())
    }
}

/// One word for a POSIX shell, quoted only where it needs to be.
fn write_shell_word(f: &mut fmt::Formatter<'_>, word: &str) -> fmt::Result {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_=/.,:+@%^".contains(&byte);
    if !word.is_empty() && word.bytes().all(is_plain) {
        return f.write_str(word);
    }
    f.write_str("'")?;
    for letter in word.chars() {
        match letter {
            '\'' => f.write_str(r"'\''")?,
            letter => f.write_char(letter)?,
        }
    }
    f.write_str("'")
}

/// One argument of an [`Invocation`].
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Argument {
    /// A word that anybody on the machine may see.
    Plain(OsString),
    /// A flag whose value names a file with a secret in it. The runner makes the file
    /// real for as long as restic runs: neither the argument list nor the environment
    /// ever holds the secret.
    SecretFile {
        /// The flag with its dashes, such as `--password-file`.
        flag: &'static str,
        /// What the file holds.
        content: Secret,
    },
    /// A flag whose value names a file with more in it than fits on a command line, such as
    /// the paths of a backup. The runner makes the file real for as long as restic runs, like one
    /// with a secret.
    ListFile {
        /// The flag with its dashes, such as `--files-from-raw`.
        flag: &'static str,
        /// What the file holds.
        content: Arc<[u8]>,
    },
}

impl Argument {
    /// A flag, such as `--password-file`, with a secret that restic will read from a file.
    pub fn secret_file(flag: &'static str, content: impl Into<Secret>) -> Self {
        let content = content.into();
        Self::SecretFile { flag, content }
    }

    /// A flag, such as `--files-from-raw`, with a list that restic will read from a file.
    pub fn list_file(flag: &'static str, content: impl Into<Arc<[u8]>>) -> Self {
        let content = content.into();
        Self::ListFile { flag, content }
    }

    /// The argument as it may be shown, the secret as `{{secret}}`, and a list as `{{list}}`.
    #[must_use]
    pub fn masked(&self) -> OsString {
        match self {
            Self::Plain(word) => word.clone(),
            Self::SecretFile { flag, .. } => format!("{flag}={{{{secret}}}}").into(),
            Self::ListFile { flag, .. } => format!("{flag}={{{{list}}}}").into(),
        }
    }
}

impl fmt::Debug for Argument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.masked().fmt(f)
    }
}

impl<T: Into<OsString>> From<T> for Argument {
    fn from(word: T) -> Self {
        Self::Plain(word.into())
    }
}

/// What restic reads from standard input.
#[derive(Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Stdin {
    /// Nothing: the null device. restic never waits for a terminal.
    #[default]
    Null,
    /// These bytes, then the end.
    Bytes(Arc<[u8]>),
    /// The content of this file.
    File(PathBuf),
    /// What this reader gives, while restic runs.
    Reader(InputReader),
}

/// A reader beside an [`Invocation`], which can be read once: by the first run that is
/// started with it. Clones are one and the same.
#[derive(Clone)]
pub struct InputReader(Arc<Given>);

struct Given {
    reader: Mutex<Option<Box<dyn Read + Send>>>,
    begin: Begin,
}

impl InputReader {
    /// Hands over a reader. It is read on a thread of its own, which ends after the first
    /// read that comes when restic wants no more.
    pub fn new(reader: impl Read + Send + 'static) -> Self {
        Self(Arc::new(Given {
            reader: Mutex::new(Some(Box::new(reader))),
            begin,
        }))
    }

    /// The reader, for whoever asks first. Returns `None` when it was taken before.
    #[must_use]
    pub fn take(&self) -> Option<Box<dyn Read + Send>> {
        let mut reader = self.0.reader.lock().unwrap_or_else(PoisonError::into_inner);
        reader.take()
    }

    /// How it is read.
    #[cfg_attr(
        not(any(unix, windows)),
        expect(dead_code, reason = "nothing is started")
    )]
    pub(crate) fn begin(&self) -> Begin {
        self.0.begin
    }
}

impl PartialEq for InputReader {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for InputReader {}

impl fmt::Debug for InputReader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("InputReader(..)")
    }
}

impl fmt::Debug for Stdin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("Null"),
            // The content may be anything, a password too: its length is enough.
            Self::Bytes(bytes) => write!(f, "Bytes({} bytes)", bytes.len()),
            Self::File(path) => f.debug_tuple("File").field(path).finish(),
            Self::Reader(_) => f.write_str("Reader(..)"),
        }
    }
}

/// How long a run may take; absent means without limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Deadlines {
    /// From the start to the end of the run.
    pub total: Option<Duration>,
    /// Without a sign of life: neither stream has printed a byte. Only waiting counts, not
    /// the time that the caller spends with what was printed.
    pub idle: Option<Duration>,
}
