//! The tutorial: its files are those of `examples/tutorial`, which CI builds and tests as it stands
//! there, and what it says that a test says is what that says.

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use restic_cli_wrap::commands::{Backup, CatConfig, Init};
use restic_cli_wrap::{RecordedTest, Restic, TestRun};

#[path = "../../../../examples/tutorial/src/lib.rs"]
#[allow(
    unreachable_pub,
    dead_code,
    reason = "it is a library of its own, of which a part is used here"
)]
pub(crate) mod nightly;

const TUTORIAL: &str = include_str!("../../src/guide/tutorial.md");

/// The block of code that follows the line which names this file.
fn block(file: &str) -> &'static str {
    let (_, after) = TUTORIAL.split_once(&format!("`{file}`:")).unwrap();
    let (_, after) = after.split_once("```").unwrap();
    let (_, block) = after.split_once('\n').unwrap();
    block.split_once("```").unwrap().0
}

#[test]
fn its_files_are_those_of_the_example() {
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/tutorial");
    for file in [
        "src/lib.rs",
        "tests/save.rs",
        "tests/files.rs",
        "tests/failures.rs",
        ".github/workflows/test.yml",
    ] {
        let content = fs::read_to_string(example.join(file)).unwrap();
        assert_eq!(block(file), content, "{file}");
    }
}

/// What a test says that fails.
fn failure(
    test: &RecordedTest,
    body: impl Fn(&TestRun) -> Result<(), Box<dyn std::error::Error>>,
) -> String {
    let panic = catch_unwind(AssertUnwindSafe(|| test.run(body))).unwrap_err();
    let text = panic.downcast_ref::<String>().unwrap();
    text.replace(env!("CARGO_MANIFEST_DIR"), "")
}

/// The same in the tutorial's words: in its package, of its test, in its directory.
#[track_caller]
fn is_in_the_tutorial(text: &str) {
    let test = std::thread::current().name().unwrap_or_default().to_owned();
    let text = text
        .replace("--package restic-cli-wrap", "--package nightly")
        .replace(&test, "a_first_night")
        .replace("readme::recorded::a_first_night", "a_first_night");
    assert!(TUTORIAL.contains(text.trim_end()), "{text}");
}

#[test]
fn it_says_what_a_missing_recording_says() {
    let test = RecordedTest::new("first-night").directory("tests/it/nothing");
    let text = failure(&test, |_| Ok(()));
    is_in_the_tutorial(&text.replace("/tests/it/nothing", "tests/recordings"));
}

#[test]
fn it_says_what_a_changed_call_says() {
    let text = failure(&RecordedTest::new("first-night"), |test| {
        let restic = Restic::for_test(test);
        restic.run(CatConfig::new()).unwrap_err();
        restic.run(Init::new())?;
        let backup = Backup::new([test.path("src")])
            .host("nightly")
            .tag("nightly");
        drop(restic.run(backup)?);
        Ok(())
    });
    let report = &text[text.find("  nearest is").unwrap()..];
    let (_, after) = report.split_once("--repo=").unwrap();
    let directory = after.split_once("/repo").unwrap().0;
    let (_, here) = TUTORIAL.split_once("--repo=").unwrap();
    let there = here.split_once("/repo").unwrap().0;
    is_in_the_tutorial(&report.replace(directory, there));
}
