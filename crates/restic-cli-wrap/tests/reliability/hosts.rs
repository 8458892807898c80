//! Programs that are interrupted, or end, while restic works for them: seen from outside.

use std::env;
use std::io::{BufRead as _, BufReader, Lines};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio, exit};
use std::time::Duration;

use restic_cli_wrap::commands::Backup;
use restic_cli_wrap::{ErrorKind, Restic, Stop};

use crate::support::{Bench, alone, on_each, within};

/// Says in the environment of a process what it is to do, with which restic and where.
const ROLE: &str = "HOST_ROLE";
const BINARY: &str = "HOST_BINARY";
const DIRECTORY: &str = "HOST_DIRECTORY";

const AT_WORK: &str = "restic is at work";

/// A program that plays this role with restic, which is at work for it.
fn host(test: &str, role: &str, bench: &Bench) -> Host {
    drop(bench.endless());
    let mut child = Command::new(env::current_exe().unwrap())
        .args(["--exact", test, "--nocapture"])
        .env(ROLE, role)
        .env(BINARY, &bench.binary)
        .env(DIRECTORY, bench.directory.path())
        .stdout(Stdio::piped())
        // As a shell starts it.
        .process_group(0)
        .spawn()
        .unwrap();
    let mut output = BufReader::new(child.stdout.take().unwrap()).lines();
    assert!(output.any(|line| line.unwrap().ends_with(AT_WORK)));
    Host { child, output }
}

/// What it prints can be printed until its end.
struct Host {
    child: Child,
    output: Lines<BufReader<ChildStdout>>,
}

impl Host {
    fn wait(&mut self) {
        within(Duration::from_secs(2), || {
            let said: Vec<_> = self.output.by_ref().map(Result::unwrap).collect();
            let status = self.child.wait().unwrap();
            assert!(status.success(), "{status}: {said:?}");
        });
    }
}

/// Plays a role, when this process was started for that, and ends.
fn play(act: fn(&Restic, Backup, &str)) {
    let Ok(role) = env::var(ROLE) else { return };
    let directory = env::var_os(DIRECTORY).unwrap();
    let directory = Path::new(&directory);
    let restic = Restic::builder()
        .binary(env::var_os(BINARY).unwrap())
        .repository(directory.join("repo"))
        .password("secret")
        .no_cache(true)
        .build();
    act(&restic, Backup::new([directory.join("huge")]), &role);
    exit(0);
}

/// The recipe of the documentation, with what a terminal does: it interrupts every process of
/// the group in the foreground.
#[test]
fn control_c_ends_restic_in_good_order() {
    const NAME: &str = "hosts::control_c_ends_restic_in_good_order";
    play(|restic, backup, _| {
        let stop = Stop::new();
        let handler = stop.clone();
        ctrlc::set_handler(move || handler.stop()).unwrap();
        let mut run = restic.with_stop(&stop).start(backup).unwrap();
        run.next().unwrap().unwrap();
        println!("{AT_WORK}");
        let error = run.finish().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Cancelled, "{error:?}");
        assert!(!error.lock_may_remain());
    });
    alone(NAME, || {
        on_each(NAME, |bench| {
            let mut host = host(NAME, "interrupted", bench);
            assert_eq!(bench.locks().len(), 1);
            let group = format!("-{}", host.child.id());
            let kill = Command::new("kill").args(["-INT", "--", &group]).status();
            assert!(kill.unwrap().success());
            host.wait();
            assert!(bench.locks().is_empty());
        });
    });
}

#[test]
fn a_program_that_returns_at_once_leaves_no_lock() {
    const NAME: &str = "hosts::a_program_that_returns_at_once_leaves_no_lock";
    play(|restic, backup, role| match role {
        "blocking" => {
            let mut run = restic.start(backup).unwrap();
            run.next().unwrap().unwrap();
            println!("{AT_WORK}");
        }
        _ => futures_executor::block_on(async {
            let mut run = restic.start_async(backup);
            run.next().await.unwrap().unwrap();
            println!("{AT_WORK}");
            drop(run);
            restic.settle_async().await;
        }),
    });
    alone(NAME, || {
        on_each(NAME, |bench| {
            for role in ["blocking", "asynchronous"] {
                host(NAME, role, bench).wait();
                assert!(bench.locks().is_empty(), "{role}");
            }
        });
    });
}
