//! Runs that are stopped, dropped, deaf or silent.

use std::io::Write as _;
use std::net::TcpListener;
use std::process::Command;
use std::sync::mpsc::channel;
use std::thread;
use std::time::{Duration, Instant};

use futures_util::task::LocalSpawnExt as _;

use restic_cli_wrap::commands::{Backup, Ls, Snapshots};
use restic_cli_wrap::{Error, ErrorKind, Exit, Restic, Stop};

use crate::support::{Bench, alone, kill, kind, on_each, sent, watched, within};
use restic_test_support::fake::{Fake, STATUS, SUMMARY, lingering};
use restic_test_support::leftovers::children;

const SECOND: Duration = Duration::from_secs(1);
const GRACE: Duration = Duration::from_millis(300);

fn backup() -> Backup {
    Backup::new(["/data"])
}

/// What a run that was cancelled must have come to, on every version.
#[track_caller]
fn assert_cancelled(bench: &Bench, error: &Error) {
    assert_eq!(error.kind(), ErrorKind::Cancelled, "{error:?}");
    assert!(!error.lock_may_remain(), "{error:?}");
    assert!(bench.locks().is_empty(), "{:?}", bench.locks());
}

#[test]
fn a_stop_in_the_background_leaves_no_lock() {
    const NAME: &str = "stopping::a_stop_in_the_background_leaves_no_lock";
    alone(NAME, || {
        on_each(NAME, |bench| {
            let restic = bench.builder().grace(10 * SECOND).build();
            let run = bench.at_work(&restic);
            // It can do nothing until it is let: whoever waits for its end waits for all of the
            // grace, and a lock stays.
            let pid = children().unwrap()[0].to_string();
            let signal = |name: &str| {
                let sent = Command::new("kill").args([name, &pid]).status();
                assert!(sent.unwrap().success());
            };
            signal("-STOP");
            run.stop_in_background();
            assert!(!restic.settle(Duration::ZERO));
            signal("-CONT");
            assert!(restic.settle(Duration::from_secs(60)));
            assert!(bench.locks().is_empty());
        });
    });
}

#[test]
fn a_cancel_is_one_interrupt_and_leaves_no_lock() {
    const NAME: &str = "stopping::a_cancel_is_one_interrupt_and_leaves_no_lock";
    alone(NAME, || {
        on_each(NAME, |bench| {
            let (executor, signals) = watched(&bench.binary);
            let stop = Stop::new();
            let restic = bench.builder().executor(executor).build().with_stop(&stop);
            let run = bench.at_work(&restic);
            let error = within(2 * SECOND, || {
                thread::spawn(move || stop.stop());
                run.finish().unwrap_err()
            });
            assert_cancelled(bench, &error);
            assert_eq!(sent(&signals), ["INT"]);
            assert!(error.exit().unwrap().code().is_some(), "{error:?}");
        });
    });
}

#[test]
fn a_deaf_child_is_ended_within_the_grace() {
    alone("stopping::a_deaf_child_is_ended_within_the_grace", || {
        let deaf = [
            ("trap '' INT", 15),
            ("trap '' INT TERM", 9),
            ("trap '' INT TERM HUP QUIT PIPE USR1", 9),
            ("kill -STOP $$", 9),
        ];
        for (how, signal) in deaf {
            // Its helpers are as deaf as it is.
            let fake = Fake::new(&format!(
                "touch $here/started; sleep 600 & {how}; while :; do sleep 0.02; done"
            ));
            let restic = fake.builder().grace(GRACE).build();
            let run = restic.start(backup()).unwrap();
            fake.wait_for("started");
            thread::sleep(SECOND / 10);
            run.stop();
            let error = within(GRACE + SECOND, || run.finish().unwrap_err());
            assert_eq!(
                (error.kind(), error.exit()),
                (ErrorKind::Cancelled, Some(Exit::Signal(signal))),
                "{how}"
            );
            assert!(error.lock_may_remain(), "{how}");
        }
    });
}

