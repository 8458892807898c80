//! Hosts with signal settings of their own, from whom restic is a child like others.

use std::fs;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, Command};
use std::thread;
use std::time::{Duration, Instant};

use restic_cli_wrap::commands::{Backup, Check, Snapshots, Unlock};
use restic_cli_wrap::{ErrorKind, Restic, Run};

use crate::support::{Alone, Bench, on_each};
use restic_test_support::fake::{Fake, STATUS, SUMMARY, lingering};

/// A host whose children are waited for by the system, as it was started. Not every shell keeps
/// that over its `exec`.
const IGNORES: [&str; 3] = ["bash", "-c", "trap '' CHLD; exec \"$0\" \"$@\""];

#[allow(unsafe_code, reason = "no library that is used here sets signals")]
fn by_default(number: i32) {
    unsafe extern "C" {
        fn signal(signal: i32, handler: usize) -> usize;
    }
    // SAFETY: the default of the system needs no code.
    unsafe { signal(number, 0) };
}

#[test]
fn a_host_that_ignores_its_children_gets_what_restic_proves() {
    const NAME: &str = "children::a_host_that_ignores_its_children_gets_what_restic_proves";
    Alone::new(NAME).through(&IGNORES).run(|| {
        on_each(NAME, |bench| {
            let restic = bench.restic();
            fs::write(bench.path("data/file"), "content").unwrap();
            let backup = restic.run(Backup::new([bench.path("data")])).unwrap();
            assert!(backup.is_complete(), "{backup:?}");
            assert_eq!(restic.run(Snapshots::new()).unwrap().len(), 1);
            assert!(restic.run(Check::new()).unwrap().is_ok());
            // It prints nothing that proves a good end.
            let error = restic.run(Unlock::new()).map(drop).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Io, "{error:?}");
            assert!(error.message().contains("SIGCHLD"), "{error}");
            let error = bench
                .builder()
                .password("wrong")
                .build()
                .run(Snapshots::new());
            assert_eq!(error.unwrap_err().kind(), ErrorKind::WrongPassword);
            let run = bench.at_work(&restic);
            run.stop();
            assert_eq!(run.finish().unwrap_err().kind(), ErrorKind::Cancelled);
            assert!(bench.locks().is_empty());
        });
        let half = Fake::new(&format!("echo '{STATUS}'; exit 0"));
        let error = half.restic().run(Backup::new(["/data"])).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Io, "{error:?}");
        assert!(error.message().contains("SIGCHLD"), "{error}");
        assert!(error.lock_may_remain());
    });
}

/// Somebody else with the id that restic had: the leader of a group, as restic was. Absent when
/// the id is not to be had.
fn stranger(id: u32) -> Option<Child> {
    let last = Path::new("/proc/sys/kernel/ns_last_pid");
    // For as long as anything of its group or session lives, an id is nobody's. A thread that is
    // spawned at this moment may get it, too.
    let begin = Instant::now();
    while begin.elapsed() < Duration::from_secs(2) {
        fs::write(last, (id - 1).to_string()).unwrap();
        let mut stranger = Command::new("sleep")
            .arg("1000")
            .process_group(0)
            .spawn()
            .unwrap();
        if stranger.id() == id {
            return Some(stranger);
        }
        stranger.kill().unwrap();
        let _ = stranger.wait();
        thread::sleep(Duration::from_millis(1));
    }
    println!("nobody got the id {id}");
    None
}

fn is_alive(id: u32) -> bool {
    let state = fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
    !state.is_empty() && !state.contains(") Z ")
}

/// A run that nobody waits for yet, of a restic that has ended and whose id is free.
fn ended(fake: &Fake) -> (Run<Backup>, u32) {
    let _ = fs::remove_file(fake.path("pid"));
    let run = fake.restic().start(Backup::new(["/data"])).unwrap();
    fake.wait_for("ended");
    fs::remove_file(fake.path("ended")).unwrap();
    let id = fs::read_to_string(fake.path("pid"))
        .unwrap()
        .trim()
        .parse()
        .unwrap();
    let begin = Instant::now();
    while Path::new(&format!("/proc/{id}")).exists() {
        assert!(
            begin.elapsed() < Duration::from_secs(20),
            "{id} is still there"
        );
        thread::sleep(Duration::from_millis(1));
    }
    (run, id)
}

