//! Snapshots of typed results and of calls, in a test that can be recorded: what differs from run to
//! run is left out of them.

use restic_cli_wrap::commands::{Backup, Init};
use restic_cli_wrap::{RecordedTest, Restic, TestRun};

#[test]
fn results_and_calls_are_the_same_on_every_run() {
    RecordedTest::new("snapshots").run(|test| {
        test.write("src/notes.txt", "a few words\n")?;
        let restic = Restic::for_test(test);
        let made = restic.run(Init::new())?;
        let saved = restic.run(Backup::new([test.path("src")]).host("nightly"))?;

        filters(test).bind(|| {
            insta::allow_duplicates! {
                let calls = test.calls();
                let calls: Vec<_> = calls.iter().map(ToString::to_string).collect();
                insta::assert_snapshot!(calls.join("\n"), @r"
                restic --json --repo={{dir}}/repo '--password-file={{secret}}' --cache-dir={{dir}}/cache init
                restic --json --repo={{dir}}/repo '--password-file={{secret}}' --cache-dir={{dir}}/cache backup --host=nightly -- {{dir}}/src
                ");
                insta::assert_json_snapshot!(made, @r#"
                {
                  "message_type": "initialized",
                  "id": "[id]",
                  "repository": "{{dir}}/repo"
                }
                "#);
                insta::assert_json_snapshot!(saved.summary(), @r#"
                {
                  "message_type": "summary",
                  "files_new": 1,
                  "files_changed": 0,
                  "files_unmodified": 0,
                  "dirs_new": 3,
                  "dirs_changed": 0,
                  "dirs_unmodified": 0,
                  "data_blobs": "[number]",
                  "tree_blobs": "[number]",
                  "data_added": "[number]",
                  "data_added_packed": "[number]",
                  "total_files_processed": 1,
                  "total_bytes_processed": 12,
                  "total_duration": "[number]",
                  "backup_start": "[time]",
                  "backup_end": "[time]",
                  "snapshot_id": "[id]"
                }
                "#);
            }
        });
        Ok(())
    });
}

fn filters(test: &TestRun) -> insta::Settings {
    let mut settings = insta::Settings::clone_current();
    for (pattern, replacement) in test.snapshot_filters() {
        settings.add_filter(&pattern, replacement);
    }
    settings
}
