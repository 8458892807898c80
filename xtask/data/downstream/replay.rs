//! A program that tests itself against a recording, on every version that was recorded.

use restic_cli_wrap::commands::{Backup, Init};
use restic_cli_wrap::{Outcome, Replay, Restic};
use restic_fixtures::{Version, first_backup};

/// The program under test.
fn save(restic: &Restic) -> Result<u64, restic_cli_wrap::Error> {
    restic.run(Init::new())?;
    let backup = Backup::new(["/data"]).host("example").tag("first-backup").exclude("*.tmp");
    match restic.run(backup)? {
        Outcome::Complete(summary) => Ok(summary.files_new),
        Outcome::Incomplete(_) => Ok(0),
    }
}

#[test]
fn the_program_saves_three_files() {
    for version in Version::ALL {
        let replay = Replay::load(first_backup(version)).unwrap();
        let restic = Restic::builder().executor(replay.executor()).repository("/srv/repo").build();
        assert_eq!(save(&restic).unwrap(), 3);
        let unused = replay.finish().unwrap_err().unused;
        assert_eq!(unused[0], "03-backup", "the rest of the scenario was not asked for");
    }
}
