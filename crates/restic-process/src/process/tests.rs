//! The same for every way of watching a process: those of other systems run here as well.

use std::io::{self, Read};
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use super::prepared::Prepared;
use super::settings::RunnerSettings;
use super::threaded::{System, ThreadedProcess};
use super::unix;
use crate::{Deadlines, Event, Exit, InputReader, Invocation, Process, Stdin, Supervised};

type Start = fn(&Invocation) -> Box<dyn Process>;

const WAYS: [(&str, Start); 3] = [
    ("as on this system", |invocation| {
        unix::start(Path::new("/bin/sh"), invocation, &RunnerSettings::default()).unwrap()
    }),
    ("a thread that waits for the exit", |invocation| {
        unix::start_with_thread(Path::new("/bin/sh"), invocation).unwrap()
    }),
    ("a thread for everything", threaded),
];

/// What Windows does, with the signals of Unix.
fn threaded(invocation: &Invocation) -> Box<dyn Process> {
    use rustix::process::{Pid, Signal, kill_process};

    let mut prepared = Prepared::new(Path::new("/bin/sh"), invocation).unwrap();
    let child = prepared.spawn(|_| ()).unwrap();
    let pid = Pid::from_child(&child);
    let system = System {
        wait_for_exit: Box::new(move || {
            unix::exit_watch::wait_for_exit(pid);
        }),
        interrupt: Box::new(move || Ok(kill_process(pid, Signal::INT)?)),
    };
    Box::new(ThreadedProcess::new(child, prepared, system).unwrap())
}

/// All ways at once, each on a thread whose name says which one failed.
fn each(check: impl Fn(Start) + Sync) {
    std::thread::scope(|scope| {
        for (way, start) in WAYS {
            let thread = std::thread::Builder::new().name(way.into());
            let check = &check;
            thread.spawn_scoped(scope, move || check(start)).unwrap();
        }
    });
}

fn shell(script: &str) -> Invocation {
    Invocation::new(["-c", script])
}

fn reader(reader: impl Read + Send + 'static) -> Stdin {
    Stdin::Reader(InputReader::new(reader))
}

#[derive(Debug, Default, PartialEq)]
struct Output {
    stdout: Vec<u8>,
    stderr: Vec<u8>,
    wakes: usize,
    notices: Vec<String>,
    exit: Option<Exit>,
}

impl Output {
    fn text(&self) -> (&str, &str, Option<Exit>) {
        let text = |bytes| std::str::from_utf8(bytes).unwrap();
        (text(&self.stdout), text(&self.stderr), self.exit)
    }
}

fn next(process: &mut dyn Process) -> Event {
    process.next_event(None).unwrap()
}

fn finish(mut process: Box<dyn Process>) -> Output {
    let mut output = Output::default();
    while output.exit.is_none() {
        match process.next_event(None).unwrap() {
            Event::Stdout(bytes) => output.stdout.extend(bytes),
            Event::Stderr(bytes) => output.stderr.extend(bytes),
            Event::Woken => output.wakes += 1,
            Event::Notice(notice) => output.notices.push(notice),
            Event::Exited(exit) => output.exit = Some(exit),
        }
    }
    assert!(process.next_event(None).is_err(), "the exit comes last");
    output
}

#[test]
fn output_and_exit_arrive() {
    each(|start| {
        let output = finish(start(&shell("echo out; echo err >&2; exit 3")));
        assert_eq!(output.text(), ("out\n", "err\n", Some(Exit::Code(3))));
    });
}

#[test]
fn streams_that_fill_by_turns_do_not_block() {
    let script = "for i in 1 2 3; do head -c 300000 /dev/zero; head -c 300000 /dev/zero >&2; done";
    each(|start| {
        let output = finish(start(&shell(script)));
        assert_eq!(
            (output.stdout.len(), output.stderr.len()),
            (900_000, 900_000)
        );
    });
}

#[test]
fn stdin_takes_bytes_of_any_length() {
    let mut counts = shell("wc -c");
    counts.stdin = Stdin::Bytes(vec![b'x'; 1_000_000].into());
    let mut ignores = shell("exec <&-; echo done");
    ignores.stdin = counts.stdin.clone();
    each(|start| {
        assert_eq!(finish(start(&counts)).text().0.trim(), "1000000");
        assert_eq!(finish(start(&ignores)).text().0, "done\n");
    });
}

