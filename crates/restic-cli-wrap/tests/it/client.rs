use std::panic::{RefUnwindSafe, UnwindSafe};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use restic_cli_wrap::commands::{Backup, Snapshots};
use restic_cli_wrap::core::Runner;
use restic_cli_wrap::types::BackupMessage;
use restic_cli_wrap::{
    Arguments, ErrorKind, Exit, Invocation, ManualClock, Outcome, Repository, Restic,
    ResticBuilder, Scripted, Stop,
};

use restic_test_support::fake::{Fake, STATUS, SUMMARY, lingering};

#[test]
fn events_come_while_restic_runs_and_the_result_at_the_end() {
    let script =
        format!("echo '{STATUS}'; while [ ! -e $here/go ]; do sleep 0.02; done; echo '{SUMMARY}'");
    let fake = Fake::new(&script);
    let mut run = fake.restic().start(Backup::new(["/data"])).unwrap();
    let first = run.next().unwrap().unwrap();
    assert!(matches!(first, BackupMessage::Status(status) if status.files_done == 1));
    std::fs::write(fake.path("go"), "").unwrap();
    assert!(matches!(
        run.next().unwrap().unwrap(),
        BackupMessage::Summary(_)
    ));
    assert!(run.next().is_none());
    let Outcome::Complete(summary) = run.finish().unwrap() else {
        panic!("incomplete")
    };
    assert!(summary.snapshot_id.is_some());
}

#[test]
fn what_is_no_message_is_kept_as_a_notice() {
    let fake = Fake::new(&format!("echo hello; echo oops >&2; echo '{SUMMARY}'"));
    let run = fake.restic().start(Backup::new(["/data"])).unwrap();
    let (_, notices) = run.finish_with_notices().unwrap();
    let mut texts: Vec<_> = notices.iter().map(|notice| notice.text.as_str()).collect();
    texts.sort_unstable();
    assert_eq!(texts, ["hello", "oops"]);
}

#[test]
fn a_success_without_its_summary_is_none() {
    for output in [
        "",
        r#"{"message_type":"summary","files_n"#,
        "<html>502 Bad Gateway</html>",
    ] {
        let fake = Fake::new(&format!("printf '%s' '{output}'"));
        let error = fake.restic().run(Backup::new(["/data"])).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::BadOutput, "{output:?}: {error}");
        assert_eq!(error.exit(), Some(Exit::Code(0)));
    }
}

#[test]
fn progress_that_does_not_fit_is_a_notice_with_its_place() {
    let bad = r#"{"message_type":"status","percent_done":"half"}"#;
    let fake = Fake::new(&format!("echo '{STATUS}'; echo '{bad}'; echo '{SUMMARY}'"));
    let mut run = fake.restic().start(Backup::new(["/data"])).unwrap();
    let events: Vec<_> = run.by_ref().map(Result::unwrap).collect();
    assert!(matches!(&events[1], BackupMessage::Unknown(unknown) if unknown.raw == bad));
    let (outcome, notices) = run.finish_with_notices().unwrap();
    assert!(outcome.is_complete());
    let [notice] = &notices[..] else {
        panic!("{notices:?}")
    };
    let begin = "line 2 of restic's standard output cannot be read: invalid type: string";
    assert!(notice.text.starts_with(begin), "{notice:?}");
}

#[test]
fn a_message_that_the_result_rests_on_and_that_does_not_fit_is_no_success() {
    let bad = r#"{"message_type":"error","error":{"message":"denied"},"item":"/data/a"}"#;
    let fake = Fake::new(&format!("echo '{bad}' >&2; echo '{SUMMARY}'"));
    let error = fake.restic().run(Backup::new(["/data"])).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::BadOutput);
    assert!(error.message().contains("line 1"), "{}", error.message());
    let partial = error.partial::<Backup>().unwrap();
    assert!(partial.is_complete(), "the summary itself is fine");
}

#[test]
fn a_killed_restic_is_reported_with_its_signal_and_what_came_before() {
    let fake = Fake::new(&format!("echo '{STATUS}'; echo last words >&2; kill -9 $$"));
    let mut run = fake.restic().start(Backup::new(["/data"])).unwrap();
    assert_eq!(run.by_ref().map(Result::unwrap).count(), 1);
    let error = run.finish().unwrap_err();
    assert_eq!(
        (error.kind(), error.exit()),
        (ErrorKind::Killed, Some(Exit::Signal(9)))
    );
    assert!(error.lock_may_remain());
    assert_eq!(error.stderr_tail(), "last words");
}

