//! What restic finds lost and removes, since 0.20, and what it still finds in what is damaged.

use restic_cli_wrap::ErrorKind;
use restic_cli_wrap::commands::*;

use super::{fails, restic, run, script};

const ID: &str = "4b1caf778c1c72dc47557be6fe2b79dd1fee2b89fea950d64df09241271ae2f1";

#[test]
fn snapshots_that_cannot_be_read_are_listed() {
    for (words, dry_run) in [
        ("removed unreadable", false),
        ("would remove unreadable", true),
    ] {
        let end = if dry_run { "would modify" } else { "modified" };
        let stdout = format!(
            "{words} snapshot {ID}\n\n\
             snapshot 50ce7456 of [/data] at 2026-11-25 08:58:01.58 +0000 UTC by root@vm\n\n\
             {end} 1 snapshots\n"
        );
        let command = RepairSnapshots::new().forget(true).dry_run(dry_run);
        let repairs = run(command, 0, &stdout, "").unwrap();
        assert_eq!((repairs.modified, repairs.dry_run), (Some(1), dry_run));
        let [unreadable, whole] = &repairs.snapshots[..] else {
            panic!("{repairs:?}")
        };
        assert_eq!((unreadable.id.as_str(), &*unreadable.description), (ID, ""));
        assert!(unreadable.removed && unreadable.unreadable && !unreadable.empty);
        assert!(!whole.removed && !whole.unreadable);
    }
}

#[test]
fn a_snapshot_that_cannot_be_read_and_stays_is_damage() {
    let words = format!(
        "snapshot file {ID} is unreadable, use `restic repair snapshots --forget {ID}` to remove it. \
         Original error: "
    );
    for stderr in [
        format!("Fatal: {words}<nil>\n"),
        format!(
            "{{\"message_type\":\"exit_error\",\"code\":1,\"message\":\"Fatal: {words}\\u003cnil\\u003e\"}}\n"
        ),
    ] {
        let error = fails(RepairSnapshots::new(), 1, "", &stderr, ErrorKind::Damaged);
        assert!(error.message().contains(ID), "{error}");
    }
}

const PACKS: &str = "saving backup copies of pack files to current directory\n\
    salvaging intact data from specified pack files\n[0:00] 100.00%  1 / 1 pack files\n\
    removing salvaged pack files\n[0:00] 0.00%  0 / 1 files deleted\n";
const ADVICE: &str = "\nUse `restic repair snapshots --forget` to remove the corrupted data blobs from all snapshots\n";

#[test]
fn packs_that_cannot_be_read_at_all_are_named() {
    let why = format!("open /srv/repo/data/4b/{ID}: no such file or directory");
    let not_removed = format!("remove /srv/repo/data/4b/{ID}: no such file or directory");
    let load = format!("Load(<data/4b1caf778c>, 0, 0) failed: {why}\n");
    let begin = format!("{load}{load}will remove packfile {ID} due to failed download: {why}\n");
    let end = format!("failed to delete pack file {ID}: {not_removed}\n{ADVICE}");
    let blob = "c4faa63bad916c982359a0282b5d95ce31f2c5b4a8f5ef9405f58f10564d15a6";
    let lost = format!("failed to load blob {blob}: {why}\n");

    let known = format!("{begin}{load}{lost}{end}");
    let run_ = restic(script(0, PACKS, &known)).start(RepairPacks::new([ID]));
    let (report, notices) = run_.unwrap().finish_with_notices().unwrap();
    let [pack] = &report.lost_packs[..] else {
        panic!("{report:?}")
    };
    assert_eq!((pack.id.as_str(), &*pack.error), (ID, &*why));
    assert_eq!(pack.not_removed.as_deref(), Some(&*not_removed));
    assert!(!pack.is_unknown);
    assert_eq!((report.lost.len(), report.lost[0].id.as_str()), (1, blob));
    assert_eq!(notices.len(), 3, "the retries: {notices:?}");

    let unknown = format!("{begin}no blobs found for pack {ID}\n{end}");
    let report = run(RepairPacks::new([ID]), 0, PACKS, &unknown).unwrap();
    assert!(report.lost_packs[0].is_unknown && report.lost.is_empty());

    // One that is removed, beside one of which most can be saved.
    let report = run(
        RepairPacks::new([ID, blob]),
        0,
        PACKS,
        &format!("{begin}{lost}{ADVICE}"),
    );
    let report = report.unwrap();
    assert_eq!(report.lost_packs[0].not_removed, None);
    // What is said of a pack that nobody spoke of is no part of the report.
    let other = format!("no blobs found for pack {blob}\n{ADVICE}");
    let run_ = restic(script(0, PACKS, &other)).start(RepairPacks::new([ID]));
    let (report, notices) = run_.unwrap().finish_with_notices().unwrap();
    assert_eq!((report.lost_packs.len(), notices.len()), (0, 1));
}

#[test]
fn packs_of_a_snapshot() {
    let stdout = format!("[0:00] 100.00%  1 / 1 snapshot\n{ID}\n");
    let list = || List::packs_of("latest");
    let restic = restic_cli_wrap::Restic::builder()
        .executor(restic_cli_wrap::Scripted::executor([script(
            0, &stdout, "",
        )]))
        .restic_version("0.20.0")
        .build();
    let invocation = restic.invocation(&list());
    let call = invocation.to_string();
    assert!(call.ends_with("list -- packs latest"), "{call}");
    let (packs, notices) = restic.start(list()).unwrap().finish_with_notices().unwrap();
    assert_eq!((packs.len(), packs[0].as_str()), (1, ID));
    assert!(notices.is_empty(), "{notices:?}");
    fails(list(), 0, &stdout, "", ErrorKind::Unsupported);
}

/// What is known of a damaged pack from the index is found.
#[test]
fn places_in_a_damaged_pack() {
    let stdout = format!(
        r#"[{{"object_type":"blob","id":"92a078fa5beb647f4c0ba1c3534a37e9f96dd84e09b8e10ea355548b4750a411","path":"/data/src/b.bin","parent_tree":"298fed98931b64aa697111760ba6246239f4ce42b9525a772d72a1b2cb7143fd","snapshot":"{ID}","time":"2026-11-28T04:21:11.694651182+01:00"}}]
"#
    );
    let stderr = "Load(<data/157aba4eb5>, 60042, 0) failed: ciphertext verification failed\n";
    let found = run(FindObjects::packs(["157aba4e"]), 0, &stdout, stderr).unwrap();
    assert_eq!(found.objects[0].path, "/data/src/b.bin");
}
