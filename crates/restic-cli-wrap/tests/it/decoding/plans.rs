//! What restic says before it prunes or rewrites: numbers of a plan, which are no proof.

use restic_cli_wrap::commands::*;
use restic_cli_wrap::types::ByteCount;
use restic_cli_wrap::{ErrorKind, Restic};

use super::{fails, quiet, restic, run, script};

/// Of restic 0.20, recorded.
const SUMMARY: &str = "{\"message_type\":\"summary\",\"blobs\":{\"used\":17,\"duplicate\":0,\"unused\":14,\"total\":31,\"repack\":10,\"repack_remove\":7,\"remove\":7,\"remove_total\":14,\"remaining\":17},\"bytes\":{\"used\":43554,\"duplicate\":0,\"unused\":3880,\"unreferenced\":0,\"uncompressed\":0,\"total\":47434,\"repack\":42487,\"repack_remove\":1850,\"remove\":2030,\"remove_total\":3880,\"remaining\":43554,\"remaining_unused\":0},\"packfiles\":{\"used\":7,\"unused\":4,\"partly_used\":2,\"unreferenced\":0,\"total\":13,\"keep\":7,\"repack\":2,\"remove\":4,\"remove_total\":4}}\n";

/// The same with its keys in another order.
fn reordered() -> String {
    let (tag, rest) = SUMMARY.split_once(",\"blobs\"").unwrap();
    let body = rest.trim_end().strip_suffix('}').unwrap();
    format!("{{\"blobs\"{body},{}}}\n", tag.trim_start_matches('{'))
}

#[track_caller]
fn check_numbers(report: &PruneReport) {
    let total = report.total_prune.unwrap();
    assert_eq!((total.blobs, total.size), (14, ByteCount::exact(3880)));
    assert_eq!(report.remaining.unwrap().blobs, 17);
    assert_eq!(report.unused_after, Some(ByteCount::exact(0)));
    let details = report.details.unwrap();
    assert_eq!((details.packs_to_keep, details.unused_packs), (7, 4));
    assert_eq!(report.summary.unwrap().packfiles.total, 13);
}

#[test]
fn the_plan_is_read_from_json_in_any_order() {
    for printed in [SUMMARY, &reordered()] {
        check_numbers(&run(Prune::new(), 0, printed, "").unwrap());
        let plan = run(Prune::new().dry_run(true), 0, printed, "").unwrap();
        assert!(plan.dry_run);
        check_numbers(&plan);
    }
}

#[test]
fn a_plan_that_was_not_carried_out_is_no_success() {
    let stderr = "{\"message_type\":\"exit_error\",\"code\":1,\"message\":\"Fatal: write /srv/repo: no space left on device\"}\n";
    let error = fails(Prune::new(), 1, SUMMARY, stderr, ErrorKind::NoSpace);
    check_numbers(error.partial::<Prune>().unwrap());
    let half = &SUMMARY[..SUMMARY.len() / 2];
    fails(Prune::new(), 0, half, "", ErrorKind::BadOutput);
    fails(
        Prune::new(),
        0,
        "{\"message_type\":\"status\"}\n",
        "",
        ErrorKind::BadOutput,
    );
}

#[test]
fn forgetting_reports_what_it_pruned() {
    let groups = "[{\"tags\":null,\"host\":\"h\",\"paths\":[\"/a\"],\"keep\":[],\"remove\":null,\"reasons\":[]}]\n";
    for summary in [SUMMARY, &reordered()] {
        let forget = || Forget::new().keep_last(1).prune(true);
        let report = run(forget(), 0, &format!("{groups}{summary}"), "").unwrap();
        assert_eq!(report.len(), 1);
        check_numbers(report.pruned.as_ref().unwrap());
        // Without a group there is no list, and the message is not taken for one.
        let report = run(forget(), 0, summary, "").unwrap();
        assert!(report.is_empty());
        check_numbers(report.pruned.as_ref().unwrap());
        let ids = ForgetSnapshots::new(["c5e00371"]).prune(true);
        check_numbers(run(ids, 0, summary, "").unwrap().pruned.as_ref().unwrap());
    }
    let half = format!("{groups}{}", &SUMMARY[..60]);
    fails(
        Forget::new().keep_last(1).prune(true),
        0,
        &half,
        "",
        ErrorKind::BadOutput,
    );
}

#[test]
fn a_plan_in_which_nothing_remains_is_a_plan() {
    let stdout = "loading indexes...\nloading all snapshots...\nfinding data that is still in use for 0 snapshots\n\
        to repack:             0 blobs / 0 B\nthis removes:          0 blobs / 0 B\n\
        to delete:             7 blobs / 6.730 KiB\ntotal prune:           7 blobs / 6.730 KiB\n\
        remaining:             0 blobs / 0 B\nunused size after prune: 0 B ( of remaining size)\n\n";
    let plan = run(Prune::new().dry_run(true), 0, stdout, "").unwrap();
    assert_eq!(plan.unused_after, Some(ByteCount::exact(0)));
    assert_eq!(plan.unused_after_percent, None);
    let forget = Forget::new().keep_last(1).prune(true).dry_run(true);
    let report = run(forget, 0, &format!("[]\n{stdout}"), "").unwrap();
    assert_eq!(report.pruned.unwrap().remaining.unwrap().blobs, 0);
}

