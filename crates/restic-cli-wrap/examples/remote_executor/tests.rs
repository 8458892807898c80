//! Against a far side on this machine.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use restic_cli_wrap::commands::{Backup, Init};
use restic_cli_wrap::core::{Deadlines, Supervised};
use restic_cli_wrap::{ErrorKind, Stop};
use tempfile::TempDir;

use super::*;

const PASSWORD: &str = "it's \"far\" $HOME\\";

/// A far side on this machine, with a directory for private files of its own.
struct FarSide {
    directory: TempDir,
}

impl FarSide {
    /// With a restic that is this script; `$here` is the directory.
    fn with(script: &str) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let here = directory.path().display();
        let script = format!("#!/bin/sh\nhere={here}\n{script}\n");
        make_program(&directory.path().join("restic"), &script);
        fs::create_dir(directory.path().join("tmp")).unwrap();
        Self { directory }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    fn read(&self, name: &str) -> String {
        String::from_utf8_lossy(&fs::read(self.path(name)).unwrap()).into_owned()
    }

    fn variable(&self) -> String {
        format!("TMPDIR={}", self.path("tmp").display())
    }

    /// As `docker exec` does.
    fn direct(&self) -> RemoteExecutor {
        self.executor(Transport::direct("env", [self.variable()]))
    }

    /// As ssh does.
    fn through_shell(&self) -> RemoteExecutor {
        let prefix = [self.variable(), "sh".to_owned(), "-c".to_owned()];
        self.executor(Transport::through_shell("env", prefix))
    }

    fn executor(&self, transport: Transport) -> RemoteExecutor {
        RemoteExecutor {
            transport,
            program: self.path("restic").into(),
        }
    }

    fn is_clean(&self) -> bool {
        fs::read_dir(self.path("tmp")).unwrap().next().is_none()
    }
}

/// Another process writes it: a program that is open for writing, here or in a child that
/// another test has just forked, cannot be started.
fn make_program(path: &Path, script: &str) {
    let write = "printf %s \"$1\" >\"$2\" && chmod +x \"$2\"";
    let mut command = Command::new("sh");
    command.args(["-c", write, "sh", script]).arg(path);
    assert!(command.status().unwrap().success());
}

fn run(executor: &RemoteExecutor, invocation: &Invocation) -> (String, String, Exit) {
    finish(executor.start(invocation).unwrap())
}

/// Both streams to their end, and the exit.
fn finish(process: Box<dyn Process>) -> (String, String, Exit) {
    let mut process = Supervised::new(process, Deadlines::default());
    let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
    loop {
        match process.next_event().unwrap() {
            Event::Stdout(bytes) => stdout.extend(bytes),
            Event::Stderr(bytes) => stderr.extend(bytes),
            Event::Exited(exit) => {
                let text = |bytes| String::from_utf8(bytes).unwrap();
                return (text(stdout), text(stderr), exit);
            }
            other => panic!("{other:?}"),
        }
    }
}

/// Waits until the far restic runs.
fn wait_until_ready(process: &mut dyn Process) {
    assert_eq!(next_happening(process), Event::Stdout(b"ready\n".to_vec()));
}

fn next_happening(process: &mut dyn Process) -> Event {
    loop {
        match process.next_event(None).unwrap() {
            Event::Woken => {}
            event => return event,
        }
    }
}

