//! restic forgets the lock that it is making when it is interrupted: only what it has said before
//! that shows that it is past it.

use std::sync::Arc;
use std::time::Duration;

use restic_cli_wrap::commands::{Backup, Check};
use restic_cli_wrap::{Command, ErrorKind, Fault, ManualClock, Restic, Scripted};

use restic_test_support::fake::{Fake, STATUS, make_program};

const HOUR: Duration = Duration::from_secs(3600);

/// Whether a lock may remain of a run that says this and is stopped an hour later.
fn may_remain<C: Command>(command: C, stdout: &str, chunk: usize, no_lock: bool) -> bool {
    let clock = ManualClock::new();
    let script = Scripted::new().stdout(stdout).exit(130).clock(&clock);
    let chunks = Fault::chunks_of(chunk).on(Scripted::executor([script]));
    let stalled = Fault::stall(stdout.len()).clock(&clock).on(chunks);
    let restic = Restic::builder()
        .executor(stalled)
        .restic_version("0.14.0")
        .no_lock(no_lock)
        .total_deadline(HOUR)
        .clock(Arc::new(clock))
        .build();
    let error = restic.run(command).err().expect("it stalls");
    assert_eq!(error.kind(), ErrorKind::TimedOut, "{error:?}");
    error.lock_may_remain()
}

#[test]
fn words_from_before_the_lock_prove_nothing() {
    let repository = "repository 1cfe4abd opened (version 2)\n";
    for before in [
        "",
        "\n",
        repository,
        "created new cache in /home/alice/.cache/restic\n",
        "using temporary cache in /tmp/restic-check-cache-123\n",
        "create exclusive lock for repository\n",
        "repo already locked, waiting up to 1h0m0s for the lock\n",
    ] {
        for chunk in [1, 7, 1000] {
            let may_remain = |words: &str, no_lock| may_remain(Check::new(), words, chunk, no_lock);
            assert!(may_remain(before, false), "{before:?}");
            let cut = before.trim_end();
            assert!(may_remain(cut, false), "{cut:?}");
            assert!(!may_remain(before, true), "{before:?}");
            let after = format!("{before}\nload indexes\n");
            assert!(!may_remain(&after, false), "{after:?}");
        }
    }
    for chunk in [1, 7, 1000] {
        let status = format!("{STATUS}\n");
        assert!(!may_remain(Backup::new(["/data"]), &status, chunk, false));
    }
}

/// A restic that says this, and that when it is interrupted.
fn fake(at_start: &str, at_end: &str) -> Fake {
    let fake = Fake::new(
        "trap 'cat $here/end; exit 130' INT\n\
         cat $here/start; touch $here/started; while :; do sleep 0.02; done",
    );
    std::fs::write(fake.path("start"), at_start).unwrap();
    std::fs::write(fake.path("end"), at_end).unwrap();
    fake
}

#[test]
fn words_from_after_the_stop_prove_nothing() {
    let status = format!("{STATUS}\n");
    let stopped = |at_start: &str, at_end: &str| {
        let fake = fake(at_start, at_end);
        let mut run = fake.restic().start(Backup::new(["/data"])).unwrap();
        fake.wait_for("started");
        if !at_start.is_empty() {
            run.next().unwrap().unwrap();
        }
        run.stop();
        let error = run.finish().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Cancelled, "{error:?}");
        error.lock_may_remain()
    };
    assert!(stopped("", ""));
    assert!(
        stopped("", &status),
        "it may have come to that in the meantime"
    );
    assert!(!stopped(&status, ""));
    assert!(!stopped(&status, &status));
}

/// What else prints there is not restic.
#[test]
fn words_of_a_program_that_runs_restic_prove_nothing() {
    let stopped = |words: &str| {
        let fake = fake(words, "");
        let program = fake.path("wrapper");
        make_program(&program, "exec \"$@\"");
        let restic = fake.builder().wrapper([program]);
        let restic = restic.idle_deadline(Duration::from_millis(300)).build();
        let error = restic.run(Backup::new(["/data"])).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::TimedOut, "{error:?}");
        error.lock_may_remain()
    };
    assert!(stopped("Welcome to backup.example!\n"));
    assert!(stopped("Welcome to {\"backup.example\"}!\n"));
}
