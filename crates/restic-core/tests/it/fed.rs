//! Replayed calls whose standard input comes from a reader.

use std::io::{self, Read};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use restic_core::{
    Clock as _, Deadlines, Event, Exit, InputReader, Invocation, ManualClock, RecordedWith, Replay,
    ScenarioWriter, Stdin, Supervised,
};

const INPUT: &[u8] = b"a dump";

/// Hands out the input after a while, and then its end or a failure.
struct Slow {
    left: &'static [u8],
    fails: bool,
}

impl Read for Slow {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        thread::sleep(Duration::from_millis(20));
        if self.left.is_empty() && self.fails {
            return Err(io::Error::other("the database is gone"));
        }
        self.left.read(&mut buffer[..1])
    }
}

fn backup(reader: impl Read + Send + 'static) -> Invocation {
    let mut backup = Invocation::new(["backup", "--stdin"]);
    backup.stdin = Stdin::Reader(InputReader::new(reader));
    backup
}

/// A replay of that call by this clock.
fn replay(clock: &ManualClock) -> (Replay, tempfile::TempDir) {
    let directory = tempfile::tempdir().unwrap();
    let mut small = ScenarioWriter::new("", RecordedWith::here("0.19.1"));
    let argv = ["backup", "--stdin"].map(str::to_owned).to_vec();
    let done = Exit::Code(0);
    small.call("backup", argv, true, b"saved\n".to_vec(), vec![], done);
    small.stdin(INPUT.to_vec());
    small.write(directory.path()).unwrap();
    (
        Replay::load(directory.path()).unwrap().clock(clock),
        directory,
    )
}

fn supervised(replay: &Replay, clock: &ManualClock, reader: Slow, idle: bool) -> Supervised {
    let mut deadlines = Deadlines::default();
    let hour = Some(Duration::from_secs(3600));
    if idle {
        deadlines.idle = hour;
    } else {
        deadlines.total = hour;
    }
    let process = replay.executor().start(&backup(reader)).unwrap();
    Supervised::with_clock(process, deadlines, Arc::new(clock.clone()))
}

#[test]
fn a_reader_is_waited_for_without_advancing_the_clock() {
    for idle in [false, true] {
        let clock = ManualClock::new();
        let begin = clock.now();
        let (replay, _directory) = replay(&clock);
        let reader = Slow {
            left: INPUT,
            fails: false,
        };
        let mut run = supervised(&replay, &clock, reader, idle);
        let exit = loop {
            if let Event::Exited(exit) = run.next_event().unwrap() {
                break exit;
            }
        };
        assert_eq!((exit, run.cause()), (Exit::Code(0), None), "{idle}");
        assert_eq!(clock.now(), begin);
        replay.finish().unwrap();
    }
}

#[test]
fn a_deadline_comes_by_the_clock_when_the_reader_has_failed() {
    for idle in [false, true] {
        let clock = ManualClock::new();
        let (replay, _directory) = replay(&clock);
        let reader = Slow {
            left: b"a d",
            fails: true,
        };
        let mut run = supervised(&replay, &clock, reader, idle);
        assert_eq!(
            run.next_event().unwrap_err().to_string(),
            "the database is gone"
        );
        while !matches!(run.next_event().unwrap(), Event::Exited(_)) {}
        assert!(run.cause().is_some());
        replay.finish().unwrap();
    }
}

/// A file is read before the replay is asked: one that fails is no call that was made.
#[cfg(target_os = "linux")]
#[test]
fn a_file_that_cannot_be_read_uses_up_no_recorded_call() {
    let (replay, _directory) = replay(&ManualClock::new());
    let mut unreadable = backup(INPUT);
    // Nothing is mapped where it begins.
    unreadable.stdin = Stdin::File("/proc/self/mem".into());
    let error = replay.executor().start(&unreadable).unwrap_err();
    assert_eq!(error.kind(), restic_core::StartErrorKind::Stdin, "{error}");
    assert!(replay.misses().is_empty());
    let mut process = replay.executor().start(&backup(INPUT)).unwrap();
    while !matches!(process.next_event(None).unwrap(), Event::Exited(_)) {}
    replay.finish().unwrap();
}
