//! Locks that somebody has left behind.

use std::thread;
use std::time::{Duration, Instant};

use restic_cli_wrap::ErrorKind;
use restic_cli_wrap::commands::*;

use crate::support::{alone, kill, on_each};
use restic_test_support::leftovers::children;

#[test]
fn a_stale_lock_is_reported_and_removed_on_request_only() {
    const NAME: &str = "locks::a_stale_lock_is_reported_and_removed_on_request_only";
    alone(NAME, || {
        on_each(NAME, |bench| {
            let restic = bench.restic();
            let run = bench.at_work(&restic);
            let [pid] = children().unwrap()[..] else {
                panic!("{:?}", children().unwrap())
            };
            kill(pid);
            let killed = Instant::now();
            let error = run.finish().unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Killed);
            assert_eq!(error.exit().unwrap().signal(), Some(9));
            assert!(error.lock_may_remain());
            assert_eq!(bench.locks().len(), 1);
            thread::sleep(Duration::from_millis(100));

            for _ in 0..2 {
                let error = restic.run(Check::new()).unwrap_err();
                assert_eq!(error.kind(), ErrorKind::Locked, "{error:?}");
                assert!(error.is_retryable());
                assert!(!error.lock_may_remain());
                let code = if bench.minor < 17 { 1 } else { 11 };
                assert_eq!(error.exit().unwrap().code(), Some(code));
                let holder = error.lock().unwrap_or_else(|| panic!("{error:?}"));
                assert_eq!(holder.pid, pid);
                assert!(!holder.exclusive && !holder.host.is_empty());
                let age = holder.age.unwrap();
                assert!(age >= Duration::from_millis(100), "{age:?}");
                assert!(age <= killed.elapsed() + Duration::from_secs(60), "{age:?}");
                let id = holder.id.as_ref().unwrap().as_str();
                let name = bench.locks()[0].file_name().unwrap().to_owned();
                assert!(name.to_str().unwrap().starts_with(id));
                let prune = Forget::new().keep_last(1).prune(true);
                let error = restic.run(prune).unwrap_err();
                assert_eq!(error.kind(), ErrorKind::Locked, "{error:?}");
            }
            assert_eq!(bench.locks().len(), 1, "nobody has asked for its removal");
            restic.run(Unlock::new()).unwrap();
            assert!(bench.locks().is_empty());
            assert!(restic.run(Check::new()).unwrap().is_ok());
        });
    });
}

/// In the moment in which it makes its lock restic forgets it when it is interrupted. Whenever that
/// is, and whatever it says after it.
#[test]
fn a_stop_before_the_first_word_may_leave_a_lock() {
    const NAME: &str = "locks::a_stop_before_the_first_word_may_leave_a_lock";
    alone(NAME, || {
        on_each(NAME, |bench| {
            let restic = bench.restic();
            for delay in (0..400).step_by(40).map(Duration::from_millis) {
                let run = restic.start(bench.endless()).unwrap();
                thread::sleep(delay);
                run.stop();
                let error = run.finish().unwrap_err();
                if !bench.locks().is_empty() {
                    assert!(error.lock_may_remain(), "{delay:?}: {error:?}");
                    restic.run(Unlock::new().remove_all(true)).unwrap();
                }
            }
        });
    });
}
