//! A program that tests itself with the mock: was restic called, with what, how often?

use restic_cli_wrap::commands::Snapshots;
use restic_cli_wrap::mock::MockExecutor;
use restic_cli_wrap::mock::mockall::Sequence;
use restic_cli_wrap::{ErrorKind, Invocation, Restic, Scripted, StartError, StartErrorKind};
use std::sync::Arc;

fn is_snapshots(invocation: &Invocation) -> bool {
    invocation.to_string() == "restic --json --repo=/srv/repo snapshots"
}

#[test]
fn calls_are_expected_and_answered() {
    let mut order = Sequence::new();
    let mut executor = MockExecutor::new();
    executor
        .expect_start()
        .withf(is_snapshots)
        .times(1)
        .in_sequence(&mut order)
        .returning(|_| Ok(Scripted::new().stdout("[]\n").start()));
    executor.expect_start().times(1).in_sequence(&mut order).returning(|_| {
        Err(StartError::new(StartErrorKind::NotFound, "there is no restic here"))
    });
    let restic = Restic::builder().executor(Arc::new(executor)).repository("/srv/repo").build();
    assert!(restic.run(Snapshots::new()).unwrap().is_empty());
    let error = restic.run(Snapshots::new()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::BinaryNotFound);
}
