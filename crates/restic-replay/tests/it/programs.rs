use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::thread;

use restic_replay::StandIn;

use crate::{Place, stderr};

/// A restic of a few lines: a list of snapshots that grows, and an id that is another each time.
const RESTIC: &str = r#"#!/bin/sh
for word; do case $word in --repo=*) repo=${word#--repo=};; esac; done
case "$*" in
    *init*) mkdir -p "$repo"; echo "created restic repository at $repo";;
    *backup*)
        id=$(od -An -N32 -tx1 /dev/urandom | tr -d ' \n')
        echo "$id" >> "$repo/snapshots"
        echo "{\"message_type\":\"summary\",\"snapshot_id\":\"$id\"}";;
    *snapshots*) echo "[$(sed 's/.*/{"id":"&"}/' "$repo/snapshots" | paste -sd, -)]";;
    *missing*) echo "Fatal: $RESTIC_PASSWORD_HINT no such thing" >&2; exit 10;;
    *version*) echo "restic 0.19.1 compiled with go1.26 on linux/amd64";;
    *) exit 1;;
esac
"#;

const SHELL: &str = r#"set -e
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT
export RESTIC_PASSWORD=a-password-of-no-worth
restic init --repo="$dir/repo" | grep -q "at $dir/repo"
restic --repo="$dir/repo" --json backup "$dir/src"
restic --repo="$dir/repo" --json snapshots
"#;

const PYTHON: &str = r#"
import json, os, subprocess, tempfile
env = dict(os.environ, RESTIC_PASSWORD="a-password-of-no-worth")
with tempfile.TemporaryDirectory() as directory:
    def restic(*words):
        command = ["restic", f"--repo={directory}/repo", "--json", *words]
        return subprocess.run(command, env=env, check=True, capture_output=True, text=True).stdout
    assert f"{directory}/repo" in restic("init")
    saved = json.loads(restic("backup", f"{directory}/src"))["snapshot_id"]
    assert [s["id"] for s in json.loads(restic("snapshots"))] == [saved]
"#;

const NODE: &str = r#"
const { execFileSync } = require("node:child_process");
const { mkdtempSync, rmSync } = require("node:fs");
const directory = mkdtempSync(require("node:os").tmpdir() + "/node-");
const env = { ...process.env, RESTIC_PASSWORD: "a-password-of-no-worth" };
const restic = (...words) =>
  execFileSync("restic", [`--repo=${directory}/repo`, "--json", ...words], { env, encoding: "utf8" });
const check = (is) => { if (!is) process.exit(1); };
check(restic("init").includes(`${directory}/repo`));
const saved = JSON.parse(restic("backup", `${directory}/src`)).snapshot_id;
check(JSON.parse(restic("snapshots"))[0].id === saved);
rmSync(directory, { recursive: true, force: true });
"#;

pub(crate) fn is_there(interpreter: &str) -> bool {
    let is_there = Command::new(interpreter).arg("-c").arg("").output().is_ok();
    if !is_there {
        assert!(
            std::env::var_os("RESTIC_NO_SKIP").is_none(),
            "{interpreter} is missing"
        );
        eprintln!("skipped: there is no {interpreter}");
    }
    is_there
}

/// Records a program with the small restic; replays it without, twice at the same time.
fn check(interpreter: &str, program: &str) {
    if !is_there(interpreter) {
        return;
    }
    let place = Place::new();
    let restic = place.program("real", RESTIC);
    let program = place.program("program", program);
    let call = [interpreter, program.to_str().unwrap()];
    place.record(&restic, &call).assert().success();
    fs::remove_file(&restic).unwrap();
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| place.replay(&call).assert().success());
        }
    });
    let shown = place
        .restic_replay(&["show"])
        .arg(place.path("scenario"))
        .assert()
        .success();
    let shown = String::from_utf8_lossy(&shown.get_output().stdout).into_owned();
    assert!(shown.contains("02-backup"), "{shown}");
    for file in fs::read_dir(place.path("scenario")).unwrap() {
        let text = fs::read_to_string(file.unwrap().path()).unwrap();
        assert!(!text.contains("a-password"), "{text}");
    }
}

#[test]
fn a_shell_script() {
    check("sh", SHELL);
}

#[test]
fn a_python_script() {
    check("python3", PYTHON);
}

#[test]
fn a_node_script() {
    check("node", NODE);
}

/// A recording of two calls, and the place it is in.
fn recorded() -> Place {
    let place = Place::new();
    let restic = place.program("real", RESTIC);
    let repo = place.path("repo");
    let script = format!(
        "restic init --repo={0}; restic --repo={0} backup /data",
        repo.display()
    );
    place
        .record(&restic, &["sh", "-c", &script])
        .assert()
        .success();
    place
}

