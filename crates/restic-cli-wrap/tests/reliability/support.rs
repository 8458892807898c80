//! Tests that count what a process holds, each in a process of its own; and real programs.

use std::fmt::Debug;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use restic_cli_wrap::commands::{Backup, Version};
use restic_cli_wrap::{
    Builder, Control, ErrorKind, Event, Executor, Invocation, Process, Restic, Run, StartError,
};
use restic_core::Runner;
use tempfile::TempDir;

use crate::binaries::binaries;

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
    /// With mounts of its own, gone when it ends.
    mounts: bool,
}

impl<'a> Alone<'a> {
    /// The test of this name: its modules and its function.
    pub(crate) fn new(name: &'a str) -> Self {
        Self {
            name,
            memory: MEMORY,
            environment: Vec::new(),
            mounts: false,
        }
    }

    /// It may take so many MiB more.
    pub(crate) fn memory(mut self, limit: u64) -> Self {
        self.memory = limit;
        self
    }

    /// It has this variable.
    pub(crate) fn env(mut self, name: &'a str, value: &'a str) -> Self {
        self.environment.push((name, value));
        self
    }

    /// It may mount what it likes.
    pub(crate) fn mounts(mut self) -> Self {
        self.mounts = true;
        self
    }

    pub(crate) fn run(self, test: impl FnOnce()) {
        let inner = std::env::var(ALONE).unwrap_or_default();
        if inner
            .split_once(' ')
            .is_some_and(|(name, _)| name == self.name)
        {
            let before = Holdings::now();
            test();
            before.check(self.memory);
            return;
        }
        let this = std::env::current_exe().unwrap();
        let mut command = if self.mounts {
            let mut command = Command::new("unshare");
            command.arg("--mount").arg(this);
            command
        } else {
            Command::new(this)
        };
        let output = command
            .args(["--exact", self.name, "--nocapture"])
            // It takes much memory.
            .env("RUST_BACKTRACE", "0")
            .envs(self.environment)
            // Another run of the same test is told from this one.
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

/// What a process holds.
struct Holdings {
    descriptors: usize,
    memory: u64,
}

impl Holdings {
    fn now() -> Self {
        Self {
            descriptors: descriptors().len(),
            memory: status("VmRSS:"),
        }
    }

    fn check(&self, memory: u64) {
        let grown = status("VmHWM:").saturating_sub(self.memory) / 1024;
        assert!(grown <= memory, "{grown} MiB more");
        let begin = Instant::now();
        loop {
            let (children, survivors) = (children(), survivors());
            let open = descriptors();
            if children.is_empty() && survivors.is_empty() && open.len() <= self.descriptors {
                return;
            }
            assert!(
                begin.elapsed() < Duration::from_secs(5),
                "children {children:?}, survivors {survivors:?}, descriptors {open:?}, \
                 {} before",
                self.descriptors
            );
            thread::sleep(Duration::from_millis(20));
        }
    }
}

/// What the descriptors of this process lead to.
pub(crate) fn descriptors() -> Vec<String> {
    let entries = fs::read_dir("/proc/self/fd").unwrap().map(Result::unwrap);
    let targets = entries.filter_map(|entry| fs::read_link(entry.path()).ok());
    targets.map(|path| path.display().to_string()).collect()
}

/// A number of kB in `/proc/self/status`.
fn status(name: &str) -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with(name)).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

/// The process ids on this machine.
fn processes() -> impl Iterator<Item = u32> {
    let entries = fs::read_dir("/proc").unwrap();
    entries.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
}

/// Ends a process that a test has left behind on purpose.
pub(crate) fn kill(pid: u32) {
    let status = Command::new("kill").args(["-9", &pid.to_string()]).status();
    assert!(status.unwrap().success());
}

/// The children of this process, dead ones that nobody has waited for too.
pub(crate) fn children() -> Vec<u32> {
    let this = std::process::id().to_string();
    let is_child = |pid: &u32| {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        // The name of the program, in parentheses, may hold anything.
        let rest = stat.rsplit_once(") ").map_or("", |(_, rest)| rest);
        rest.split(' ').nth(1) == Some(&this)
    };
    processes().filter(is_child).collect()
}

/// The processes that this test has started, however far away they are by now.
fn survivors() -> Vec<u32> {
    let mark = format!("{ALONE}={}", std::env::var(ALONE).unwrap()).into_bytes();
    let is_ours = |pid: &u32| {
        let environment = fs::read(format!("/proc/{pid}/environ")).unwrap_or_default();
        let mut entries = environment.split(|byte| *byte == 0);
        *pid != std::process::id() && entries.any(|entry| entry == mark)
    };
    processes().filter(is_ours).collect()
}

/// Asserts that something returns within a time. It tells what returns from what hangs: five
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
    pub(crate) folder: TempDir,
    pub(crate) binary: PathBuf,
    /// The second number of its version.
    pub(crate) minor: u32,
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
        let folder = TempDir::new().unwrap();
        fs::create_dir(folder.path().join("data")).unwrap();
        let restic = Restic::builder().binary(&binary).build();
        let version = restic.run(Version::new());
        let version = version.unwrap().restic_version().unwrap();
        let bench = Self {
            folder,
            binary,
            minor: version.minor,
        };
        make_repository(&bench.path("repo"));
        bench
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A client without a password.
    pub(crate) fn locked_out(&self) -> Builder {
        Restic::builder()
            .binary(&self.binary)
            .repository(self.path("repo"))
            .no_cache(true)
            .current_dir(self.folder.path())
    }

