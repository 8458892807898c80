use nightly::save;
use restic_cli_wrap::{RecordedTest, Restic};

#[test]
fn a_first_night() {
    RecordedTest::new("first-night").run(|test| {
        test.write("src/notes.txt", "a few words\n")?;
        let restic = Restic::for_test(test);
        assert_eq!(save(&restic, &test.path("src"))?, "new files: 1");
        Ok(())
    });
}
