//! What one call asks of the system, counted by strace.

use std::fs::{self, File};
use std::io::Read as _;
use std::process::{Command, Stdio};

use restic_cli_wrap::commands::Snapshots;

use crate::support::Alone;
use restic_test_support::fake::Fake;

/// How many system calls of this program one call of restic may cost. What it has more than
/// `Command::output` is for:
///
/// * a password in memory that nobody else can open: 8 to make it, to see that restic will find it,
///   and to close it;
/// * stopping from any thread: 2 for a descriptor that wakes;
/// * knowing the process by a descriptor, so that no other one is ever signalled: 4;
/// * waiting for both streams, the end and a wish to stop at once.
const MOST: usize = 40;

/// How often is counted. How a call is cut into events is a matter of luck, so the least counts.
const ROUNDS: usize = 20;

/// Lines of strace that are no calls, or those of the allocator, or those that only a debug build
/// of the standard library makes.
const OTHERS: [&str; 6] = [
    " resumed>",
    "--- SIG",
    " mprotect(",
    " brk(",
    " madvise(",
    ", F_GETFD",
];

/// Leaves a mark in what strace writes.
fn mark(name: &str) {
    assert!(fs::metadata(format!("/no/such/mark/{name}")).is_err());
}

/// What strace has written so far. It goes on with that while it is read.
fn written() -> String {
    let mut log = File::open(std::env::var_os("STRACE_LOG").unwrap()).unwrap();
    let length = log.metadata().unwrap().len();
    let mut bytes = vec![0; usize::try_from(length).unwrap()];
    log.read_exact(&mut bytes).unwrap();
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The system calls between two marks, of the thread that has left them.
fn between<'a>(log: &'a str, begin: &str, end: &str) -> Vec<&'a str> {
    let thread = |line: &'a str| line.split(' ').next().unwrap_or_default();
    let mut lines = log.lines().skip_while(|line| !line.contains(begin));
    let this = thread(lines.next().unwrap());
    lines
        .filter(|line| thread(line) == this)
        .take_while(|line| !line.contains(end))
        .filter(|line| !OTHERS.iter().any(|other| line.contains(other)))
        .collect()
}

#[test]
fn a_call_needs_few_system_calls() {
    const NAME: &str = "system_calls::a_call_needs_few_system_calls";
    let directory = tempfile::tempdir().unwrap();
    let log = directory.path().join("log");
    let place = log.to_str().unwrap();
    let through = ["strace", "-f", "-qq", "-o", place];
    Alone::new(NAME)
        .env("STRACE_LOG", place)
        .through(&through)
        .run(|| {
            let fake = Fake::new("echo '[]'");
            let restic = fake.builder().password("own-password").build();
            let call = || assert!(restic.run(Snapshots::new()).unwrap().is_empty());
            // Where the program is, is found once.
            call();
            for round in 0..ROUNDS {
                mark(&format!("begin-{round}."));
                call();
                mark(&format!("end-{round}."));
            }
            let mut plain = Command::new(fake.path("restic"));
            plain.arg("snapshots").stdin(Stdio::null());
            mark("plain-begin");
            assert!(plain.output().unwrap().status.success());
            mark("plain-end");
            let log = written();
            let rounds = (0..ROUNDS).map(|round| {
                let (begin, end) = (format!("begin-{round}."), format!("end-{round}."));
                between(&log, &begin, &end)
            });
            let calls = rounds.min_by_key(Vec::len).unwrap();
            let plain = between(&log, "mark/plain-begin", "mark/plain-end");
            println!(
                "{} system calls, {} of Command::output",
                calls.len(),
                plain.len()
            );
            assert!(
                calls.len() <= MOST,
                "{}:\n{}",
                calls.len(),
                calls.join("\n")
            );
            assert!(!plain.is_empty());
        });
}
