//! The agent on each version of restic that was recorded, without restic. To record them again:
//!
//! ```console
//! $ RESTIC_RECORD=1 RESTIC_BINARIES=/path/to/restic-0.14.0:/path/to/restic-0.19.1 cargo test
//! ```

use std::error::Error;
use std::fs;
use std::path::Path;

use backup_agent::{Agent, Night};
use restic_cli_wrap::{RecordedTest, Recorder, Restic, TestRun};

type Done = Result<(), Box<dyn Error>>;

/// A test that has to pass with both of these.
fn recorded(name: &str) -> RecordedTest {
    RecordedTest::new(name).versions(["0.14.0", "0.19.1"])
}

fn agent(test: &TestRun) -> Agent {
    Agent::new(Restic::for_test(test), "agent", [test.path("src")])
}

#[test]
fn a_week() {
    recorded("week").run(|test| {
        test.write("src/notes.txt", "a few words\n")?;
        test.write("src/pictures/blue.ppm", "P3 1 1 255 0 0 255\n")?;
        let first = agent(test).run_night(|_| {})?;
        let expected = Night {
            is_first: true,
            new_files: 2,
            changed_files: 0,
            missing: Vec::new(),
            removed: 0,
        };
        assert_eq!(first, expected);

        test.write("src/notes.txt", "a few more words\n")?;
        let second = agent(test).keep(1).run_night(|_| {})?;
        assert!(!second.is_first);
        assert_eq!((second.changed_files, second.removed), (1, 1));

        let table = agent(test).table()?;
        let lines: Vec<_> = table.lines().collect();
        assert_eq!(lines.len(), 2, "{table}");
        let source = test.path("src");
        assert!(lines[1].ends_with(&format!("agent       {}", source.display())));
        Ok(())
    });
}

#[test]
fn a_restore_gives_the_files_back() {
    let with_files = recorded("restore").recorder(Recorder::effects);
    with_files.run(|test| {
        test.write("src/notes.txt", "a few words\n")?;
        test.write("src/deep/down/data.bin", [0, 159, 146, 150])?;
        agent(test).run_night(|_| {})?;
        assert!(test.repository().join("config").is_file());

        let (source, target) = (test.path("src"), test.path("restored"));
        assert_eq!(agent(test).restore(&target)?, Vec::<String>::new());
        // restic restores the whole path of what it has saved.
        let restored = target.join(source.strip_prefix("/")?);
        for name in ["notes.txt", "deep/down/data.bin"] {
            assert_eq!(fs::read(restored.join(name))?, fs::read(source.join(name))?);
        }
        Ok(())
    });
}

#[test]
fn progress_goes_up() {
    recorded("progress").run(|test| {
        // restic reports nothing about what takes no time, and a recording keeps the progress of
        // 256 MiB and more on any machine. On a replay nobody reads the file.
        let size = if test.is_recording() { 320 << 20 } else { 8 };
        test.write("src/noise.bin", noise(size))?;
        let mut seen = Vec::new();
        agent(test).run_night(|done| seen.push(done))?;
        assert!(seen.len() > 2, "{seen:?}");
        assert!(seen.is_sorted() && seen.iter().all(|done| (0.0..=1.0).contains(done)));
        Ok(())
    });
}

/// Bytes that neither compress nor repeat.
fn noise(length: usize) -> Vec<u8> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let next = |_| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()
    };
    (0..length / 8).flat_map(next).collect()
}

#[test]
fn another_password() {
    recorded("password").run(|test| {
        test.write("src/notes.txt", "a few words\n")?;
        agent(test).run_night(|_| {})?;
        let restic = Restic::for_test(test).with(|it| it.password("of another repository"));
        let agent = Agent::new(restic, "agent", [test.path("src")]);
        let problem = agent.run_night(|_| {}).unwrap_err().to_string();
        assert_eq!(problem, "the password of the repository is another one");
        Ok(())
    });
}

#[test]
fn no_repository() {
    recorded("no-repository").run(|test| {
        let problem = agent(test).restore(Path::new("/nowhere")).unwrap_err();
        assert!(problem.to_string().contains("has its disk been mounted?"));
        Ok(())
    });
}

#[test]
fn a_source_that_is_gone() {
    recorded("gone").run(|test: &TestRun| -> Done {
        let kept = test.write("src/notes.txt", "a few words\n")?;
        let gone = test.path("gone");
        let agent = Agent::new(Restic::for_test(test), "agent", [&kept, &gone]);
        let night = agent.run_night(|_| {})?;
        assert_eq!(night.new_files, 1);
        assert_eq!(night.missing, [gone.to_str().unwrap()]);
        Ok(())
    });
}
