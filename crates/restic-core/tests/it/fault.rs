use std::io;
use std::thread;
use std::time::{Duration, Instant};

use restic_core::{
    Cause, Deadlines, Event, Exit, Fault, Invocation, ManualClock, Place, Process, Scripted,
    StartErrorKind, StopPolicy, Supervised,
};

const OUTPUT: &str = "one\ntwo\nthree\n";

/// Starts a process that prints three lines and one error, with this fault.
fn start(fault: Fault) -> Box<dyn Process> {
    let script = Scripted::new().stdout(OUTPUT).stderr("oops\n").exit(3);
    let executor = fault.on(Scripted::executor([script]));
    executor.start(&Invocation::new(["version"])).unwrap()
}

/// What it says: both streams, and how it ended.
fn heard(process: &mut dyn Process) -> (String, String, Exit) {
    let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
    let exit = loop {
        match process.next_event(None).unwrap() {
            Event::Stdout(bytes) => stdout.extend(bytes),
            Event::Stderr(bytes) => stderr.extend(bytes),
            Event::Exited(exit) => break exit,
            _ => {}
        }
    };
    assert!(process.next_event(None).is_err(), "it ends once");
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (text(stdout), text(stderr), exit)
}

fn check(fault: Fault, stdout: &str, stderr: &str, exit: Exit) {
    let name = format!("{fault:?}");
    let (out, err, ended) = heard(&mut *start(fault));
    assert_eq!(
        (out.as_str(), err.as_str(), ended),
        (stdout, stderr, exit),
        "{name}"
    );
}

#[test]
fn faults_do_what_they_say() {
    let real = Exit::Code(3);
    check(Fault::cut_stdout(5), "one\nt", "oops\n", real);
    let good = Fault::cut_stdout_and_exit(0, Exit::Code(0));
    check(good, "", "oops\n", Exit::Code(0));
    check(Fault::exit(4, 7), "one\n", "", Exit::Code(7));
    check(Fault::signal(0, 9), "", "", Exit::Signal(9));
    let garbage = Fault::garbage(4, "\u{1b}[2K");
    check(garbage, "one\n\u{1b}[2Ktwo\nthree\n", "oops\n", real);
    let line = Fault::stderr_line(4, "warning");
    check(line, OUTPUT, "warning\noops\n", real);
    let twice = Fault::duplicate_line(2);
    check(twice, "one\ntwo\ntwo\nthree\n", "oops\n", real);
    check(Fault::chunks_of(1), OUTPUT, "oops\n", real);
    check(Fault::delay(Duration::ZERO), OUTPUT, "oops\n", real);
}

#[test]
fn places_are_counted_in_lines_too() {
    let real = Exit::Code(3);
    let cut = |lines| Fault::cut_stdout(Place::lines(lines));
    check(cut(0), "", "oops\n", real);
    check(cut(1), "one\n", "oops\n", real);
    check(cut(3), OUTPUT, "oops\n", real);
    check(cut(usize::MAX), OUTPUT, "oops\n", real);
    let garbage = Fault::garbage(Place::lines(2), "x");
    check(garbage, "one\ntwo\nxthree\n", "oops\n", real);
}

#[test]
fn lines_are_counted_however_the_output_is_cut() {
    for size in 1..OUTPUT.len() {
        let script = Scripted::new().stdout(OUTPUT).in_chunks_of(size);
        let fault = Fault::exit(Place::lines(2), 7);
        let executor = fault.on(Scripted::executor([script]));
        let mut process = executor.start(&Invocation::new(["version"])).unwrap();
        let (stdout, _, exit) = heard(&mut *process);
        assert_eq!((&*stdout, exit), ("one\ntwo\n", Exit::Code(7)), "{size}");
    }
}

#[test]
fn a_place_that_is_never_reached_is_the_end() {
    let real = Exit::Code(3);
    let far = usize::MAX;
    check(Fault::cut_stdout(far), OUTPUT, "oops\n", real);
    check(Fault::exit(far, 0), OUTPUT, "oops\n", Exit::Code(0));
    let garbage = Fault::garbage(far, "x");
    check(garbage, &format!("{OUTPUT}x"), "oops\n", real);
    check(Fault::duplicate_line(9), OUTPUT, "oops\n", real);
}

#[test]
fn a_line_without_an_end_comes_twice_too() {
    let script = Scripted::new().stdout("one\ntwo").in_chunks_of(2);
    let executor = Fault::duplicate_line(2).on(Scripted::executor([script]));
    let mut process = executor.start(&Invocation::new(["version"])).unwrap();
    assert_eq!(heard(&mut *process).0, "one\ntwo\ntwo");
}

#[test]
fn short_reads_are_one_byte_each() {
    let mut process = start(Fault::chunks_of(1));
    for byte in OUTPUT.bytes() {
        assert_eq!(process.next_event(None).unwrap(), Event::Stdout(vec![byte]));
    }
}

#[test]
fn what_cannot_be_read_fails_each_time() {
    let mut process = start(Fault::read_error(3, io::ErrorKind::ConnectionReset));
    assert_eq!(
        process.next_event(None).unwrap(),
        Event::Stdout(b"one".to_vec())
    );
    for _ in 0..2 {
        let error = process.next_event(None).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::ConnectionReset);
    }
}