#[test]
fn output_after_the_interrupt_is_read_to_its_end() {
    alone(
        "stopping::output_after_the_interrupt_is_read_to_its_end",
        || {
            // Much more than a pipe holds, on both.
            let script = format!(
                "trap 'yes \"{}\" | head -n 5000; yes late | head -n 100000 >&2; echo \"$summary\"; exit 130' INT\n\
             summary='{SUMMARY}'; touch $here/started\nwhile :; do sleep 0.02; done",
                STATUS.replace('"', "\\\"")
            );
            let fake = Fake::new(&script);
            let mut run = fake.restic().start(backup()).unwrap();
            fake.wait_for("started");
            run.stop();
            let events = within(4 * SECOND, || run.by_ref().map(Result::unwrap).count());
            assert_eq!(events, 5001);
            let error = run.finish().unwrap_err();
            assert_eq!(
                (error.kind(), error.exit()),
                (ErrorKind::Cancelled, Some(Exit::Code(130)))
            );
            let outcome = error.partial::<Backup>().unwrap();
            assert!(outcome.summary().unwrap().snapshot_id.is_some());
        },
    );
}

/// With a full pipe that nobody reads, restic since 0.17 does not end until it is drained.
#[test]
fn a_listing_that_nobody_reads_can_be_cancelled() {
    const NAME: &str = "stopping::a_listing_that_nobody_reads_can_be_cancelled";
    alone(NAME, || {
        on_each(NAME, |bench| {
            for number in 0..1500 {
                let name = format!("data/{number}-{}", "x".repeat(200));
                std::fs::write(bench.path(&name), "").unwrap();
            }
            let restic = bench.builder().grace(5 * SECOND).build();
            let _ = restic.run(Backup::new([bench.path("data")])).unwrap();
            let mut run = restic.start(Ls::new("latest")).unwrap();
            run.next().unwrap().unwrap();
            thread::sleep(SECOND / 2);
            run.stop();
            let error = within(2 * SECOND, || run.finish().unwrap_err());
            assert_cancelled(bench, &error);
        });
    });
}

/// restic since 0.17 waits for the end of its input before it ends.
#[test]
fn a_cancel_closes_the_input() {
    const NAME: &str = "stopping::a_cancel_closes_the_input";
    alone(NAME, || {
        on_each(NAME, |bench| {
            let (input, mut producer) = std::io::pipe().unwrap();
            producer.write_all(&[b'x'; 10_000]).unwrap();
            let restic = bench.restic();
            let run = restic.start_with_input(Backup::from_input(), input);
            let run = run.unwrap();
            while bench.locks().is_empty() {
                thread::sleep(SECOND / 100);
            }
            // restic 0.11 does not remove a lock that it is still making.
            thread::sleep(SECOND / 2);
            run.stop();
            let error = within(2 * SECOND, || run.finish().unwrap_err());
            assert_eq!(error.kind(), ErrorKind::Cancelled, "{error:?}");
            // Nobody has read until the stop that it is past that.
            assert!(error.lock_may_remain(), "{error:?}");
            drop(producer);
        });
    });
}

fn runtime() -> tokio::runtime::Runtime {
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    builder.worker_threads(2).enable_time().build().unwrap()
}

#[test]
fn what_is_dropped_cleans_up() {
    const NAME: &str = "stopping::what_is_dropped_cleans_up";
    alone(NAME, || {
        on_each(NAME, |bench| {
            let (executor, signals) = watched(&bench.binary);
            let restic = bench.builder().executor(executor.clone()).build();
            let run = bench.at_work(&restic);
            within(2 * SECOND, || drop(run));
            assert!(bench.locks().is_empty(), "a run");
            assert_eq!(sent(&signals), ["INT"]);

            // A repository of its own: restic 0.11 may leave half a snapshot in the first one.
            let bench = Bench::new(bench.binary.clone());
            let restic = bench.builder().executor(executor).build();
            let runtime = runtime();
            let mut run = restic.start_async(bench.endless());
            runtime.block_on(async {
                let Some(event) = run.next().await else {
                    panic!("no event: {:?}", run.finish().await);
                };
                event.unwrap();
                within(SECOND / 20, || drop(run));
                restic.settle_async().await;
            });
            assert!(bench.locks().is_empty(), "an asynchronous run");
            assert_eq!(sent(&signals), ["INT", "INT"]);
        });
    });
}

