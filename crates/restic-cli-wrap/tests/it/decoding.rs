//! What each command makes of what restic prints. The texts are recorded: by restic 0.11.0,
//! 0.14.0, 0.18.0 and 0.19.1, shortened where they repeat themselves.

use restic_cli_wrap::commands::*;
use restic_cli_wrap::types::{CheckMessage, LsMessage, NodeType, RestoreMessage};
use restic_cli_wrap::{Command, Error, ErrorKind, Exit, Outcome, Restic, Result, Scripted};

/// A restic that does this once.
pub(crate) fn restic(script: Scripted) -> Restic {
    Restic::builder()
        .executor(Scripted::executor([script]))
        .restic_version("0.19.1")
        .build()
}

pub(crate) fn script(exit: i32, stdout: &str, stderr: &str) -> Scripted {
    Scripted::new().stdout(stdout).stderr(stderr).exit(exit)
}

pub(crate) fn run<C: Command>(
    command: C,
    exit: i32,
    stdout: &str,
    stderr: &str,
) -> Result<C::Output> {
    restic(script(exit, stdout, stderr)).run(command)
}

#[track_caller]
pub(crate) fn fails<C: Command>(
    command: C,
    exit: i32,
    stdout: &str,
    stderr: &str,
    kind: ErrorKind,
) -> Error {
    let error = run(command, exit, stdout, stderr).err().expect("a failure");
    assert_eq!(error.kind(), kind, "{error}");
    error
}

mod forget {
    use super::*;

    const PLAN: &str = r#"[{"tags":null,"host":"srv1","paths":["/data/src"],"keep":[{"time":"2026-11-22T11:16:22.619640531+01:00","tree":"be2ed472354eeb3d8cd2fa660ba1237c2e36f30291135d6dcbef0193e58724f3","paths":["/data/src"],"hostname":"srv1","username":"alice","uid":1000,"gid":1000,"id":"8763075ddf6854b2a1cb19034c23cbc4c3d86e63265bf010c7ed51f4ca751d7b","short_id":"8763075d"}],"remove":null,"reasons":null}]
"#;
    const PRUNE_0_18: &str = "loading indexes...\n\
        [0:00] 100.00%  3 / 3 snapshots\n\
        \n\
        to repack:            10 blobs / 41.508 KiB\n\
        done\n";
    const FORBIDDEN_0_18: &str = "Remove(<snapshot/751e3eda17>) failed: unexpected HTTP response (403): 403 Forbidden\n\
        unable to remove snapshot/751e3eda17ef1dc2a61160c7bc1bd9c91b39178834853660590fca8c1775c5d5 from the repository\n";
    const FORBIDDEN_0_19: &str = concat!(
        "Remove(<snapshot/52fb974abd>) failed: unexpected HTTP response (403): 403 Forbidden\n",
        "unable to remove snapshot/52fb974abd173df7b4941fa793764fd3f71d0aae38f298f85c584857563fcb1a from the repository\n",
        r#"{"message_type":"exit_error","code":3,"message":"failed to remove one or more snapshots\nmain.init\n\tgithub.com/restic/restic/cmd/restic/cmd_forget.go:67\nruntime.doInit1\n\truntime/proc.go:8103"}"#,
        "\n",
    );
    const FORBIDDEN_0_14: &str = "Remove(<snapshot/29bbcee27f>) returned error, retrying after 552.330144ms: blob not removed, server response: 403 Forbidden (403)\n\
        blob not removed, server response: 403 Forbidden (403)\n\
        github.com/restic/restic/internal/backend/rest.(*Backend).Remove\n\
        \tgithub.com/restic/restic/internal/backend/rest/rest.go:399\n\
        golang.org/x/sync/errgroup.(*Group).Go.func1\n\
        \tgolang.org/x/sync/errgroup/errgroup.go:75\n";

    fn forget() -> Forget {
        Forget::new().keep_last(1)
    }

