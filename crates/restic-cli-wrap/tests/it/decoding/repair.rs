//! Checking and repairing.

use restic_cli_wrap::ErrorKind;
use restic_cli_wrap::commands::*;
use restic_cli_wrap::types::CheckMessage;

use super::{fails, no_part_is_the_whole, quiet, restic, run, script};

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
        let printed = summary(1, "null", false);
        check(
            10,
            &printed,
            r#"{"message_type":"exit_error","code":10,"message":"Fatal: repository does not exist: unable to open config file: stat /srv/nosuch/config: no such file or directory\nIs there a repository at the following location?\n/srv/nosuch"}"#,
            ErrorKind::NoRepository,
        );
        check(11, &printed, "", ErrorKind::Locked);
        check(12, &printed, "", ErrorKind::WrongPassword);
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

#[test]
fn recover() {
    let old = "load index files\nload 5 trees\n\n\
        tree (1/5)\rtree (2/5)\rtree (5/5)\ndone\nfound 1 roots\nsaved new snapshot 5e663140\n";
    let recovered = run(Recover::new(), 0, old, "").unwrap();
    let id = recovered.snapshot_id.unwrap();
    assert_eq!((id.as_str(), recovered.roots), ("5e663140", Some(1)));

    let new = "load snapshots\ndone\n\nfound 1 unreferenced roots\nsaved new snapshot d0209cec\n";
    let recovered = run(Recover::new(), 0, new, "").unwrap();
    assert_eq!(recovered.snapshot_id.unwrap().as_str(), "d0209cec");
    assert_eq!(recovered.text.len(), 4);

    let nothing = "found 0 unreferenced roots\nno snapshot to write.\n";
    let recovered = run(Recover::new(), 0, nothing, "").unwrap();
    assert_eq!((recovered.snapshot_id, recovered.roots), (None, Some(0)));
    for stdout in [old, new, nothing] {
        no_part_is_the_whole(Recover::new(), stdout, "", |recovered| {
            (recovered.snapshot_id, recovered.roots)
        });
    }
}

#[test]
fn index() {
    let stdout = "loading indexes...\ngetting pack files to read...\nreading pack files\n\
        [0:00] 100.00%  13 / 13 packs\nrebuilding index\n[0:00]          0 indexes processed\n\
        removed index 2c38dd98129d4339676d2a51fa988987bf08cd12446decc0dff90fc356977e4e\n\
        [0:00] 100.00%  1 / 1 old indexes deleted\ndone\n";
    let stderr = "Command \"rebuild-index\" is deprecated, Use \"repair index\" instead\n\
        adding pack file to index 84f775eaeb3d5c861ec7c46142f85c144ea261261018031e81230be6299ffd9c\n\
        removing not found pack file ad5023e1d843873310e91e03b1381597c86484ec5b4ee05c7bf5492274185885\n";
    let run_ = restic(script(0, stdout, stderr)).start(RebuildIndex::new());
    let (report, notices) = run_.unwrap().finish_with_notices().unwrap();
    assert_eq!(report.added_packs[0].short(), "84f775ea");
    assert_eq!(report.missing_packs[0].short(), "ad5023e1");
    assert_eq!(report.removed_indexes[0].short(), "2c38dd98");
    assert_eq!((report.removed_count, report.new_indexes.len()), (None, 0));
    assert_eq!(notices.len(), 1, "{notices:?}");
    assert_eq!(run(RepairIndex::new(), 0, stdout, stderr).unwrap(), report);

    let old = "counting files in repo\n[0:00] 100.00%  9 / 9 packs\n\nfinding old index files\n\
        saved new indexes as [c10346de 84b56c7e]\nremove 2 old index files\n";
    let report = run(RebuildIndex::new(), 0, old, "").unwrap();
    let ids: Vec<_> = report.new_indexes.iter().map(|id| id.as_str()).collect();
    assert_eq!(ids, ["c10346de", "84b56c7e"]);
    assert_eq!(report.removed_count, Some(2));
    for cut in [
        "",
        "loading indexes...\n",
        stdout.trim_end(),
        old.trim_end(),
    ] {
        fails(RepairIndex::new(), 0, cut, "", ErrorKind::BadOutput);
    }
}