#[test]
fn a_call_that_was_not_recorded_fails_even_when_the_program_does_not_care() {
    let place = recorded();
    let script = "restic init --repo=/r/repo; restic --repo=/r/repo backup --tag=x /data; echo $?";
    let assert = place
        .replay(&["sh", "-c", script])
        .assert()
        .code(97)
        .stdout("created restic repository at /r/repo\n97\n");
    let text = stderr(&assert);
    for part in [
        "+ --tag=x",
        "nearest is 02-backup",
        "restic-replay record --scenario",
    ] {
        assert!(text.contains(part), "{part} is not in {text}");
    }
}

#[test]
fn what_was_never_called_fails() {
    let place = recorded();
    let assert = place
        .replay(&["sh", "-c", "restic init --repo=/r/repo"])
        .assert()
        .code(97);
    assert!(stderr(&assert).contains("never made: 02-backup"));
}

#[test]
fn the_exit_code_is_that_of_the_program() {
    let place = recorded();
    let script = "restic init --repo=/r/repo; restic --repo=/r/repo backup /data; exit 5";
    place.replay(&["sh", "-c", script]).assert().code(5);
    let assert = place
        .record(&place.path("real"), &["false"])
        .assert()
        .code(97);
    assert!(stderr(&assert).contains("was not recorded"));
}

#[test]
fn many_processes_at_once_get_one_answer_each() {
    let place = Place::new();
    let restic = place.program("real", "#!/bin/sh\necho \"answer $3\"\n");
    let all: String = (0..64)
        .map(|i| format!("restic --repo=/r backup d{i} > {{}}/{i} &\n"))
        .collect();
    let script = |to: &PathBuf| {
        fs::create_dir(to).unwrap();
        all.replace("{}", to.to_str().unwrap()) + "wait\n"
    };
    // Calls that only read may come in any order.
    let reading = |text: String| text.replace(" backup ", " ls ");
    let (first, second) = (place.path("first"), place.path("second"));
    let real = place.program(
        "versioned",
        &format!(
            "#!/bin/sh\n[ \"$1\" = version ] && echo 'restic 0.19.1 x' && exit\nexec {} \"$@\"\n",
            restic.display()
        ),
    );
    place
        .record(&real, &["sh", "-c", &reading(script(&first))])
        .assert()
        .success();
    place
        .replay(&["sh", "-c", &reading(script(&second))])
        .assert()
        .success();
    for i in 0..64 {
        let answer = fs::read_to_string(second.join(i.to_string())).unwrap();
        assert_eq!(answer, format!("answer d{i}\n"));
    }
}

#[test]
fn a_new_recording_waits_beside_the_old_one() {
    let place = recorded();
    let repo = place.path("repo");
    let script = format!(
        "restic init --repo={0}; restic --repo={0} backup /other",
        repo.display()
    );
    let real = place.path("real");
    let assert = place
        .record(&real, &["sh", "-c", &script])
        .assert()
        .success();
    let text = String::from_utf8_lossy(&assert.get_output().stdout).into_owned();
    assert!(text.contains("restic-replay accept"), "{text}");
    let scenario = place.path("scenario");
    place
        .restic_replay(&["diff"])
        .arg(&scenario)
        .assert()
        .success();
    place
        .restic_replay(&["accept"])
        .arg(&scenario)
        .assert()
        .success();
    place
        .restic_replay(&["reject"])
        .arg(&scenario)
        .assert()
        .code(97);
    let replayed = "restic init --repo=/r/repo; restic --repo=/r/repo backup /other";
    place.replay(&["sh", "-c", replayed]).assert().success();
}

#[test]
fn nothing_is_recorded_in_ci() {
    let place = Place::new();
    let restic = place.program("real", RESTIC);
    let assert = place
        .record(&restic, &["true"])
        .env("CI", "true")
        .assert()
        .code(97);
    assert!(stderr(&assert).contains("CI is set"));
    assert!(!place.path("scenario").exists());
}

#[test]
fn a_leaking_call_is_refused() {
    let place = Place::new();
    let leaking = "#!/bin/sh\n[ \"$1\" = version ] && echo 'restic 0.19.1 x' && exit\necho \"it is $RESTIC_PASSWORD\"\n";
    let restic = place.program("real", leaking);
    let script = "RESTIC_PASSWORD=a-planted-secret restic --repo=/r check";
    let assert = place
        .record(&restic, &["sh", "-c", script])
        .assert()
        .code(97);
    let text = stderr(&assert);
    assert!(
        text.contains("01-check.stdout.txt") && text.contains("at byte 6"),
        "{text}"
    );
    assert!(!text.contains("planted") && !place.path("scenario").exists());
    let short = "RESTIC_PASSWORD=short restic --repo=/r check";
    let assert = place
        .record(&restic, &["sh", "-c", short])
        .assert()
        .code(97);
    assert!(stderr(&assert).contains("throw-away"));
}