    #[test]
    fn reads_the_plan_and_keeps_the_text_of_prune() {
        let printed = format!("{PLAN}{PRUNE_0_18}");
        let run = restic(script(0, &printed, "")).start(forget()).unwrap();
        let (groups, notices) = run.finish_with_notices().unwrap();
        assert_eq!(groups[0].keep[0].short_id.as_str(), "8763075d");
        assert_eq!(notices.len(), 4, "{notices:?}");
        assert_eq!(notices[3].text, "done");
    }

    #[test]
    fn nothing_printed_is_no_group() {
        assert_eq!(run(forget(), 0, "", "").unwrap(), []);
    }

    #[test]
    fn what_could_not_be_removed_is_an_error_with_the_plan() {
        for (exit, stderr) in [(0, FORBIDDEN_0_18), (3, FORBIDDEN_0_19)] {
            let error = fails(forget(), exit, PLAN, stderr, ErrorKind::AccessDenied);
            assert_eq!(error.partial::<Forget>().unwrap().len(), 1);
            let by_id = ForgetSnapshots::new(["751e3eda"]);
            fails(by_id, exit, "", stderr, ErrorKind::AccessDenied);
        }
        let error = fails(forget(), 3, PLAN, FORBIDDEN_0_19, ErrorKind::AccessDenied);
        assert_eq!(error.message(), "failed to remove one or more snapshots");
        let error = fails(forget(), 1, "", FORBIDDEN_0_14, ErrorKind::AccessDenied);
        let words = "blob not removed, server response: 403 Forbidden (403)";
        assert_eq!(error.message(), words);
        assert!(error.partial::<Forget>().is_none(), "it printed no plan");
    }

    #[test]
    fn numbers_below_zero_never_reach_restic() {
        let executor = Scripted::executor([]);
        let restic = Restic::builder().executor(executor.clone()).build();
        for command in [
            Forget::new().keep_last(-1),
            Forget::new().keep_daily(7).keep_yearly(Keep::Count(-2)),
        ] {
            let error = restic.run(command).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Usage, "{error}");
            assert!(error.message().contains("Keep::Unlimited"), "{error}");
        }
        assert!(executor.calls().is_empty());
    }

    #[test]
    fn a_number_that_was_corrected_is_fine() {
        let command = Forget::new().keep_last(-1).keep_last(1).keep_tag("-x");
        assert_eq!(run(command, 0, "", "").unwrap(), []);
    }

    #[test]
    fn an_id_that_is_not_there_is_not_found() {
        for stderr in [
            "Ignoring \"deadbeef\", it is not a snapshot id\n",
            "Ignoring \"deadbeef\": no matching ID found for prefix \"deadbeef\"\n",
        ] {
            let command = ForgetSnapshots::new(["deadbeef"]);
            fails(command, 0, "", stderr, ErrorKind::NotFound);
        }
    }

    #[test]
    fn by_id_the_text_of_prune_is_the_result() {
        let command = ForgetSnapshots::new(["751e3eda"]).prune(true);
        let forgotten = run(command, 0, PRUNE_0_18, "").unwrap();
        assert_eq!(forgotten.text.len(), 5);
        assert_eq!(
            run(ForgetSnapshots::new(["a"]), 0, "", "")
                .unwrap()
                .text
                .len(),
            0
        );
    }

    #[test]
    fn without_an_id_restic_is_not_started() {
        let error = fails(
            ForgetSnapshots::new::<[&str; 0]>([]),
            0,
            "",
            "",
            ErrorKind::Usage,
        );
        assert_eq!(error.exit(), None);
    }

    #[test]
    fn no_policy_and_locked() {
        let none = r#"{"message_type":"exit_error","code":1,"message":"Fatal: no policy was specified, no snapshots will be removed"}"#;
        fails(Forget::new(), 1, "", none, ErrorKind::Usage);
        let locked = r#"{"message_type":"exit_error","code":11,"message":"unable to create lock in backend: repository is already locked by PID 24908 on srv1 by alice (UID 1000, GID 1000)\nlock was created at 2026-11-22 11:19:54 (15.909071878s ago)\nstorage ID c10760b3\nthe `unlock` command can be used to remove stale locks"}"#;
        let error = fails(forget(), 11, "", locked, ErrorKind::Locked);
        assert!(error.message().contains("storage ID c10760b3"), "{error}");
        let old = "unable to create lock in backend: repository is already locked by PID 22784 on srv1 by alice (UID 1000, GID 1000)\n\
            lock was created at 2026-11-22 11:28:48 (3.760557311s ago)\n\
            storage ID 12ef7ca0\n\
            the `unlock` command can be used to remove stale locks\n";
        fails(forget(), 1, "", old, ErrorKind::Locked);
    }
}

