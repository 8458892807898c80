use std::path::Path;
use std::time::Duration;

use nightly::save;
use restic_cli_wrap::{ErrorKind, Restic, Scripted};

#[test]
fn somebody_else_works_on_the_repository() {
    let locked = Scripted::locked_by(4711, "srv1", "alice", Duration::from_secs(90));
    let executor = Scripted::restic("0.19.1", [locked]);
    let restic = Restic::builder()
        .executor(executor)
        .repository("/srv/repo")
        .build();
    let error = save(&restic, Path::new("/data")).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Locked);
}
