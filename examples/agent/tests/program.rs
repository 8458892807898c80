//! The whole program, which finds a `restic` in its `PATH` that records or replays.

use std::fs;

use assert_cmd::Command;
use restic_cli_wrap::{RecordedTest, Recorder};
use restic_replay::TestStandIn;

#[test]
fn it_saves_lists_and_restores() {
    let test = RecordedTest::new("program")
        .versions(["0.14.0", "0.19.1"])
        .command("cargo test --features stand-in --test program");
    test.recorder(Recorder::effects).run(|test| {
        let saved = test.write("src/notes.txt", "a few words\n")?;
        let password = test.write("password", test.password().expose())?;
        let restic = TestStandIn::new(test, env!("CARGO_BIN_EXE_restic-stand-in"))?;
        let agent = |words: &[&str]| {
            let mut agent = Command::new(env!("CARGO_BIN_EXE_backup-agent"));
            agent
                .args(words)
                .envs(restic.variables())
                .env("AGENT_REPOSITORY", test.repository())
                .env("AGENT_PASSWORD_FILE", &password)
                .env("AGENT_SOURCES", test.path("src"));
            agent.assert()
        };
        agent(&["night"]).success().stdout("\nsaved 1 new files\n");
        let listed = agent(&["list"]).success();
        let listed = String::from_utf8_lossy(&listed.get_output().stdout).into_owned();
        assert!(listed.ends_with(&format!("{}\n", test.path("src").display())));
        let target = test.path("restored");
        agent(&["restore", &target.to_string_lossy()]).success();
        let restored = target.join(saved.strip_prefix("/")?);
        assert_eq!(fs::read_to_string(restored)?, "a few words\n");
        restic.finish()?;
        Ok(())
    });
}