#[test]
fn secrets_reach_the_far_restic_and_no_command_line() {
    let far = FarSide::with(
        "printf '%s\\n' \"$@\" >$here/arguments\n\
         cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' '\\n' >$here/processes\n\
         env >$here/environment\n\
         for word; do case $word in --password-file=*) cp \"${word#*=}\" $here/password ;; esac; done\n\
         echo '[]'",
    );
    for executor in [far.direct(), far.through_shell()] {
        let restic = Restic::builder()
            .executor(Arc::new(executor))
            .repository("/srv/the repo's")
            .password(PASSWORD)
            .env("AWS_SECRET_ACCESS_KEY", "key\nof 'two' lines")
            .build();
        assert_eq!(restic.run(Snapshots::new()).unwrap(), []);
        assert_eq!(far.read("password"), PASSWORD);
        let arguments = far.read("arguments");
        assert!(arguments.contains("/srv/the repo's"), "{arguments}");
        let environment = far.read("environment");
        let variable = "AWS_SECRET_ACCESS_KEY=key\nof 'two' lines\n";
        assert!(environment.contains(variable), "{environment}");
        assert!(!environment.contains("far\""), "{environment}");
        let processes = far.read("processes");
        if cfg!(target_os = "linux") {
            // The transport is among them.
            assert!(processes.contains("dd bs=1 count="), "{processes}");
        }
        for seen in [arguments, processes] {
            assert!(!seen.contains("far\" $HOME"), "{seen}");
            assert!(!seen.contains("of 'two' lines"), "{seen}");
        }
        assert!(far.is_clean());
    }
}

#[test]
fn words_input_directory_streams_and_exit_code_arrive() {
    let far = FarSide::with("pwd; printf '<%s>' \"$@\"; cat; echo oh >&2; exit 12");
    for executor in [far.direct(), far.through_shell()] {
        let mut invocation = Invocation::new(["a b", "", "it's", "$HOME `x`", "two\nlines", "*"]);
        invocation.stdin = Stdin::Bytes(Arc::from(&b"\0input\n"[..]));
        invocation.current_dir = Some(far.path("tmp"));
        let (stdout, stderr, exit) = run(&executor, &invocation);
        let directory = far.path("tmp").canonicalize().unwrap();
        let words = "<a b><><it's><$HOME `x`><two\nlines><*>\0input\n";
        assert_eq!(stdout, format!("{}\n{words}", directory.display()));
        assert_eq!((stderr.as_str(), exit), ("oh\n", Exit::Code(12)));
        assert!(far.is_clean());
    }
}

#[test]
fn variables_of_the_far_side_do_not_contradict_the_arguments() {
    let far = FarSide::with("echo \"${RESTIC_REPOSITORY-unset} ${RESTIC_CACHE_DIR-unset}\"");
    let variables = ["RESTIC_REPOSITORY=/other", "RESTIC_CACHE_DIR=/cache"];
    let prefix = variables.map(str::to_owned).into_iter();
    let prefix = prefix.chain([far.variable()]);
    let executor = far.executor(Transport::direct("env", prefix));
    let mut invocation = Invocation::new(["version"]);
    assert_eq!(run(&executor, &invocation).0, "unset unset\n");
    invocation.inherited.insert("RESTIC_CACHE_DIR".into());
    assert_eq!(run(&executor, &invocation).0, "unset /cache\n");
}

/// Goes on until it is interrupted. Its `sleep` is short: whoever holds the output keeps the
/// run open.
const LINGERING: &str = "trap 'echo cleaned up >&2; exit 130' INT\n\
                         echo ready; while :; do sleep 0.05; done";

#[test]
fn an_interrupt_reaches_the_far_restic() {
    let far = FarSide::with(LINGERING);
    let mut process = far.through_shell().start(&Invocation::default()).unwrap();
    wait_until_ready(&mut *process);
    let control = process.control();
    thread::spawn(move || control.interrupt())
        .join()
        .unwrap()
        .unwrap();
    let (_, stderr, exit) = finish(process);
    assert_eq!((stderr.as_str(), exit), ("cleaned up\n", Exit::Code(130)));
    assert!(far.is_clean());
}

#[test]
fn stopping_a_run_of_the_client_interrupts_the_far_restic() {
    let far = FarSide::with(LINGERING);
    let stop = Stop::new();
    let restic = Restic::builder().executor(Arc::new(far.direct())).build();
    let restic = restic.with_stop(&stop);
    let run = restic.start(Backup::new(["/home"])).unwrap();
    stop.stop();
    let error = run.finish().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Cancelled, "{error}");
    assert!(far.is_clean());
}