#[test]
fn a_runtime_that_is_dropped_leaves_nothing_behind() {
    alone(
        "stopping::a_runtime_that_is_dropped_leaves_nothing_behind",
        || {
            let fake = Fake::new(&lingering());
            let restic = fake.restic();
            let runtime = runtime();
            let mut run = restic.start_async(backup());
            runtime.spawn(async move { while run.next().await.is_some() {} });
            fake.wait_for("started");
            within(SECOND / 20, || drop(runtime));
            assert!(restic.settle(20 * SECOND));
            let signals = std::fs::read_to_string(fake.path("signals")).unwrap();
            assert_eq!(signals, "interrupted\n");
        },
    );
}

/// As above, with real programs, and on another runtime as well.
#[test]
fn whatever_runtime_is_dropped_no_lock_stays() {
    const NAME: &str = "stopping::whatever_runtime_is_dropped_no_lock_stays";
    let works = |bench: &Bench, restic: &Restic| {
        let mut run = restic.start_async(bench.endless());
        let (sender, started) = channel();
        let task = async move {
            while let Some(event) = run.next().await {
                event.unwrap();
                let _ = sender.send(());
            }
            panic!("it has ended: {:?}", run.finish().await);
        };
        (task, started)
    };
    alone(NAME, || {
        on_each(NAME, |bench| {
            let restic = bench.restic();
            let (task, started) = works(bench, &restic);
            let tokio = runtime();
            tokio.spawn(task);
            started.recv().unwrap();
            within(SECOND / 20, || drop(tokio));
            assert!(restic.settle(20 * SECOND));
            assert!(bench.locks().is_empty(), "tokio");
        });
        // In a repository of its own: restic 0.11.0 may be interrupted while it writes a snapshot, and no backup is
        // made after that one.
        on_each(NAME, |bench| {
            let restic = bench.restic();
            let (task, started) = works(bench, &restic);
            let mut pool = futures_executor::LocalPool::new();
            pool.spawner().spawn_local(task).unwrap();
            while started.try_recv().is_err() {
                pool.run_until_stalled();
                thread::sleep(SECOND / 100);
            }
            within(SECOND / 20, || drop(pool));
            futures_executor::block_on(restic.settle_async());
            assert!(bench.locks().is_empty(), "futures");
        });
    });
}

#[test]
fn a_helper_that_holds_the_pipes_does_not_spoil_a_success() {
    alone(
        "stopping::a_helper_that_holds_the_pipes_does_not_spoil_a_success",
        || {
            let script = format!("sleep 600 & echo $! > $here/helper; echo '{SUMMARY}'");
            let fake = Fake::new(&script);
            let (outcome, notices) = within(2 * SECOND, || {
                let run = fake.restic().start(backup()).unwrap();
                run.finish_with_notices().unwrap()
            });
            assert!(outcome.is_complete());
            // What restic leaves running after a good end is its own business, and is named.
            let helper = std::fs::read_to_string(fake.path("helper")).unwrap();
            let helper = helper.trim();
            let names = |notice: &str| notice.contains(helper) && notice.contains("sleep");
            assert!(notices.iter().any(|it| names(&it.text)), "{notices:?}");
            kill(helper.parse().unwrap());
        },
    );
}

#[test]
fn a_helper_that_hangs_goes_with_what_was_stopped() {
    alone(
        "stopping::a_helper_that_hangs_goes_with_what_was_stopped",
        || {
            for helper in [
                "sleep 600",
                "setsid sleep 600",
                "(setsid sleep 600; sleep 600)",
            ] {
                let fake = Fake::new(&format!(
                    "trap 'exit 130' INT; {helper} & touch $here/started; wait"
                ));
                let restic = fake.builder().grace(GRACE).build();
                let run = restic.start(backup()).unwrap();
                fake.wait_for("started");
                thread::sleep(SECOND / 10);
                run.stop();
                let error = within(GRACE + SECOND, || run.finish().unwrap_err());
                assert_eq!(error.kind(), ErrorKind::Cancelled, "{helper}");
            }
        },
    );
}