mod restore {
    use super::*;

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
}

mod check {
    use super::*;

    const OLD: &str = "using temporary cache in /srv/tmp/restic-check-cache-338859758\n\
        create exclusive lock for repository\n\
        load indexes\n\
        check all packs\n";
    const ORPHAN: &str = "pack 72591c8a: not referenced in any index\n\
        1 additional files were found in the repo, which likely contain duplicate data.\n\
        You can run `restic prune` to correct this.\n";
    const DAMAGED: &str = r#"{"message_type":"error","message":"error for tree 846ebd0e:\n"}
{"message_type":"error","message":"  id 846ebd0e11fb0d48df2481f1b1a70eb50d9f4bde79785a846a423884dc84af2b not found in repository\n"}
{"message_type":"error","message":"\nThe repository is damaged and must be repaired. Please follow the troubleshooting guide at https://restic.readthedocs.io/en/stable/077_troubleshooting.html .\n\n"}
{"message_type":"exit_error","code":1,"message":"Fatal: repository contains errors"}
"#;

    fn summary(errors: u32, packs: &str, prune: bool) -> String {
        format!(
            "{{\"message_type\":\"summary\",\"num_errors\":{errors},\"broken_packs\":{packs},\"suggest_repair_index\":false,\"suggest_prune\":{prune}}}\n"
        )
    }

    #[test]
    fn unharmed() {
        for stdout in [
            summary(0, "null", false),
            format!("{OLD}no errors were found\n"),
            format!("{OLD}[0:00] 100.00%  11 / 11 snapshots\n\nno errors were found\n"),
        ] {
            let report = run(Check::new(), 0, &stdout, "").unwrap();
            assert!(report.is_ok() && report.hints.is_empty(), "{report:?}");
        }
    }

    #[test]
    fn hints_are_no_damage() {
        let report = run(Check::new(), 0, &summary(0, "null", true), "").unwrap();
        assert!(report.is_ok());
        assert!(report.summary.unwrap().suggest_prune);
        let stdout = format!("{OLD}{ORPHAN}no errors were found\n");
        let report = run(Check::new(), 0, &stdout, "").unwrap();
        assert!(report.is_ok());
        assert_eq!(report.hints.len(), 3);
    }

    #[test]
    fn damage_is_a_report() {
        let report = run(Check::new(), 1, &summary(8, "null", true), DAMAGED).unwrap();
        assert!(!report.is_ok());
        assert_eq!(report.errors.len(), 1, "two halves of one: {report:?}");
        assert_eq!(report.hints.len(), 1);
        assert_eq!(report.summary.unwrap().num_errors, 8);
        let stderr = "error for tree 1917add5:\n  \
            id 1917add5dce3fc85dd0c03543e8416d0836e8933f99cc2945085e4da1f3418b8 not found in repository\n\
            Fatal: repository contains errors\n";
        let stdout = format!("{OLD}{ORPHAN}check snapshots, trees and blobs\n");
        let report = run(Check::new(), 1, &stdout, stderr).unwrap();
        assert!(!report.is_ok());
        assert_eq!(
            (report.errors.len(), report.hints.len()),
            (1, 3),
            "{report:?}"
        );
        let stderr = "error: error loading index 913ec3b9: load <index/913ec3b9df>: invalid data returned\n\
            Fatal: LoadIndex returned errors\n";
        assert!(!run(Check::new(), 1, OLD, stderr).unwrap().is_ok());
    }