#[test]
fn it_hits_the_calls_that_are_chosen() {
    let words = ["snapshots", "backup", "snapshots", "snapshots"];
    let good = || Scripted::executor(words.map(|_| Scripted::new()));
    let failing = |fault: Fault| -> Vec<bool> {
        let executor = fault.on(good());
        let starts = words.map(|word| executor.start(&Invocation::new(["--json", word])));
        let is_fault = |kind| kind == StartErrorKind::PermissionDenied;
        let failed = starts.map(|start| start.is_err_and(|error| is_fault(error.kind())));
        failed.into()
    };
    let fault = || Fault::start_error(StartErrorKind::PermissionDenied);
    assert_eq!(failing(fault()), [true; 4]);
    assert_eq!(failing(fault().call(2)), [false, true, false, false]);
    let snapshots = fault().command("snapshots");
    assert_eq!(failing(snapshots.clone()), [true, false, true, true]);
    assert_eq!(failing(snapshots.call(2)), [false, false, true, false]);
}

#[test]
fn a_stalled_process_waits_for_the_deadline_a_wake_and_a_signal() {
    for (script, exit) in [
        (Scripted::new().stdout(OUTPUT), Exit::Code(130)),
        (Scripted::new().stdout(OUTPUT).hang(), Exit::Code(130)),
        (Scripted::new(), Exit::Code(130)),
    ] {
        let executor = Fault::stall(4).on(Scripted::executor([script]));
        let mut process = executor.start(&Invocation::new(["version"])).unwrap();
        let soon = Instant::now() + Duration::from_millis(20);
        while process.next_event(Some(soon)).unwrap() != Event::Woken {}
        assert!(Instant::now() >= soon);
        let control = process.control();
        control.wake();
        assert_eq!(process.next_event(None).unwrap(), Event::Woken);
        let interrupting = thread::spawn(move || control.interrupt());
        let (stdout, stderr, ended) = heard(&mut *process);
        interrupting.join().unwrap().unwrap();
        assert_eq!((stdout.as_str(), ended), ("", exit));
        assert!(
            stderr.contains("interrupt") || stderr.is_empty(),
            "{stderr}"
        );
    }
}

#[test]
fn stronger_signals_end_a_stall_as_they_do() {
    type Send = fn(&dyn Process) -> io::Result<()>;
    let signals: [(Send, i32); 2] = [
        (|process| process.control().terminate(), 15),
        (|process| process.control().kill(), 9),
    ];
    for (send, number) in signals {
        let mut process = start(Fault::stall(0));
        send(&*process).unwrap();
        let (_, _, exit) = heard(&mut *process);
        assert_eq!(exit, Exit::Signal(number));
    }
}

#[test]
fn a_wake_is_reported_once_wherever_it_comes() {
    let script = Scripted::new().stdout("one\n");
    let executor = Fault::garbage(0, "x\n").on(Scripted::executor([script]));
    let mut process = executor.start(&Invocation::new(["version"])).unwrap();
    process.control().wake();
    assert_eq!(process.next_event(None).unwrap(), Event::Woken);
    assert_eq!(
        process.next_event(None).unwrap(),
        Event::Stdout(b"x\n".to_vec())
    );
    assert_eq!(
        process.next_event(None).unwrap(),
        Event::Stdout(b"one\n".to_vec())
    );
}

#[test]
fn hours_of_silence_pass_in_no_time_by_the_same_clock() {
    let clock = ManualClock::new();
    let hours = |number: u64| Duration::from_secs(number * 3600);
    let late = Fault::delay(hours(2)).clock(&clock);
    let cases = [
        (late.clone(), 3, None, Exit::Code(0)),
        (late, 1, Some(Cause::TotalDeadline), Exit::Code(130)),
        (
            Fault::stall(4).clock(&clock),
            1,
            Some(Cause::TotalDeadline),
            Exit::Code(130),
        ),
    ];
    for (fault, limit, cause, exit) in cases {
        let script = Scripted::new().stdout(OUTPUT).clock(&clock);
        let executor = fault.on(Scripted::executor([script]));
        let process = executor.start(&Invocation::new(["version"])).unwrap();
        let mut deadlines = Deadlines::default();
        deadlines.total = Some(hours(limit));
        let clock = std::sync::Arc::new(clock.clone());
        let mut run =
            Supervised::with_clock(process, deadlines, clock).stop_policy(StopPolicy::default());
        let ended = loop {
            if let Event::Exited(exit) = run.next_event().unwrap() {
                break exit;
            }
        };
        assert_eq!((run.cause(), ended), (cause, exit));
    }
}

#[test]
fn faults_go_around_each_other() {
    let script = Scripted::new().stdout(OUTPUT);
    let executor = Fault::duplicate_line(1).on(Scripted::executor([script]));
    let executor = Fault::cut_stdout(8).on(executor);
    let mut process = executor.start(&Invocation::new(["version"])).unwrap();
    assert_eq!(heard(&mut *process).0, "one\none\n");
}

/// A process that only its own control ends: the fault kills what is below.
#[test]
fn what_is_below_does_not_outlive_an_early_end() {
    let script = Scripted::new().stdout(OUTPUT).hang();
    let executor = Fault::exit(4, 1).on(Scripted::executor([script]));
    let mut process = executor.start(&Invocation::new(["version"])).unwrap();
    assert_eq!(heard(&mut *process).2, Exit::Code(1));
}
