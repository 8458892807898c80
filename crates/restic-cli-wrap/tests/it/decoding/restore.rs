//! Getting data back.

use std::io::{self, Write};

use restic_cli_wrap::commands::*;
use restic_cli_wrap::types::RestoreMessage;
use restic_cli_wrap::{ErrorKind, Exit, NoticeSource, Outcome, Restic, Scripted, Stop};

use super::{fails, restic, run, script};

const OLD_BEGIN: &str = "restoring <Snapshot a92725d9 of [/data/src] at 2026-11-22 11:16:15.849059764 +0100 CET by alice@srv1> to /srv/tmp/r1\n";
const OLD_ERROR: &str = "ignoring error for /data/src/docs/deep/x.log: ciphertext verification failed\n\
    ignoring error for /data/src/docs/deep/x.log: UtimesNano: no such file or directory\n\
    ignoring error for /data/src/link: Symlink: symlink a.txt /srv/tmp/r1/data/src/link: file exists\n";
const SUMMARY: &str = r#"{"message_type":"summary","total_files":11,"files_restored":10,"total_bytes":42906,"bytes_restored":42706}
"#;
const NEW_ERROR: &str = r#"{"message_type":"error","error":{"message":"decrypting blob \u003cdata/c4faa63b\u003e from 73c3fa44 failed: ciphertext verification failed"},"during":"restore","item":"/data/src/docs/readme.md"}
{"message_type":"error","error":{"message":"lchown /srv/tmp/rd2/data/src/docs/readme.md: no such file or directory"},"during":"restore","item":"/data/src/docs/readme.md"}
{"message_type":"exit_error","code":1,"message":"Fatal: There were 2 errors\n"}
"#;

fn restore() -> Restore {
    Restore::new("a92725d9").target("/srv/tmp/r1")
}

#[track_caller]
fn incomplete(exit: i32, stdout: &str, stderr: &str) -> (Restored, Vec<(String, usize)>) {
    let Outcome::Incomplete(partial) = run(restore(), exit, stdout, stderr).unwrap() else {
        panic!("complete")
    };
    assert!(partial.message.contains("There were "), "{partial:?}");
    let errors = partial.errors.iter();
    let errors = errors.map(|item| (item.path.clone(), item.messages.len()));
    (partial.summary.unwrap(), errors.collect())
}

#[test]
fn errors_of_an_old_restic_are_read_from_its_text() {
    let expected = [
        ("/data/src/docs/deep/x.log".to_owned(), 2),
        ("/data/src/link".to_owned(), 1),
    ];
    let end = format!("{OLD_BEGIN}There were 3 errors\n");
    let (restored, errors) = incomplete(0, &end, OLD_ERROR);
    assert_eq!(errors, expected);
    assert_eq!((restored.summary, restored.text.len()), (None, 2));
    let stderr = format!("{OLD_ERROR}Fatal: There were 3 errors\n\n");
    let (restored, errors) = incomplete(1, OLD_BEGIN, &stderr);
    assert_eq!(errors, expected);
    assert_eq!((restored.summary, restored.text.len()), (None, 1));
}

#[test]
fn errors_are_one_entry_a_path() {
    let (restored, errors) = incomplete(1, SUMMARY, NEW_ERROR);
    assert_eq!(errors, [("/data/src/docs/readme.md".to_owned(), 2)]);
    assert_eq!(restored.summary.unwrap().files_restored, 10);
}

#[test]
fn errors_are_events_on_every_version() {
    for (stdout, stderr, exit, expected) in [
        (
            OLD_BEGIN,
            format!("{OLD_ERROR}Fatal: There were 3 errors\n\n"),
            1,
            3,
        ),
        (SUMMARY, NEW_ERROR.to_owned(), 1, 2),
    ] {
        let run = restic(script(exit, stdout, &stderr))
            .start(restore())
            .unwrap();
        let errors = run.filter(|event| matches!(event, Ok(RestoreMessage::Error(_))));
        assert_eq!(errors.count(), expected);
    }
}

