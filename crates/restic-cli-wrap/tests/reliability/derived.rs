//! Clients made from one, for single calls with settings of their own.

use std::fs;
use std::time::Duration;

use restic_cli_wrap::ErrorKind;
use restic_cli_wrap::commands::{Check, Snapshots};

use crate::support::{alone, on_each};
use restic_test_support::fake::Fake;

/// Each call has the deadline that is meant for it, and the program is asked for its version once.
#[test]
fn calls_of_one_client_have_deadlines_of_their_own() {
    const NAME: &str = "derived::calls_of_one_client_have_deadlines_of_their_own";
    const SHORT: Duration = Duration::from_millis(500);
    const LONG: Duration = Duration::from_secs(300);
    alone(NAME, || {
        on_each(NAME, |bench| {
            // The real one, which hangs where it is asked to, and whose calls are counted.
            let program = Fake::new(&format!(
                "case \"$*\" in *\"$(cat $here/hangs)\"*) exec sleep 600;; esac\nexec '{}' \"$@\"",
                bench.binary.display()
            ));
            let hangs = |command: &str| fs::write(program.path("hangs"), command).unwrap();
            hangs("nothing");
            let restic = bench.builder().binary(program.path("restic"));
            let restic = restic.total_deadline(LONG).grace(SHORT).build();
            let short = restic.with(|it| it.total_deadline(SHORT));
            let long = restic.to_builder().total_deadline(LONG).build();
            for client in [&restic, &short, &long] {
                client.version().unwrap();
            }

            hangs("check");
            let error = short.run(Check::new()).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::TimedOut, "{error:?}");
            assert!(restic.run(Snapshots::new()).unwrap().is_empty());
            hangs("snapshots");
            let error = short.run(Snapshots::new()).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::TimedOut, "{error:?}");
            assert!(long.run(Check::new()).unwrap().is_ok());

            // Clients for one call, after all that.
            let once = restic.with(|it| it.total_deadline(LONG)).to_builder();
            once.build().version().unwrap();
            let calls = program.calls();
            let questions = calls.iter().filter(|call| call.ends_with("version"));
            assert_eq!(questions.count(), 1, "{calls:?}");
        });
    });
}
