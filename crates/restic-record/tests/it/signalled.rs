//! Calls that a program stops because of what it has read.

use std::io::{self, Read as _, Write as _};
use std::path::Path;
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use restic_core::{
    Clock as _, Control, Event, Executor, InputReader, Invocation, ManualClock, Process, Replay,
    Scenario, Scripted, StartError, Stdin,
};
use restic_record::{Kept, Recorder};

fn status(share: f64) -> String {
    format!(
        "{{\"message_type\":\"status\",\"percent_done\":{share},\"total_files\":1,\
         \"total_bytes\":1000}}\n"
    )
}

/// A program that interrupts a backup as soon as it has seen enough lines, or a large enough
/// share. Returns all that it has read.
fn stops(
    executor: &Arc<dyn Executor>,
    repository: &Path,
    is_enough: impl Fn(usize, f64) -> bool,
) -> String {
    let repository = format!("--repo={}", repository.display());
    let invocation = Invocation::new([&repository, "backup", "/data"]);
    let mut process = executor.start(&invocation).unwrap();
    let mut text = String::new();
    loop {
        match process.next_event(None).unwrap() {
            Event::Stdout(bytes) => {
                text += &String::from_utf8(bytes).unwrap();
                let whole = text.split_inclusive('\n').filter(|it| it.ends_with('\n'));
                let shares = whole.map(|line| {
                    let line: serde_json::Value = serde_json::from_str(line).unwrap();
                    line["percent_done"].as_f64().unwrap()
                });
                if (1..)
                    .zip(shares)
                    .any(|(count, share)| is_enough(count, share))
                {
                    process.control().interrupt().unwrap();
                }
            }
            Event::Exited(exit) => {
                assert_eq!(exit.code(), Some(130), "{text}");
                return text;
            }
            _ => {}
        }
    }
}

/// Records a program on a backup that prints these shares, and replays it.
#[track_caller]
fn check(name: &str, shares: &[f64], is_enough: impl Fn(usize, f64) -> bool) {
    let directory = tempfile::tempdir().unwrap();
    let directory = directory.path().join("0.19.1");
    let all: String = shares.iter().map(|share| status(*share)).collect();
    let script = Scripted::new().stdout(all).in_lines().hang();
    let recorder = Recorder::scratch(name).unwrap().restic_version("0.19.1");
    let recorder = recorder.around(Scripted::executor([script]));
    stops(&recorder.executor(), &recorder.repository(), &is_enough);
    assert_eq!(recorder.keep(&directory).unwrap(), Kept::New);

    let replay = Replay::load(&directory).unwrap().patience(Duration::ZERO);
    stops(&replay.executor(), Path::new("/mine"), &is_enough);
    replay.finish().unwrap();
}

#[test]
fn a_program_that_counts_progress_stops_where_it_did() {
    let shares: Vec<_> = (0..100).map(|step| f64::from(step) / 100.0).collect();
    for wanted in [1, 2, 3, 4, 7, 8, 12, 16] {
        check("counts", &shares, |count, _| count == wanted);
    }
    // A backup that waits says the same again and again.
    check("counts", &[0.0; 5], |count, _| count == 3);
}

#[test]
fn a_program_that_looks_at_the_share_stops_where_it_did() {
    let shares: Vec<_> = (0..=100).map(|step| f64::from(step) / 100.0).collect();
    for wanted in [0.01, 0.05, 0.1, 0.33, 0.5, 0.99] {
        check("shares", &shares, |_, share| share >= wanted);
        check("shares", &shares, |_, share| share > wanted);
    }
}

#[test]
fn a_message_that_was_half_read_comes_whole_after_the_signal() {
    let directory = tempfile::tempdir().unwrap();
    let directory = directory.path().join("0.19.1");
    let error = "{\"message_type\":\"error\",\"during\":\"scan\",\"item\":\"/data/x\"}\n";
    let output = format!("{}{error}", status(0.01));
    // In one chunk come the first message and some bytes of the second.
    for cut in [1, 5, 30, error.len() - 1] {
        let (first, rest) = output.split_at(output.len() - error.len() + cut);
        let after = Scripted::new().stdout(rest).exit(130);
        let script = Scripted::new().stdout(first).hang().on_interrupt(after);
        let recorder = Recorder::scratch("half-read").unwrap();
        let recorder = recorder
            .restic_version("0.19.1")
            .around(Scripted::executor([script]));
        stops(&recorder.executor(), &recorder.repository(), |_, _| true);
        recorder.propose(&directory).unwrap().accept().unwrap();

        let replay = Replay::load(&directory).unwrap().patience(Duration::ZERO);
        let text = stops(&replay.executor(), Path::new("/mine"), |_, _| true);
        assert!(text.ends_with(&format!("}}\n{error}")), "{cut}: {text}");
        let signal = std::fs::read_to_string(directory.join("scenario.json")).unwrap();
        let signal: serde_json::Value = serde_json::from_str(&signal).unwrap();
        let before = signal["calls"][0]["signal"]["after_stdout"]
            .as_u64()
            .unwrap();
        assert_eq!(text.len() as u64 - before, error.len() as u64, "{cut}");
        replay.finish().unwrap();
    }
}