#[test]
fn a_complete_one() {
    let outcome = run(restore(), 0, SUMMARY, "").unwrap();
    assert!(outcome.is_complete());
    let outcome = run(restore(), 0, OLD_BEGIN, "").unwrap();
    assert_eq!(outcome.summary().unwrap().summary, None);
    let nothing = "{\"message_type\":\"summary\"}\n";
    assert!(run(restore(), 0, nothing, "").unwrap().is_complete());
}

#[test]
fn silence_is_a_success_only_when_it_was_asked_for() {
    fails(restore(), 0, "", "", ErrorKind::BadOutput);
    let status = "{\"message_type\":\"status\",\"percent_done\":1}\n";
    fails(restore(), 0, status, "", ErrorKind::BadOutput);
    let quiet = Restic::builder()
        .executor(Scripted::executor([Scripted::new()]))
        .quiet(true)
        .build();
    assert!(quiet.run(restore()).unwrap().is_complete());
}

#[test]
fn failures() {
    let check = |exit, stderr, kind| fails(restore(), exit, "", stderr, kind);
    check(
        1,
        "invalid id \"deadbeef\": no matching ID found\n",
        ErrorKind::NotFound,
    );
    check(
        1,
        r#"{"message_type":"exit_error","code":1,"message":"Fatal: failed to find snapshot: no matching ID found for prefix \"deadbeef\""}"#,
        ErrorKind::NotFound,
    );
    check(
        1,
        r#"{"message_type":"exit_error","code":1,"message":"cannot create target directory: mkdir /srv/rodir/x: permission denied"}"#,
        ErrorKind::AccessDenied,
    );
    let usage = "Fatal: please specify a directory to restore to (--target)\n";
    let error = check(1, usage, ErrorKind::Usage);
    assert!(error.partial::<Restore>().is_none());
}

#[test]
fn giving_up_after_an_item_failed_is_a_failure() {
    let stderr = format!("{OLD_ERROR}Fatal: connection refused\n");
    let error = fails(restore(), 1, OLD_BEGIN, &stderr, ErrorKind::Network);
    assert_eq!(error.partial::<Restore>().unwrap().errors().len(), 2);
}

mod mount {
    use super::*;
    use crate::decoding::run_and_reread as run;

    const SERVED: &str = "Now serving the repository at /srv/tmp/mnt\n\
        Use another terminal or tool to browse the contents of this directory.\n\
        When finished, quit with Ctrl-c here or umount the mountpoint.\n";
    const CLEANING: &str = "\u{1b}[2Ksignal interrupt received, cleaning up\n";
    const IN_USE: &str = "unable to umount (maybe already umounted or still in use?): exit status 1: fusermount: failed to unmount /srv/tmp/mnt: Device or resource busy\n";

    fn mount() -> Mount {
        Mount::new("/srv/tmp/mnt")
    }

    /// A restic that serves until it is interrupted.
    fn served(exit: i32, stderr: &str) -> Restic {
        let end = Scripted::new().stderr(stderr).exit(exit);
        restic(Scripted::new().stdout(SERVED).hang().on_interrupt(end))
    }

