use std::thread;
use std::time::{Duration, Instant};

use restic_core::{
    Cause, Deadlines, Event, Executor as _, Exit, Invocation, Ladder, Runner, Stop, Supervised,
};

/// Signs of life of a shell that is ready to be stopped.
const READY: &str = "echo ready; while :; do sleep 0.05; done";

fn supervise(script: &str, deadlines: Deadlines) -> Supervised {
    let process = Runner::new("/bin/sh")
        .start(&Invocation::new(["-c", script]))
        .unwrap();
    let mut ladder = Ladder::default();
    ladder.grace = Duration::from_millis(300);
    ladder.last_grace = Duration::from_millis(100);
    Supervised::new(process, deadlines).ladder(ladder)
}

fn wait_for_output(run: &mut Supervised) {
    assert!(matches!(run.next_event().unwrap(), Event::Stdout(_)));
}

fn exit(run: &mut Supervised) -> Exit {
    loop {
        if let Event::Exited(exit) = run.next_event().unwrap() {
            return exit;
        }
    }
}

#[test]
fn a_run_left_alone_has_no_cause() {
    let mut run = supervise("exit 1", Deadlines::default());
    assert_eq!(exit(&mut run), Exit::Code(1));
    assert_eq!((run.cause(), run.lock_may_remain()), (None, false));
}

#[test]
fn a_stop_interrupts_and_lets_the_program_clean_up() {
    let script = format!("trap 'echo cleaned; exit 130' INT; {READY}");
    let stop = Stop::new();
    let mut run = supervise(&script, Deadlines::default()).stopped_by(&stop);
    wait_for_output(&mut run);
    thread::spawn(move || stop.stop());
    let mut after = Vec::new();
    let exit = loop {
        match run.next_event().unwrap() {
            Event::Stdout(bytes) => after.extend(bytes),
            Event::Exited(exit) => break exit,
            _ => {}
        }
    };
    assert_eq!(
        (after.as_slice(), exit),
        (&b"cleaned\n"[..], Exit::Code(130))
    );
    assert_eq!(
        (run.cause(), run.lock_may_remain()),
        (Some(Cause::Cancelled), false)
    );
}

#[test]
fn a_program_that_ignores_the_interrupt_is_terminated() {
    let mut run = supervise(&format!("trap '' INT; {READY}"), Deadlines::default());
    wait_for_output(&mut run);
    run.stop();
    assert_eq!(exit(&mut run), Exit::Signal(15));
    assert_eq!(
        (run.cause(), run.lock_may_remain()),
        (Some(Cause::Cancelled), true)
    );
}

#[test]
fn a_program_that_ignores_everything_is_killed() {
    let mut run = supervise(&format!("trap '' INT TERM; {READY}"), Deadlines::default());
    wait_for_output(&mut run);
    run.stop();
    assert_eq!(exit(&mut run), Exit::Signal(9));
    assert!(run.lock_may_remain());
}

#[test]
fn the_total_deadline_holds_for_a_program_that_drips() {
    let mut deadlines = Deadlines::default();
    deadlines.total = Some(Duration::from_millis(200));
    let mut run = supervise("while :; do echo drip; sleep 0.01; done", deadlines);
    assert_eq!(exit(&mut run), Exit::Signal(2));
    assert_eq!(run.cause(), Some(Cause::TotalDeadline));
}

#[test]
fn a_stop_asked_for_before_the_start_counts() {
    let stop = Stop::new();
    stop.stop();
    let mut run = supervise(READY, Deadlines::default()).stopped_by(&stop);
    assert_eq!(exit(&mut run), Exit::Signal(2));
    assert_eq!(run.cause(), Some(Cause::Cancelled));
}

#[test]
fn a_dropped_run_interrupts_and_waits() {
    let folder = tempfile::tempdir().unwrap();
    let marker = folder.path().join("cleaned");
    let script = format!("trap 'touch {}; exit 130' INT; {READY}", marker.display());
    let mut run = supervise(&script, Deadlines::default());
    wait_for_output(&mut run);
    let begin = Instant::now();
    drop(run);
    assert!(marker.exists());
    assert!(begin.elapsed() < Duration::from_secs(10));
}

#[test]
fn many_asking_at_once_is_one_interrupt() {
    let script = format!("trap 'echo interrupt' INT; {READY}");
    let stop = Stop::new();
    let mut run = supervise(&script, Deadlines::default()).stopped_by(&stop);
    wait_for_output(&mut run);
    for _ in 0..10 {
        stop.stop();
        run.stop();
    }
    let mut output = Vec::new();
    while let Ok(Event::Stdout(bytes)) = run.next_event() {
        output.extend(bytes);
    }
    assert_eq!(String::from_utf8(output).unwrap(), "interrupt\n");
}
