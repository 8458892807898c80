//! What a program sees of restic directly, and through the recorder.

use std::fs;
use std::process::{Command, Output};

use crate::Place;

/// The same script with restic itself and with the recorder in between.
fn both(restic: &str, script: &str) -> (Output, Output) {
    let place = Place::new();
    let version = "[ \"$1\" = version ] && echo 'restic 0.19.1 x' && exit\n";
    let real = place.program("real", &format!("#!/bin/sh\n{version}{restic}\n"));
    fs::create_dir(place.path("bin")).unwrap();
    std::os::unix::fs::symlink(&real, place.path("bin/restic")).unwrap();
    let path = std::env::var("PATH").unwrap();
    let path = format!("{}:{path}", place.path("bin").display());
    let direct = Command::new("sh")
        .args(["-c", script])
        .env("PATH", path)
        .output()
        .unwrap();
    let through = place.record(&real, &["sh", "-c", script]).output().unwrap();
    (direct, through)
}

#[track_caller]
fn same(restic: &str, script: &str) {
    let (direct, mut through) = both(restic, script);
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
        "head -c 5000000 /dev/zero; printf '\\377\\000\\n'",
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

#[test]
fn signals() {
    // Not SIGINT: a shell lets its background jobs ignore that.
    let restic = "trap 'echo cleaning >&2; exit 130' TERM; echo started; \
                  while :; do sleep 0.02; done";
    let script = "restic --repo=/r backup x > out.$$ & pid=$!; \
                  while ! grep -qs started out.$$; do sleep 0.01; done; rm out.$$; \
                  kill -TERM $pid; wait $pid; echo $?";
    same(restic, &format!("cd \"${{TMPDIR:-/tmp}}\"; {script}"));
    let killed = "kill -TERM $$; while :; do sleep 0.02; done";
    same(killed, "restic --repo=/r check 2>/dev/null; echo $?");
}

#[test]
fn a_closed_standard_output() {
    same(
        "yes | head -c 10000000",
        "restic --repo=/r dump latest /a | head -c 5; echo",
    );
}