    #[test]
    fn stopping_it_is_how_it_ends_well() {
        for exit in [0, 130] {
            let mounted = served(exit, CLEANING).mount(mount()).unwrap();
            assert_eq!(mounted.path(), "/srv/tmp/mnt");
            assert!(mounted.is_served());
            mounted.unmount().unwrap();

            let mut run = served(exit, CLEANING).start(mount()).unwrap();
            let ready = MountEvent::Ready("/srv/tmp/mnt".into());
            assert_eq!(run.next().unwrap().unwrap(), ready);
            run.stop();
            let unmounted = run.finish().unwrap();
            assert_eq!(unmounted.mountpoint.as_deref(), Some("/srv/tmp/mnt"));
            assert_eq!(unmounted.text.len(), 3);
        }
        let mounted = served(130, IN_USE).mount(mount()).unwrap();
        let error = mounted.unmount().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Failed, "{error}");
        let mounted = served(1, "oops\n").mount(mount()).unwrap();
        let error = mounted.unmount().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Cancelled, "{error}");
    }

    #[test]
    fn somebody_else_may_unmount_it() {
        assert!(run(mount(), 0, SERVED, "").is_ok());
        fails(mount(), 130, SERVED, CLEANING, ErrorKind::Interrupted);
        fails(mount(), 0, SERVED, IN_USE, ErrorKind::Failed);
        let mounted = restic(script(0, SERVED, "")).mount(mount()).unwrap();
        mounted.unmount().unwrap();
    }

    #[test]
    fn a_stop_before_it_is_served_is_a_cancel() {
        let script = Scripted::new()
            .hang()
            .on_interrupt(Scripted::new().exit(130));
        let run = restic(script).start(mount()).unwrap();
        run.stop();
        assert_eq!(run.finish().unwrap_err().kind(), ErrorKind::Cancelled);
        let stop = Stop::new();
        stop.stop();
        let error = served(0, "").with_stop(&stop).mount(mount()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Cancelled);
    }

    #[test]
    fn what_cannot_be_mounted() {
        let missing = "Mountpoint /srv/tmp/mnt doesn't exist\n";
        let stat = "stat /srv/tmp/mnt: no such file or directory\n";
        let denied = "fusermount: exit status 1\nalso, the following messages were logged by a library:\n\
            2026/11/22 11:26:30 mount helper error: fusermount: failed to open /dev/fuse: Permission denied\n\
            unable to umount (maybe already umounted or still in use?): exit status 1: fusermount: entry for /srv/tmp/mnt not found in /etc/mtab\n";
        let json = |words: &str| {
            format!("{{\"message_type\":\"exit_error\",\"code\":1,\"message\":\"{words}\"}}\n")
        };
        let check = |stdout: &str, stderr: &str, kind: ErrorKind| {
            fails(mount(), 1, stdout, stderr, kind);
            let error = restic(script(1, stdout, stderr))
                .mount(mount())
                .unwrap_err();
            assert_eq!(error.kind(), kind, "{error}");
        };
        check(missing, stat, ErrorKind::NotFound);
        check(missing, &json(stat.trim_end()), ErrorKind::NotFound);
        check(
            "",
            &json("Fatal: mountpoint /srv/tmp/mnt does not exist"),
            ErrorKind::NotFound,
        );
        // restic 0.19.0 says what is wrong on standard output.
        for (what, end, kind) in [
            ("doesn't exist", "invalid", ErrorKind::NotFound),
            ("is not a directory", "invalid", ErrorKind::Usage),
            (
                "is not writeable or not executable",
                "inaccessible",
                ErrorKind::AccessDenied,
            ),
        ] {
            let stdout = format!("Mountpoint /srv/tmp/mnt {what}\n");
            check(&stdout, &json(&format!("Fatal: {end} mountpoint")), kind);
            check(&stdout, &format!("Fatal: {end} mountpoint\n"), kind);
        }
        check("", denied, ErrorKind::AccessDenied);
        let denied = "fusermount: exit status 1 also, the following messages were logged by a library:\\n2026/11/22 11:27:13 mount helper error: fusermount: failed to open /dev/fuse: Permission denied\\n";
        check("", &json(denied), ErrorKind::AccessDenied);
        let without = "fusermount: exec: \\\"fusermount\\\": executable file not found in $PATH";
        check("", &json(without), ErrorKind::Unsupported);
        fails(mount(), 0, "", "", ErrorKind::BadOutput);
        let error = restic(script(0, "", "")).mount(mount()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::BadOutput);
    }
}

#[test]
fn plans_are_marked_as_such() {
    let summary = "{\"message_type\":\"summary\",\"total_files\":1}\n";
    let restore = Restore::new("latest").target("/restored");
    for dry_run in [false, true] {
        let outcome = run(restore.clone().dry_run(dry_run), 0, summary, "").unwrap();
        assert_eq!(outcome.summary().unwrap().dry_run, dry_run);
    }
    let summary = r#"{"message_type":"summary","files_new":1,"files_changed":0,"files_unmodified":0,"dirs_new":0,"dirs_changed":0,"dirs_unmodified":0,"data_blobs":0,"tree_blobs":0,"data_added":0,"total_files_processed":1,"total_bytes_processed":1,"total_duration":0.1,"snapshot_id":"5e663140"}"#;
    for dry_run in [false, true] {
        let backup = Backup::new(["/data"]).dry_run(dry_run);
        let outcome = run(backup, 0, &format!("{summary}\n"), "").unwrap();
        assert_eq!(outcome.summary().unwrap().dry_run, dry_run);
    }
}

