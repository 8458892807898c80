use std::env;
use std::ffi::OsString;
use std::path::PathBuf;
use std::thread;

use restic_record::{RecordError, Recorder};

/// What a test finds in the variables of its process.
#[derive(Clone, Debug, Default)]
pub(super) struct Surroundings {
    /// The package that is tested.
    pub(super) package: PathBuf,
    pub(super) recordings: PathBuf,
    pub(super) package_name: Option<String>,
    /// The test that this is, in the words of the test harness.
    pub(super) test: Option<String>,
    pub(super) record: Option<OsString>,
    pub(super) binaries: Option<OsString>,
    pub(super) is_ci: bool,
    /// What runs this test, when that was named.
    pub(super) command: Option<String>,
}

/// What is done.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Mode {
    Replay,
    /// And whether what differs is kept.
    Record {
        accepts: bool,
    },
}

impl Surroundings {
    pub(super) fn of_this_process() -> Self {
        // Set by cargo and by nextest; both also run tests in the directory of the package.
        let package: PathBuf = env::var_os("CARGO_MANIFEST_DIR")
            .map(PathBuf::from)
            .or_else(|| env::current_dir().ok())
            .unwrap_or_default();
        Self {
            recordings: package.join("tests").join("recordings"),
            package,
            package_name: env::var("CARGO_PKG_NAME").ok(),
            test: thread::current().name().and_then(test_name),
            record: env::var_os("RESTIC_RECORD"),
            binaries: env::var_os("RESTIC_BINARIES"),
            is_ci: Recorder::refuse_in_ci().is_err(),
            command: None,
        }
    }

    pub(super) fn mode(&self) -> Result<Mode, String> {
        let value = self.record.as_ref().map(|value| value.to_string_lossy());
        let mode = match value.as_deref() {
            None | Some("" | "0" | "false") => return Ok(Mode::Replay),
            Some("1" | "true") => Mode::Record { accepts: false },
            Some("accept") => Mode::Record { accepts: true },
            Some(other) => {
                return Err(format!(
                    "RESTIC_RECORD={other:?} is not understood: 1 records, `accept` also puts \
                     recordings that differ in place"
                ));
            }
        };
        if self.is_ci {
            return Err(RecordError::InCi.to_string());
        }
        Ok(mode)
    }

    /// The programs that are recorded.
    pub(super) fn binaries(&self) -> Vec<PathBuf> {
        let named = self.binaries.clone().unwrap_or_default();
        let named = env::split_paths(&named).filter(|path| !path.as_os_str().is_empty());
        let named: Vec<_> = named.collect();
        if named.is_empty() {
            return vec!["restic".into()];
        }
        named
    }

    /// What runs this test alone.
    pub(super) fn command(&self) -> String {
        if let Some(command) = &self.command {
            return command.clone();
        }
        let package = self.package_name.as_ref();
        let package = package.map_or(String::new(), |name| format!(" --package {name}"));
        let test = self.test.as_ref();
        let test = test.map_or(String::new(), |name| format!(" -- --exact {name}"));
        format!("cargo test{package}{test}")
    }
}

/// The test harness names its threads after the tests, but not when one runs them all.
fn test_name(thread: &str) -> Option<String> {
    (thread != "main").then(|| thread.to_owned())
}