#[test]
fn a_stop_from_another_thread_cancels() {
    let fake = Fake::new(&lingering());
    let stop = Stop::new();
    let restic = fake.restic().with_stop(&stop);
    let mut run = restic.start(Backup::new(["/data"])).unwrap();
    // What it has said by the stop shows that it has its lock.
    run.next().unwrap().unwrap();
    let button = thread::spawn({
        let stop = stop.clone();
        move || {
            thread::sleep(Duration::from_millis(20));
            stop.stop();
        }
    });
    let error = run.finish().unwrap_err();
    button.join().unwrap();
    assert_eq!(
        (error.kind(), error.exit()),
        (ErrorKind::Cancelled, Some(Exit::Code(130)))
    );
    assert!(!error.lock_may_remain() && error.partial::<Backup>().is_none());

    let error = restic.run(Backup::new(["/data"])).unwrap_err();
    assert_eq!((error.kind(), error.exit()), (ErrorKind::Cancelled, None));
    assert_eq!(fake.calls().len(), 1, "a stop is for good");
}

#[test]
fn a_summary_that_came_after_a_stop_is_not_lost() {
    let script = format!(
        "trap 'echo \"$summary\"; exit 1' INT\nsummary='{SUMMARY}'\ntouch $here/started\n\
         while :; do sleep 0.02; done"
    );
    let fake = Fake::new(&script);
    let run = fake.restic().start(Backup::new(["/data"])).unwrap();
    fake.wait_for("started");
    run.stop();
    let error = run.finish().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Cancelled);
    let partial = error.partial::<Backup>().unwrap();
    assert!(partial.summary().unwrap().snapshot_id.is_some());
}

#[test]
fn a_dropped_run_lets_restic_clean_up() {
    let fake = Fake::new(&lingering());
    let mut run = fake.restic().start(Backup::new(["/data"])).unwrap();
    run.next().unwrap().unwrap();
    drop(run);
    assert!(fake.path("signals").exists());
}

#[test]
fn a_run_over_its_deadline_is_stopped_and_says_so() {
    let fake = Fake::new(&lingering());
    let restic = fake
        .builder()
        .total_deadline(Duration::from_millis(300))
        .build();
    let begin = Instant::now();
    let error = restic.run(Backup::new(["/data"])).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TimedOut);
    assert!(begin.elapsed() < Duration::from_secs(10));
}

#[test]
fn a_grace_that_is_not_enough_leaves_a_lock() {
    let fake = Fake::new("trap '' INT; touch $here/started; while :; do sleep 0.02; done");
    let restic = fake.builder().grace(Duration::from_millis(100)).build();
    let run = restic.start(Backup::new(["/data"])).unwrap();
    fake.wait_for("started");
    run.stop();
    let error = run.finish().unwrap_err();
    assert_eq!(
        (error.kind(), error.exit()),
        (ErrorKind::Cancelled, Some(Exit::Signal(15)))
    );
    assert!(error.lock_may_remain());
}

#[test]
fn a_missing_program_is_no_failure_of_restic() {
    let restic = Restic::builder().binary("/no/such/restic").build();
    let error = restic.run(Snapshots::new()).unwrap_err();
    assert_eq!(
        (error.kind(), error.exit()),
        (ErrorKind::BinaryNotFound, None)
    );
    assert_eq!(
        error.to_string(),
        "`restic --json snapshots` failed: /no/such/restic does not exist"
    );
}

#[test]
fn no_secret_is_in_any_text() {
    let secrets = ["own-password", "url-password", "secret-access-key"];
    let fake = Fake::new("cat \"${3#--password-file=}\" > $here/password; echo failed >&2; exit 1");
    let restic = fake
        .builder()
        .repository("rest:http://alice:url-password@127.0.0.1:1/")
        .password("own-password")
        .env("AWS_SECRET_ACCESS_KEY", "secret-access-key")
        .build();
    let error = restic.run(Snapshots::new()).unwrap_err();
    let invocation = restic.invocation(&Snapshots::new());
    let texts = [
        format!("{restic:?}"),
        format!("{invocation:?} {invocation}"),
        format!("{error:?} {error} {:?}", error.invocation()),
        fake.calls().join("\n"),
        format!("{:?}", Repository::new("sftp:alice:url-password@host:/srv")),
    ];
    for text in &texts {
        for secret in secrets {
            assert!(!text.contains(secret), "{text}");
        }
    }
    let password = std::fs::read_to_string(fake.path("password")).unwrap();
    assert_eq!(password, "own-password", "restic itself could read it");
}

#[test]
fn the_call_can_be_seen_before_it_is_made() {
    let restic = Restic::builder()
        .repository("/srv/my repo")
        .password("pw")
        .no_cache(true)
        .build();
    let command = Backup::new(["/data", "-x"])
        .tag("a")
        .tags(["b", "c"])
        .dry_run(true);
    assert_eq!(
        restic.invocation(&command).to_string(),
        "restic --json '--repo=/srv/my repo' '--password-file={{secret}}' --no-cache \
         backup --tag=a --tag=b --tag=c --dry-run -- /data -x"
    );
}