#[test]
fn packs() {
    let stdout = "saving backup copies of pack files to current directory\n\
        salvaging intact data from specified pack files\n[0:00] 100.00%  1 / 1 pack files\n\
        removing salvaged pack files\n[0:00] 100.00%  1 / 1 files deleted\n";
    let stderr = "failed to load blob c4faa63bad916c982359a0282b5d95ce31f2c5b4a8f5ef9405f58f10564d15a6: \
        decrypting blob <data/c4faa63b> from 73c3fa44 failed: ciphertext verification failed\n\n\
        Use `restic repair snapshots --forget` to remove the corrupted data blobs from all snapshots\n";
    let command = RepairPacks::new(["73c3fa44"]);
    let report = run(command.clone(), 0, stdout, stderr).unwrap();
    assert_eq!(report.lost[0].id.short(), "c4faa63b");
    let error =
        "decrypting blob <data/c4faa63b> from 73c3fa44 failed: ciphertext verification failed";
    assert_eq!((report.lost.len(), &*report.lost[0].error), (1, error));
    assert_eq!(report.text.len(), 5);
    fails(command.clone(), 0, stdout, "", ErrorKind::BadOutput);

    for (message, kind) in [
        ("Fatal: no ids specified", ErrorKind::Usage),
        ("invalid length for ID: \"deadbeef\"", ErrorKind::Usage),
        ("open pack-73c3fa44: file exists", ErrorKind::AlreadyExists),
        (
            "open /srv/repo/data/de/deadbeef: no such file or directory",
            ErrorKind::NotFound,
        ),
    ] {
        fails(command.clone(), 1, "", &format!("{message}\n"), kind);
    }
}

#[test]
fn snapshots() {
    let stdout = r#"
snapshot e8b0b481 of [/data] at 2026-11-25 08:58:01.586264382 +0000 UTC by root@vm

snapshot 50ce7456 of [/data] at 2026-11-25 08:58:01.586264382 +0000 UTC by root@vm
  file "/data/a \"b\".bin": removed missing content
  dir "/data/docs": replaced with empty directory
saved new snapshot 00d860b2
removed old snapshot 50ce7456

snapshot 3a32cf6c of [/data] at 2026-11-25 08:58:01.586264382 +0000 UTC by root@vm
  dir "/": not readable
removed empty snapshot 3a32cf6c

modified 2 snapshots
"#;
    let command = RepairSnapshots::new().forget(true);
    let repairs = run(command.clone(), 0, stdout, "").unwrap();
    assert_eq!((repairs.modified, repairs.dry_run), (Some(2), false));
    let [whole, damaged, empty] = &repairs.snapshots[..] else {
        panic!("{repairs:?}")
    };
    let description = "of [/data] at 2026-11-25 08:58:01.586264382 +0000 UTC by root@vm";
    assert_eq!(
        (whole.id.as_str(), &*whole.description),
        ("e8b0b481", description)
    );
    assert!(whole.damage.is_empty() && whole.new_id.is_none() && !whole.removed);
    let item = |place: usize| {
        let item = &damaged.damage[place];
        (item.is_dir, &*item.path, &*item.action)
    };
    assert_eq!(
        item(0),
        (false, "/data/a \"b\".bin", "removed missing content")
    );
    assert_eq!(
        item(1),
        (true, "/data/docs", "replaced with empty directory")
    );
    assert_eq!(damaged.new_id.as_ref().unwrap().as_str(), "00d860b2");
    assert!(damaged.removed && !damaged.empty);
    assert!(empty.removed && empty.empty && empty.new_id.is_none());

    no_part_is_the_whole(command.clone(), stdout, "", |repairs| repairs);
    let ignored = "Ignoring \"deadbeef\": no matching ID found for prefix \"deadbeef\"\n";
    let none = "\nno snapshots were modified\n";
    fails(
        command.clone().snapshot("deadbeef"),
        0,
        none,
        ignored,
        ErrorKind::NotFound,
    );
    assert_eq!(run(command, 0, none, "").unwrap().modified, Some(0));

    let plan = r#"
snapshot 1c725ffe of [/data] at 2026-11-25 08:59:22.80982044 +0000 UTC by root@vm
  file "/data/c.txt": removed missing content
would save new snapshot
would remove old snapshot

snapshot 9d32d2f9 of [/data] at 2026-11-25 08:59:22.80982044 +0000 UTC by root@vm
  dir "/": not readable
would delete empty snapshot

would modify 2 snapshots
"#;
    let repairs = run(RepairSnapshots::new().dry_run(true), 0, plan, "").unwrap();
    assert_eq!((repairs.modified, repairs.dry_run), (Some(2), true));
    let [damaged, empty] = &repairs.snapshots[..] else {
        panic!("{repairs:?}")
    };
    assert!(damaged.removed && !damaged.empty && damaged.new_id.is_none());
    assert!(empty.removed && empty.empty);
}

