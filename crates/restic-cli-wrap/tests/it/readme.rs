//! The code of the READMEs, which stands there without the lines around it: every block of it is in a
//! function here, word for word, so that it compiles; and what needs no restic runs.

use std::fs;
use std::path::Path;

use restic_cli_wrap::{Restic, Scripted};

type Failure = Box<dyn std::error::Error>;

fn show<T: std::fmt::Debug>(event: T) {
    println!("{event:?}");
}

#[cfg_attr(not(unix), expect(dead_code, reason = "it runs where a stand-in for restic does"))]
#[rustfmt::skip]
fn front_door(key: &str) -> Result<(), Failure> {
    use restic_cli_wrap::{ErrorKind, Outcome, Restic, commands::{Backup, CatConfig, Init, Snapshots}};

    let restic = Restic::builder()
        .binary("restic")                          // the default: looked up in PATH
        .repository("/srv/repo")
        .password_file("/etc/restic/password")     // or .password(..), .password_command(..), .no_password()
        .env("AWS_ACCESS_KEY_ID", key)             // values are secret
        .build();

    match restic.run(CatConfig::new()) {           // create the repository if there is none yet
        Err(error) if error.kind() == ErrorKind::NoRepository => drop(restic.run(Init::new())?),
        other => drop(other?),
    }

    let mut run = restic.start(Backup::new(["/data"]).exclude("*.tmp").tag("nightly"))?;
    for event in &mut run {                        // typed progress, as restic prints it
        show(event?);
    }
    match run.finish()? {
        Outcome::Complete(summary) => println!("saved {:?}", summary.snapshot_id),
        Outcome::Incomplete(partial) => println!("saved without {} paths", partial.errors.len()),
    }

    for snapshot in restic.run(Snapshots::new())? {
        println!("{} {}", snapshot.short_id, snapshot.time);
    }
    Ok(())
}

#[cfg_attr(not(unix), expect(dead_code, reason = "it runs where a stand-in for restic does"))]
#[rustfmt::skip]
fn short_front_door() -> Result<(), Failure> {
    use restic_cli_wrap::{Outcome, Restic, commands::{Backup, Snapshots}};

    let restic = Restic::builder()
        .repository("/srv/repo")
        .password_file("/etc/restic/password")
        .build();

    let mut run = restic.start(Backup::new(["/data"]).exclude("*.tmp").tag("nightly"))?;
    for event in &mut run {
        println!("{:?}", event?);
    }
    match run.finish()? {
        Outcome::Complete(summary) => println!("saved {:?}", summary.snapshot_id),
        Outcome::Incomplete(partial) => println!("saved without {} paths", partial.errors.len()),
    }

    for snapshot in restic.run(Snapshots::new())? {
        println!("{} {}", snapshot.short_id, snapshot.time);
    }
    Ok(())
}

#[rustfmt::skip]
fn one_line() -> Result<(), Failure> {
    let replay = restic_cli_wrap::Replay::load(restic_fixtures::path("first-backup", "0.19.1"))?;
    replay.finish()?;
    Ok(())
}

#[rustfmt::skip]
fn every_version() -> Result<(), Failure> {
    use restic_cli_wrap::{ErrorKind, Replay, commands::Snapshots};

    for version in restic_fixtures::Version::ALL {
        let replay = Replay::load(restic_fixtures::wrong_password(version))?.allow_unused();
        let restic = Restic::builder().executor(replay.executor()).repository("/srv/repo").build();
        let error = restic.run(Snapshots::new()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::WrongPassword);
        replay.finish()?;
    }
    Ok(())
}

#[rustfmt::skip]
mod recorded {
    use crate::tutorial::nightly::save as program_under_test;

    use restic_cli_wrap::{RecordedTest, Restic};

    #[test]
    fn a_first_night() {
        RecordedTest::new("first-night").run(|test| {
            test.write("src/notes.txt", "a few words\n")?;
            program_under_test(&Restic::for_test(test), &test.path("src"))?;
            Ok(())                                 // unused or unmatched calls fail the test
        });
    }
}