#[test]
fn a_missing_colon_is_read() {
    let stdout = "loading indexes...\nto repack:            10 blobs / 41.508 KiB\n\
        this removes          7 blobs / 6.730 KiB\nto delete:             0 blobs / 0 B\n\
        total prune:           7 blobs / 6.730 KiB\nremaining:            17 blobs / 42.533 KiB\n\
        unused size after prune: 0 B (0.00% of remaining size)\n\ndone\n";
    let report = run(Prune::new(), 0, stdout, "").unwrap();
    assert_eq!(report.repack_removes.unwrap().blobs, 7);
}

#[test]
fn a_rewrite_that_would_change_nothing_is_a_plan() {
    let stdout =
        "snapshot 5f3a7b12 of [/data] at 2026-11-22 11:19:07.123456789 +0100 CET by alice@srv1\n\n";
    for end in [
        "no snapshots would be modified\n",
        "no snapshots were modified\n",
    ] {
        let report = run(
            Rewrite::new().dry_run(true),
            0,
            &format!("{stdout}{end}"),
            "",
        )
        .unwrap();
        assert_eq!(report.modified, Some(0));
    }
}

#[test]
fn a_dry_run_is_one_however_it_is_spelled() {
    let printed = "no snapshots would be modified\n";
    for (words, expected) in [
        (&["-n"][..], true),
        (&["--dry-run=1"], true),
        (&["-vn"], true),
        (&["--dry-run", "--dry-run=false"], false),
        (&["--newer-than-us", "-n"], true),
        (&["-v"], false),
    ] {
        let rewrite = words
            .iter()
            .fold(Rewrite::new(), |rewrite, word| rewrite.arg(word));
        let report = run(rewrite, 0, printed, "").unwrap();
        assert_eq!(report.dry_run, expected, "{words:?}");
    }
}

/// Packs that stayed, as restic 0.18 and 0.19.1 report them in a run that they call a success.
#[test]
fn packs_that_stay_are_an_error_with_what_was_planned() {
    let printed = "unused size after prune: 0 B (0.00% of remaining size)\n\nremoving 2 old packs\n\
        [0:00] 0.00%  0 / 2 files deleted\ndone\n";
    let pack = "0dde93de847b6d6f84e2854a3cb4e8e3b08063181d3321a21c62cabb94264b9d";
    let why = format!(
        "Remove(<data/0dde93de84>) failed: remove /srv/repo/data/0d/{pack}: permission denied\n"
    );
    let unable = format!("unable to remove data/{pack} from the repository\n");
    let old = "unable to remove <data/0dde93de84> from the repository\n".to_owned();
    let talk = "said by somebody else\n".repeat(5000);
    for (stderr, kind) in [
        (format!("{why}{unable}"), ErrorKind::AccessDenied),
        (format!("{why}{unable}{talk}"), ErrorKind::AccessDenied),
        (unable, ErrorKind::Failed),
        (old, ErrorKind::Failed),
    ] {
        for printed in [printed, SUMMARY] {
            let error = fails(Prune::new(), 0, printed, &stderr, kind);
            assert!(error.message().contains("0dde93de84"), "{error}");
            assert!(error.partial::<Prune>().unwrap().unused_after.is_some());
        }
        let pruned = format!("loading indexes...\n{printed}");
        fails(
            ForgetSnapshots::new(["1cfe4abd"]),
            0,
            &pruned,
            &stderr,
            kind,
        );
        let command = Forget::new().keep_last(1).prune(true);
        let error = fails(command.clone(), 0, &format!("[]\n{pruned}"), &stderr, kind);
        assert!(error.partial::<Forget>().unwrap().pruned.is_some());
        // restic 0.19 reports nothing else of a pruning when it prints JSON.
        fails(command, 0, "[]\n", &stderr, kind);
    }
    // What is no pack, or was tried again, decides nothing.
    for stderr in [
        "Remove(<lock/0dde93de84>) failed: permission denied\n",
        "Remove(<data/0dde93de84>) returned error, retrying after 552.330144ms: permission denied\n",
        "unable to remove /home/alice/.cache/restic/0123: permission denied\n",
    ] {
        run(Prune::new(), 0, printed, stderr).unwrap();
    }
}

#[test]
fn a_quiet_run_need_not_say_that_it_is_done() {
    quiet("").run(Prune::new()).unwrap();
    for word in ["-q", "--quiet", "--quiet=true"] {
        restic(script(0, "", ""))
            .run(Prune::new().arg(word))
            .unwrap();
    }
    let loud: Restic = restic(script(0, "", ""));
    let error = loud.run(Prune::new().arg("--quiet=false")).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::BadOutput);
}