    #[test]
    fn damaged_packs_and_advice() {
        let stderr = r#"{"message_type":"error","message":"pack 73c3fa44233023d0d47e9c0eb2b328ec48924ae3550a86c036f9bbb620b3fe70 contains 2 errors: [blob c4faa63bad916c982359a0282b5d95ce31f2c5b4a8f5ef9405f58f10564d15a6: decrypting blob \u003cdata/c4faa63b\u003e from 73c3fa44 failed: ciphertext verification failed]\n"}
{"message_type":"error","message":"\nThe repository contains damaged pack files. These damaged files must be removed to repair the repository. This can be done using the following commands. Please read the troubleshooting guide at https://restic.readthedocs.io/en/stable/077_troubleshooting.html first.\n\n"}
{"message_type":"error","message":"restic repair packs 73c3fa44233023d0d47e9c0eb2b328ec48924ae3550a86c036f9bbb620b3fe70\nrestic repair snapshots --forget\n\n"}
{"message_type":"error","message":"Damaged pack files can be caused by backend problems, hardware problems or bugs in restic. Please open an issue at https://github.com/restic/restic/issues/new/choose for further troubleshooting!\n"}
{"message_type":"exit_error","code":1,"message":"Fatal: repository contains errors"}
"#;
        let pack = "73c3fa44233023d0d47e9c0eb2b328ec48924ae3550a86c036f9bbb620b3fe70";
        let stdout = summary(1, &format!("[\"{pack}\"]"), false);
        let check = restic(script(1, &stdout, stderr)).start(Check::new());
        let mut run = check.unwrap();
        let events = run
            .by_ref()
            .filter(|event| matches!(event, Ok(CheckMessage::Error(_))));
        assert_eq!(events.count(), 4);
        let report = run.finish().unwrap();
        assert_eq!(
            (report.errors.len(), report.hints.len()),
            (1, 3),
            "{report:?}"
        );
        assert_eq!(report.summary.unwrap().broken_packs[0].as_str(), pack);
    }

    #[test]
    fn not_checked_is_an_error() {
        let check = |exit, stdout: &str, stderr: &str, kind| {
            fails(Check::new(), exit, stdout, stderr, kind);
        };
        let told = summary(1, "null", false);
        check(
            10,
            &told,
            r#"{"message_type":"exit_error","code":10,"message":"Fatal: repository does not exist: unable to open config file: stat /srv/nosuch/config: no such file or directory\nIs there a repository at the following location?\n/srv/nosuch"}"#,
            ErrorKind::NoRepository,
        );
        check(11, &told, "", ErrorKind::Locked);
        check(12, &told, "", ErrorKind::WrongPassword);
        check(
            1,
            "using temporary cache in /srv/tmp/restic-check-cache-874650584\n",
            "Fatal: unable to open config file: Stat: stat /srv/nosuch/config: no such file or directory\n\
             Is there a repository at the following location?\n/srv/nosuch\n",
            ErrorKind::NoRepository,
        );
        check(
            1,
            OLD,
            "unable to create lock in backend: repository is already locked by PID 22649 on srv1 by alice (UID 1000, GID 1000)\n\
             lock was created at 2026-11-22 11:19:07 (14.03385762s ago)\nstorage ID 8eaa3a05\n\
             the `unlock` command can be used to remove stale locks\n",
            ErrorKind::Locked,
        );
        check(0, OLD, "", ErrorKind::BadOutput);
    }
}

mod ls {
    use super::*;

    const OLD: &str = r#"{"time":"2026-11-22T11:16:22.619640531+01:00","tree":"be2ed472354eeb3d8cd2fa660ba1237c2e36f30291135d6dcbef0193e58724f3","paths":["/data/src"],"hostname":"srv1","username":"alice","uid":1000,"gid":1000,"id":"8763075ddf6854b2a1cb19034c23cbc4c3d86e63265bf010c7ed51f4ca751d7b","short_id":"8763075d","struct_type":"snapshot"}
{"name":"data","type":"dir","path":"/data","uid":1000,"gid":1000,"mode":2147484141,"mtime":"2026-11-22T11:16:04.37051652+01:00","atime":"2026-11-22T11:16:04.37051652+01:00","ctime":"2026-11-22T11:16:04.37051652+01:00","struct_type":"node"}
{"name":"a.txt","type":"file","path":"/data/src/a.txt","uid":1000,"gid":1000,"size":12,"mode":420,"mtime":"2023-11-14T23:15:00+01:00","atime":"2023-11-14T23:15:00+01:00","ctime":"2026-11-22T11:16:17.329813264+01:00","struct_type":"node"}
"#;