/// The same with a stranger who has got the id: of the first restic whose id can be had.
fn replaced(fake: &Fake) -> (Run<Backup>, u32, Child) {
    let attempts = std::iter::repeat_with(|| ended(fake)).take(20);
    let mut replaced = attempts.filter_map(|(run, id)| Some((run, id, stranger(id)?)));
    replaced.next().expect("nobody got any of the ids")
}

#[test]
fn whoever_gets_the_id_of_restic_is_never_signalled() {
    const NAME: &str = "children::whoever_gets_the_id_of_restic_is_never_signalled";
    const THROUGH: [&str; 10] = [
        "unshare",
        "--pid",
        "--fork",
        "--mount-proc",
        "sh",
        "-c",
        // It may choose the ids of processes.
        "echo 100 > /proc/sys/kernel/ns_last_pid && exec \"$0\" \"$@\"",
        IGNORES[0],
        IGNORES[1],
        IGNORES[2],
    ];
    Alone::new(NAME).through(&THROUGH).run(|| {
        let fake = Fake::new(&format!(
            "echo $$ > $here/pid; echo '{STATUS}'; echo '{SUMMARY}'; touch $here/ended"
        ));
        for way in ["stop", "finish", "drop"] {
            let (run, id, mut stranger) = replaced(&fake);
            match way {
                "stop" => run.stop(),
                "finish" => drop(run.finish()),
                _ => drop(run),
            }
            thread::sleep(Duration::from_millis(50));
            assert!(is_alive(id), "{way}");
            stranger.kill().unwrap();
            // Nobody can wait for it here, but it has ended then.
            let _ = stranger.wait();
        }
    });
}

#[test]
fn input_that_restic_does_not_want_ends_no_host() {
    const NAME: &str = "children::input_that_restic_does_not_want_ends_no_host";
    const SIGPIPE: i32 = 13;
    Alone::new(NAME).memory(160).run(|| {
        by_default(SIGPIPE);
        let check = |restic: &Restic| {
            let bytes = vec![b'x'; 40_000_000];
            let given = Backup::stdin(bytes.clone()).stdin_filename("file");
            restic.run(given).map(drop).unwrap_err();
            let read = Backup::from_input().stdin_filename("file");
            let run = restic.start_with_input(read, std::io::Cursor::new(bytes));
            run.unwrap().finish().map(drop).unwrap_err();
        };
        on_each(NAME, |bench| {
            check(&bench.builder().password("wrong").build());
        });
        check(
            &Fake::new("exec <&-; sleep 0.1; exit 1")
                .builder()
                .password("x")
                .build(),
        );
    });
}

