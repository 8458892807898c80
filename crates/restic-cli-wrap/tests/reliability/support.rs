//! Tests that count what a process holds, each in a process of its own; and real programs.

use std::fmt::Debug;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use restic_cli_wrap::commands::{Backup, Version};
use restic_cli_wrap::{
    Control, ErrorKind, Event, Executor, Invocation, Process, Restic, ResticBuilder, Run,
    StartError,
};
use restic_core::Runner;
use tempfile::TempDir;

use restic_test_support::binaries::binaries;
use restic_test_support::cheap_repository;
use restic_test_support::leftovers::{self, Before};
use restic_test_support::skipping::may;

/// Says in the environment of a process, and of all that it starts, which test it is.
const ALONE: &str = "TEST_THAT_RUNS_ALONE";

/// How much more memory a test may take unless it says otherwise, in MiB.
const MEMORY: u64 = 64;

/// Runs a test in a process of its own, and checks what has to hold after every fault: no
/// survivor, no zombie, no descriptor and little memory more than before.
pub(crate) fn alone(name: &str, test: impl FnOnce()) {
    Alone::new(name).run(test);
}

/// A test in a process of its own.
pub(crate) struct Alone<'a> {
    name: &'a str,
    memory: u64,
    environment: Vec<(&'a str, &'a str)>,
    /// The program that starts it, and its arguments.
    through: &'a [&'a str],
}

impl<'a> Alone<'a> {
    /// The test of this name: its modules and its function.
    pub(crate) fn new(name: &'a str) -> Self {
        Self {
            name,
            memory: MEMORY,
            environment: Vec::new(),
            through: &[],
        }
    }

    /// It may take this many MiB more.
    pub(crate) fn memory(mut self, limit: u64) -> Self {
        self.memory = limit;
        self
    }

    /// It has this variable.
    pub(crate) fn env(mut self, name: &'a str, value: &'a str) -> Self {
        self.environment.push((name, value));
        self
    }

    /// It may mount what it likes: its mounts are its own, and gone when it ends.
    pub(crate) fn mounts(self) -> Self {
        self.through(&["unshare", "--mount"])
    }

    /// It is started by this program, which its own name and arguments follow.
    pub(crate) fn through(mut self, program: &'a [&'a str]) -> Self {
        self.through = program;
        self
    }

    pub(crate) fn run(self, test: impl FnOnce()) {
        let inner = std::env::var(ALONE).unwrap_or_default();
        if inner
            .split_once(' ')
            .is_some_and(|(name, _)| name == self.name)
        {
            let memory = status("VmRSS:");
            let before = Before::now(format!("{ALONE}={inner}")).unwrap();
            test();
            let grown = status("VmHWM:").saturating_sub(memory) / 1024;
            assert!(grown <= self.memory, "{grown} MiB more");
            before.check(Duration::from_secs(5)).unwrap();
            return;
        }
        if !self.through.is_empty() && !may(self.name, self.through) {
            return;
        }
        let this = std::env::current_exe().unwrap();
        let mut command = match self.through {
            [program, arguments @ ..] => {
                let mut command = Command::new(program);
                command.args(arguments).arg(this);
                command
            }
            [] => Command::new(this),
        };
        let output = command
            .args(["--exact", self.name, "--nocapture"])
            // It takes much memory.
            .env("RUST_BACKTRACE", "0")
            .envs(self.environment)
            // Another run of the same test differs from this one.
            .env(ALONE, format!("{} {}", self.name, std::process::id()))
            .output()
            .unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let (stdout, stderr) = (text(&output.stdout), text(&output.stderr));
        println!("{stdout}");
        assert!(
            output.status.success() && stdout.contains("1 passed"),
            "{}: {}\n{stdout}\n{stderr}",
            self.name,
            output.status
        );
    }
}

/// A number of kB in `/proc/self/status`.
pub(crate) fn status(name: &str) -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with(name)).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

/// Ends a process that a test has left behind on purpose.
pub(crate) fn kill(pid: u32) {
    let status = Command::new("kill").args(["-9", &pid.to_string()]).status();
    assert!(status.unwrap().success());
}

/// Asserts that something returns within a time. It distinguishes what returns from what hangs: five
/// times what is documented, for machines that are busy.
#[track_caller]
pub(crate) fn within<T>(documented: Duration, what: impl FnOnce() -> T) -> T {
    let begin = Instant::now();
    let result = what();
    let took = begin.elapsed();
    assert!(took <= documented * 5, "{took:?} instead of {documented:?}");
    result
}

