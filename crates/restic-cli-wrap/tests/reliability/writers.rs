//! What takes the output of a dump, and fails or panics in the middle.

use std::fs::File;
use std::io::{self, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use restic_cli_wrap::commands::*;
use restic_cli_wrap::{ErrorKind, Restic};

use crate::support::{alone, on_each, within};
use restic_test_support::fake::Fake;

/// Takes some bytes, and then none.
struct Ends {
    left: usize,
    panics: bool,
}

impl Write for Ends {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.left == 0 {
            assert!(!self.panics, "on purpose");
            return Err(io::Error::other("on purpose"));
        }
        let taken = bytes.len().min(self.left);
        self.left -= taken;
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Dumps into writers that fail or panic after a number of bytes, blocking and not.
fn check(restic: &Restic, dump: &Dump) {
    // restic needs a moment to begin, and next to none to end.
    let ended = Duration::from_millis(700);
    for left in [0, 100_000] {
        let fails = Ends {
            left,
            panics: false,
        };
        let panics = || Ends { left, panics: true };
        let error = within(ended, || restic.dump_to(dump.clone(), &mut { fails })).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::CannotWrite, "{error:?}");
        let panicked = within(ended, || {
            let mut writer = panics();
            catch_unwind(AssertUnwindSafe(|| {
                restic.dump_to(dump.clone(), &mut writer)
            }))
        });
        assert!(panicked.is_err());
        let dumped = within(ended, || {
            let dump = restic.dump_to_async(dump.clone(), panics());
            catch_unwind(AssertUnwindSafe(|| {
                futures_executor::block_on(dump).map(drop)
            }))
        });
        assert!(!matches!(dumped, Ok(Ok(()))));
        assert!(restic.settle(Duration::from_secs(5)));
    }
}

#[test]
fn a_writer_that_panics_ends_restic_at_once() {
    const NAME: &str = "writers::a_writer_that_panics_ends_restic_at_once";
    alone(NAME, || {
        on_each(NAME, |bench| {
            let file = bench.path("data/huge");
            File::create(&file).unwrap().set_len(64 << 20).unwrap();
            let restic = bench.restic();
            assert!(restic.run(Backup::new([&file])).unwrap().is_complete());
            let dump = Dump::new("latest", file.to_str().unwrap());
            check(&restic, &dump);
            assert!(bench.locks().is_empty());
        });
        let fake = Fake::new(
            "trap 'exit 130' INT; while :; do head -c 100000 /dev/zero; sleep 0.01; done",
        );
        check(&fake.restic(), &Dump::new("latest", "/a"));
    });
}