#[test]
fn a_restore_of_an_old_restic_warns_of_links_in_the_target() {
    let old = "restoring <Snapshot 8763075d of [/data] at 2026-11-22 11:16:22 +0100 CET by alice@srv1> to /restored\n";
    for (stdout, reported) in [
        (old, 1),
        ("{\"message_type\":\"summary\",\"total_files\":1}\n", 0),
    ] {
        let restore = Restore::new("latest").target("/restored");
        let run = restic(script(0, stdout, "")).start(restore).unwrap();
        let (outcome, notices) = run.finish_with_notices().unwrap();
        assert!(matches!(outcome, Outcome::Complete(_)));
        let ours = notices
            .iter()
            .filter(|notice| notice.source == NoticeSource::Library);
        assert_eq!(ours.count(), reported);
    }
}

mod dump {
    use super::*;

    fn dump() -> Dump {
        Dump::new("latest", "/data/src/b.bin")
    }

    #[test]
    fn bytes_are_written_as_they_are() {
        let bytes: Vec<u8> = (0..100_000_u32).map(|n| n.to_le_bytes()[1]).collect();
        let script = || Scripted::new().stdout(&bytes).in_chunks_of(1000);
        let mut written = Vec::new();
        assert_eq!(
            restic(script()).dump_to(dump(), &mut written).unwrap(),
            100_000
        );
        assert_eq!(written, bytes);
        assert_eq!(restic(script()).run(dump()).unwrap(), bytes);
        let nothing = restic(Scripted::new()).dump_to(dump().target("/restored"), &mut io::sink());
        assert_eq!(nothing.unwrap(), 0);
    }

    #[test]
    fn bytes_are_handed_out_to_asynchronous_code() {
        let runtime = tokio::runtime::Builder::new_current_thread();
        let runtime = { runtime }.build().unwrap();
        runtime.block_on(async {
            let script = || Scripted::new().stdout([7; 10_000]).in_chunks_of(1000);
            let mut run = restic(script()).start_async(dump());
            let mut written = Vec::new();
            while let Some(bytes) = run.next().await {
                written.extend(bytes.unwrap());
            }
            assert_eq!(
                (written.len(), run.finish().await.unwrap().len()),
                (10_000, 0)
            );
            assert_eq!(
                restic(script()).run_async(dump()).await.unwrap().len(),
                10_000
            );
        });
    }

    #[test]
    fn the_exit_is_known_after_the_last_byte() {
        let words =
            "cannot dump file: decrypting blob 1807e503 failed: ciphertext verification failed\n";
        let mut written = Vec::new();
        let failing = restic(script(2, "half of", words));
        let error = failing.dump_to(dump(), &mut written).unwrap_err();
        assert_eq!(
            (error.kind(), written.as_slice()),
            (ErrorKind::Damaged, &b"half of"[..])
        );
        let error = fails(dump(), 2, "half of", words, ErrorKind::Damaged);
        assert!(error.partial::<Dump>().is_none());
        let words = r#"{"message_type":"exit_error","code":1,"message":"Fatal: cannot dump file: path \"/data/src/nosuch\" not found in snapshot"}"#;
        fails(dump(), 1, "", words, ErrorKind::NotFound);
    }

    /// Takes this many bytes.
    struct Full(usize);

