//! Replays that are held at a place that the test chooses.

use std::thread;
use std::time::Duration;

use restic_cli_wrap::commands::{Backup, Init};
use restic_cli_wrap::types::BackupMessage;
use restic_cli_wrap::{
    Clock as _, Error, ErrorKind, ManualClock, Pacing, Replay, Restic, Stepper, Stop,
};

const LONG: Duration = Duration::from_secs(60);

/// A client whose repository is there, on a replay that is cancelled in its first backup.
fn first_backup(pacing: Pacing) -> (Restic, Replay) {
    after_init(fixture().pacing(pacing))
}

fn fixture() -> Replay {
    Replay::load(restic_fixtures::path("first-backup", "0.19.1")).unwrap()
}

fn after_init(replay: Replay) -> (Restic, Replay) {
    let restic = Restic::builder()
        .executor(replay.executor())
        .repository("/srv/repo")
        .build();
    restic.run(Init::new()).unwrap();
    (restic, replay)
}

fn backup() -> Backup {
    Backup::new(["/data"])
        .host("example")
        .tag("first-backup")
        .exclude("*.tmp")
}

/// Nothing but the calls that were not made after the cancelling may be missing.
fn assert_cancelled(error: &Error, replay: Replay) {
    assert_eq!(error.kind(), ErrorKind::Cancelled, "{error}");
    let report = replay.finish().unwrap_err();
    assert_eq!(report.misses, [""; 0]);
    assert!(!report.unused.contains(&"02-backup".to_owned()));
}

fn is_status(message: &BackupMessage) -> bool {
    matches!(message, BackupMessage::Status(_))
}

#[test]
fn a_blocking_run_is_cancelled_after_its_third_status() {
    let stepper = Stepper::new();
    let (restic, replay) = first_backup(Pacing::Manual(stepper.clone()));
    stepper.until("status", 3);
    let mut run = restic.start(backup()).unwrap();
    let stop = run.stop_handle();
    let mut seen = 0;
    for message in run.by_ref().map_while(Result::ok) {
        assert!(is_status(&message), "{message:?}");
        seen += 1;
        if seen == 3 {
            stop.stop();
        }
    }
    assert_eq!(seen, 3);
    assert_cancelled(&run.finish().unwrap_err(), replay);
}

#[test]
#[cfg(unix)]
fn an_asynchronous_run_is_cancelled_after_its_third_status() {
    let stepper = Stepper::new();
    let (restic, replay) = first_backup(Pacing::Manual(stepper.clone()));
    stepper.until("status", 3);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let error = runtime.block_on(async {
        let mut run = restic.start_async(backup());
        let mut seen = 0;
        while let Some(Ok(message)) = run.next().await {
            assert!(is_status(&message), "{message:?}");
            seen += 1;
            if seen == 3 {
                run.stop();
            }
        }
        assert_eq!(seen, 3);
        run.finish().await.unwrap_err()
    });
    assert_cancelled(&error, replay);
}

#[test]
fn a_program_that_reads_by_itself_is_held_and_goes_on() {
    let stepper = Stepper::new();
    let (restic, replay) = first_backup(Pacing::Manual(stepper.clone()));
    stepper.until("status", 2);
    assert!(!stepper.wait_until_held(Duration::ZERO));
    let program = thread::spawn(move || restic.run(backup()));
    assert!(stepper.wait_until_held(LONG));
    stepper.until("summary", 1);
    assert!(stepper.wait_until_held(LONG));
    assert!(!program.is_finished());
    stepper.finish();
    assert!(program.join().unwrap().unwrap().is_complete());
    drop(replay.finish());
}

#[test]
fn a_run_that_is_held_has_deadlines_and_stops() {
    let stepper = Stepper::new();
    let (restic, replay) = first_backup(Pacing::Manual(stepper.clone()));
    stepper.until("status", 1);
    let short = restic
        .to_builder()
        .total_deadline(Duration::from_millis(20));
    let error = short.build().run(backup()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TimedOut);
    drop(replay.finish());

    let (restic, replay) = first_backup(Pacing::Manual(stepper.clone()));
    stepper.until("status", 1);
    let stop = Stop::new();
    let restic = restic.with_stop(&stop);
    let program = thread::spawn(move || restic.run(backup()));
    assert!(stepper.wait_until_held(LONG));
    stop.stop();
    assert_cancelled(&program.join().unwrap().unwrap_err(), replay);
}

#[test]
fn lines_are_paused_for_by_the_clock_of_the_replay() {
    let clock = ManualClock::new();
    let pause = Duration::from_secs(3600);
    let (restic, replay) = after_init(fixture().clock(&clock).pacing(Pacing::Lines(pause)));
    let began = clock.now();
    assert!(restic.run(backup()).unwrap().is_complete());
    // Four of progress, and the summary.
    assert_eq!(clock.now() - began, 5 * pause);
    drop(replay.finish());
}
