//! What many processes know of each other: a directory with their calls in it.

use std::collections::BTreeMap;
use std::env;
use std::ffi::{OsStr, OsString};
use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use restic_core::{Invocation, Secret, Stdin};
use serde::{Deserialize, Serialize};

use super::hidden;

/// The directory of the journal.
pub(crate) const JOURNAL: &str = "RESTIC_REPLAY_JOURNAL";

/// The scenario that is replayed. Absent while one is recorded.
pub(crate) const SCENARIO: &str = "RESTIC_REPLAY_SCENARIO";

/// The restic that is recorded.
pub(crate) const REAL: &str = "RESTIC_REPLAY_REAL";

/// Values of placeholders, as an object of JSON.
pub(crate) const BINDINGS: &str = "RESTIC_REPLAY_BINDINGS";

/// The file with the reason why a call could not be taken.
const REFUSED: &str = "refused";

#[derive(Debug)]
pub(crate) struct Journal {
    pub(crate) directory: PathBuf,
    pub(crate) scenario: Option<PathBuf>,
}

/// One call as a line of the journal.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Call {
    pub(crate) arguments: Vec<String>,
    current_dir: String,
    /// What says to restic where its repository is and what its secrets are. The journal is in a
    /// private directory and never longer there than the command runs.
    environment: BTreeMap<String, String>,
    /// Secrets that neither arguments nor variables show, and what they are called.
    #[serde(default)]
    pub(crate) hidden: BTreeMap<String, String>,
}

impl Call {
    /// The call that this process is.
    fn of_this_process() -> Result<Self, String> {
        let text = |word: OsString| {
            word.into_string()
                .map_err(|word| format!("{word:?} is not Unicode, and is not recorded"))
        };
        let arguments = env::args_os().skip(1).map(text);
        let arguments = arguments.collect::<Result<Vec<_>, _>>()?;
        let current_dir = current_dir().map_err(|error| error.to_string())?;
        let counts = |name: &str| {
            let name = name.to_uppercase();
            let secret = ["KEY", "SECRET", "PASS", "TOKEN", "SAS", "CREDENTIAL"];
            name.starts_with("RESTIC_REPOSITORY")
                || name.ends_with("_PROXY")
                || secret.iter().any(|part| name.contains(part))
        };
        let variables = env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .filter(|(name, _)| counts(name));
        Ok(Self {
            hidden: hidden::of_this_process(&arguments),
            arguments: hidden::without_commands(arguments),
            current_dir: text(current_dir.into_os_string())?,
            environment: variables.collect(),
        })
    }

    fn invocation(&self) -> Invocation {
        let mut invocation = Invocation::new(&self.arguments);
        invocation.current_dir = Some(PathBuf::from(&self.current_dir));
        for (name, value) in &self.environment {
            let value = Secret::new(value.as_str());
            invocation.environment.insert(name.into(), value);
        }
        invocation
    }
}

/// The current directory by the name that restic has for it: like other programs in Go, that of
/// the variable `PWD`, which may lead through links, if it is that directory.
fn current_dir() -> io::Result<PathBuf> {
    let current = env::current_dir()?;
    let named = env::var_os("PWD").map(PathBuf::from);
    let named = named.filter(|named| named.is_absolute());
    let is_same = |named: &PathBuf| match (fs::metadata(named), fs::metadata(&current)) {
        (Ok(one), Ok(other)) => (one.dev(), one.ino()) == (other.dev(), other.ino()),
        _ => false,
    };
    Ok(named.filter(is_same).unwrap_or(current))
}

impl Journal {
    /// The one that the variables of this process name.
    pub(crate) fn of_environment() -> Option<Self> {
        Some(Self {
            directory: env::var_os(JOURNAL)?.into(),
            scenario: env::var_os(SCENARIO).map(PathBuf::from),
        })
    }

    /// The call that this process is. That it cannot be taken is remembered, as the program may not
    /// care.
    pub(crate) fn call_of_this_process(&self) -> Result<Call, String> {
        Call::of_this_process().inspect_err(|problem| {
            // The program learns it in any case.
            let _ = fs::write(self.directory.join(REFUSED), problem);
        })
    }

    /// Why a call could not be taken.
    pub(crate) fn refused(&self) -> Option<String> {
        fs::read_to_string(self.directory.join(REFUSED)).ok()
    }

    pub(crate) fn is_recording(&self) -> bool {
        self.scenario.is_none()
    }

    /// Calls one at a time from here on, until the file is closed.
    pub(crate) fn lock(&self) -> io::Result<File> {
        let file = File::options()
            .create(true)
            .append(true)
            .read(true)
            .open(self.directory.join("calls"))?;
        file.lock()?;
        Ok(file)
    }

    /// Adds a call to a journal that is locked, and gives its number, from 0.
    pub(crate) fn add(file: &mut File, call: &Call) -> io::Result<usize> {
        let number = Self::read(file)?.len();
        let mut line = serde_json::to_vec(call)?;
        line.push(b'\n');
        file.write_all(&line)?;
        Ok(number)
    }

    /// The calls so far.
    pub(crate) fn read(file: &mut File) -> io::Result<Vec<Call>> {
        use std::io::Seek as _;

        file.rewind()?;
        let mut text = String::new();
        file.read_to_string(&mut text)?;
        let call = |line: &str| serde_json::from_str(line).map_err(io::Error::from);
        text.lines().map(call).collect()
    }

    /// A call as the replay knows it, with what it was given on standard input.
    pub(crate) fn invocation(&self, number: usize, call: &Call) -> Invocation {
        let mut invocation = call.invocation();
        let input = self.file(number, "stdin");
        if input.exists() {
            invocation.stdin = Stdin::File(input);
        }
        invocation
    }

    /// What went wrong with a call after it was answered.
    pub(crate) fn late_miss(&self, number: usize) -> Option<String> {
        fs::read_to_string(self.file(number, "miss")).ok()
    }

    /// Where one stream of a recorded call is, or how it ended.
    pub(crate) fn file(&self, number: usize, what: &str) -> PathBuf {
        self.directory.join(format!("{number}.{what}"))
    }
}

/// The first program of this name in `PATH` that is not in the excluded directory.
pub(crate) fn find_in_path(name: &str, excluded: &Path) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    let directories = env::split_paths(&path).filter(|directory| directory.is_absolute());
    let found = directories
        .filter(|directory| directory != excluded)
        .map(|directory| directory.join(OsStr::new(name)));
    let mut existing =
        found.filter(|program| fs::metadata(program).is_ok_and(|file| file.is_file()));
    existing.next()
}
