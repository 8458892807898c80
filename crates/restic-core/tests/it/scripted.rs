use std::thread;
use std::time::{Duration, Instant};

use restic_core::{Event, Executor as _, Exit, Invocation, Process, Scripted, StartErrorKind};

fn events(process: &mut dyn Process) -> Vec<Event> {
    let mut events = Vec::new();
    loop {
        events.push(process.next_event(None).unwrap());
        if let Some(Event::Exited(_)) = events.last() {
            return events;
        }
    }
}

#[test]
fn the_script_is_played_and_ends_once() {
    let mut process = Scripted::new()
        .stdout("out")
        .stderr("err")
        .stdout("")
        .exit(3)
        .start();
    let expected = [
        Event::Stdout(b"out".to_vec()),
        Event::Stderr(b"err".to_vec()),
        Event::Exited(Exit::Code(3)),
    ];
    assert_eq!(events(&mut *process), expected);
    assert!(process.next_event(None).is_err());
    let control = process.control();
    control.interrupt().and_then(|()| control.kill()).unwrap();
    assert!(
        process.next_event(None).is_err(),
        "after the end, signals do nothing"
    );
}

#[test]
fn chunks_can_be_cut_anywhere() {
    let mut process = Scripted::new().stdout("abcde").in_chunks_of(2).start();
    let chunks: Vec<_> = ["ab", "cd", "e"]
        .map(|chunk| Event::Stdout(chunk.into()))
        .into();
    assert_eq!(events(&mut *process)[..3], chunks);
}

#[test]
fn waiting_ends_at_the_deadline_and_when_woken() {
    let mut process = Scripted::new().hang().start();
    let soon = Instant::now() + Duration::from_millis(30);
    assert_eq!(process.next_event(Some(soon)).unwrap(), Event::Woken);
    assert!(Instant::now() >= soon);
    let control = process.control();
    thread::spawn(move || control.wake());
    assert_eq!(process.next_event(None).unwrap(), Event::Woken);
}

#[test]
fn a_pause_lasts_as_long_as_it_says() {
    let mut process = Scripted::new()
        .pause(Duration::from_millis(50))
        .stdout("x")
        .start();
    let begin = Instant::now();
    assert_eq!(
        process.next_event(None).unwrap(),
        Event::Stdout(b"x".to_vec())
    );
    assert!(begin.elapsed() >= Duration::from_millis(50));
}

#[test]
fn an_interrupt_ends_it_as_restic_does_or_as_written() {
    let mut process = Scripted::new().hang().start();
    process.control().interrupt().unwrap();
    assert_eq!(
        events(&mut *process).last(),
        Some(&Event::Exited(Exit::Code(130)))
    );

    let then = Scripted::new().stdout("cleaned").exit(1);
    let mut process = Scripted::new().hang().on_interrupt(then).start();
    let control = process.control();
    thread::spawn(move || control.interrupt());
    let expected = [
        Event::Stdout(b"cleaned".to_vec()),
        Event::Exited(Exit::Code(1)),
    ];
    assert_eq!(events(&mut *process), expected);
}

#[test]
fn stronger_signals_end_it_at_once() {
    let mut process = Scripted::new().stdout("never seen").start();
    process.control().terminate().unwrap();
    assert_eq!(events(&mut *process), [Event::Exited(Exit::Signal(15))]);
    let mut process = Scripted::new().hang().start();
    process.control().kill().unwrap();
    assert_eq!(events(&mut *process), [Event::Exited(Exit::Signal(9))]);
}

#[test]
fn an_executor_plays_one_script_a_call() {
    let executor = Scripted::executor([Scripted::new().exit(1), Scripted::new().exit(2)]);
    for code in [1, 2] {
        let mut process = executor.start(&Invocation::new(["version"])).unwrap();
        assert_eq!(events(&mut *process), [Event::Exited(Exit::Code(code))]);
    }
    let error = executor.start(&Invocation::new(["stats"])).unwrap_err();
    assert_eq!(error.kind(), StartErrorKind::NotRecorded);
    assert_eq!(error.to_string(), "no script is left for `restic stats`");
    assert_eq!(executor.calls().len(), 3);
}