#[rustfmt::skip]
async fn asynchronous(restic: &Restic) -> Result<(), Failure> {
    use restic_cli_wrap::commands::{Backup, Forget};

    let mut run = restic.start_async(Backup::new(["/data"]));
    while let Some(event) = run.next().await {
        show(event?);
    }
    let outcome = run.finish().await?;
    let groups = restic.run_async(Forget::new().keep_daily(7).prune(true)).await?;
    assert!(outcome.is_complete() && groups.is_empty());
    Ok(())
}

#[allow(dead_code, reason = "compiled, but not run: a process has one handler of Ctrl-C")]
#[rustfmt::skip]
fn stopping(restic: &Restic) -> Result<(), Failure> {
    use restic_cli_wrap::{Stop, commands::Backup};

    let stop = Stop::new();                        // give a clone to a signal handler, a button, another thread
    let handler = stop.clone();
    ctrlc::set_handler(move || handler.stop())?;   // or any other crate that catches signals
    let result = restic.with_stop(&stop).run(Backup::new(["/data"]));
    result.map(drop).map_err(Failure::from)
}

#[rustfmt::skip]
fn errors(restic: &Restic) -> Result<(), Failure> {
    use restic_cli_wrap::{ErrorKind, commands::Check};

    match restic.run(Check::new()) {
        Ok(report) if report.is_ok() => println!("no errors were found"),
        Ok(report) => println!("damaged: {:?}", report.errors),
        Err(error) if error.kind() == ErrorKind::Locked => println!("locked by {:?}", error.lock()),
        Err(error) if error.is_retryable() => println!("later, perhaps: {error}"),
        Err(error) => return Err(error.into()),
    }
    Ok(())
}

fn data(
    restic: &Restic,
    dump: impl std::io::Read + Send + 'static,
    mut file: impl std::io::Write,
) -> Result<(), Failure> {
    use restic_cli_wrap::commands::{Backup, Dump};

    let backup = Backup::from_input().stdin_filename("database.sql");
    let outcome = restic.start_with_input(backup, dump)?.finish()?;
    restic.dump_to(Dump::new("latest", "/database.sql"), &mut file)?;
    assert!(outcome.is_complete());
    Ok(())
}

fn versions(restic: &Restic) -> bool {
    let mut backup = restic_cli_wrap::commands::Backup::new(["/data"]);
    let plain = format!("{backup:?}");
    if restic.supports("backup --skip-if-unchanged").is_ok() {
        backup = backup.skip_if_unchanged(true);
    }
    format!("{backup:?}") != plain
}

#[cfg(feature = "mock")]
#[rustfmt::skip]
fn mocked(executor: &mut restic_cli_wrap::mock::MockExecutor) {
    executor.expect_start().times(1).returning(|_| Ok(Scripted::new().stdout("[]\n").start()));
}

#[test]
#[rustfmt::skip]
fn a_test_records_itself() {
    use restic_cli_wrap::{RecordedTest, TestRun};

    fn first_night(test: &TestRun) -> Result<(), Failure> {
        test.write("src/notes.txt", "a few words\n")?;
        crate::tutorial::nightly::save(&Restic::for_test(test), &test.path("src"))?;
        Ok(())
    }

    RecordedTest::new("first-night").run(first_night);
}

#[cfg(feature = "stream")]
async fn streamed(restic: &Restic) -> usize {
    use futures_util::StreamExt as _;
    use restic_cli_wrap::commands::Snapshots;

    let events: Vec<_> = restic.start_async(Snapshots::new()).collect().await;
    events.len()
}

#[cfg(feature = "tracing")]
#[rustfmt::skip]
fn traced(restic: &Restic) -> Result<(), restic_cli_wrap::Error> {
    use restic_cli_wrap::commands::Snapshots;

    let subscriber = tracing::subscriber::NoSubscriber::new();
    tracing::subscriber::with_default(subscriber, || restic.run(Snapshots::new()))?;
    Ok(())
}

