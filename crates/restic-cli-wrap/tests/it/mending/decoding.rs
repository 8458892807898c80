//! What each command makes of what restic prints. The texts are recorded: by restic 0.11.0,
//! 0.14.0, 0.18.0 and 0.19.1, shortened where they repeat themselves.

use std::fmt::Debug;

use restic_cli_wrap::commands::*;
use restic_cli_wrap::types::ByteCount;
use restic_cli_wrap::{Command, ErrorKind, NoticeSource, Outcome, Restic, Scripted};

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::decoding::{fails, restic, run, script};

/// A restic that prints less, and does this once.
fn quiet(stdout: &str) -> Restic {
    Restic::builder()
        .executor(Scripted::executor([script(0, stdout, "")]))
        .restic_version("0.19.1")
        .quiet(true)
        .build()
}

fn size(text: &str) -> ByteCount {
    ByteCount::read(text).unwrap()
}

/// No part of an output is taken for the whole, wherever it ends.
#[track_caller]
fn no_part_is_the_whole<C, K>(command: C, stdout: &str, stderr: &str, what: impl Fn(C::Output) -> K)
where
    C: Command<Output: Serialize + DeserializeOwned>,
    K: PartialEq + Debug,
{
    let whole = || run(command.clone(), 0, stdout, stderr).unwrap();
    let good = what(whole());
    // Serialised and parsed again it is the same.
    let json = serde_json::to_value(whole()).unwrap();
    assert_eq!(what(serde_json::from_value(json).unwrap()), good);
    for end in 0..stdout.len() {
        let cut = &stdout[..end];
        match run(command.clone(), 0, cut, stderr) {
            Ok(output) => assert_eq!(what(output), good, "{cut}"),
            Err(error) => assert_eq!(error.kind(), ErrorKind::BadOutput, "{error}"),
        }
    }
}

mod prune {
    use super::*;

    const OLD: &str = "counting files in repo\n\
        building new index for repo\n\
        [0:00] 100.00%  9 / 9 packs\n\
        \n\
        repository contains 9 packs (24 blobs) with 56.789 KiB\n\
        processed 24 blobs: 0 duplicate blobs, 0 B duplicate\n\
        load all snapshots\n\
        find data that is still in use for 2 snapshots\n\
        [0:00] 100.00%  2 / 2 snapshots\n\
        \n\
        found 10 of 24 data blobs still in use, removing 14 blobs\n\
        will remove 0 invalid files\n\
        will delete 4 packs and rewrite 2 packs, this frees 11.846 KiB\n\
        saved new indexes as [33530900]\n\
        remove 6 old packs\n\
        [0:00] 100.00%  6 / 6 files deleted\n\
        \n\
        done\n";
    const VERBOSE: &str = "loading indexes...\n\
        loading all snapshots...\n\
        finding data that is still in use for 5 snapshots\n\
        [0:00] 100.00%  5 / 5 snapshots\n\
        will remove pack aaaaaaaa as it is unused and not indexed\n\
        \n\
        used:                 17 blobs / 42.564 KiB\n\
        duplicates:            1 blobs / 293.000 KiB\n\
        unused:               14 blobs / 3.827 KiB\n\
        unreferenced:                    293.142 KiB\n\
        total:                31 blobs / 46.392 KiB\n\
        unused size: 8.25% of total size\n\
        \n\
        to repack:            10 blobs / 41.508 KiB\n\
        this removes:          7 blobs / 1.823 KiB\n\
        to delete:             7 blobs / 308 B\n\
        total prune:          14 blobs / 3.827 KiB\n\
        not yet compressed:              323.739 KiB\n\
        remaining:            17 blobs / 42.564 KiB\n\
        unused size after prune: 12 B (0.01% of remaining size)\n\
        \n\
        totally used packs:          7\n\
        partly used packs:           2\n\
        unused packs:                4\n\
        \n\
        to keep:               8 packs\n\
        to repack:             3 packs\n\
        to delete:             5 packs\n\
        to delete:             1 unreferenced packs\n\
        repacking packs\n\
        removed index c148de2f2751fbc32239cf30b01904f9fbe33b3b522a34489bf0aba19ce4be2d\n\
        removed data/358def0bc3254ad7813c73a73222a21b853bc192d3f357aa2813fa711f3107e1\n\
        done\n";

    #[test]
    fn of_an_old_restic() {
        let report = run(Prune::new(), 0, OLD, "").unwrap();
        let old = report.old.unwrap();
        assert_eq!((old.packs, old.blobs), (9, 24));
        assert_eq!((old.used_blobs, old.removed_blobs), (10, 14));
        assert_eq!((old.packs_to_delete, old.packs_to_rewrite), (4, 2));
        assert_eq!(
            (old.size, old.frees),
            (size("56.789 KiB"), size("11.846 KiB"))
        );
        assert_eq!((old.duplicate_blobs, old.invalid_files), (0, 0));
        assert_eq!(report.removed_blobs(), Some(14));
        assert_eq!(report.removed_size(), Some(size("11.846 KiB")));
        assert_eq!((report.snapshots, report.details), (Some(2), None));
        assert_eq!(report.text.len(), 12, "{:?}", report.text);
    }

