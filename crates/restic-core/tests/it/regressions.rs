//! What the properties and the fuzz targets have found.

use std::sync::Arc;
use std::time::Duration;

use restic_core::{
    Cause, Deadlines, Event, Exit, ManualClock, Scripted, Stop, StopPolicy, Supervised,
};

fn end(run: &mut Supervised) -> Exit {
    loop {
        if let Event::Exited(exit) = run.next_event().unwrap() {
            return exit;
        }
    }
}

/// It was a panic, and another one while the run was dropped.
#[test]
fn a_grace_without_end_is_kept() {
    let clock = ManualClock::new();
    let cleans_up = Scripted::new().pause(Duration::from_secs(1)).exit(130);
    let process = Scripted::new()
        .hang()
        .on_interrupt(cleans_up)
        .clock(&clock)
        .start();
    let mut deadlines = Deadlines::default();
    deadlines.total = Some(Duration::MAX);
    deadlines.idle = Some(Duration::from_secs(5));
    let mut policy = StopPolicy::default();
    (policy.grace, policy.last_grace) = (Duration::MAX, Duration::MAX);
    let mut run = Supervised::with_clock(process, deadlines, Arc::new(clock)).stop_policy(policy);
    assert_eq!(end(&mut run), Exit::Code(130));
    assert_eq!(run.cause(), Some(Cause::IdleDeadline));
}

/// The run was reported as cancelled although restic had done everything.
#[test]
fn a_stop_after_the_end_is_for_other_runs() {
    let stop = Stop::new();
    let process = Scripted::new().stdout("done\n").start();
    let mut run = Supervised::new(process, Deadlines::default()).stopped_by(&stop);
    assert_eq!(end(&mut run), Exit::Code(0));
    stop.stop();
    run.stop();
    assert_eq!((run.cause(), run.lock_may_remain()), (None, false));
}