/// A restic that reports progress while it reads its input, and ends after the input does.
#[derive(Debug)]
struct Reading;

impl Executor for Reading {
    fn start(&self, invocation: &Invocation) -> Result<Box<dyn Process>, StartError> {
        let Stdin::Reader(reader) = &invocation.stdin else {
            panic!("{invocation}: no reader");
        };
        let mut reader = reader.take().expect("a reader that nobody used");
        let reading = thread::spawn(move || reader.read_to_end(&mut Vec::new()));
        let stopped = Scripted::new().stdout(status(0.5)).exit(130);
        let script = Scripted::new().stdout(status(0.1)).hang();
        Ok(Box::new(UntilRead {
            inner: script.on_interrupt(stopped).start(),
            reading: Some(reading),
        }))
    }
}

struct UntilRead {
    inner: Box<dyn Process>,
    reading: Option<JoinHandle<io::Result<usize>>>,
}

impl Process for UntilRead {
    fn next_event(&mut self, deadline: Option<Instant>) -> io::Result<Event> {
        let event = self.inner.next_event(deadline)?;
        if matches!(event, Event::Exited(_))
            && let Some(reading) = self.reading.take()
        {
            reading.join().expect("a reader that panics")?;
        }
        Ok(event)
    }

    fn control(&self) -> Arc<dyn Control> {
        self.inner.control()
    }
}

/// A program that interrupts a backup of its own output at the first progress, and writes no more
/// only then.
fn stops_and_closes(executor: &Arc<dyn Executor>, repository: &Path) {
    let repository = format!("--repo={}", repository.display());
    let (reader, mut writer) = io::pipe().unwrap();
    writer.write_all(b"a beginning").unwrap();
    let mut writer = Some(writer);
    let mut invocation = Invocation::new([&repository, "backup", "--stdin"]);
    invocation.stdin = Stdin::Reader(InputReader::new(reader));
    let mut process = executor.start(&invocation).unwrap();
    let end = Instant::now() + Duration::from_secs(20);
    loop {
        match process.next_event(Some(end)).unwrap() {
            Event::Stdout(_) => {
                process.control().interrupt().unwrap();
                drop(writer.take());
            }
            Event::Exited(exit) => {
                assert_eq!((exit.code(), writer.is_none()), (Some(130), true));
                return;
            }
            _ => assert!(
                Instant::now() < end,
                "no progress before the end of the input"
            ),
        }
    }
}

#[test]
fn a_program_may_end_the_input_because_it_has_stopped_the_call() {
    let directory = tempfile::tempdir().unwrap();
    let directory = directory.path().join("0.19.1");
    let recorder = Recorder::scratch("closes").unwrap();
    let recorder = recorder.restic_version("0.19.1").around(Arc::new(Reading));
    stops_and_closes(&recorder.executor(), &recorder.repository());
    assert_eq!(recorder.keep(&directory).unwrap(), Kept::New);

    let scenario = Scenario::load(&directory).unwrap();
    assert_eq!(
        scenario.calls().next().unwrap().stdin().unwrap(),
        b"a beginning"
    );
    let replay = Replay::load(&directory).unwrap();
    stops_and_closes(&replay.executor(), Path::new("/mine"));
    replay.finish().unwrap();
}

#[test]
fn patience_may_change_between_answers() {
    let directory = tempfile::tempdir().unwrap();
    let directory = directory.path().join("0.19.1");
    let script = Scripted::new().stdout("checking\n").hang();
    let recorder = Recorder::scratch("patience").unwrap();
    let recorder = recorder
        .restic_version("0.19.1")
        .around(Scripted::executor([script]));
    // A call that only reads is answered any number of times.
    let call = Invocation::new(["check"]);
    let mut process = recorder.executor().start(&call).unwrap();
    assert!(matches!(process.next_event(None), Ok(Event::Stdout(_))));
    process.control().interrupt().unwrap();
    while !matches!(process.next_event(None).unwrap(), Event::Exited(_)) {}
    assert_eq!(recorder.keep(&directory).unwrap(), Kept::New);

    let clock = ManualClock::new();
    let mut replay = Replay::load(&directory).unwrap().clock(&clock);
    for patience in [Duration::from_secs(10), Duration::from_secs(20)] {
        replay = replay.patience(patience);
        let begin = clock.now();
        let mut process = replay.executor().start(&call).unwrap();
        while !matches!(process.next_event(None).unwrap(), Event::Exited(_)) {}
        assert_eq!(clock.now() - begin, patience);
    }
    // Nobody stopped it.
    replay.finish().unwrap_err();
}
