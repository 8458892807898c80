//! What a program sees of restic directly, and through the recorder.

use std::fs;
use std::process::{Command, Output};

use crate::programs::is_there;
use crate::{Place, stderr};

/// The same program with restic itself and with the recorder in between.
fn both(restic: &str, program: &[&str]) -> (Output, Output) {
    both_in(&Place::new(), restic, program)
}

fn both_in(place: &Place, restic: &str, program: &[&str]) -> (Output, Output) {
    let version = "[ \"$1\" = version ] && echo 'restic 0.19.1 x' && exit\n";
    let real = place.program("real", &format!("#!/bin/sh\n{version}{restic}\n"));
    fs::create_dir(place.path("bin")).unwrap();
    std::os::unix::fs::symlink(&real, place.path("bin/restic")).unwrap();
    let path = std::env::var("PATH").unwrap();
    let path = format!("{}:{path}", place.path("bin").display());
    let work = |name: &str| {
        fs::create_dir(place.path(name)).unwrap();
        place.path(name)
    };
    let direct = Command::new(program[0])
        .args(&program[1..])
        .env("PATH", path)
        .current_dir(work("direct"))
        .output()
        .unwrap();
    let mut through = place.record(&real, program);
    let through = through.current_dir(work("through")).output().unwrap();
    (direct, through)
}

#[track_caller]
fn same(restic: &str, script: &str) {
    same_in(&Place::new(), restic, &["sh", "-c", script]);
}

/// And once more without restic: what the program then prints.
#[track_caller]
fn same_and_replayed(restic: &str, program: &[&str]) -> String {
    let place = Place::new();
    same_in(&place, restic, program);
    let replayed = place.replay(program).assert().success();
    assert_eq!(stderr(&replayed), "");
    String::from_utf8(replayed.get_output().stdout.clone()).unwrap()
}

#[track_caller]
fn same_in(place: &Place, restic: &str, program: &[&str]) {
    let (direct, mut through) = both_in(place, restic, program);
    // The last line is that of the recorder.
    let end = through.stdout.len().saturating_sub(1);
    let last = through.stdout[..end]
        .iter()
        .rposition(|byte| *byte == b'\n');
    let says = through.stdout.split_off(last.map_or(0, |at| at + 1));
    assert!(
        String::from_utf8_lossy(&says).ends_with("recorded\n"),
        "{through:?}"
    );
    let texts = [&direct, &through].map(|output| {
        String::from_utf8_lossy(&output.stdout)
            .chars()
            .take(200)
            .collect::<String>()
    });
    assert!(through.stdout == direct.stdout, "{texts:?}");
    assert_eq!(through.stderr, direct.stderr);
}

#[test]
fn exit_codes() {
    for code in [0, 1, 3, 10, 11, 12] {
        let restic = format!("echo out; echo err >&2; exit {code}");
        same(&restic, "restic --repo=/r check; echo $?");
    }
}

#[test]
fn binary_and_long_output() {
    same(
        "yes \"$(printf '\\377')\" | head -c 5000000; printf '\\377\\000\\n'",
        "restic --repo=/r dump latest /a; echo",
    );
}

#[test]
fn standard_input_and_arguments() {
    same(
        "cat; for word; do echo \"<$word>\"; done",
        "printf 'a\\000b\\n' | restic --repo=/r backup --stdin '' 'a b' '*'",
    );
    // What restic does not read stays there for the next one.
    same(
        "exit 0",
        "printf 'a\\nb\\n' | { restic --repo=/r check; cat; }",
    );
}

/// Prints that it has begun, and says goodbye when it is interrupted.
const CAREFUL: &str = "trap 'echo cleaning >&2; exit 130' INT TERM; echo started; \
                       while :; do sleep 0.02; done";

/// Starts restic, waits for its first line, signals it and shows what it sees then.
fn python(signal: &str) -> String {
    format!(
        r#"import signal, subprocess, sys
restic = subprocess.Popen(["restic", "--repo=/r", "backup", "x"], stdout=-1, stderr=-1)
print(restic.stdout.readline())
restic.send_signal(signal.{signal})
print(restic.communicate(), restic.returncode)
"#
    )
}

#[test]
fn signals() {
    if !is_there("python3") {
        return;
    }
    for signal in ["SIGINT", "SIGTERM"] {
        let replayed = same_and_replayed(CAREFUL, &["python3", "-c", &python(signal)]);
        assert!(replayed.contains("b'cleaning\\n') 130"), "{replayed}");
    }
    // One that restic knows nothing of, and one that nobody can know of.
    for (signal, number) in [("SIGUSR1", 10), ("SIGKILL", 9)] {
        let program = python(signal);
        let (direct, through) = both(CAREFUL, &["python3", "-c", &program]);
        let text = String::from_utf8(direct.stdout).unwrap();
        assert!(text.ends_with(&format!("-{number}\n")), "{text}");
        assert!(through.stdout.starts_with(text.as_bytes()), "{through:?}");
    }
    let killed = "kill -TERM $$; while :; do sleep 0.02; done";
    same(killed, "restic --repo=/r check 2>/dev/null; echo $?");
}