    #[test]
    fn collects_what_nobody_takes() {
        let listing = run(Ls::new("latest"), 0, OLD, "").unwrap();
        assert_eq!(listing.snapshot.unwrap().short_id.as_str(), "8763075d");
        assert_eq!(listing.nodes.len(), 2);
        assert_eq!(listing.nodes[1].node_type, NodeType::File);
    }

    #[test]
    fn what_was_taken_is_not_collected() {
        let mut run = restic(script(0, OLD, "")).start(Ls::new("latest")).unwrap();
        let first = run.next().unwrap().unwrap();
        assert!(matches!(first, LsMessage::Snapshot(_)));
        let second = run.next().unwrap().unwrap();
        assert!(matches!(second, LsMessage::Node(_)));
        let listing = run.finish().unwrap();
        assert_eq!((listing.snapshot, listing.nodes.len()), (None, 1));
    }

    #[test]
    fn an_unknown_snapshot_is_not_found() {
        let check =
            |exit, stderr| fails(Ls::new("deadbeef"), exit, "", stderr, ErrorKind::NotFound);
        check(0, "Ignoring \"deadbeef\", it is not a snapshot id\n");
        check(
            0,
            "Ignoring \"deadbeef\": no matching ID found for prefix \"deadbeef\"\n",
        );
        check(
            1,
            r#"{"message_type":"exit_error","code":1,"message":"no matching ID found for prefix \"deadbeef\""}"#,
        );
        fails(Ls::new("latest"), 0, "", "", ErrorKind::BadOutput);
    }

    #[test]
    fn a_lost_tree_fails_with_the_rows_until_then() {
        let stderr = "id f1e4b3204b769eddc406483080fc5f2b7de8fa821dd699025a54c89345592b45 not found in repository\n\
            github.com/restic/restic/internal/repository.(*Repository).LoadBlob\n\
            \tgithub.com/restic/restic/internal/repository/repository.go:156\n\
            main.runLs\n\
            \tgithub.com/restic/restic/cmd/restic/cmd_ls.go:197\n";
        let error = fails(Ls::new("latest"), 1, OLD, stderr, ErrorKind::Failed);
        assert!(error.message().ends_with("not found in repository"));
        assert_eq!(error.partial::<Ls>().unwrap().nodes.len(), 2);
    }
}

mod others {
    use super::*;

    #[test]
    fn unlock() {
        let unlock = |stdout| run(Unlock::new(), 0, stdout, "").unwrap();
        let old = unlock("successfully removed locks\n");
        assert_eq!((old.removed, old.text.len()), (None, 1));
        assert_eq!(unlock("successfully removed 2 locks\n").removed, Some(2));
        assert_eq!(unlock(""), Unlocked::default());
    }

    #[test]
    fn snapshot_groups() {
        let stdout =
            r#"[{"group_key":{"hostname":"srv1","paths":null,"tags":null},"snapshots":[]}]"#;
        let groups = run(SnapshotGroups::new("host,tags"), 0, stdout, "").unwrap();
        assert_eq!(groups[0].group_key.hostname, "srv1");
        assert_eq!(run(SnapshotGroups::new("host"), 0, "[]\n", "").unwrap(), []);
        fails(SnapshotGroups::new("host"), 0, "", "", ErrorKind::BadOutput);
        let error = fails(SnapshotGroups::new(""), 0, "", "", ErrorKind::Usage);
        assert_eq!(error.exit(), None);
        let stderr = "Ignoring \"deadbeef\", it is not a snapshot id\n";
        let command = SnapshotGroups::new("host").snapshot("deadbeef");
        let error = fails(command, 0, "[]\n", stderr, ErrorKind::NotFound);
        assert!(error.partial::<SnapshotGroups>().is_some());
    }

