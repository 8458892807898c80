use std::thread;
use std::time::{Duration, Instant};

use std::sync::Arc;

use restic_core::{
    Cause, Clock as _, Deadlines, Event, Executor as _, Exit, Invocation, ManualClock, Runner,
    Scripted, Stop, StopPolicy, Supervised,
};

/// Signs of life of a shell that is ready to be stopped.
const READY: &str = "echo ready; while :; do sleep 0.05; done";

fn supervise(script: &str, deadlines: Deadlines) -> Supervised {
    let process = Runner::new("/bin/sh")
        .start(&Invocation::new(["-c", script]))
        .unwrap();
    let mut policy = StopPolicy::default();
    policy.grace = Duration::from_millis(300);
    policy.last_grace = Duration::from_millis(100);
    Supervised::new(process, deadlines).stop_policy(policy)
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
    let directory = tempfile::tempdir().unwrap();
    let marker = directory.path().join("cleaned");
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

/// A scripted process that lives by a clock of its own.
fn scripted(script: Scripted, deadlines: Deadlines) -> (Supervised, ManualClock) {
    let clock = ManualClock::new();
    let process = script.clock(&clock).start();
    (
        Supervised::with_clock(process, deadlines, Arc::new(clock.clone())),
        clock,
    )
}

fn deadlines(total: Option<u64>, idle: Option<u64>) -> Deadlines {
    let mut deadlines = Deadlines::default();
    deadlines.total = total.map(Duration::from_secs);
    deadlines.idle = idle.map(Duration::from_secs);
    deadlines
}

#[test]
fn silence_is_distinguished_from_a_run_that_takes_long() {
    let hour = Duration::from_secs(3600);
    let drips = (0..10).fold(Scripted::new(), |script, _| script.pause(hour).stderr("."));
    let (mut run, _) = scripted(drips.clone(), deadlines(None, Some(3601)));
    assert_eq!(
        (exit(&mut run), run.cause()),
        (Exit::Code(0), None),
        "a drip is no silence"
    );

    let (mut run, _) = scripted(drips.clone(), deadlines(Some(5 * 3600), Some(3601)));
    assert_eq!(
        (exit(&mut run), run.cause()),
        (Exit::Code(130), Some(Cause::TotalDeadline))
    );

    let (mut run, _) = scripted(drips.hang(), deadlines(None, Some(3601)));
    assert_eq!(
        (exit(&mut run), run.cause()),
        (Exit::Code(130), Some(Cause::IdleDeadline))
    );
}

#[test]
fn the_time_of_whoever_handles_the_output_is_no_silence() {
    let script = Scripted::new()
        .stdout("a")
        .pause(Duration::from_secs(1))
        .stdout("b");
    let (mut run, clock) = scripted(script, deadlines(None, Some(5)));
    wait_for_output(&mut run);
    clock.advance(Duration::from_secs(60));
    wait_for_output(&mut run);
    assert_eq!((exit(&mut run), run.cause()), (Exit::Code(0), None));
}

#[test]
fn the_steps_of_the_stop_policy_come_at_their_times() {
    let (mut run, clock) = scripted(
        Scripted::new().hang().ignore_signals(),
        deadlines(Some(100), None),
    );
    let begin = clock.now();
    assert_eq!(exit(&mut run), Exit::Signal(9));
    assert_eq!(
        clock.now() - begin,
        Duration::from_millis(100_000 + 15_000 + 500)
    );
    assert_eq!(
        (run.cause(), run.lock_may_remain()),
        (Some(Cause::TotalDeadline), true)
    );
}

/// Whether a process is there and no zombie.
#[cfg(target_os = "linux")]
fn lives(pid: &str) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", pid.trim())).unwrap_or_default();
    stat.rsplit_once(')')
        .is_some_and(|(_, fields)| !fields.trim_start().starts_with('Z'))
}

#[test]
#[cfg(target_os = "linux")]
fn helpers_do_not_outlive_a_run_that_was_stopped() {
    let directory = tempfile::tempdir().unwrap();
    let pids = ["group", "own"].map(|name| directory.path().join(name));
    // One helper in the group of its parent, one in a group of its own.
    let script = format!(
        "trap '' INT TERM; sleep 300 & echo $! > {}; setsid sh -c 'echo $$ > {}; sleep 300' & \
         while [ ! -s {1} ]; do sleep 0.01; done; {READY}",
        pids[0].display(),
        pids[1].display(),
    );
    let mut run = supervise(&script, Deadlines::default());
    wait_for_output(&mut run);
    let pids = pids.map(|path| std::fs::read_to_string(path).unwrap());
    assert!(pids.iter().all(|pid| lives(pid)));
    run.stop();
    assert_eq!(exit(&mut run), Exit::Signal(9));
    let begin = Instant::now();
    while pids.iter().any(|pid| lives(pid)) {
        assert!(
            begin.elapsed() < Duration::from_secs(10),
            "a helper lives on"
        );
        thread::sleep(Duration::from_millis(5));
    }
}

#[test]
#[cfg(target_os = "linux")]
fn a_helper_of_its_group_ends_with_a_run_that_was_interrupted() {
    let directory = tempfile::tempdir().unwrap();
    let pid = directory.path().join("pid");
    let script = format!(
        "trap 'exit 130' INT; (trap '' INT; sleep 300) & echo $! > {}; {READY}",
        pid.display()
    );
    let mut run = supervise(&script, Deadlines::default());
    wait_for_output(&mut run);
    let pid = std::fs::read_to_string(pid).unwrap();
    run.stop();
    assert_eq!(exit(&mut run), Exit::Code(130));
    let begin = Instant::now();
    while lives(&pid) {
        assert!(
            begin.elapsed() < Duration::from_secs(10),
            "the helper lives on"
        );
        thread::sleep(Duration::from_millis(5));
    }
}