    #[test]
    fn with_all_that_a_verbose_restic_says() {
        let report = run(Prune::new(), 0, VERBOSE, "").unwrap();
        let total = |total: Option<BlobTotal>| total.map(|total| (total.blobs, total.size));
        let is = |blobs, text| Some((blobs, size(text)));
        assert_eq!(total(report.to_repack), is(10, "41.508 KiB"));
        assert_eq!(total(report.repack_removes), is(7, "1.823 KiB"));
        assert_eq!(total(report.to_delete), is(7, "308 B"));
        assert_eq!(total(report.total_prune), is(14, "3.827 KiB"));
        assert_eq!(total(report.remaining), is(17, "42.564 KiB"));
        assert_eq!(report.removed_size(), Some(size("3.827 KiB")));
        assert_eq!(report.not_yet_compressed, Some(size("323.739 KiB")));
        assert_eq!(report.unused_after, Some(size("12 B")));
        assert_eq!(report.unused_after_percent, Some(0.01));
        let details = report.details.unwrap();
        assert_eq!(total(Some(details.used)), is(17, "42.564 KiB"));
        assert_eq!(total(Some(details.duplicates)), is(1, "293.000 KiB"));
        assert_eq!(total(Some(details.unused)), is(14, "3.827 KiB"));
        assert_eq!(total(Some(details.total)), is(31, "46.392 KiB"));
        assert_eq!(details.unreferenced, size("293.142 KiB"));
        assert_eq!(details.unused_percent.to_string(), "8.25");
        let packs = [
            details.totally_used_packs,
            details.partly_used_packs,
            details.unused_packs,
            details.packs_to_keep,
            details.packs_to_repack,
            details.packs_to_delete,
            details.unreferenced_packs_to_delete,
        ];
        assert_eq!(packs, [7, 2, 4, 8, 3, 5, 1]);
        assert_eq!(report.removed_files.len(), 2);
        assert_eq!((report.old, report.dry_run), (None, false));
    }

    #[test]
    fn a_plan_needs_no_last_word_and_everything_else_does() {
        let (plan, _) = VERBOSE.split_once("repacking packs").unwrap();
        let report = run(Prune::new().dry_run(true), 0, plan, "").unwrap();
        assert!(report.dry_run);
        let error = fails(Prune::new(), 0, plan, "", ErrorKind::BadOutput);
        assert!(error.partial::<Prune>().unwrap().remaining.is_some());
        let (cut, _) = plan.split_once("remaining").unwrap();
        fails(Prune::new().dry_run(true), 0, cut, "", ErrorKind::BadOutput);
        fails(
            Prune::new(),
            0,
            VERBOSE.trim_end(),
            "",
            ErrorKind::BadOutput,
        );
        let report = quiet("").run(Prune::new()).unwrap();
        assert_eq!(report, PruneReport::default());
    }

    #[test]
    fn no_part_of_it_is_the_whole() {
        no_part_is_the_whole(Prune::new(), OLD, "", |report| report);
        no_part_is_the_whole(Prune::new(), VERBOSE, "", |report| report);
        let (plan, _) = VERBOSE.split_once("repacking packs").unwrap();
        no_part_is_the_whole(Prune::new().dry_run(true), plan, "", |report| report);
        let begin = plan.find("\nto repack").unwrap();
        let end = plan.find("\ntotally used packs").unwrap();
        let plan = &plan[begin..end];
        no_part_is_the_whole(Prune::new().dry_run(true), plan, "", |report| report);
    }

    #[test]
    fn json_of_a_newer_restic_is_kept_as_text() {
        let summary = "{\"message_type\":\"summary\",\"novel\":1}\n";
        for dry_run in [false, true] {
            let report = run(Prune::new().dry_run(dry_run), 0, summary, "").unwrap();
            assert_eq!(report.text, [summary.trim_end()]);
        }
    }

    #[test]
    fn what_lacks_data_is_damaged() {
        let old = "Fatal: [<data/8459edc2> <data/c4faa63b>] not found in the new index\n\
            Data blobs seem to be missing, aborting prune to prevent further data loss!\n";
        let later = "The index references 1 needed pack files which are missing from the repository:\n  \
            82212f5069d015057596c171d7c15b889730bf7a41f04414db33e2828b36b983\n\
            Fatal: packs from index missing in repo\n";
        let false_name = "hash does not match id: want aaaaaaaa, got 1090bf33\n\
            github.com/restic/restic/internal/repository.Repack\n";
        let no_tree = "{\"message_type\":\"exit_error\",\"code\":1,\"message\":\"Fatal: failed finding blobs: \
            id f3f7319dc173ac0ae811903cdcae6ec48bfa10cffa36306073dbafe477d76041 not found in repository\"}\n";
        for stderr in [old, later, false_name, no_tree] {
            fails(Prune::new(), 1, "", stderr, ErrorKind::Damaged);
        }
    }

    #[test]
    fn what_restic_does_not_take_is_a_wrong_use() {
        for stderr in [
            "Fatal: must pass id '81e20cc8' to --unsafe-recover-no-free-space\n",
            "Fatal: invalid number of bytes \"abc\" for --max-unused: strconv.ParseInt: parsing \"abc\": invalid syntax\n",
        ] {
            fails(Prune::new(), 1, "", stderr, ErrorKind::Usage);
        }
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
    let stdout = "saving backup copies of pack files to current folder\n\
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
    for (stdout, told) in [
        (old, 1),
        ("{\"message_type\":\"summary\",\"total_files\":1}\n", 0),
    ] {
        let restore = Restore::new("latest").target("/restored");
        let run = restic(script(0, stdout, "")).start(restore).unwrap();
        let (outcome, notices) = run.finish_with_notices().unwrap();
        assert!(matches!(outcome, Outcome::Complete(_)));
        let ours = notices
            .iter()
            .filter(|notice| notice.stream == NoticeSource::Library);
        assert_eq!(ours.count(), told);
    }
}