#[test]
fn a_password_command_that_hangs_is_ended_with_restic() {
    const NAME: &str = "stopping::a_password_command_that_hangs_is_ended_with_restic";
    alone(NAME, || {
        on_each(NAME, |bench| {
            let started = bench.path("started");
            let command = format!("sh -c 'touch {}; sleep 600'", started.display());
            let restic = bench.locked_out().password_command(command).grace(GRACE);
            let run = restic.build().start(Snapshots::new()).unwrap();
            while !started.exists() {
                thread::sleep(SECOND / 100);
            }
            run.stop();
            let error = within(GRACE + SECOND, || run.finish().unwrap_err());
            assert_eq!(error.kind(), ErrorKind::Cancelled);
        });
    });
}

/// A run that is over its deadline, in how long and with which words.
fn timed_out(restic: &Restic, limit: Duration, words: &str) {
    let begin = Instant::now();
    let error = restic.run(backup()).unwrap_err();
    let took = begin.elapsed();
    assert_eq!(error.kind(), ErrorKind::TimedOut, "{error}");
    assert!(error.message().contains(words), "{error}");
    assert!(took >= limit, "{took:?}");
    assert!(took <= limit + 5 * SECOND / 2, "{took:?}");
}

#[test]
fn silence_is_distinguished_from_a_long_run() {
    alone("stopping::silence_is_distinguished_from_a_long_run", || {
        let silent = Fake::new("while :; do sleep 0.02; done");
        let limit = GRACE;
        let idle = silent.builder().idle_deadline(limit);
        let idle = idle.total_deadline(60 * SECOND).build();
        timed_out(&idle, limit, "idle deadline");
        let total = silent.builder().total_deadline(limit);
        let total = total.idle_deadline(60 * SECOND).build();
        timed_out(&total, limit, "total deadline");

        // A byte is a sign of life, on either stream, and also without the end of a line.
        for stream in [1, 2] {
            let drip = Fake::new(&format!(
                "while :; do printf . >&{stream}; sleep 0.05; done"
            ));
            let patient = drip.builder().idle_deadline(3 * limit);
            let patient = patient.total_deadline(5 * limit).build();
            timed_out(&patient, 5 * limit, "total deadline");
        }
    });
}

#[test]
fn a_server_that_never_answers_is_silence() {
    const NAME: &str = "stopping::a_server_that_never_answers_is_silence";
    alone(NAME, || {
        on_each(NAME, |bench| {
            let server = TcpListener::bind("127.0.0.1:0").unwrap();
            let address = server.local_addr().unwrap();
            let restic = bench
                .builder()
                .repository(format!("rest:http://{address}/"))
                .idle_deadline(SECOND)
                .total_deadline(60 * SECOND)
                .grace(GRACE)
                .build();
            let error = within(2 * SECOND + GRACE, || {
                restic.run(Snapshots::new()).unwrap_err()
            });
            assert_eq!(error.kind(), ErrorKind::TimedOut);
            assert!(error.message().contains("idle deadline"), "{error}");
        });
    });
}

/// A summary that was already printed is not forgotten.
#[test]
fn a_deadline_keeps_what_there_is() {
    alone("stopping::a_deadline_keeps_what_there_is", || {
        let fake = Fake::new(&format!("echo '{SUMMARY}'; exec sleep 600"));
        let restic = fake.builder().total_deadline(SECOND).grace(GRACE).build();
        let error = restic.run(backup()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::TimedOut);
        assert!(error.partial::<Backup>().unwrap().summary().is_some());
        assert_eq!(kind(restic.run(backup())), ErrorKind::TimedOut);
    });
}