#[test]
fn it_may_have_any_name() {
    let place = Place::new();
    let restic = place.program("real", RESTIC);
    let name = place.path("restic-0.19");
    let repo = place.path("repo");
    let script = format!(
        "{0} init --repo={1}; {0} version",
        name.display(),
        repo.display()
    );
    let call = ["sh", "-c", script.as_str()];
    for command in ["record", "replay"] {
        let mut run = place.restic_replay(&[command, "--scenario"]);
        run.arg(place.path("scenario")).arg("--as").arg(&name);
        if command == "record" {
            run.arg("--restic").arg(&restic);
        }
        let done = run.arg("--").args(call).assert().success();
        let text = String::from_utf8_lossy(&done.get_output().stdout).into_owned();
        assert!(
            text.contains("created") && text.contains("restic 0.19.1 comp"),
            "{text}"
        );
        assert!(!name.exists());
    }
}

#[test]
fn a_call_that_is_not_unicode_fails_all() {
    let place = recorded();
    let init = "restic init --repo=/r/repo; restic --repo=/r/repo backup /data";
    let script = format!("{init}; restic --repo=/r/repo find \"$(printf '\\377')\"; true");
    let call = ["sh", "-c", script.as_str()];
    let text = stderr(&place.replay(&call).assert().code(97));
    assert!(text.contains("a call of restic was refused"), "{text}");
    fs::remove_dir_all(place.path("scenario")).unwrap();
    let text = stderr(&place.record(&place.path("real"), &call).assert().code(97));
    assert!(text.contains("is not Unicode"), "{text}");
    assert!(!place.path("scenario").exists());
}

#[test]
fn a_command_that_calls_no_restic_is_told_why_it_may_be() {
    let place = Place::new();
    let restic = place.program("real", RESTIC);
    let text = stderr(&place.record(&restic, &["true"]).assert().code(97));
    assert!(
        text.contains("called no restic") && text.contains("--as PATH"),
        "{text}"
    );
}

#[test]
fn a_secret_that_a_call_does_not_show_is_found_too() {
    let place = Place::new();
    let said = "a-canary-that-nobody-may-see";
    let saying = format!(
        "#!/bin/sh\n[ \"$1\" = version ] && echo 'restic 0.19.1 x' && exit\necho \"it is {said}\"\n"
    );
    let restic = place.program("real", &saying);
    fs::write(place.path("file"), format!("{said}\n")).unwrap();
    let url = format!("rest:http://me:{said}@host/");
    fs::write(place.path("url"), &url).unwrap();
    fs::write(place.path("proxy"), url.replace("rest:", "")).unwrap();
    for call in [
        "restic --repo=/r --password-file file check",
        "RESTIC_PASSWORD_FILE=file restic --repo=/r check",
        "restic --repo=/r copy --from-repo=/x --from-password-file=file",
        "restic --repo=/r key add --new-password-file file",
        "restic --repository-file=url check",
        "RESTIC_REPOSITORY_FILE=url restic check",
        "RESTIC_FROM_REPOSITORY=$(cat url) restic --repo=/r copy",
        "HTTPS_PROXY=$(cat proxy) restic --repo=/r check",
        "restic --repo=/r --password-command=\"echo $(cat file)\" check",
        "RESTIC_PASSWORD_COMMAND=\"echo $(cat file)\" restic --repo=/r check",
    ] {
        let call = format!("cd {}; {call}", place.path("").display());
        let assert = place.record(&restic, &["sh", "-c", &call]).assert();
        let text = stderr(&assert.code(97));
        assert!(
            text.contains("at byte 6: nothing was written"),
            "{call}: {text}"
        );
        assert!(
            !text.contains(said) && !place.path("scenario").exists(),
            "{text}"
        );
    }
    // Where it is said alone, it is not kept.
    let quiet = saying.replace(said, "done");
    let restic = place.program("real", &quiet);
    let call = "restic --repo=/r --password-command \"echo $(cat file)\" check";
    let call = format!("cd {}; {call}", place.path("").display());
    let call = ["sh", "-c", &call];
    place.record(&restic, &call).assert().success();
    place.replay(&call).assert().success();
    for file in fs::read_dir(place.path("scenario")).unwrap() {
        let text = fs::read_to_string(file.unwrap().path()).unwrap();
        assert!(!text.contains(said), "{text}");
    }
}

#[test]
fn a_rust_test_gives_its_program_the_variables() {
    let place = recorded();
    let program = env!("CARGO_BIN_EXE_restic-replay");
    let restic = StandIn::replay(place.path("scenario"), program).unwrap();
    let script =
        "restic init --repo=/r/repo && \"$RESTIC_REPLAY_RESTIC\" --repo=/r/repo backup /data";
    let mut command = assert_cmd::Command::new("sh");
    command
        .args(["-c", script])
        .envs(restic.variables())
        .assert()
        .success();
    restic.finish().unwrap();

    let restic = StandIn::replay(place.path("scenario"), program).unwrap();
    assert!(restic.finish().unwrap_err().contains("01-init, 02-backup"));
}