#[cfg(feature = "jiff")]
fn converted(snapshot: &restic_cli_wrap::types::Snapshot) -> Result<i64, Failure> {
    use restic_cli_wrap::types::jiff;

    let time = jiff::Timestamp::try_from(snapshot.time)?;
    Ok(time.as_second())
}

/// The blocks marked as Rust, each with the number of its line.
fn blocks(readme: &str) -> Vec<(usize, String)> {
    let mut blocks = Vec::new();
    let mut open: Option<(usize, String)> = None;
    for (number, line) in readme.lines().enumerate() {
        match &mut open {
            Some(_) if line == "```" => blocks.extend(open.take()),
            Some((_, block)) => *block += &format!("{line}\n"),
            None if line.starts_with("```rust") => open = Some((number + 1, String::new())),
            None => {}
        }
    }
    blocks
}

/// The last cells of the table of features.
fn cells(readme: &str) -> Vec<(usize, String)> {
    let rows = readme.lines().enumerate();
    rows.filter_map(|(number, line)| {
        let code = line.strip_prefix("| `")?.strip_suffix("` |")?;
        let (_, code) = code.rsplit_once("| `")?;
        Some((number + 1, code.replace(r"\|", "|") + "\n"))
    })
    .collect()
}

fn indented(block: &str) -> String {
    let line = |line: &str| match line {
        "" => "\n".to_owned(),
        line => format!("    {line}\n"),
    };
    block.lines().map(line).collect()
}

/// Blocks and cells, which have to be above.
fn check(readme: &str) -> usize {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .join(readme);
    let text = fs::read_to_string(path).unwrap();
    let code: Vec<_> = blocks(&text).into_iter().chain(cells(&text)).collect();
    for (number, block) in &code {
        assert!(
            include_str!("readme.rs").contains(&indented(block)),
            "{readme}:{number}: this is not in tests/it/readme.rs, where it would be compiled:\n{block}"
        );
    }
    code.len()
}

#[test]
fn every_line_of_code_in_readme_compiles_here() {
    assert!(check("README.md") >= 11, "no blocks were found");
    assert_eq!(check("crates/restic-cli-wrap/README.md"), 1);
    assert_eq!(check("fixtures/README.md"), 2);
}

const SUMMARY: &str = r#"{"message_type":"summary","files_new":1,"files_changed":0,"files_unmodified":0,"dirs_new":1,"dirs_changed":0,"dirs_unmodified":0,"data_blobs":1,"tree_blobs":1,"data_added":1,"total_files_processed":1,"total_bytes_processed":1,"total_duration":0.1,"snapshot_id":"9ad0be82"}
"#;

fn scripted<const N: usize>(scripts: [Scripted; N]) -> Restic {
    Restic::builder()
        .executor(Scripted::executor(scripts))
        .repository("/srv/repo")
        .restic_version("0.14.0")
        .build()
}

/// A restic as the front door finds it in `PATH`: it has no repository before `init`.
#[cfg(unix)]
const IN_PATH: &str = r#"case "$*" in
*version) echo '{"message_type":"version","version":"0.19.1","go_version":"go1.26.4","go_os":"linux","go_arch":"amd64"}' ;;
*"cat -- config") echo '{"message_type":"exit_error","code":10,"message":"Fatal: repository does not exist"}' >&2; exit 10 ;;
*init) echo '{"message_type":"initialized","id":"9ad0be82","repository":"/srv/repo"}' ;;
*backup*) echo '{"message_type":"status","percent_done":1,"total_files":1,"files_done":1}'
  echo '{"message_type":"summary","files_new":1,"files_changed":0,"files_unmodified":0,"dirs_new":1,"dirs_changed":0,"dirs_unmodified":0,"data_blobs":1,"tree_blobs":1,"data_added":1,"total_files_processed":1,"total_bytes_processed":1,"total_duration":0.1,"snapshot_id":"9ad0be82"}' ;;