    impl Write for Full {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let room = bytes.len().min(self.0);
            self.0 -= room;
            if room == 0 {
                return Err(io::ErrorKind::StorageFull.into());
            }
            Ok(room)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_writer_that_fails_stops_restic() {
        // It would go on forever, were it not interrupted.
        let endless = Scripted::new().stdout("0123456789").stdout("more").hang();
        let error = restic(endless).dump_to(dump(), &mut Full(7)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::CannotWrite, "{error}");
        assert_eq!(error.exit(), Some(Exit::Code(130)));
        let source = std::error::Error::source(&error).unwrap();
        let source = source.downcast_ref::<io::Error>().unwrap();
        assert_eq!(source.kind(), io::ErrorKind::StorageFull);
        assert!(!error.to_string().contains(&source.to_string()), "{error}");
        // Even when restic has ended meanwhile.
        let error = restic(script(0, "0123456789", "")).dump_to(dump(), &mut Full(7));
        assert_eq!(error.unwrap_err().kind(), ErrorKind::CannotWrite);
    }

    #[test]
    fn a_writer_that_cannot_flush_is_reported() {
        struct Unflushed;

        impl Write for Unflushed {
            fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
                Ok(bytes.len())
            }

            fn flush(&mut self) -> io::Result<()> {
                Err(io::ErrorKind::StorageFull.into())
            }
        }

        let error = restic(script(0, "bytes", "")).dump_to(dump(), &mut Unflushed);
        assert_eq!(error.unwrap_err().kind(), ErrorKind::CannotWrite);
    }
}

/// restic calls it a success when nothing matches what is to be included.
mod nothing_included {
    use super::*;

    const NOTHING: &str = "{\"message_type\":\"summary\"}\n";
    const VERIFIED: &str = "restoring <Snapshot a92725d9 of [/data/src] at 2026-11-22 11:16:15.849059764 +0100 CET by alice@srv1> to /srv/r4\n\
        verifying files in /srv/r4\nfinished verifying 0 files in /srv/r4\n";

    fn restore() -> Restore {
        Restore::new("latest").target("/srv/r4")
    }

    #[test]
    fn is_not_complete() {
        for (command, stdout) in [
            (restore().include("a[1].txt"), NOTHING),
            (restore().iinclude("A[1].txt"), NOTHING),
            (restore().include_file("/srv/list"), NOTHING),
            (restore().iinclude_file("/srv/list"), NOTHING),
            (restore().include("nosuch").dry_run(true), NOTHING),
            (
                restore().include("nosuch").delete(true),
                "{\"message_type\":\"summary\",\"files_deleted\":3}\n",
            ),
            (restore().arg("--include=nosuch"), NOTHING),
            (restore().include("nosuch").verify(true), VERIFIED),
        ] {
            let Ok(Outcome::Incomplete(partial)) = run(command.clone(), 0, stdout, "") else {
                panic!("{command:?}")
            };
            assert!(partial.errors.is_empty() && partial.summary.is_some());
            assert_eq!(
                partial.message,
                "nothing in the snapshot matches what was to be included"
            );
        }
    }

    #[test]
    fn is_complete_when_all_was_asked_for_or_is_there() {
        let there = "{\"message_type\":\"summary\",\"total_files\":2,\"files_restored\":2}\n";
        let skipped = "{\"message_type\":\"summary\",\"files_skipped\":1}\n";
        for (command, stdout) in [
            (restore(), NOTHING),
            (restore().exclude("*"), NOTHING),
            (restore().include_xattr("user.*"), NOTHING),
            (restore().include("a.txt"), there),
            (restore().include("a.txt"), skipped),
            (restore().verify(true), VERIFIED),
        ] {
            let outcome = run(command.clone(), 0, stdout, "").unwrap();
            assert!(outcome.is_complete(), "{command:?}");
        }
    }

    #[test]
    fn is_not_known_of_an_old_restic() {
        let begun = VERIFIED.lines().next().unwrap();
        let run_ = restic(script(0, &format!("{begun}\n"), "")).start(restore().include("nosuch"));
        let (outcome, notices) = run_.unwrap().finish_with_notices().unwrap();
        assert!(outcome.is_complete());
        let says =
            |notice: &restic_cli_wrap::Notice| notice.text.contains("does not report whether");
        assert!(notices.iter().any(says), "{notices:?}");
    }
}