/// A host may block signals in its threads, to handle them in one place.
#[test]
fn signals_that_the_host_blocks_reach_restic() {
    const NAME: &str = "children::signals_that_the_host_blocks_reach_restic";
    // Blocks INT, TERM, CHLD and PIPE, and ignores INT and TERM.
    const BLOCKS: [&str; 3] = [
        "python3",
        "-c",
        "import os, signal, sys\n\
         for s in (2, 15): signal.signal(s, signal.SIG_IGN)\n\
         signal.pthread_sigmask(signal.SIG_BLOCK, [2, 13, 15, 17])\n\
         os.execv(sys.argv[1], sys.argv[1:])",
    ];
    let has_python = Command::new("python3").arg("--version").output();
    if !has_python.is_ok_and(|output| output.status.success()) {
        println!("skipped {NAME}: there is no python3 here");
        return;
    }
    Alone::new(NAME).through(&BLOCKS).run(|| {
        let fake = Fake::new(&format!(
            "grep -E 'Sig(Blk|Ign)' /proc/self/status > $here/signals_seen\n{}",
            lingering()
        ));
        let mut run = fake.restic().start(Backup::new(["/data"])).unwrap();
        run.next().unwrap().unwrap();
        run.stop();
        assert_eq!(run.finish().unwrap_err().kind(), ErrorKind::Cancelled);
        fake.wait_for("signals");
        for line in fs::read_to_string(fake.path("signals_seen"))
            .unwrap()
            .lines()
        {
            let mask = line.split_whitespace().nth(1).unwrap();
            let mask = u64::from_str_radix(mask, 16).unwrap();
            assert_eq!(mask & (1 << 1 | 1 << 12 | 1 << 14 | 1 << 16), 0, "{line}");
        }
    });
    on_each(NAME, |bench: &Bench| {
        let restic = bench.restic();
        let run = bench.at_work(&restic);
        run.stop();
        assert_eq!(run.finish().unwrap_err().kind(), ErrorKind::Cancelled);
    });
}

/// The children of this process that nobody has waited for, with those that still run.
fn children() -> Vec<(u32, String)> {
    let this = std::process::id().to_string();
    let processes = fs::read_dir("/proc").unwrap();
    let stat = |pid: u32| {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        let fields = stat.rsplit_once(") ")?.1.to_owned();
        let mut fields = fields.split_whitespace();
        let (state, parent) = (fields.next()?, fields.next()?);
        (parent == this).then(|| (pid, state.to_owned()))
    };
    let pids = processes.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok());
    pids.filter_map(stat).collect()
}

fn has_only(child: u32) -> bool {
    let begin = Instant::now();
    while begin.elapsed() < Duration::from_secs(10) {
        if children().iter().all(|(pid, _)| *pid == child) {
            return true;
        }
        thread::sleep(Duration::from_millis(10));
    }
    println!("{:?}", children());
    false
}

/// In a container everybody's orphans are the children of the first process.
#[test]
fn the_first_process_keeps_no_zombies() {
    const NAME: &str = "children::the_first_process_keeps_no_zombies";
    const FIRST: [&str; 4] = ["unshare", "--pid", "--fork", "--mount-proc"];
    let [program, options @ ..] = FIRST;
    let first = Command::new(program).args(options).arg("true").status();
    if !first.is_ok_and(|status| status.success()) {
        println!("{NAME}: SKIPPED, since this user may not start a first process");
        return;
    }
    Alone::new(NAME).through(&FIRST).run(|| {
        assert_eq!(std::process::id(), 1);
        // A child of the program's own is left to it.
        let mut own = Command::new("true").spawn().unwrap();
        let leaves = Fake::new(
            "(sleep 0.3 &) >/dev/null 2>&1 </dev/null\n(true &) >/dev/null 2>&1\necho '[]'",
        );
        for _ in 0..3 {
            leaves.restic().run(Snapshots::new()).unwrap();
        }
        assert!(has_only(own.id()));
        // Helpers that are killed, some in a session of their own.
        let clings = Fake::new(&format!(
            "(trap '' INT; sleep 100) & setsid sleep 100 &\n{}",
            lingering()
        ));
        let mut run = clings.restic().start(Backup::new(["/data"])).unwrap();
        run.next().unwrap().unwrap();
        run.stop();
        assert_eq!(run.finish().unwrap_err().kind(), ErrorKind::Cancelled);
        assert!(has_only(own.id()));
        on_each(NAME, |bench| {
            let asks = bench.locked_out().password_command("sleep 100");
            let restic = asks.total_deadline(Duration::from_millis(300)).build();
            let restic = restic.with(|it| it.grace(Duration::from_millis(300)));
            let error = restic.run(Snapshots::new()).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::TimedOut, "{error:?}");
            assert!(has_only(own.id()));
        });
        assert!(own.wait().unwrap().success());
    });
}