#[test]
fn a_deadline_a_wake_and_an_interrupt_end_a_wait() {
    each(|start| {
        let mut process = start(&shell(
            "trap 'exit 130' INT; echo ready; while :; do sleep 0.05; done",
        ));
        assert_eq!(next(&mut *process), Event::Stdout(b"ready\n".into()));
        let begin = Instant::now();
        let deadline = begin + Duration::from_millis(200);
        assert_eq!(process.next_event(Some(deadline)).unwrap(), Event::Woken);
        assert!(begin.elapsed() >= Duration::from_millis(200));

        let control = process.control();
        let waker = Arc::clone(&control);
        let thread = std::thread::spawn(move || {
            std::thread::sleep(Duration::from_millis(50));
            waker.wake();
        });
        assert_eq!(next(&mut *process), Event::Woken);
        thread.join().unwrap();

        control.interrupt().unwrap();
        let output = finish(process);
        assert_eq!((output.wakes, output.exit), (1, Some(Exit::Code(130))));
        // Nobody is there any more, and nobody else is hit.
        control.interrupt().unwrap();
        control.terminate().unwrap();
        control.kill().unwrap();
        control.wake();
        assert!(begin.elapsed() < Duration::from_secs(5));
    });
}

#[test]
fn an_interrupt_ends_the_input() {
    // restic from 0.18 on reads its input to the end before it ends.
    let mut invocation =
        shell("trap 'wc -c; exit 7' INT; echo ready; while :; do sleep 0.05; done");
    invocation.stdin = Stdin::Bytes(vec![b'x'; 10_000_000].into());
    each(|start| {
        let mut process = start(&invocation);
        assert_eq!(next(&mut *process), Event::Stdout(b"ready\n".into()));
        process.control().interrupt().unwrap();
        let output = finish(process);
        assert_eq!(output.exit, Some(Exit::Code(7)));
        let read: usize = output.text().0.trim().parse().unwrap();
        assert!(read < 1_000_000, "{read} bytes were read");
    });
}

#[test]
fn stdin_takes_a_reader() {
    each(|start| {
        let mut invocation = shell("wc -c");
        invocation.stdin = reader(io::repeat(b'x').take(1_000_000));
        assert_eq!(finish(start(&invocation)).text().0.trim(), "1000000");
    });
}

#[test]
fn a_reader_that_waits_for_ever_delays_no_end() {
    let (silent, _kept) = io::pipe().unwrap();
    each(|start| {
        let mut invocation =
            shell("trap 'wc -c; exit 7' INT; echo ready; while :; do sleep 0.05; done");
        invocation.stdin = reader(silent.try_clone().unwrap());
        let mut process = start(&invocation);
        assert_eq!(next(&mut *process), Event::Stdout(b"ready\n".into()));
        process.control().interrupt().unwrap();
        let output = finish(process);
        assert_eq!(output.text(), ("0\n", "", Some(Exit::Code(7))));
    });
}

#[test]
fn a_reader_that_fails_is_an_error_and_not_the_end_of_the_input() {
    struct Fails;
    impl Read for Fails {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("the disk is gone"))
        }
    }

    each(|start| {
        let mut invocation = shell("read -r line && echo line || echo end");
        invocation.stdin = reader(Fails);
        let mut process = start(&invocation);
        let error = loop {
            match process.next_event(None) {
                Ok(Event::Woken) => {}
                Ok(event) => panic!("{event:?}"),
                Err(error) => break error,
            }
        };
        assert_eq!(error.to_string(), "the disk is gone");
        let soon = Instant::now() + Duration::from_millis(100);
        assert!(!matches!(
            process.next_event(Some(soon)),
            Ok(Event::Stdout(_))
        ));
        process.control().kill().unwrap();
    });
}

#[test]
fn a_helper_that_holds_the_pipes_delays_the_end_by_a_bounded_time() {
    each(|start| {
        let begin = Instant::now();
        let output = finish(start(&shell("sleep 4 & echo out; exit 0")));
        assert_eq!(output.text(), ("out\n", "", Some(Exit::Code(0))));
        // Only who knows the processes can name it.
        if cfg!(target_os = "linux") && start as usize != threaded as Start as usize {
            assert!(output.notices[0].ends_with("(sleep)"), "{output:?}");
        }
        assert!(begin.elapsed() < Duration::from_millis(3500));
    });
}

#[test]
fn who_is_slow_loses_nothing_to_a_helper_that_holds_the_pipes() {
    let script = "sleep 30 & echo a; sleep 0.2; echo b; echo last $! >&2";
    each(|start| {
        let mut process = start(&shell(script));
        // Until it has ended with output on both pipes, and then for longer than a helper
        // may delay the end.
        let mut breaks = [500, 2200].map(Duration::from_millis).into_iter();
        let mut texts = Vec::new();
        loop {
            match next(&mut *process) {
                Event::Stdout(bytes) | Event::Stderr(bytes) => {
                    texts.push(String::from_utf8(bytes).unwrap());
                    std::thread::sleep(breaks.next().unwrap_or_default());
                }
                Event::Woken | Event::Notice(_) => {}
                Event::Exited(_) => break,
            }
        }
        texts.sort();
        assert_eq!(texts.len(), 3, "{texts:?}");
        end_helper(&texts[2]["last ".len()..]);
    });
}

