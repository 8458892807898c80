use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use restic_process::{
    Argument, Event, Executor as _, Exit, InputReader, Invocation, Process, Runner, StartErrorKind,
    Stdin,
};

/// A call of a shell: the smallest program there is to misbehave.
fn shell(script: &str) -> Invocation {
    Invocation::new(["-c", script])
}

fn start(invocation: &Invocation) -> Box<dyn Process> {
    Runner::new("/bin/sh").start(invocation).unwrap()
}

#[derive(Debug, Default, PartialEq)]
struct Output {
    stdout: String,
    stderr: String,
    exit: Option<Exit>,
}

fn finish(mut process: Box<dyn Process>) -> Output {
    let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
    loop {
        match process.next_event(None).unwrap() {
            Event::Stdout(bytes) => stdout.extend(bytes),
            Event::Stderr(bytes) => stderr.extend(bytes),
            Event::Exited(exit) => {
                assert!(
                    process.next_event(None).is_err(),
                    "nothing comes after the exit"
                );
                return Output {
                    stdout: String::from_utf8(stdout).unwrap(),
                    stderr: String::from_utf8(stderr).unwrap(),
                    exit: Some(exit),
                };
            }
            _ => {}
        }
    }
}

fn run(invocation: &Invocation) -> Output {
    finish(start(invocation))
}

#[test]
fn both_streams_and_the_exit_arrive() {
    let output = run(&shell("echo out; echo err >&2; exit 3"));
    let expected = Output {
        stdout: "out\n".into(),
        stderr: "err\n".into(),
        exit: Some(Exit::Code(3)),
    };
    assert_eq!(output, expected);
}

#[test]
fn a_signal_is_distinguished_from_a_code() {
    assert_eq!(run(&shell("kill -9 $$")).exit, Some(Exit::Signal(9)));
}

#[test]
fn streams_that_fill_by_turns_do_not_block() {
    let script = "for i in 1 2 3; do head -c 300000 /dev/zero | tr '\\0' o; \
                  head -c 300000 /dev/zero | tr '\\0' e >&2; done";
    let output = run(&shell(script));
    assert_eq!(
        (output.stdout.len(), output.stderr.len()),
        (900_000, 900_000)
    );
}

#[test]
fn stdin_is_empty_unless_given() {
    assert_eq!(run(&shell("cat; echo end")).stdout, "end\n");
}

#[test]
fn stdin_takes_bytes_of_any_length() {
    let mut invocation = shell("wc -c");
    invocation.stdin = Stdin::Bytes(vec![b'x'; 3_000_000].into());
    assert_eq!(run(&invocation).stdout.trim(), "3000000");
}

#[test]
fn stdin_that_nobody_reads_is_no_failure() {
    let mut invocation = shell("exec <&-; echo done");
    invocation.stdin = Stdin::Bytes(vec![b'x'; 3_000_000].into());
    assert_eq!(run(&invocation).stdout, "done\n");
}

#[test]
fn stdin_takes_a_file() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("input");
    fs::write(&path, "from a file").unwrap();
    let mut invocation = shell("cat");
    invocation.stdin = Stdin::File(path);
    assert_eq!(run(&invocation).stdout, "from a file");
}

/// Returns this many bytes, the last after a while, or fails in the end.
struct Slow {
    left: usize,
    fails: bool,
}

impl std::io::Read for Slow {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = buffer.len().min(self.left);
        self.left -= count;
        if self.left == 0 {
            std::thread::sleep(Duration::from_millis(50));
            if self.fails {
                return Err(std::io::Error::other("the disk is gone"));
            }
        }
        buffer[..count].fill(b'x');
        Ok(count)
    }
}

fn reading(script: &str, reader: impl std::io::Read + Send + 'static) -> Invocation {
    let mut invocation = shell(script);
    invocation.stdin = Stdin::Reader(InputReader::new(reader));
    invocation
}

#[test]
fn stdin_takes_a_reader_that_is_read_beside_the_process() {
    let slow = Slow {
        left: 3_000_000,
        fails: false,
    };
    let invocation = reading("echo begun; wc -c", slow);
    assert_eq!(run(&invocation).stdout, "begun\n3000000\n");
    let again = Runner::new("/bin/sh").start(&invocation).unwrap_err();
    assert_eq!(again.kind(), StartErrorKind::Stdin, "a reader is read once");
}

#[test]
fn a_reader_that_fails_is_no_end_of_input() {
    let slow = Slow {
        left: 100_000,
        fails: true,
    };
    let mut process = start(&reading("cat > /dev/null; echo all of it", slow));
    let error = loop {
        match process.next_event(None) {
            Ok(Event::Woken) => {}
            Ok(event) => panic!("{event:?}"),
            Err(error) => break error,
        }
    };
    assert_eq!(error.to_string(), "the disk is gone");
}

#[test]
fn an_interrupt_closes_stdin_whatever_the_reader_does() {
    let (reader, _writer) = std::io::pipe().unwrap();
    let mut process = start(&reading("trap '' INT; cat; echo end", reader));
    let soon = Instant::now() + Duration::from_millis(50);
    while process.next_event(Some(soon)).unwrap() == Event::Woken && Instant::now() < soon {}
    process.control().interrupt().unwrap();
    assert_eq!(finish(process).stdout, "end\n");
}

#[test]
fn a_stdout_closed_early_is_not_the_end() {
    let output = run(&shell("exec >&-; sleep 0.2; echo later >&2; exit 4"));
    assert_eq!(
        (output.stderr.as_str(), output.exit),
        ("later\n", Some(Exit::Code(4)))
    );
}