/// The real runner, which writes down every signal that it is asked to send.
#[derive(Debug)]
pub(crate) struct Watched {
    runner: Runner,
    signals: Signals,
}

pub(crate) type Signals = Arc<Mutex<Vec<&'static str>>>;

pub(crate) fn watched(binary: &Path) -> (Arc<Watched>, Signals) {
    let signals = Signals::default();
    let runner = Watched {
        runner: Runner::new(binary),
        signals: Arc::clone(&signals),
    };
    (Arc::new(runner), signals)
}

pub(crate) fn sent(signals: &Signals) -> Vec<&'static str> {
    let sent = signals.lock().unwrap_or_else(PoisonError::into_inner);
    sent.clone()
}

impl Executor for Watched {
    fn start(&self, invocation: &Invocation) -> Result<Box<dyn Process>, StartError> {
        let process = self.runner.start(invocation)?;
        let control = Arc::new(WatchedControl {
            control: process.control(),
            signals: Arc::clone(&self.signals),
        });
        Ok(Box::new(WatchedProcess { process, control }))
    }
}

#[derive(Debug)]
struct WatchedProcess {
    process: Box<dyn Process>,
    control: Arc<WatchedControl>,
}

impl Process for WatchedProcess {
    fn next_event(&mut self, deadline: Option<Instant>) -> io::Result<Event> {
        self.process.next_event(deadline)
    }

    fn control(&self) -> Arc<dyn Control> {
        Arc::clone(&self.control) as Arc<dyn Control>
    }
}

#[derive(Debug)]
struct WatchedControl {
    control: Arc<dyn Control>,
    signals: Signals,
}

impl WatchedControl {
    fn note(&self, signal: &'static str) -> &dyn Control {
        let signals = self.signals.lock();
        signals.unwrap_or_else(PoisonError::into_inner).push(signal);
        &*self.control
    }
}

impl Control for WatchedControl {
    fn interrupt(&self) -> io::Result<()> {
        self.note("INT").interrupt()
    }

    fn terminate(&self) -> io::Result<()> {
        self.note("TERM").terminate()
    }

    fn kill(&self) -> io::Result<()> {
        self.note("KILL").kill()
    }

    fn wake(&self) {
        self.control.wake();
    }
}

/// A real program with a repository of its own.
pub(crate) struct Bench {
    pub(crate) directory: TempDir,
    pub(crate) binary: PathBuf,
    /// The second number of its version.
    pub(crate) minor: u16,
}

/// Runs a test on every real program.
pub(crate) fn on_each(test: &str, run: impl Fn(&Bench)) {
    for binary in binaries(test) {
        println!("with {}", binary.display());
        run(&Bench::new(binary));
    }
}

impl Bench {
    pub(crate) fn new(binary: PathBuf) -> Self {
        let directory = TempDir::new().unwrap();
        fs::create_dir(directory.path().join("data")).unwrap();
        let restic = Restic::builder().binary(&binary).build();
        let version = restic.run(Version::new());
        let version = version.unwrap().restic_version().unwrap();
        let bench = Self {
            directory,
            binary,
            minor: version.minor,
        };
        cheap_repository::make(&bench.path("repo")).unwrap();
        bench
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// A client without a password.
    pub(crate) fn locked_out(&self) -> ResticBuilder {
        Restic::builder()
            .binary(&self.binary)
            .repository(self.path("repo"))
            .no_cache(true)
            .current_dir(self.directory.path())
    }

    pub(crate) fn builder(&self) -> ResticBuilder {
        self.locked_out().password("secret")
    }

    pub(crate) fn restic(&self) -> Restic {
        self.builder().build()
    }

    /// A backup that runs as long as it is let: of a file that is huge and takes no space.
    pub(crate) fn endless(&self) -> Backup {
        let path = self.path("huge");
        cheap_repository::make_endless(&path).unwrap();
        Backup::new([path])
    }

    /// The same, started, and at work.
    pub(crate) fn at_work(&self, restic: &Restic) -> Run<Backup> {
        let mut run = restic.start(self.endless()).unwrap();
        run.next().unwrap().unwrap();
        run
    }

    /// The locks in the repository.
    pub(crate) fn locks(&self) -> Vec<PathBuf> {
        leftovers::locks(&self.path("repo")).unwrap()
    }
}

/// The kind of a failure.
#[track_caller]
pub(crate) fn kind<T: Debug>(result: Result<T, restic_cli_wrap::Error>) -> ErrorKind {
    result.unwrap_err().kind()
}