    #[test]
    fn stats() {
        for (stdout, blobs, snapshots) in [
            (
                r#"{"total_size":56172,"total_file_count":0,"total_blob_count":24}"#,
                24,
                None,
            ),
            (
                r#"{"total_size":45870,"total_file_count":0,"total_blob_count":24,"snapshots_count":11}"#,
                24,
                Some(11),
            ),
            (
                r#"{"total_size":47488,"total_uncompressed_size":59642,"compression_ratio":1.2559383423180592,"compression_progress":100,"compression_space_saving":20.378256933033768,"total_blob_count":31,"snapshots_count":14}"#,
                31,
                Some(14),
            ),
        ] {
            let stats = run(Stats::new().mode("raw-data"), 0, stdout, "").unwrap();
            assert_eq!(
                (stats.total_blob_count, stats.snapshots_count),
                (blobs, snapshots)
            );
        }
        fails(Stats::new().mode("debug"), 0, "", "", ErrorKind::Usage);
    }

    #[test]
    fn a_mode_is_known_by_its_word() {
        assert_eq!(StatsMode::from("raw-data"), StatsMode::RawData);
        assert_eq!(StatsMode::from("newer"), StatsMode::Other("newer".into()));
    }

    #[test]
    fn stats_debug_is_text_on_standard_error() {
        let tables = "Collecting size statistics\n\nFile Type: key\nCount: 1\n";
        let text = run(StatsDebug::new(), 0, "", tables).unwrap();
        assert_eq!(text.to_string(), tables);
        let old =
            "unknown counting mode: debug (use the -h flag to get a list of supported modes)\n";
        fails(StatsDebug::new(), 1, "", old, ErrorKind::Usage);
    }

    #[test]
    fn generate() {
        let command = || Generate::new().bash_completion("/srv/tmp/restic.bash");
        let said = "writing bash completion file to /srv/tmp/restic.bash\n";
        assert_eq!(run(command(), 0, said, "").unwrap().to_string(), said);
        assert!(run(command(), 0, "", "").unwrap().lines.is_empty());
        let nothing = "Fatal: nothing to do, please specify at least one output file/dir\n";
        fails(Generate::new(), 1, "", nothing, ErrorKind::Usage);
    }

    #[test]
    fn self_update() {
        let command = || SelfUpdate::new().output("/srv/tmp/restic-new");
        let unknown = "unknown command \"self-update\" for \"restic\"\n";
        let error = fails(command(), 1, "", unknown, ErrorKind::Unsupported);
        assert_eq!(error.message(), "this build of restic has no self-update");
        let stdout =
            "writing restic to /srv/tmp/restic-new\nfind latest release of restic at GitHub\n";
        let stderr = "Fatal: unable to update restic: Get \"https://api.github.com/repos/restic/restic/releases/latest\": dial tcp: lookup api.github.com on 192.0.2.53:53: dial udp 192.0.2.53:53: connect: network is unreachable\n";
        fails(command(), 1, stdout, stderr, ErrorKind::Network);
    }
}

/// Output that no restic should print.
mod bad_input {
    use super::*;

    #[test]
    fn a_text_without_a_line_end_hides_no_message_and_no_document() {
        let row = r#"{"name":"a","type":"file","path":"/a","uid":0,"gid":0,"size":5,"mode":420,"mtime":"2026-11-22T11:16:15Z","atime":"2026-11-22T11:16:15Z","ctime":"2026-11-22T11:16:15Z","struct_type":"node"}"#;
        let snapshot = r#"{"time":"2026-11-22T11:16:15Z","tree":"be2e","paths":["/a"],"id":"8763","short_id":"8763","struct_type":"snapshot"}"#;
        let printed = format!("{snapshot}\n\u{1b}[2K{row}\na helper: {row}\n");
        let (listing, notices) = restic(script(0, &printed, ""))
            .start(Ls::new("latest"))
            .and_then(restic_cli_wrap::Run::finish_with_notices)
            .unwrap();
        assert_eq!((listing.nodes.len(), notices.len()), (2, 1), "{notices:?}");
        assert_eq!(notices[0].text, "a helper:");

        let plan = "a helper: [{\"tags\":null,\"host\":\"srv1\",\"keep\":[]}]\n";
        let forget = Forget::new().keep_last(1);
        fails(forget, 0, plan, "", ErrorKind::BadOutput);
    }