#[test]
fn a_helper_that_holds_the_pipes_delays_the_end_by_a_bounded_time() {
    let begin = Instant::now();
    let output = run(&shell("sleep 60 & echo done"));
    assert_eq!(
        (output.stdout.as_str(), output.exit),
        ("done\n", Some(Exit::Code(0)))
    );
    assert!(
        begin.elapsed() < Duration::from_secs(10),
        "{:?}",
        begin.elapsed()
    );
}

#[test]
fn a_deadline_wakes_and_so_does_the_control() {
    let mut process = start(&shell("exec sleep 60"));
    let soon = Instant::now() + Duration::from_millis(50);
    assert_eq!(process.next_event(Some(soon)).unwrap(), Event::Woken);
    assert!(Instant::now() >= soon);
    let control = process.control();
    control.wake();
    assert_eq!(process.next_event(None).unwrap(), Event::Woken);
    control.interrupt().unwrap();
    assert_eq!(finish(process).exit, Some(Exit::Signal(2)));
    control.interrupt().unwrap();
    control.kill().unwrap();
}

#[test]
fn a_process_dropped_too_early_leaves_nothing_behind() {
    let directory = tempfile::tempdir().unwrap();
    let marker = directory.path().join("pid");
    let process = start(&shell(&format!(
        "echo $$ > {0}.new; mv {0}.new {0}; sleep 60",
        marker.display()
    )));
    while !marker.exists() {
        std::thread::sleep(Duration::from_millis(5));
    }
    let pid = fs::read_to_string(&marker).unwrap();
    drop(process);
    assert!(!Path::new("/proc").join(pid.trim()).exists());
}

#[test]
fn secrets_reach_the_program_by_file_only() {
    let script = "tr '\\0' ' ' < /proc/$$/cmdline; tr '\\0' ' ' < /proc/$$/environ; \
                  echo; cat ${1#--password-file=}";
    let invocation = shell(script)
        .argument("sh")
        .argument(Argument::secret_file("--password-file", "correct horse"));
    let output = run(&invocation);
    let (visible, content) = output.stdout.rsplit_once('\n').unwrap();
    assert_eq!(content, "correct horse");
    assert!(!visible.contains("horse"), "{visible}");
    assert!(!format!("{invocation:?} {invocation}").contains("horse"));
}

#[test]
fn of_the_environment_restic_variables_are_removed() {
    // The test runner sets variables for itself; this one is of restic's kind and is there
    // only when the child below is this very test.
    let inner = std::env::var_os("INNER").is_some();
    if inner {
        let mut invocation = shell("echo $RESTIC_PACK_SIZE $RESTIC_COMPRESSION $OTHER $OWN");
        invocation.inherited.insert("RESTIC_COMPRESSION".into());
        invocation.environment.insert("OWN".into(), "own".into());
        assert_eq!(run(&invocation).stdout, "max other own\n");
        return;
    }
    let this = std::env::current_exe().unwrap();
    let status = std::process::Command::new(this)
        .args([
            "--exact",
            "runner::of_the_environment_restic_variables_are_removed",
        ])
        .envs([
            ("INNER", "1"),
            ("RESTIC_PACK_SIZE", "16"),
            ("RESTIC_COMPRESSION", "max"),
            ("OTHER", "other"),
        ])
        .output()
        .unwrap();
    assert!(status.status.success(), "{status:?}");
}

fn refused(program: impl Into<OsString>, invocation: &Invocation) -> StartErrorKind {
    let error = Runner::new(program).start(invocation).unwrap_err();
    assert!(!error.to_string().is_empty());
    error.kind()
}

#[test]
fn the_ways_of_not_being_a_program_are_distinguished() {
    let directory = tempfile::tempdir().unwrap();
    let file = |name: &str, content: &str, mode: u32| -> PathBuf {
        let path = directory.path().join(name);
        fs::write(&path, content).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        path
    };
    let link = directory.path().join("link");
    std::os::unix::fs::symlink("nowhere", &link).unwrap();
    let call = Invocation::default();
    let cases = [
        (directory.path().join("absent"), StartErrorKind::NotFound),
        (
            PathBuf::from("no-such-restic-anywhere"),
            StartErrorKind::NotFound,
        ),
        (link, StartErrorKind::NotFound),
        (directory.path().to_owned(), StartErrorKind::NotAProgram),
        (
            file("plain", "text", 0o644),
            StartErrorKind::PermissionDenied,
        ),
        (file("empty", "", 0o755), StartErrorKind::NotAProgram),
        (
            file("foreign", "MZ\u{1}\u{2}", 0o755),
            StartErrorKind::NotAProgram,
        ),
        (
            file("script", "#!/no/such/interpreter\n", 0o755),
            StartErrorKind::NotAProgram,
        ),
    ];
    for (program, expected) in cases {
        assert_eq!(refused(&program, &call), expected, "{}", program.display());
    }
}

#[test]
fn what_no_program_can_be_given_is_refused() {
    assert_eq!(
        refused("/bin/sh", &shell("a\0b")),
        StartErrorKind::InvalidArgument
    );
    for argument in [
        Argument::secret_file("--password\0-file", "hunter2"),
        Argument::list_file("--files\0-from", *b"/srv"),
    ] {
        assert_eq!(
            refused("/bin/sh", &shell("exit").argument(argument)),
            StartErrorKind::InvalidArgument
        );
    }
    let mut call = shell("true");
    call.environment.insert("NAME".into(), "a\0b".into());
    assert_eq!(refused("/bin/sh", &call), StartErrorKind::InvalidArgument);
    let mut call = shell("true");
    call.current_dir = Some("/no/such/directory".into());
    assert_eq!(refused("/bin/sh", &call), StartErrorKind::CurrentDir);
    let mut call = shell("true");
    call.stdin = Stdin::File("/no/such/file".into());
    assert_eq!(refused("/bin/sh", &call), StartErrorKind::Stdin);
}