    pub(crate) fn builder(&self) -> Builder {
        self.locked_out().password("secret")
    }

    pub(crate) fn restic(&self) -> Restic {
        self.builder().build()
    }

    /// A backup that runs as long as it is let: of a file that is huge and takes no space.
    pub(crate) fn endless(&self) -> Backup {
        let path = self.path("huge");
        let file = fs::File::create(&path).unwrap();
        file.set_len(1 << 40).unwrap();
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
        let entries = fs::read_dir(self.path("repo/locks")).unwrap();
        entries.map(|entry| entry.unwrap().path()).collect()
    }
}

/// A repository with the password "secret", as restic 0.11.0 made it. Only its key is another:
/// one that takes no second to open.
pub(crate) fn make_repository(path: &Path) {
    for folder in ["data", "index", "keys", "locks", "snapshots"] {
        fs::create_dir_all(path.join(folder)).unwrap();
    }
    fs::write(path.join("config"), CONFIG).unwrap();
    fs::write(path.join("keys").join(KEY_ID), KEY).unwrap();
}

const CONFIG: &[u8] = b"\xab\x8e\x98\x82\x97\x42\x9b\x78\x7e\xc1\xf2\x48\x76\x0d\x0d\x0f\xce\x0f\x87\xa3\xcb\xb6\xc5\x91\x51\x8e\x49\x1b\x42\x85\xbf\x63\x6e\x42\x49\x37\x12\x56\x31\xe2\xbb\xbf\xf3\x54\xac\xd7\x10\x4e\x03\x9a\xe5\x1b\x02\xfe\x58\x3c\x21\x8a\xe5\xee\x2c\x50\x48\x8f\x83\xc3\xc0\xa4\xc7\x40\x11\x3e\xca\x91\x72\x14\x62\x33\xa8\x4c\x8b\xd3\xab\xa3\xb5\xe2\xb3\xa4\x95\xeb\x71\xf0\x2a\x1a\xf7\xf8\x36\x2b\xf6\xe8\xb0\x4c\x4c\xad\x44\x70\x17\x1e\x05\xc2\x91\x45\x1f\x5b\xc1\xc0\x3f\xfe\x5c\x6c\xda\xef\xdc\x22\x67\xbe\x6b\x37\xa1\xf3\xd1\x8b\x0f\xb2\xe7\x4c\x7e\xf2\x4b\xa1\x28\x8d\x7b\xb3\x9d\x43\x35\x0f\xd1\x0d\xb3\x57\x9a\x14\xbb";

const KEY_ID: &str = "4784717bb94b8c50e60f4020a0802b740cd4d79f64dcef8e8259b57a8d211770";

const KEY: &str = r#"{"created":"2026-01-01T00:00:00Z","username":"alice","hostname":"srv1","kdf":"scrypt","N":16,"r":1,"p":1,"salt":"F9ajpD0eI6y7cbwHSMVUonAAbehtdA8jUvpOA6MT+gU7zG4T5Z9GqCoFyhUya60RGfJVs65VQYj7XHLEYxNIng==","data":"ECpoqyfPx9+4HJCfSVBBDZ9xpY/1uauzLHXosAhPOM/6CWhkHOyf7WZrtnpX/hgIC6yAL0x243XCUdWxk8z6MTYI5KROnGQLRgiUiwS2zDf0ivm8DGHLrIl7yjtbuTVyUBj3/cLFHef1xW7eaSSvRJ68FYbjW+yH1TKEQQYQjUq4IIgy4XqjXuigs19YikjpH9J/ECSfgYsOx6YxZxWFWg=="}"#;

/// The kind of a failure.
#[track_caller]
pub(crate) fn kind<T: Debug>(result: Result<T, restic_cli_wrap::Error>) -> ErrorKind {
    result.unwrap_err().kind()
}