#[test]
fn a_signal_that_is_ignored_stays_ignored() {
    // A shell lets its background jobs ignore SIGINT.
    let restic = "trap 'echo interrupted; exit 1' INT; echo started; sleep 0.3; echo done";
    let script = "restic --repo=/r backup x > out & pid=$!; \
                  while ! grep -qs started out; do sleep 0.01; done; \
                  kill -INT $pid; wait $pid; echo $?; cat out";
    same(restic, script);
    let ignoring = "trap '' TERM HUP; restic --repo=/r check";
    same("kill -TERM $$; kill -HUP $$; echo lived", ignoring);
}

#[test]
fn a_closed_standard_output() {
    same(
        "yes | head -c 10000000",
        "restic --repo=/r dump latest /a | head -c 5; echo",
    );
    // restic finds out even while it prints nothing.
    same(
        "trap '' PIPE; echo a; sleep 0.3; for i in 1 2 3 4 5; do echo b 2>/dev/null || exit 7; sleep 0.1; done",
        "{ restic --repo=/r check; echo $? >&2; } | head -n 1",
    );
    let status = "{ restic --repo=/r dump latest /a; echo $? >&2; } | head -c 5; echo";
    same("exec yes", status);
}

#[test]
fn both_streams_in_one() {
    let restic = "for i in 1 2 3 4 5 6 7 8; do echo out $i; echo err $i >&2; done";
    same(restic, "all=$(restic --repo=/r check 2>&1); echo \"$all\"");
    same(restic, "restic --repo=/r check > log 2>&1; cat log");
}

#[test]
fn fifty_megabytes_in_bounded_memory() {
    let place = Place::new();
    let restic = "yes \"$(printf '\\377')\" | head -c 50000000; cksum; \
                  grep VmHWM /proc/$PPID/status > \"$0.memory\" 2>&1 || true";
    let script = "head -c 50000000 /dev/zero | restic --repo=/r backup --stdin | cksum";
    same_in(&place, restic, &["sh", "-c", script]);
    if cfg!(target_os = "linux") {
        // Of the process between the shell and restic.
        let peak = fs::read_to_string(place.path("real.memory")).unwrap();
        let digits: String = peak.chars().filter(char::is_ascii_digit).collect();
        let kibibytes: u64 = digits.parse().unwrap();
        assert!(kibibytes < 16 * 1024, "{peak}");
    }
}

#[test]
fn an_input_that_does_not_end() {
    // Stopped while it reads.
    let reading = "exec 3<&0; trap 'echo cleaning >&2; kill $!; exit 130' TERM; \
                   cat <&3 & wait";
    let script = "mkfifo in; exec 9<>in; echo begin >&9; \
                  restic --repo=/r backup --stdin <&9 >out 2>err & pid=$!; \
                  while ! grep -qs begin out; do sleep 0.01; done; \
                  kill -TERM $pid; wait $pid; echo $?; cat out err";
    let replayed = same_and_replayed(reading, &["sh", "-c", &with_place(script)]);
    assert_eq!(replayed, "130\nbegin\ncleaning\n");
    // Its last word is at the end of the input.
    let waiting = "exec 3<&0; trap 'kill $!; cat <&3 >/dev/null; exit 130' TERM; cat <&3 & wait";
    let script = "{ echo begin; sleep 0.7; } | restic --repo=/r backup --stdin >out 2>&1 & pid=$!; \
                  while ! grep -qs begin out; do sleep 0.01; done; \
                  kill -TERM $pid; wait $pid; echo $?; cat out";
    let replayed = same_and_replayed(waiting, &["sh", "-c", &with_place(script)]);
    assert_eq!(replayed, "130\nbegin\n");
    // It fails without having read anything.
    let script = "mkfifo in; exec 9<>in; restic --repo=/r backup --stdin <&9 2>&1; echo $?";
    let failing = "echo 'Fatal: no'; exit 10";
    let replayed = same_and_replayed(failing, &["sh", "-c", &with_place(script)]);
    assert_eq!(replayed, "Fatal: no\n10\n");
}

/// In a new directory.
fn with_place(script: &str) -> String {
    format!("cd \"$(mktemp -d)\"; {script}; rm -r \"$PWD\"")
}

#[test]
fn the_version_in_plain_words_and_as_json() {
    let restic = "case $* in *json*) echo '{\"version\":\"0.19.1\"}';; \
                  *) echo 'restic 0.19.1 compiled with go1.26 on linux/amd64';; esac";
    let real =
        format!("[ \"$2\" = version ] || [ \"$1\" = version ] && {{ {restic}; exit; }}; echo");
    let place = Place::new();
    let real = place.program("real", &format!("#!/bin/sh\n{real}\n"));
    let program = [
        "sh",
        "-c",
        "restic --repo=/r check; restic version; restic --json version",
    ];
    place.record(&real, &program).assert().success();
    let replayed = place.replay(&program).assert().success();
    let text = String::from_utf8_lossy(&replayed.get_output().stdout).into_owned();
    let lines: Vec<_> = text.lines().skip(1).collect();
    assert!(
        lines[0].starts_with("restic 0.19.1 compiled with go"),
        "{text}"
    );
    assert!(
        lines[1].starts_with("{\"message_type\":\"version\""),
        "{text}"
    );
}
