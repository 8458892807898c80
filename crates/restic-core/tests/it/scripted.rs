use std::thread;
use std::time::{Duration, Instant};

use restic_core::{
    Event, Executor as _, Exit, Invocation, Pacing, Process, Scripted, StartErrorKind, Stepper,
};

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
fn chunks_do_not_depend_on_the_order_of_the_script() {
    let mut process = Scripted::new().in_chunks_of(2).stdout("abc").start();
    let chunks = ["ab", "c"].map(|chunk| Event::Stdout(chunk.into()));
    assert_eq!(events(&mut *process)[..2], chunks);
    let mut process = Scripted::new().in_lines().stderr("a\n\nb").start();
    let lines = ["a\n", "\n", "b"].map(|line| Event::Stderr(line.into()));
    assert_eq!(events(&mut *process)[..3], lines);
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
fn reactions_have_reactions() {
    let cleaning = Scripted::new().hang().on_interrupt(Scripted::new().exit(7));
    let mut process = Scripted::new().hang().on_interrupt(cleaning).start();
    let control = process.control();
    control.interrupt().unwrap();
    let now = Some(Instant::now());
    assert_eq!(process.next_event(now).unwrap(), Event::Woken);
    control.interrupt().unwrap();
    assert_eq!(events(&mut *process), [Event::Exited(Exit::Code(7))]);

    let then = Scripted::new().stdout("bye").exit(130);
    let mut process = Scripted::new().hang().on_terminate(then).start();
    process.control().terminate().unwrap();
    let expected = [
        Event::Stdout(b"bye".to_vec()),
        Event::Exited(Exit::Code(130)),
    ];
    assert_eq!(events(&mut *process), expected);
}

#[test]
fn a_second_interrupt_changes_nothing() {
    let mut process = Scripted::new().hang().start();
    let control = process.control();
    control.interrupt().unwrap();
    assert!(matches!(process.next_event(None), Ok(Event::Stderr(_))));
    control.interrupt().unwrap();
    assert_eq!(events(&mut *process), [Event::Exited(Exit::Code(130))]);
}

#[test]
fn a_signal_after_the_end_is_accepted_and_does_nothing() {
    let mut process = Scripted::new().exit(4).start();
    assert_eq!(events(&mut *process), [Event::Exited(Exit::Code(4))]);
    let control = process.control();
    thread::spawn(move || {
        control.interrupt().unwrap();
        control.terminate().unwrap();
        control.kill().unwrap();
        control.wake();
    })
    .join()
    .unwrap();
    assert!(process.next_event(None).is_err());
}

#[test]
fn a_script_that_is_held_heeds_deadlines_wakes_and_signals() {
    let status = "{\"message_type\":\"status\"}\n";
    let other = "{\"message_type\":\"other\"}\n";
    let stepper = Stepper::new();
    let script = Scripted::new()
        .stdout([status, other, "no message\n", status, other].concat())
        .stderr("after it")
        .paced(&Pacing::Manual(stepper.clone()));
    stepper.until("status", 2);
    let mut process = script.start();
    for line in [status, other, "no message\n", status] {
        let expected = Event::Stdout(line.into());
        assert_eq!(process.next_event(None).unwrap(), expected);
    }
    assert_eq!(
        process.next_event(Some(Instant::now())).unwrap(),
        Event::Woken
    );
    assert!(stepper.wait_until_held(Duration::ZERO));
    process.control().wake();
    assert_eq!(process.next_event(None).unwrap(), Event::Woken);

    stepper.until("other", 1);
    // What released it has woken it.
    assert_eq!(process.next_event(None).unwrap(), Event::Woken);
    assert_eq!(
        process.next_event(None).unwrap(),
        Event::Stdout(other.into())
    );
    let control = process.control();
    let interrupted = thread::spawn(move || {
        assert!(stepper.wait_until_held(Duration::from_secs(60)));
        control.interrupt().unwrap();
    });
    let said = b"signal interrupt received, cleaning up\n".to_vec();
    let expected = [Event::Stderr(said), Event::Exited(Exit::Code(130))];
    let mut happened = events(&mut *process);
    // Being released wakes it, by the signal too.
    happened.retain(|event| *event != Event::Woken);
    assert_eq!(happened, expected);
    interrupted.join().unwrap();
}

#[test]
fn a_pause_may_be_longer_than_time() {
    let mut process = Scripted::new().pause(Duration::MAX).start();
    let now = Some(Instant::now());
    assert_eq!(process.next_event(now).unwrap(), Event::Woken);
}

#[test]
fn a_script_may_be_an_error_of_the_start() {
    let missing = Scripted::new().start_error(StartErrorKind::NotFound, "no such restic");
    let error = Scripted::executor([missing])
        .start(&Invocation::new(["version"]))
        .unwrap_err();
    assert_eq!(error.kind(), StartErrorKind::NotFound);
    assert_eq!(error.to_string(), "no such restic");
}

#[test]
fn debug_shows_no_output() {
    let script = Scripted::new().stdout("x".repeat(1_000_000));
    let executor = Scripted::executor([script.clone()]);
    for text in [
        format!("{script:?}"),
        format!("{executor:?}"),
        format!("{:?}", script.start()),
    ] {
        assert!(text.len() < 300, "{text}");
    }
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
    for (code, left) in [(1, 1), (2, 0)] {
        let mut process = executor.start(&Invocation::new(["version"])).unwrap();
        assert_eq!(events(&mut *process), [Event::Exited(Exit::Code(code))]);
        assert_eq!(executor.unplayed(), left);
    }
    let error = executor.start(&Invocation::new(["stats"])).unwrap_err();
    assert_eq!(error.kind(), StartErrorKind::NotRecorded);
    assert_eq!(
        error.to_string(),
        "no script is left for `restic stats`: an executor plays one for each call, so write one \
         more, or make one call less"
    );
    assert_eq!(executor.calls().len(), 3);
}

#[test]
#[cfg(target_os = "linux")]
fn waiting_takes_no_processor_after_an_ignored_signal() {
    let mut process = Scripted::new().hang().ignore_signals().start();
    process.control().terminate().unwrap();
    // utime in ticks of 10 ms, of this thread only.
    let ticks = || -> u64 {
        let stat = std::fs::read_to_string("/proc/thread-self/stat").unwrap();
        let after_name = stat.rsplit_once(") ").unwrap().1;
        let fields: Vec<_> = after_name.split(' ').collect();
        fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap()
    };
    let before = ticks();
    let soon = Instant::now() + Duration::from_millis(300);
    assert_eq!(process.next_event(Some(soon)).unwrap(), Event::Woken);
    assert!(ticks() - before < 10, "{} ticks", ticks() - before);
}

#[test]
fn the_version_is_answered_without_a_script() {
    let executor = Scripted::restic("0.18.0", [Scripted::new().exit(1)]);
    let version = Invocation::new(["--json", "version"]);
    for _ in 0..2 {
        let events = events(&mut *executor.start(&version).unwrap());
        let Some(Event::Stdout(document)) = events.first() else {
            panic!("no version in {events:?}");
        };
        let document = String::from_utf8_lossy(document);
        assert!(document.contains("\"version\":\"0.18.0\""), "{document}");
    }
    let mut process = executor.start(&Invocation::new(["stats"])).unwrap();
    assert_eq!(events(&mut *process), [Event::Exited(Exit::Code(1))]);
    assert_eq!(executor.calls().len(), 3);
}

#[test]
fn a_value_that_is_no_json_is_an_error_of_the_start() {
    let map = std::collections::BTreeMap::from([((1, 2), 3)]);
    let executor = Scripted::executor([Scripted::new().json(&map)]);
    let error = executor.start(&Invocation::new(["stats"])).unwrap_err();
    assert!(
        error.to_string().contains("cannot be written as JSON"),
        "{error}"
    );
}
