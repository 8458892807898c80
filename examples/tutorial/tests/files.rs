use std::fs;

use nightly::{restore, save};
use restic_cli_wrap::{RecordedTest, Recorder, Restic};

#[test]
fn files_come_back() {
    let with_files = RecordedTest::new("files").recorder(Recorder::effects);
    with_files.run(|test| {
        let saved = test.write("src/notes.txt", "a few words\n")?;
        let restic = Restic::for_test(test);
        save(&restic, &test.path("src"))?;
        assert!(restore(&restic, &test.path("restored"))?);
        let restored = test.path("restored").join(saved.strip_prefix("/")?);
        assert_eq!(fs::read_to_string(restored)?, "a few words\n");
        Ok(())
    });
}
