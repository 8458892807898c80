//! Records the scenarios of `fixtures/` with real restic: `cargo xtask record`.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use restic_cli_wrap::{Restic, commands::Version};
use restic_core::{
    Control, Event, Executor, Exit, Invocation, PlaceholderKind, Process, RecordedWith, Runner,
    ScenarioWriter, StartError,
};

use crate::task::Outcome;
use restic_test_support::first_backup;

/// Records every scenario with each of these binaries.
pub(crate) fn run(arguments: impl Iterator<Item = String>) -> Outcome {
    let binaries = crate::task::binaries(arguments.collect());
    if binaries.is_empty() {
        return Err("name restic binaries, or set RESTIC_BINARIES".into());
    }
    for binary in &binaries {
        let version = Restic::builder()
            .binary(binary)
            .build()
            .run(Version::new())?
            .version;
        let folder = restic_fixtures::path("first-backup", &version);
        record_first_backup(binary, &version)?.write(&folder)?;
        println!("{}: recorded", folder.display());
    }
    Ok(())
}

fn record_first_backup(
    binary: &Path,
    version: &str,
) -> Result<ScenarioWriter, Box<dyn std::error::Error>> {
    // Always the same directory: what restic prints of the directories above the sources is then
    // the same in every recording.
    let scratch = Scratch::new(std::env::temp_dir().join("restic-fixture"))?;
    let [repo, source, target] = ["repo", "src", "target"].map(|name| scratch.0.join(name));
    write_sources(&source)?;

    let recorder = Arc::new(Recorder {
        runner: Runner::new(binary),
        calls: Arc::default(),
    });
    let restic = Restic::builder()
        .executor(Arc::clone(&recorder) as Arc<dyn Executor>)
        .repository(&repo)
        .password("of a recording, worth nothing")
        .cache_dir(scratch.0.join("cache"))
        .build();
    let change = || {
        // What is not there would fail the backup that follows.
        let _ = fs::write(source.join("notes.txt"), "a few more words\n");
    };
    let report = first_backup::run(&restic, &source, &target, |_| {}, change)?;
    assert_eq!(report.counts(), (2, 1), "not the scenario");

    let placeholders = BTreeMap::from([("repo", repo), ("src", source), ("target", target)]);
    let note = "init, two backups with a change in between, snapshots, ls, stats, forget with \
                prune, restore";
    let mut writer = ScenarioWriter::new(note, RecordedWith::here(version));
    for name in placeholders.keys() {
        writer.placeholder(*name, PlaceholderKind::Path);
    }
    for call in recorder
        .calls
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .drain(..)
    {
        call.write(&placeholders, &mut writer)?;
    }
    Ok(writer)
}

fn write_sources(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder.join("pictures"))?;
    fs::write(folder.join("notes.txt"), "a few words\n")?;
    fs::write(folder.join("noise.bin"), noise(NOISE_BYTES))?;
    fs::write(folder.join("pictures/blue.ppm"), "P3 1 1 255 0 0 255\n")?;
    fs::write(folder.join("left-out.tmp"), "an exclude matches this")
}

/// Enough for restic to report progress while it saves them.
const NOISE_BYTES: usize = 64 << 20;

/// Bytes that neither compress nor repeat, the same each time.
fn noise(length: usize) -> Vec<u8> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()
    };
    std::iter::repeat_with(next)
        .flatten()
        .take(length)
        .collect()
}

/// A directory that is new, and goes when this does.
struct Scratch(PathBuf);

impl Scratch {
    fn new(folder: PathBuf) -> io::Result<Self> {
        fs::create_dir(&folder)?;
        Ok(Self(folder))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // What is left of a failed removal is found by the next recording.
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Runs real restic, and keeps what it was called with and what it printed.
#[derive(Debug)]
struct Recorder {
    runner: Runner,
    calls: Arc<Mutex<Vec<Call>>>,
}

#[derive(Debug)]
struct Call {
    argv: Vec<String>,
    stdout: Vec<u8>,
    stderr: Vec<u8>,
    exit: Exit,
}

impl Call {
    /// Hands it over with placeholders for paths, and the cache left out: it is no part of
    /// what a call is.
    fn write(
        self,
        placeholders: &BTreeMap<&str, PathBuf>,
        writer: &mut ScenarioWriter,
    ) -> Result<(), Box<dyn std::error::Error>> {
        let mask = |text: &str| {
            let mut text = text.to_owned();
            for (name, path) in placeholders {
                text = text.replace(&*path.to_string_lossy(), &format!("{{{{{name}}}}}"));
            }
            text
        };
        let argv: Vec<_> = self.argv.iter().map(|word| mask(word)).collect();
        let argv: Vec<_> = argv
            .into_iter()
            .filter(|word| !word.starts_with("--cache-dir="))
            .collect();
        let command = argv
            .iter()
            .find(|word| !word.starts_with('-'))
            .cloned()
            .unwrap_or_default();
        let mutates = ["init", "backup", "forget", "restore"].contains(&command.as_str());
        let thin = |bytes: Vec<u8>| -> Result<Vec<u8>, Box<dyn std::error::Error>> {
            Ok(mask(&thin_status(&String::from_utf8(bytes)?)).into_bytes())
        };
        writer.call(
            &command,
            argv,
            mutates,
            thin(self.stdout)?,
            thin(self.stderr)?,
            self.exit,
        );
        Ok(())
    }
}

/// The most lines of progress that are kept of one call.
const STATUS_LINES: usize = 12;

/// Keeps lines of progress from all of a run, and no more than [`STATUS_LINES`]: how many
/// there are depends on the machine.
fn thin_status(text: &str) -> String {
    let is_status = |line: &str| line.starts_with(r#"{"message_type":"status""#);
    let total = text.lines().filter(|line| is_status(line)).count();
    let share = |seen: usize| seen * STATUS_LINES / total.max(STATUS_LINES);
    let mut seen = 0;
    let keep = |line: &&str| {
        seen += usize::from(is_status(line));
        !is_status(line) || total <= STATUS_LINES || share(seen) > share(seen - 1)
    };
    text.split_inclusive('\n').filter(keep).collect()
}

impl Executor for Recorder {
    fn start(&self, invocation: &Invocation) -> Result<Box<dyn Process>, StartError> {
        let inner = self.runner.start(invocation)?;
        let argv = invocation.masked_arguments();
        let argv = argv
            .map(|word| word.to_string_lossy().into_owned())
            .collect();
        let call = Call {
            argv,
            stdout: Vec::new(),
            stderr: Vec::new(),
            exit: Exit::Code(0),
        };
        Ok(Box::new(Recording {
            inner,
            call: Some(call),
            calls: Arc::clone(&self.calls),
        }))
    }
}

struct Recording {
    inner: Box<dyn Process>,
    /// Taken when restic has ended.
    call: Option<Call>,
    calls: Arc<Mutex<Vec<Call>>>,
}

impl Process for Recording {
    fn next_event(&mut self, deadline: Option<Instant>) -> io::Result<Event> {
        let event = self.inner.next_event(deadline)?;
        if let Some(call) = &mut self.call {
            match &event {
                Event::Stdout(bytes) => call.stdout.extend(bytes),
                Event::Stderr(bytes) => call.stderr.extend(bytes),
                Event::Exited(exit) => call.exit = *exit,
                _ => {}
            }
        }
        if let Event::Exited(_) = event {
            let mut calls = self.calls.lock().unwrap_or_else(PoisonError::into_inner);
            calls.extend(self.call.take());
        }
        Ok(event)
    }

    fn control(&self) -> Arc<dyn Control> {
        self.inner.control()
    }
}