#[test]
fn what_is_printed_of_a_client_is_the_same_in_each_run() {
    let builder = Restic::builder()
        .wrapper(["nice"])
        .max_running(2)
        .inherit_restic_env();
    assert!(!format!("{builder:?}").contains("0x"), "{builder:?}");
    let restic = builder.build();
    assert!(!format!("{restic:?}").contains("0x"), "{restic:?}");
    let command = Snapshots::new().arg("--new");
    assert!(!format!("{command:?}").contains("0x"), "{command:?}");
}

#[test]
fn what_holds_no_process_may_be_seen_after_a_panic() {
    fn kept<T: UnwindSafe + RefUnwindSafe>() {}
    kept::<Backup>();
    kept::<Snapshots>();
    kept::<Arguments>();
    kept::<Repository>();
    kept::<Invocation>();
    kept::<Runner>();
    kept::<Stop>();
}

#[test]
fn what_is_shared_between_threads_can_be() {
    fn shared<T: Send + Sync>() {}
    fn sent<T: Send>() {}
    shared::<Restic>();
    shared::<Stop>();
    shared::<restic_cli_wrap::Error>();
    shared::<Repository>();
    sent::<restic_cli_wrap::Run<Backup>>();
    sent::<restic_cli_wrap::AsyncRun<Backup>>();
}

#[test]
fn the_holder_of_a_lock_is_reported() {
    let text = "unable to create lock in backend: repository is already locked by PID 22649 on srv1 by alice (UID 1000, GID 1000)\n\
        lock was created at 2026-11-22 11:19:07 (12.5s ago)\nstorage ID 8eaa3a05\n\
        the `unlock` command can be used to remove stale locks\n";
    let json = format!("{{\"message_type\":\"exit_error\",\"code\":11,\"message\":{text:?}}}\n");
    for (exit, stderr) in [(1, text), (11, &json)] {
        let script = Scripted::new().stderr(stderr).exit(exit);
        let restic = Restic::builder()
            .executor(Scripted::executor([script]))
            .build();
        let error = restic.run(Snapshots::new()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Locked);
        assert!(error.is_retryable());
        let holder = error.lock().unwrap();
        assert_eq!((holder.pid, holder.host.as_str()), (22649, "srv1"));
        assert_eq!(holder.age, Some(Duration::from_millis(12_500)));
    }
}

#[test]
fn the_deadline_that_came_is_named() {
    let message = |builder: ResticBuilder| {
        let clock = ManualClock::new();
        let script = Scripted::new().stdout("{}\n").hang().clock(&clock);
        let builder = builder
            .executor(Scripted::executor([script]))
            .clock(Arc::new(clock));
        let error = builder.build().run(Backup::new(["/data"])).unwrap_err();
        assert_eq!(
            (error.kind(), error.exit()),
            (ErrorKind::TimedOut, Some(Exit::Code(130)))
        );
        error.message().to_owned()
    };
    let day = Duration::from_secs(86_400);
    let total = message(Restic::builder().total_deadline(day).idle_deadline(2 * day));
    assert!(total.contains("total deadline"), "{total}");
    let idle = message(Restic::builder().total_deadline(day).idle_deadline(day / 2));
    assert!(idle.contains("idle deadline"), "{idle}");
}

#[test]
fn a_reader_is_saved_whole_or_not_at_all() {
    let fake = Fake::new(&format!("cat > $here/input; echo '{SUMMARY}'"));
    let restic = fake.builder().password_file("/etc/password").build();
    let text = "line\n".repeat(100_000);
    let input = std::io::Cursor::new(text.clone());
    let run = restic
        .start_with_input(Backup::from_input(), input)
        .unwrap();
    assert!(run.finish().unwrap().is_complete());
    assert_eq!(std::fs::read_to_string(fake.path("input")).unwrap(), text);
    assert_eq!(
        fake.calls(),
        ["--json --repo=/srv/repo --password-file=/etc/password backup --stdin"]
    );

    struct Broken;
    impl std::io::Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
            Err(std::io::Error::other("the dump failed"))
        }
    }
    let fake = Fake::new("trap 'touch $here/interrupted; exit 130' INT; cat; touch $here/saved");
    let restic = fake.builder().password("secret").build();
    let run = restic
        .start_with_input(Backup::from_input(), Broken)
        .unwrap();
    let error = run.finish().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Io);
    let source = std::error::Error::source(&error).map(ToString::to_string);
    assert_eq!(source.as_deref(), Some("the dump failed"), "{error}");
    assert!(!fake.path("saved").exists());
}