#[test]
fn firmer_signals_are_reported_as_such() {
    for (signal, number) in [("TERM", 15), ("KILL", 9)] {
        let far = FarSide::with(LINGERING);
        let mut process = far.direct().start(&Invocation::default()).unwrap();
        wait_until_ready(&mut *process);
        let control = process.control();
        match signal {
            "TERM" => control.terminate().unwrap(),
            _ => control.kill().unwrap(),
        }
        let (_, _, exit) = finish(process);
        assert_eq!(exit, Exit::Signal(number));
        assert!(far.is_clean());
        // Nobody is left to signal.
        control.interrupt().unwrap();
    }
}

#[test]
fn a_dropped_process_leaves_no_far_restic() {
    let far = FarSide::with("echo $$ >$here/pid; echo ready; exec sleep 600");
    let mut process = far.direct().start(&Invocation::default()).unwrap();
    wait_until_ready(&mut *process);
    drop(process);
    let pid = far.read("pid");
    let is_gone = || {
        let kill = Command::new("kill").args(["-0", pid.trim()]).output();
        !kill.unwrap().status.success()
    };
    let begin = Instant::now();
    while !is_gone() {
        assert!(
            begin.elapsed() < Duration::from_secs(20),
            "{pid} still runs"
        );
        thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn a_signal_that_cannot_be_sent_is_a_notice() {
    let far = FarSide::with(LINGERING);
    let mut process = far.direct().start(&Invocation::default()).unwrap();
    wait_until_ready(&mut *process);
    let private = fs::read_dir(far.path("tmp")).unwrap().next().unwrap();
    let pid = private.unwrap().path().join("pid");
    let content = fs::read_to_string(&pid).unwrap();
    fs::write(&pid, "nonsense\n").unwrap();
    process.control().interrupt().unwrap();
    let event = next_happening(&mut *process);
    let Event::Notice(notice) = event else {
        panic!("{event:?}");
    };
    assert!(notice.contains("could not send SIGINT"), "{notice}");
    fs::write(&pid, content).unwrap();
    process.control().interrupt().unwrap();
    assert_eq!(finish(process).2, Exit::Code(130));
}

#[test]
fn what_cannot_be_said_is_refused_without_repeating_it() {
    let far = FarSide::with("exit");
    let mut bad_name = Invocation::default();
    bad_name.environment.insert("A-B".into(), "hidden".into());
    let mut bad_value = Invocation::default();
    bad_value.environment.insert("A".into(), "hidden\0".into());
    for invocation in [bad_name, bad_value, Invocation::new(["hidden\0"])] {
        let error = far.direct().start(&invocation).unwrap_err();
        assert_eq!(error.kind(), StartErrorKind::InvalidArgument);
        assert!(!format!("{error:?} {error}").contains("hidden"));
    }
}

#[test]
fn a_real_restic_makes_and_reads_a_repository() {
    let listed = env::var_os("RESTIC_BINARIES").unwrap_or_default();
    if listed.is_empty() {
        assert!(
            env::var_os("RESTIC_NO_SKIP").is_none(),
            "must not be skipped"
        );
        println!("SKIPPED, since RESTIC_BINARIES names no real restic");
    }
    let named = |path: &PathBuf| !path.as_os_str().is_empty();
    for binary in env::split_paths(&listed).filter(named) {
        let far = FarSide::with("exit");
        let executor = RemoteExecutor {
            program: binary.into(),
            ..far.through_shell()
        };
        let restic = Restic::builder()
            .executor(Arc::new(executor))
            .repository(far.path("the repo"))
            .password(PASSWORD)
            .no_cache(true)
            .build();
        restic.run(Init::new()).unwrap();
        let backup = Backup::new([far.path("restic")]);
        assert!(restic.run(backup).unwrap().is_complete());
        assert_eq!(restic.run(Snapshots::new()).unwrap().len(), 1);
        assert!(far.is_clean());
    }
}