    #[test]
    fn half_a_line_of_text_is_no_success() {
        let bad = ErrorKind::BadOutput;
        let created = "created restic repository 1cfe4abd33 at /srv/re";
        fails(Init::new(), 0, created, "", bad);
        let version = "restic 0.14.0 compiled with go1.19.8 on linux/am";
        fails(Version::new(), 0, version, "", bad);
        let restoring = "restoring <Snapshot 9bd5b1f4 of [/da";
        fails(Restore::new("latest"), 0, restoring, "", bad);
    }

    const HTML: &str = "<html><body>502 Bad Gateway</body></html>\n";

    #[test]
    fn what_is_no_json_is_no_success() {
        let bad = |kind: ErrorKind| assert_eq!(kind, ErrorKind::BadOutput);
        let kind = |error: Option<Error>| error.expect("a failure").kind();
        bad(kind(run(Snapshots::new(), 0, HTML, "").err()));
        bad(kind(run(SnapshotGroups::new("host"), 0, HTML, "").err()));
        bad(kind(run(Stats::new(), 0, HTML, "").err()));
        bad(kind(run(Ls::new("latest"), 0, HTML, "").err()));
        bad(kind(run(Check::new(), 0, HTML, "").err()));
        bad(kind(run(Restore::new("latest"), 0, HTML, "").err()));
        bad(kind(run(Backup::new(["/data"]), 0, HTML, "").err()));
        bad(kind(run(Init::new(), 0, HTML, "").err()));
        bad(kind(run(Version::new(), 0, HTML, "").err()));
    }

    #[test]
    fn a_line_that_is_cut_in_half_is_no_success() {
        let bad = |kind: ErrorKind| assert_eq!(kind, ErrorKind::BadOutput);
        let kind = |error: Option<Error>| error.expect("a failure").kind();
        let list = r#"[{"time":"2026-11-22T11:16:15.849"#;
        bad(kind(run(Snapshots::new(), 0, list, "").err()));
        bad(kind(run(SnapshotGroups::new("host"), 0, list, "").err()));
        bad(kind(run(Forget::new().keep_last(1), 0, list, "").err()));
        let summary = r#"{"message_type":"summary","num_err"#;
        bad(kind(run(Check::new(), 0, summary, "").err()));
        bad(kind(run(Restore::new("latest"), 0, summary, "").err()));
        bad(kind(
            run(Ls::new("latest"), 0, r#"{"time":"2026-11-22T11:1"#, "").err(),
        ));
        bad(kind(run(Stats::new(), 0, r#"{"total_size":561"#, "").err()));
    }

    #[test]
    fn a_signal_comes_after_the_events_until_then() {
        let status = "{\"message_type\":\"status\",\"percent_done\":0.5}\n";
        let killed = Scripted::new()
            .stdout(status)
            .stdout(status)
            .exits(Exit::Signal(9));
        let mut run = restic(killed.in_chunks_of(7))
            .start(Restore::new("latest").target("/r"))
            .unwrap();
        assert_eq!(run.by_ref().filter(Result::is_ok).count(), 2);
        let error = run.finish().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Killed);
        assert!(error.lock_may_remain());
    }
}

mod ls_ncdu {
    use super::*;

    const DOCUMENT: &str = "[1, 2, {\"time\":\"2026-11-22T11:16:20.079243599+01:00\"}, [{\"name\":\"/\"},\n  \
        {\"name\":\"data\",\"asize\":0}\n]\n]\n";

    #[test]
    fn the_document_is_given_as_it_is() {
        assert_eq!(
            run(Ls::new("latest").ncdu(), 0, DOCUMENT, "").unwrap(),
            DOCUMENT
        );
        let command = Ls::new("latest").host("srv1").ncdu();
        let call = command.invocation(&restic(Scripted::new())).to_string();
        assert_eq!(call, "restic ls --host=srv1 --ncdu -- latest");
    }

    #[test]
    fn a_document_cut_short_is_no_success() {
        let half = &DOCUMENT[..DOCUMENT.len() / 2];
        let error = fails(Ls::new("latest").ncdu(), 0, half, "", ErrorKind::BadOutput);
        assert!(error.partial::<LsNcdu>().unwrap().starts_with(half));
    }
}