fn end_helper(pid: &str) {
    let pid = rustix::process::Pid::from_raw(pid.trim().parse().unwrap()).unwrap();
    rustix::process::kill_process(pid, rustix::process::Signal::KILL).unwrap();
}

#[test]
fn a_stdout_closed_early_is_not_the_end() {
    each(|start| {
        let output = finish(start(&shell("exec >&-; sleep 0.1; echo later >&2; exit 4")));
        assert_eq!(output.text(), ("", "later\n", Some(Exit::Code(4))));
    });
}

#[test]
fn dropped_early_it_is_gone() {
    each(|start| {
        let mut process = start(&shell("echo $$; exec sleep 100"));
        let Event::Stdout(pid) = next(&mut *process) else {
            panic!("its process id comes first");
        };
        let control = process.control();
        drop(process);
        let pid = String::from_utf8(pid).unwrap().trim().parse().unwrap();
        let pid = rustix::process::Pid::from_raw(pid).unwrap();
        assert!(rustix::process::test_kill_process(pid).is_err());
        control.kill().unwrap();
    });
}

/// Cut short, the input must never look whole.
#[test]
fn the_input_ends_after_the_interrupt() {
    let script = "trap 'echo signalled; exit 130' INT; echo ready; while read -r line; do :; done; \
                  echo whole";
    each(|start| {
        for _ in 0..30 {
            let endless = io::repeat(b'\n');
            let mut process = start(&Invocation {
                stdin: reader(endless),
                ..shell(script)
            });
            // The input has news meanwhile.
            let mut ready = Event::Woken;
            while ready == Event::Woken {
                ready = next(&mut *process);
            }
            assert_eq!(ready, Event::Stdout(b"ready\n".to_vec()));
            let control = process.control();
            let stopper = std::thread::spawn(move || control.interrupt().unwrap());
            let output = finish(process);
            stopper.join().unwrap();
            assert_eq!(output.text(), ("signalled\n", "", Some(Exit::Code(130))));
        }
    });
}

/// A lock would stay behind if it were killed.
#[test]
fn an_input_that_fails_when_a_run_is_dropped_kills_nobody() {
    /// Fails when asked to.
    struct Fails(Receiver<()>);
    impl Read for Fails {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            self.0.recv().unwrap();
            Err(io::Error::other("the input is broken"))
        }
    }

    each(|start| {
        let directory = tempfile::tempdir().unwrap();
        let clean = directory.path().join("clean");
        let script = format!(
            "trap 'sleep 0.2; echo > {}; exit 130' INT; echo ready; while :; do sleep 0.02; done",
            clean.display()
        );
        let (fail, failing) = channel();
        let mut process = start(&Invocation {
            stdin: reader(Fails(failing)),
            ..shell(&script)
        });
        assert_eq!(next(&mut *process), Event::Stdout(b"ready\n".to_vec()));
        fail.send(()).unwrap();
        // Nobody waits for the process, and so nobody hears of it.
        std::thread::sleep(Duration::from_millis(50));
        drop(Supervised::new(process, Deadlines::default()));
        assert!(clean.exists(), "it was killed");
    });
}

/// What a reader gave before it panicked is never taken for all of it.
#[test]
fn a_reader_that_panics_is_a_failure_and_not_an_end() {
    struct Panics(usize);
    impl Read for Panics {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            match self.0 {
                0 => panic!("on purpose"),
                // More than there is room for: whoever takes it panics.
                1 => Ok(buffer.len() + 1),
                _ => {
                    self.0 -= 2;
                    buffer[0] = b'x';
                    Ok(1)
                }
            }
        }
    }
    let dir = tempfile::tempdir().unwrap();
    each(|start| {
        for reads in [2, 3] {
            let way = std::thread::current().name().unwrap().replace(' ', "-");
            let saved = dir.path().join(format!("{way}-{reads}"));
            let script = format!("cat >/dev/null && touch {}", saved.display());
            let mut reading = shell(&script);
            reading.stdin = reader(Panics(reads));
            let mut process = Supervised::new(start(&reading), Deadlines::default());
            let error = process.next_event().unwrap_err();
            assert!(error.to_string().contains("panicked"), "{error}");
            drop(process);
            assert!(!saved.exists(), "the end of the input was seen");
        }
    });
}
