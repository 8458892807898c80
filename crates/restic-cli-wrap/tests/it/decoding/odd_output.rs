//! Output that some releases of restic print and their neighbours do not.

use restic_cli_wrap::commands::*;
use restic_cli_wrap::types::{BackupMessage, BlobType};
use restic_cli_wrap::{ErrorKind, Outcome};

use super::{fails, restic, run, script};

const SUMMARY: &str = "{\"message_type\":\"summary\",\"files_new\":0,\"files_changed\":0,\"files_unmodified\":7,\"dirs_new\":0,\"dirs_changed\":0,\"dirs_unmodified\":5,\"data_blobs\":0,\"tree_blobs\":0,\"data_added\":0,\"total_files_processed\":7,\"total_bytes_processed\":40226,\"total_duration\":0.23,\"snapshot_id\":\"f8947701\"}\n";

#[test]
fn a_source_that_is_skipped_is_one_entry() {
    for (exit, reason) in [
        (0, "does not exist"),
        (3, "does not exist"),
        (3, "cannot be accessed"),
    ] {
        let stderr = format!("/data/locked/in/f {reason}, skipping\n");
        let outcome = run(Backup::new(["/data"]), exit, SUMMARY, &stderr).unwrap();
        let Outcome::Incomplete(partial) = outcome else {
            panic!("a source is missing");
        };
        assert_eq!(partial.errors.len(), 1);
        assert_eq!(partial.errors[0].path, "/data/locked/in/f");
        assert_eq!(partial.errors[0].messages, [reason]);
    }
}

#[test]
fn an_error_of_any_shape_is_an_error_of_an_item() {
    for (error, message) in [
        ("13", "errno 13"),
        ("\"permission denied\"", "permission denied"),
        ("null", "restic did not say why"),
        ("{}", "restic did not say why"),
        ("[1]", "restic did not say why"),
        ("{\"message\":7}", "restic did not say why"),
        ("{\"message\":\"no\"}", "no"),
    ] {
        let stderr = format!(
            "{{\"message_type\":\"error\",\"error\":{error},\"during\":\"archival\",\"item\":\"/a\"}}\n"
        );
        let outcome = run(Backup::new(["/a"]), 3, SUMMARY, &stderr).unwrap();
        assert_eq!(outcome.errors()[0].messages, [message], "{error}");
    }
}

#[test]
fn what_is_left_out_is_an_event() {
    let stdout = format!("{{\"message_type\":\"excluded_item\",\"item\":\"/a.txt\"}}\n{SUMMARY}");
    let mut run = restic(script(0, &stdout, ""))
        .start(Backup::new(["/"]))
        .unwrap();
    let Some(Ok(BackupMessage::ExcludedItem(excluded))) = run.next() else {
        panic!("an excluded item");
    };
    assert_eq!(excluded.item, "/a.txt");
    assert!(run.finish().unwrap().is_complete());
}

#[test]
fn advice_is_no_error() {
    let of_0_17 = "pack 9a8a4aec contains 2 errors: [blob 1807e503: ciphertext verification failed]\n\n\
        The repository contains damaged pack files. These damaged files must be removed to repair the repository.\n\n\
        restic repair packs 9a8a4aec\nrestic repair snapshots --forget\n\n\
        Damaged pack files can be caused by backend problems, hardware problems or bugs in restic.\n\
        Fatal: repository contains errors\n";
    let of_0_16 = "pack 9a8a4aec contains 2 errors: [blob 1807e503: wrong data returned, hash is 1807]\n\n\
        The repository contains pack files with damaged blobs. These blobs must be removed to repair the repository.\n\n\
        RESTIC_FEATURES=repair-packs-v1 restic repair packs 9a8a4aec\nrestic repair snapshots --forget\n\n\
        Corrupted blobs are either caused by hardware problems or bugs in restic. Please open an issue\n\
        Fatal: repository contains errors\n";
    for stderr in [of_0_17, of_0_16] {
        let report = run(Check::new(), 1, "", stderr).unwrap();
        assert_eq!(report.errors.len(), 1, "{:?}", report.errors);
        assert_eq!(report.hints.len(), 4, "{:?}", report.hints);
    }
    let message = |text: &str| format!("{{\"message_type\":\"error\",\"message\":\"{text}\"}}\n");
    let of_0_20 = [
        message("snapshot error 4b1caf77: failed to load snapshot 4b1caf77: invalid data returned"),
        message("\\nThe repository contains damaged snapshot files.\\n"),
        message("restic repair snapshots --forget 4b1caf77\\n\\n"),
        message("Damaged snapshot files can be caused by backend problems\\n"),
        "{\"message_type\":\"exit_error\",\"code\":1,\"message\":\"Fatal: repository contains errors\"}\n".into(),
    ]
    .concat();
    let summary = "{\"message_type\":\"summary\",\"num_errors\":1,\"broken_packs\":null,\"suggest_repair_index\":false,\"suggest_prune\":false}\n";
    let report = run(Check::new(), 1, summary, &of_0_20).unwrap();
    assert_eq!((report.errors.len(), report.hints.len()), (1, 3));
}

#[test]
fn a_key_is_saved_whatever_its_names_are() {
    let created = "2026-11-22 11:17:45.755427739 +0100 CET m=+5.191230121";
    for (owner, names) in [
        ("bob@other", Some(("bob", "other"))),
        ("bob \"q\"@other", Some(("bob \"q\"", "other"))),
        ("bob, created on@h>", Some(("bob, created on", "h>"))),
        ("bob@a@b", None),
        ("bob@h\n1", None),
        ("saved new key as <Key of x\n@h", None),
    ] {
        let stdout = format!("saved new key as <Key of {owner}, created on {created}>\n");
        let key = run(KeyAdd::new("secret"), 0, &stdout, "").unwrap();
        assert!(key.created.is_some(), "{owner}");
        let found = key.username.as_deref().zip(key.hostname.as_deref());
        assert_eq!(found, names, "{owner}");
    }
    fails(
        KeyAdd::new("secret"),
        0,
        "saved new key as <Key of b\n",
        "",
        ErrorKind::BadOutput,
    );
}

#[test]
fn a_pack_without_a_place_is_a_location() {
    let pack = "1cfe64ae431f4fc34007a08a999d7fb54df50906b1d337ac4fedc3083b3c41f4";
    let stdout = format!("[]\nObject belongs to pack {pack}\n ... Pack {pack}: <data/a948904f>\n");
    let found = run(
        FindObjects::blobs(["a948904f"]).show_pack_id(true),
        0,
        &stdout,
        "",
    )
    .unwrap();
    assert_eq!(found.locations.len(), 1);
    let location = &found.locations[0];
    assert_eq!(
        (&location.blob_type, location.offset),
        (&BlobType::Data, None)
    );
    assert_eq!(location.pack.as_str(), pack);
}