#[test]
fn migrations_are_listed() {
    let list = |stdout: &str| run(Migrations::new(), 0, stdout, "");
    let available =
        list("available migrations:\n  upgrade_repo_v2\tupgrade a repository to version 2\n");
    let available = available.unwrap().migrations;
    assert_eq!(
        (available.len(), &*available[0].name),
        (1, "upgrade_repo_v2")
    );
    assert_eq!(
        available[0].description,
        "upgrade a repository to version 2"
    );
    let old = list("available migrations:\n  s3_layout: Move files\n").unwrap();
    assert_eq!(old.migrations[0].description, "Move files");
    for none in ["", "no migrations found", "no migrations found\n"] {
        let none = list(&format!("available migrations:\n{none}")).unwrap();
        assert!(none.migrations.is_empty());
    }
    for cut in [
        "",
        "available migra",
        "available migrations:\n  upgrade_repo_v2\tupgr",
    ] {
        fails(Migrations::new(), 0, cut, "", ErrorKind::BadOutput);
    }
}

#[test]
fn migrations_are_applied_or_not_found() {
    let begin = "checking repository integrity...\n[0:00]          0 snapshots\nno errors were found\n\
        applying migration upgrade_repo_v2...\n";
    let stdout = format!("{begin}migration upgrade_repo_v2: success\n");
    let command = Migrate::new("upgrade_repo_v2");
    assert_eq!(
        run(command.clone(), 0, &stdout, "").unwrap().applied,
        ["upgrade_repo_v2"]
    );
    fails(command.clone(), 0, begin, "", ErrorKind::BadOutput);

    // Without a word it may be anything, so that restic is never asked to be quiet.
    let kind = |command| quiet("").run(command).unwrap_err().kind();
    assert_eq!(kind(Migrate::new("nosuch")), ErrorKind::NotFound);
    assert_eq!(kind(Migrate::new("nosuch").arg("-q")), ErrorKind::NotFound);
    assert_eq!(
        quiet(&stdout).run(command.clone()).unwrap().applied.len(),
        1
    );

    let unknown = "unknown migration nosuch\n";
    let both = command.clone().migration("nosuch");
    for stderr in ["", unknown] {
        fails(Migrate::new("nosuch"), 0, "", stderr, ErrorKind::NotFound);
        let error = fails(both.clone(), 0, "", stderr, ErrorKind::NotFound);
        assert_eq!(error.message(), "unknown migration upgrade_repo_v2");
    }
    let refused = "migration upgrade_repo_v2 cannot be applied: check failed\n\
        If you want to apply this migration anyway, re-run with option --force\n";
    let error = fails(command, 0, "", refused, ErrorKind::Failed);
    assert!(error.message().ends_with("check failed"), "{error}");
    assert!(error.partial::<Migrate>().unwrap().applied.is_empty());
}

/// restic 0.16 closes a parenthesis that it never opened, and a user may have one in the name.
#[test]
fn a_parenthesis_that_was_never_opened_is_no_part_of_a_description() {
    let made = "at 2026-11-28 04:18:39.269880454 +0100 CET";
    for (printed, description) in [
        (
            format!("of [/data/src] {made})"),
            format!("of [/data/src] {made}"),
        ),
        (
            format!("of [/data (old)] {made})"),
            format!("of [/data (old)] {made}"),
        ),
        (
            format!("of [/data/src] {made} by alice@srv1 (spare)"),
            format!("of [/data/src] {made} by alice@srv1 (spare)"),
        ),
    ] {
        let stdout = format!("\nsnapshot ad235847 {printed}\n\nno snapshots were modified\n");
        let repairs = run(RepairSnapshots::new(), 0, &stdout, "").unwrap();
        assert_eq!(repairs.snapshots[0].description, description);
    }
}