*snapshots) echo '[{"time":"2026-11-22T11:16:15Z","tree":"a","paths":["/data"],"id":"9ad0be82","short_id":"9ad0be82"}]' ;;
*) exit 1 ;;
esac"#;

/// It takes the restic in `PATH`, which no test may change in its own process.
#[test]
#[cfg(unix)]
fn the_front_door_runs_as_it_stands() {
    const NAME: &str = "readme::the_front_door_runs_as_it_stands";
    if std::env::var_os("FRONT_DOOR").is_some() {
        front_door("a key").unwrap();
        short_front_door().unwrap();
        return;
    }
    let fake = restic_test_support::fake::Fake::new(IN_PATH);
    let output = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", NAME, "--nocapture"])
        .env("FRONT_DOOR", "1")
        .env("PATH", fake.path(""))
        .output()
        .unwrap();
    let printed = String::from_utf8(output.stdout).unwrap();
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{printed}\n{complaint}");
    assert_eq!(printed.matches("saved Some(").count(), 2, "{printed}");
    assert_eq!(printed.matches("9ad0be82 2026-11-22T11:16:15Z").count(), 2);
    let calls = fake.calls();
    let named = |name: &str| calls.iter().filter(|call| call.contains(name)).count();
    let named = ["cat -- config", " init", "backup", "snapshots"].map(named);
    assert_eq!(named, [1, 1, 2, 2], "{calls:?}");
}

#[test]
fn a_replay_that_is_not_used_up_is_an_error() {
    let error = one_line().unwrap_err();
    assert!(error.to_string().contains("02-backup"), "{error}");
    every_version().unwrap();
}

#[test]
fn asynchronous_runs_have_events_and_results() {
    let restic = scripted([
        Scripted::new().stdout(SUMMARY),
        Scripted::new().stdout("[]\n"),
    ]);
    futures_executor::block_on(asynchronous(&restic)).unwrap();
}

#[test]
fn errors_have_kinds() {
    let words = "Fatal: unable to create lock in backend: repository is already locked by PID 1\n";
    errors(&scripted([Scripted::new().stderr(words).exit(1)])).unwrap();
    errors(&scripted([Scripted::new().stderr("Fatal: else\n").exit(1)])).unwrap_err();
}

#[test]
fn data_goes_in_and_out() {
    let restic = scripted([
        Scripted::new().stdout(SUMMARY),
        Scripted::new().stdout("create table"),
    ]);
    let mut file = Vec::new();
    data(&restic, &b"create table"[..], &mut file).unwrap();
    assert_eq!(file, b"create table");
}

#[test]
fn a_flag_that_is_missing_is_not_used() {
    assert!(!versions(&scripted([])));
}

#[test]
#[cfg(feature = "mock")]
fn a_mock_answers() {
    let mut executor = restic_cli_wrap::mock::MockExecutor::new();
    mocked(&mut executor);
    let restic = Restic::builder()
        .executor(std::sync::Arc::new(executor))
        .build();
    let snapshots = restic_cli_wrap::commands::Snapshots::new();
    assert!(restic.run(snapshots).unwrap().is_empty());
}

#[test]
#[cfg(feature = "stream")]
fn a_run_is_a_stream() {
    let restic = scripted([Scripted::new().stdout("[]\n")]);
    assert_eq!(futures_executor::block_on(streamed(&restic)), 0);
}

#[test]
#[cfg(feature = "tracing")]
fn a_run_can_be_traced() {
    traced(&scripted([Scripted::new().stdout("[]\n")])).unwrap();
}

#[test]
#[cfg(feature = "jiff")]
fn times_convert() {
    let json =
        r#"{"time":"2026-11-22T11:16:15Z","tree":"a","paths":["/"],"id":"b","short_id":"b"}"#;
    let snapshot = serde_json::from_str(json).unwrap();
    assert_eq!(converted(&snapshot).unwrap(), 1_795_346_175);
}
